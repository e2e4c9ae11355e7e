"""The documents that one report comes to: one, or with several systems one a system.

A reporter that can put several systems into one document does so. Of any other there is a file a
system, named after it, and where the reporter has one, a page that leads to them. A reporter with
a style sheet fills a folder: the pages and the sheet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..domain.errors import ConfigError
from . import Reporter
from ._html_sheet import FILE as SHEET
from .destination import STDOUT, holds_a_file

if TYPE_CHECKING:
    from ..domain.record import Record

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 100

PAGE = "index.html"
"""What is opened in the folder of a reporter that has a style sheet."""


class Document(NamedTuple):
    """One file of a report, made when it is asked for."""

    destination: str
    render: Callable[[], str]


def file_of(reporter: Reporter, destination: str) -> str:
    """Return the file that stands for a destination as people type it, which may be a folder.

    Raises
    ------
    ConfigError
        If a folder is needed and a stream was given.
    """
    if reporter.render_sheet is None:
        return destination
    if destination == STDOUT:
        mend = f"name one, such as {reporter.name}:{reporter.destination}"
        raise ConfigError(f"{reporter.name} fills a folder, not standard output; {mend}")
    return f"{destination.rstrip('/' + os.sep)}/{PAGE}"


def documents(reporter: Reporter, records: Sequence[Record], destination: str) -> list[Document]:
    """Return what a report of these records comes to, a page that leads to others at the end.

    A stream or pipe takes all of it, one after the other.
    """
    pages = _pages(reporter, records, destination)
    if reporter.render_sheet is None:
        return pages
    return [Document(_sheet(destination), partial(reporter.render_sheet, records)), *pages]


def _pages(reporter: Reporter, records: Sequence[Record], destination: str) -> list[Document]:
    if len(records) == 1:
        return [Document(destination, partial(reporter.render, records[0]))]
    if reporter.render_all is not None:
        return [Document(destination, partial(reporter.render_all, records))]
    if not holds_a_file(destination):
        return [Document(destination, lambda: "".join(map(reporter.render, records)))]
    places = [of_system(destination, record.system) for record in records]
    found = [
        Document(place, partial(reporter.render, record))
        for place, record in zip(places, records, strict=True)
    ]
    if reporter.render_index is not None:
        entries = [(r, Path(place).name) for r, place in zip(records, places, strict=True)]
        found.append(Document(destination, partial(reporter.render_index, entries)))
    return found


def places(reporter: Reporter, systems: Sequence[str], destination: str) -> list[str]:
    """Return every file that a report of some of these systems may come to.

    Only one of them may have anything to show in the end, and then the report is of that one.
    """
    apart = len(systems) > 1 and reporter.render_all is None and holds_a_file(destination)
    files = [of_system(destination, system) for system in systems] if apart else []
    return [*files, *([_sheet(destination)] if reporter.render_sheet else []), destination]


def of_system(destination: str, system: str) -> str:
    """Return the file beside `destination` for one system.

    >>> of_system("build/mlscore.html", "churn")
    'build/mlscore-churn.html'
    """
    path = Path(destination)
    name = _UNSAFE.sub("_", system)[:_LONGEST]
    return f"{_folder(destination)}{path.stem}-{name}{path.suffix}"


def _sheet(destination: str) -> str:
    return f"{_folder(destination)}{SHEET}"


def _folder(destination: str) -> str:
    # Not by `Path`, which would drop a leading `./`.
    return destination[: len(destination) - len(Path(destination).name)]
