"""Where a command writes: checked before anything is written, and never over what it reads."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from ..reporters.destination import STDOUT, prepare
from ._failure import CommandError
from ._records import STDIN, label


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare `-o`."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default=STDOUT,
        help=f"file for {what} (default: standard output)",
    )


def checked(destinations: Sequence[str], *, sources: Sequence[str]) -> list[str]:
    """Return destinations that can be written, are all different, and none of them a source.

    Raises
    ------
    ConfigError, CommandError
        If one cannot be used.
    """
    found: list[str] = []
    for given in destinations:
        place = prepare(given)
        if place != STDOUT and any(s != STDIN and _same(place, s) for s in sources):
            raise CommandError(f"{label(given)}: is the record itself; name another file")
        if any(_same(place, other) for other in found):
            name = "standard output" if place == STDOUT else label(given)
            raise CommandError(f"{name}: two reports go there; give each a file of its own")
        found.append(place)
    return found


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
