"""`mlscore fleet`: one page, or one table, over all systems."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from ..domain.counting import count
from ..domain.errors import ConfigError
from ..domain.fleet import DEFAULT_TITLE, Fleet
from ..domain.tables import shown
from ..domain.text import clean_line
from ..provenance import today
from ..reporters import fleet_data, fleet_page, fleet_parquet
from ..reporters.destination import STDOUT
from ..scoring.fleet import STALE_AFTER_DAYS, fleet_of
from ._csv import csv_text
from ._destinations import add_output, checked
from ._failure import CommandError
from ._fleet_files import refuse_files_of_others
from ._fleet_sources import Sources
from ._output import complain, deliver, remark
from ._parsing import Subparsers, command

FORMATS = ("html", "csv", "json", "parquet")
LISTED = 20
"""Warnings that are printed one by one."""
LONGEST_DAYS = 36_500


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "fleet",
        run,
        summary="show all systems on one page",
        details="A SOURCE is a store (a folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX,\n"
        "az://CONTAINER/PREFIX, sqlite:///FILE, postgresql://...), a file with run\n"
        "records, or a folder of such files. Each system is shown by its newest\n"
        "complete run. What cannot be read is named, here and on the page, and left\n"
        "out.",
        examples="mlscore fleet .mlscore -o fleet.html\n"
        "mlscore fleet s3://scores/ml --branch main --branch master -o fleet.html\n"
        "mlscore fleet collected/*.json --stale-after 14 -o fleet.html\n"
        "mlscore fleet .mlscore -o fleet.csv",
        exits="0   written, whatever the scores",
    )
    parser.add_argument(
        "sources", metavar="SOURCE", nargs="+", help="store, folder or file; - reads standard input"
    )
    add_output(parser, "the page or the data")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="default: by the name of the output, else html. parquet writes two tables: a row for"
        " each system and item into FILE, and a row a system beside it, as NAME.systems.parquet",
    )
    parser.add_argument("--title", metavar="T", default=DEFAULT_TITLE, help="default: %(default)s")
    parser.add_argument(
        "--stale-after",
        metavar="DAYS",
        default=f"{STALE_AFTER_DAYS:g}",
        help="a system whose newest run is older is stale (default: %(default)s)",
    )
    parser.add_argument(
        "--branch",
        metavar="PATTERN",
        action="append",
        default=[],
        help="only runs of such branches, as main or 'release/*'; repeatable (default: of all)",
    )
    parser.add_argument(
        "--now",
        metavar="TIME",
        help="date or time by which ages are told (default: $SOURCE_DATE_EPOCH, else the clock)",
    )


def run(args: argparse.Namespace) -> int:
    """Make the page or the data."""
    form = args.format or _form_of(args.output)
    destinations = _destinations(form, args.output, args.sources)
    refuse_files_of_others(destinations)
    stale_after, now = _days(args.stale_after), _now(args.now, os.environ)
    if form == "parquet":
        fleet_parquet.load()
    # SOURCE_DATE_EPOCH says by when ages are told, and not when it is.
    clock = _now(args.now, {})
    sources = Sources(args.sources, args.branch, now=clock, apart_from=destinations)
    found = fleet_of(
        sources.records(),
        sources.trends,  # this and the next are filled while records are read
        unscored=sources.unscored,
        now=now,
        stale_after_days=stale_after,
        title=clean_line(args.title),
    )
    fleet = msgspec.structs.replace(
        found,
        branches=tuple(map(clean_line, args.branch)),
        sources=sources.places,
        left_out=(*sources.left_out, *found.left_out),
        notes=tuple(sources.notes),
    )
    _complain(fleet)
    for destination, content in zip(destinations, _contents(fleet, form), strict=True):
        deliver(destination, content)
    remark(_summary(fleet, destinations))
    return 0


def _form_of(output: str) -> str:
    suffix = Path(output).suffix.lower().removeprefix(".")
    return suffix if suffix in FORMATS else "html"


def _destinations(form: str, output: str, sources: Sequence[str]) -> list[str]:
    if form != "parquet":
        return checked([output], sources=sources)
    if output == STDOUT:
        raise CommandError("--format parquet: name a file with -o; two tables go there")
    beside = Path(output).with_suffix(".systems.parquet")
    return checked([output, str(beside)], sources=sources)


def _contents(fleet: Fleet, form: str) -> list[str | bytes]:
    match form:
        case "csv":
            return [csv_text(fleet_data.rows(fleet), fleet_data.columns(fleet))]
        case "json":
            return [fleet_data.to_json(fleet)]
        case "parquet":
            return [fleet_parquet.items_table(fleet), fleet_parquet.systems_table(fleet)]
        case _:
            return [fleet_page.render(fleet)]


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = math.nan
    if not 0 < days <= LONGEST_DAYS:
        raise CommandError(
            f"--stale-after: {shown(text)} is no number of days above 0 and up to"
            f" {LONGEST_DAYS:,}; give one such as 30"
        )
    return days


def _now(text: str | None, environ: Mapping[str, str]) -> dt.datetime:
    try:
        return today(text, environ)
    except ConfigError as error:
        raise CommandError(str(error).replace("--mlscore-now", "--now")) from None


def _complain(fleet: Fleet) -> None:
    """Name what is not on the page as it should be. Raises CommandError if nothing is."""
    for each in fleet.left_out[:LISTED]:
        complain("warning", clean_line(f"{each.place}: left out: {each.reason}", limit=400))
    if len(fleet.left_out) > LISTED:
        more = count(len(fleet.left_out) - LISTED, "more record")
        complain("warning", f"{more} left out; the page and --format json name them")
    for note in fleet.notes[:LISTED]:
        complain("note", clean_line(note, limit=400))
    if fleet.left_out and not fleet.systems and not fleet.unscored:
        raise CommandError("nothing could be read; the lines above say why")


def _summary(fleet: Fleet, destinations: Sequence[str]) -> str:
    facts = [count(fleet.systems, "system")]
    if len(fleet.groups) == 1:
        facts[0] += f", median {fleet.groups[0].median:g} of {fleet.groups[0].max:g}"
    if fleet.groups:
        facts.append(f"{sum(g.stale for g in fleet.groups)} stale")
        facts.append(f"{sum(g.gates.get('failed', 0) for g in fleet.groups)} with a failed gate")
    if fleet.unscored:
        facts.append(f"{len(fleet.unscored)} without a score")
    if fleet.left_out:
        facts.append(f"{len(fleet.left_out)} left out")
    places = " and ".join(p for p in destinations if p != STDOUT)
    return f"{'; '.join(facts)}" + (f" (in {places})" if places else "")
