"""A first schema of a table: names and types, missing values, signs, lists of few values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ._facts import Column, Table

_HEAD = """\
# What every column of {path} must be like, drafted from what it holds today.
# A draft that only repeats what was seen approves the bugs in it: read it beside
# what you know of each column, and tighten it, by `max`, say, or `unique = true`.
"""


def schema_text(table: Table) -> str:
    """Return the text of a schema file, or an empty text if the table was not read to its end."""
    if not table.columns:
        return ""
    parts = [_HEAD.format(path=quoted(table.path))]
    for column in table.columns:
        lines = "".join(f"{key} = {value}\n" for key, value in _expectations(column))
        parts.append(f"[columns.{_key(column.name)}]\n{lines}")
    return "\n".join(parts)


def _expectations(column: Column) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if column.kind:
        found.append(("dtype", quoted(column.kind)))
    if column.kind in ("integer", "number") and not column.negative:
        found.append(("min", "0"))
    if column.values:
        found.append(("allowed", _list(column.values)))
    if column.missing:
        # A part of the rows, as a split makes it, has a share of its own.
        loose = min(1.0, math.ceil(column.missing * 10 + 0.5) / 10)
        found.append(("max_missing", str(loose)))
    return found


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def quoted(text: str) -> str:
    r"""Return a text as a string of TOML.

    >>> print(quoted('say "it"\n'))
    "say \"it\"\u000a"
    """
    inside = "".join(c if c.isprintable() and c not in '"\\' else _escaped(c) for c in text)
    return f'"{inside}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # part of a file name that is no text; TOML has no escape for it
        return "?"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
