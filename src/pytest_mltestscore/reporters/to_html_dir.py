"""The HTML report as a folder: pages, and one style sheet beside them.

Servers that forbid style within a page, such as Jenkins, show the page of `html` complete and
plain. This one keeps its looks there.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.record import Record
from .to_html import index_of, page_of, sheet_of


def render(record: Record) -> str:
    """Return the page of a record. Its style sheet is that of `render_sheet`."""
    return page_of(record, own_sheet=False)


def render_index(systems: Sequence[tuple[Record, str]]) -> str:
    """Return the page that leads to those of several systems, each given with its file name."""
    return index_of(systems, own_sheet=False)


def render_sheet(records: Sequence[Record]) -> str:
    """Return the style sheet of all pages in the folder."""
    return sheet_of(records)
