"""`mlscore history`: how a score developed, which tests are flaky, and what is too old to keep."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
from collections.abc import Iterable, Sequence

import msgspec

from ..provenance import today
from ..reporters._terminal_screen import inert
from ..reporters.destination import STDOUT
from ..store import Entry, Listing, Store, begun, history, on_branch
from . import _flaky, _history_rows, _history_table, _prune, _spans
from ._csv import csv_text
from ._destinations import add_output, checked
from ._failure import CommandError
from ._output import deliver, put, say, stdout_encoding
from ._parsing import Subparsers, command
from ._store import add_store, known_systems, opened, the_system
from ._text import WIDTH

NEWEST = 20
"""Runs in a table, and runs that are looked through for flaky tests."""


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "history",
        run,
        summary="show how the score of a system developed",
        details="Only complete runs make a history; what was passed over is counted. No record\n"
        "is read but the newest, for the names of sections.",
        examples="mlscore history --store .mlscore\n"
        "mlscore history --store .mlscore --branch main --since 90d --items\n"
        "mlscore history --store .mlscore --format csv -o history.csv\n"
        "mlscore history --store .mlscore --flaky --last 50\n"
        "mlscore history --store .mlscore --prune --older-than 365",
        exits="0   done, whatever the history says",
    )
    add_store(parser)
    parser.add_argument("--system", metavar="NAME", help="which system, if there are several")
    _add_choice(parser)
    _add_forms(parser)
    _add_pruning(parser)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--branch", metavar="PATTERN", help="only branches such as 'release/*'")
    parser.add_argument(
        "--since", metavar="DATE|Nd", help="only runs since a date in UTC, or of the last N days"
    )
    parser.add_argument(
        "--last",
        metavar="N",
        type=int,
        help=f"only the newest N runs (default: {NEWEST} in a table and for --flaky, else all)",
    )


def _add_forms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--items", action="store_true", help="also say which items changed; reads the records"
    )
    parser.add_argument(
        "--flaky",
        action="store_true",
        help="instead list tests that passed and failed on one commit, or only when tried again",
    )
    parser.add_argument("--format", choices=("table", "csv", "json"), help="default: table")
    add_output(parser, "what is shown")


def _add_pruning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prune",
        action="store_true",
        help="instead say which old records could go, of all systems or of one",
    )
    parser.add_argument("--older-than", metavar="DAYS", help="with --prune: age of what may go")
    parser.add_argument(
        "--keep",
        metavar="N",
        type=int,
        help="with --prune: newest records of each system that stay (default: 1)",
    )
    parser.add_argument("--yes", action="store_true", help="with --prune: remove them")


def run(args: argparse.Namespace) -> int:
    """Show the history, or do what was asked for instead."""
    _refuse_what_does_not_go_together(args)
    now = today(None, os.environ)
    clock = today(None, {})  # SOURCE_DATE_EPOCH says from when days are counted, and not when it is
    if args.prune:
        return _pruned(args, now, clock)
    [destination] = checked([args.output], sources=[])
    since = None if args.since is None else _spans.since(args.since, "--since", now)
    with opened(args) as store:
        system = the_system(store, args.system)
        listing = store.entries(system, since=since)
        entries = listing.entries
        if args.branch is not None:
            entries = tuple(on_branch(entries, args.branch))
        entries, ahead = begun(entries, clock)
        chosen = Listing(entries, listing.skipped)
        show = _flaky_tests if args.flaky else _history
        text = show(args, store, system, chosen, ahead)
    if destination == STDOUT and _form(args) == "table":
        put(text)  # as the terminal can hold it, while programs always get UTF-8
    else:
        deliver(destination, text)
    return 0


def _pruned(args: argparse.Namespace, now: dt.datetime, clock: dt.datetime) -> int:
    before = _spans.days(args.older_than, "--older-than", now)
    keep = 1 if args.keep is None else args.keep
    with opened(args) as store:
        known_systems(store)  # a place that is empty was named by mistake
        system = None if args.system is None else the_system(store, args.system)
        for line in _prune.carry_out(
            store, before=before, system=system, keep=keep, really=args.yes, now=clock
        ):
            say(line)
    return 0


def _history(
    args: argparse.Namespace, store: Store, system: str, listing: Listing, ahead: int
) -> str:
    found = history(listing.entries)
    last = args.last or (NEWEST if _form(args) == "table" else len(found.steps))
    shown = found.steps[-last:] if last else ()
    names = _history_rows.section_names(store, shown)
    explained = _history_rows.explained(store, shown) if args.items else None
    if _form(args) == "csv":
        sections = _history_rows.section_columns(shown, names)
        columns = [*_history_rows.FACTS, *map(_history_rows.column, sections)]
        return csv_text(_history_rows.csv_rows(shown, names), columns)
    if _form(args) == "json":
        return _json(_history_rows.json_rows(shown, names, explained))
    view = _history_table.View(
        system, args.branch, found, shown, names, explained, ahead, len(listing.skipped)
    )
    return _text(_history_table.lines(view, width=_width(args), encoding=_encoding(args)))


def _flaky_tests(
    args: argparse.Namespace, store: Store, system: str, listing: Listing, ahead: int
) -> str:
    entries: Sequence[Entry] = listing.entries[-(args.last or NEWEST) :]
    found = _flaky.look(store, system, entries)
    if _form(args) == "csv":
        return csv_text(_flaky.rows(found), _flaky.COLUMNS)
    if _form(args) == "json":
        return _json(_flaky.rows(found))
    return _text(_flaky.lines(found, ahead))


def _refuse_what_does_not_go_together(args: argparse.Namespace) -> None:
    """Raise CommandError where an option would be passed over in silence."""
    if args.prune:
        others = _given(args, "branch", "since", "last", "items", "flaky", "format")
        others += ["--output"] if args.output != STDOUT else []
        if others:
            raise CommandError(f"{others[0]}: does not go with --prune; leave one of them out")
        if args.older_than is None:
            raise CommandError("--prune: say what is too old, such as --older-than 365")
    else:
        for option in _given(args, "older_than", "keep", "yes"):
            raise CommandError(f"{option}: goes with --prune only; add that, or leave it out")
    for name, least in (("last", 1), ("keep", 0)):
        number = getattr(args, name)
        if number is not None and number < least:
            raise CommandError(f"--{name}: is {number}; give a number from {least} up")
    if args.items and (args.flaky or _form(args) == "csv"):
        other = "--flaky" if args.flaky else "--format csv"
        raise CommandError(f"--items: does not go with {other}; leave one of them out")


def _given(args: argparse.Namespace, *names: str) -> list[str]:
    """Return the options that were typed, of these."""
    typed = [n for n in names if getattr(args, n) is not None and getattr(args, n) is not False]
    return [f"--{name.replace('_', '-')}" for name in typed]


def _form(args: argparse.Namespace) -> str:
    form: str = args.format or "table"
    return form


def _width(args: argparse.Namespace) -> int:
    in_file = args.output != STDOUT
    return WIDTH if in_file else shutil.get_terminal_size((WIDTH, 24)).columns


def _encoding(args: argparse.Namespace) -> str:
    return "utf-8" if args.output != STDOUT else stdout_encoding()


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{inert(line)}\n" for line in lines)


def _json(rows: Iterable[object]) -> str:
    encoded = msgspec.json.encode(list(rows), order="sorted")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
