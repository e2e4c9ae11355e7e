"""Reading the records that a command was pointed at."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..domain.reading import content_of, parse
from ..domain.record import Record
from ..domain.text import clean_line
from ..store import masked
from ._failure import CommandError

STDIN = "-"


def add_record(
    parser: argparse.ArgumentParser, name: str, what: str = "run record", *, optional: bool = False
) -> None:
    """Declare a positional argument that names a record."""
    parser.add_argument(
        name,
        metavar=name.upper(),
        nargs="?" if optional else None,
        help=f"{what}, as JSON; {STDIN} reads standard input",
    )


def add_only_system(parser: argparse.ArgumentParser) -> None:
    """Declare the option that picks one record where all would be taken."""
    parser.add_argument(
        "--system", metavar="NAME", help="only this system, if a file holds records of several"
    )


def label(path: str) -> str:
    """Return what messages and headings call a record."""
    return "standard input" if path == STDIN else masked(path)


def read_all(paths: Sequence[str]) -> list[Record]:
    """Read every record in these files, in their order.

    Raises
    ------
    CommandError
        If a file cannot be opened, or standard input is named twice.
    RecordError
        If there is no record in it that can be read.
    """
    refuse_twice_stdin(paths)
    return [record for path in paths for record in parse(_content(path), label(path))]


def read_each(path: str, system: str | None = None) -> list[Record]:
    """Read the record of each system in a file, or of the one that is named.

    Raises as `read_all` does, and CommandError for several records of one system.
    """
    records = read_all([path])
    names = dict.fromkeys(r.system for r in records) if system is None else (system,)
    return [_choose(records, label(path), name) for name in names]


def refuse_twice_stdin(paths: Sequence[str]) -> None:
    """Raise CommandError if standard input is named more than once."""
    if paths.count(STDIN) > 1:
        raise CommandError("standard input can be read only once; give files for the others")


def _choose(records: Sequence[Record], where: str, system: str) -> Record:
    found = [r for r in records if r.system == system]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted({clean_line(r.system, limit=80) for r in records}))
    if not found:
        wanted = clean_line(repr(system), limit=80)
        raise CommandError(f"{where}: no record of system {wanted}; it has {names}")
    raise CommandError(
        f"{where}: holds {len(found)} records of one system; put them together with `mlscore merge`"
    )


def _content(path: str) -> bytes:
    try:
        if path == STDIN:
            return _standard_input()
        with Path(path).open("rb") as file:
            return content_of(file)
    except FileNotFoundError:
        raise CommandError(
            f"{label(path)}: no such file; `pytest --mlscore --mlscore-report=json:FILE` writes one"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise CommandError(
            f"{label(path)}: cannot be read: {reason}; give a file that holds a run record"
        ) from None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise CommandError("standard input is closed; give a file")
    return content_of(sys.stdin.buffer)
