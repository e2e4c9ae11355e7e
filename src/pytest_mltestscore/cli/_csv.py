"""Tables for spreadsheets and scripts, as comma-separated values.

A spreadsheet computes a cell that looks like a formula, and some formulas open addresses or run
programs. Names of branches and systems come from anybody, so such a cell gets an apostrophe in
front, which spreadsheets take for "this is text".
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from ..domain.text import clean_line

_FORMULA = re.compile(r"[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""What opens a formula; in wide characters too, where people write in Chinese or Japanese."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    r"""Return rows as comma-separated values, with the columns as the first line.

    Parameters
    ----------
    rows
        Values by column. One that is missing or None leaves its cell empty; values of other
        columns are left out.
    columns
        In the order in which they are to stand.

    Examples
    --------
    >>> csv_text([{"system": "=HYPERLINK(1)", "score": 4.0, "dirty": False}], ["system", "score"])
    "system,score\n'=HYPERLINK(1),4\n"
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return written.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, dt.date):  # of which a time is one
        return value.isoformat()
    text = clean_line(str(value))
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
