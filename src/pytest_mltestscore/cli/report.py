"""`mlscore report`: any report, made again from a stored record."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, get_args

from ..domain.errors import nearest
from ..domain.record import Record
from ..domain.text import clean_line
from ..reporters import REPORTERS, Reporter, find
from ..reporters.destination import STDOUT
from ..reporters.documents import Document, documents, file_of
from ..reporters.to_terminal import Detail, summaries, verdict_lines
from ..scoring.gate import exit_code, worst_exit
from ._destinations import checked
from ._extensions import extra_reporters
from ._failure import CommandError
from ._output import complain, deliver, plain, stdout_encoding
from ._parsing import USER_ERROR, Subparsers, command
from ._pooling import add_pooling, records_asked
from ._records import add_only_system, add_record
from ._text import WIDTH

TERMINAL = "term"
OFF = "off"
DETAILS: tuple[Detail, ...] = get_args(Detail)


class _Asked(NamedTuple):
    """One report and where it goes."""

    reporter: Reporter
    destination: str


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    listed = "\n".join(f"  {r.name:<10} {r.help}" for r in REPORTERS)
    parser = command(
        subparsers,
        "report",
        run,
        summary="make reports from a run record",
        details="Without RECORD, what the runs in a store show together of this checkout.\n\n"
        "types, besides those of installed plugins:\n"
        "  term       what pytest shows; term:items more, term:line and term:off less\n"
        f"{listed}\n"
        "A file with several systems gives reports of all: one document, or where a type\n"
        "has none for several, a file a system, such as mlscore-churn.svg.",
        examples="mlscore report mlscore.json\n"
        "mlscore report mlscore.json --type html:mlscore.html --type md:mlscore.md\n"
        "mlscore report mlscore.json --type junit > mlscore-junit.xml\n"
        "mlscore report --store .mlscore --type html:mlscore.html",
        exits="0   all reports were written",
    )
    add_record(parser, "record", optional=True)
    parser.add_argument(
        "--type",
        metavar="TYPE[:DEST]",
        action="append",
        dest="types",
        help="a report, and the file for it (default: term to standard output); repeatable",
    )
    add_only_system(parser)
    add_pooling(parser)


def run(args: argparse.Namespace) -> int:
    """Make the reports."""
    extra = extra_reporters()
    asked = [_read_type(spec, extra) for spec in args.types or [TERMINAL]]
    sources = [] if args.record is None else [args.record]
    # Asked before anything is read: what cannot be written need not be scored.
    checked([a.destination for a in asked], sources=sources)
    records = records_asked(args)
    made = [
        (report.reporter.name, document)
        for report in asked
        for document in documents(report.reporter, records, report.destination)
    ]
    places = checked([document.destination for _, document in made], sources=sources)
    written = [
        _make(name, document._replace(destination=place))
        for (name, document), place in zip(made, places, strict=True)
    ]
    return 0 if all(written) else USER_ERROR


def _make(name: str, document: Document) -> bool:
    """Write one report. One that fails does not keep the others from being written."""
    try:
        deliver(document.destination, document.render())
    except CommandError as error:
        complain("error", f"report {name}: {error}")
        return False
    except Exception as error:  # noqa: BLE001 - a third party's reporter may raise anything
        problem = f"{type(error).__name__}: {error}"
        complain("error", f"report {name}: its reporter failed: {problem}")
        return False
    return True


def _read_type(spec: str, extra: Sequence[Reporter]) -> _Asked:
    kind, _, rest = (part.strip() for part in spec.partition(":"))
    if kind != TERMINAL:
        reporter = find(kind, extra, also=(TERMINAL,))
        # A folder cannot be written to standard output, so such a reporter has a place of its own.
        otherwise = STDOUT if reporter.render_sheet is None else reporter.destination
        return _Asked(reporter, file_of(reporter, rest or otherwise))
    render_all = partial(_terminal, detail=_detail(rest))
    render = _of_one(render_all)
    return _Asked(Reporter(TERMINAL, STDOUT, "", render, render_all), STDOUT)


def _of_one(render_all: Callable[[Sequence[Record]], str]) -> Callable[[Record], str]:
    return lambda record: render_all([record])


def _detail(word: str) -> Detail | None:
    if word == OFF:
        return None
    for detail in DETAILS:
        if word in (detail, ""):
            return detail
    words = (*DETAILS, OFF)
    closest = nearest(word, words)
    mend = f"did you mean term:{closest}?" if closest else f"give {', '.join(words)}"
    raise CommandError(f"--type: unknown detail in term:{clean_line(word, limit=80)}; {mend}")


def _terminal(records: Sequence[Record], detail: Detail | None) -> str:
    """Return what pytest would show, with the verdict as the last line."""
    width, encoding = shutil.get_terminal_size((WIDTH, 24)).columns, stdout_encoding()
    lines = summaries(records, detail=detail, width=width, encoding=encoding) if detail else []
    code = worst_exit([exit_code(record.gate.status) for record in records])
    lines += verdict_lines(records, exit_code=code, width=width, encoding=encoding)
    return "".join(f"{plain(line)}\n" for line in lines)
