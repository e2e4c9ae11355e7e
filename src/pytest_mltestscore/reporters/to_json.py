"""The run record as JSON: strict, the same bytes for equal input, and made to be compared by line.

Upper levels are indented; whatever holds only plain values is one line, and so is each test. A
change of one test is then a change of one line, and 20,000 tests still fit into two megabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..domain.record import Record
from ..domain.text import clean, clean_line

INNERMOST = 4
"""Depth from which on all is on one line: record, items, item, tests, test."""

DEEPEST = 50
"""Objects of others that are nested deeper than this are cut."""

_ENCODER = msgspec.json.Encoder(order="sorted")
_CONTAINERS = (dict, list, tuple, msgspec.Struct)


def render(record: Record) -> str:
    """Return the record as JSON that ends in a line break.

    Numbers that JSON cannot hold become null.
    """
    return lines_of(record)


def render_all(records: Sequence[Record]) -> str:
    """Return several records as one JSON object; each has the lines that it would have alone."""
    listed = ",\n".join(lines_of(record).rstrip("\n") for record in records)
    return f'{{"records": [\n{listed}\n]}}\n'


def lines_of(value: Any) -> str:
    """Return any value as JSON in the same way."""
    try:
        return _written(value, 0) + "\n"
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        # A lone surrogate, or an object of some plugin in `extra`: rare, and slow to put right.
        return _written(_plain(value, 0), 0) + "\n"


def _written(value: Any, depth: int) -> str:
    if not _spread(value, depth):
        return _ENCODER.encode(value).decode()
    inner = f",\n{' ' * (depth + 1)}"
    if isinstance(value, list | tuple):
        opening, closing = "[]"
        lines = [_written(entry, depth + 1) for entry in value]
    else:
        opening, closing = "{}"
        entries = _entries(value) if isinstance(value, msgspec.Struct) else value
        lines = [
            f"{_ENCODER.encode(key).decode()}: {_written(entries[key], depth + 1)}"
            for key in sorted(entries)
        ]
    return f"{opening}{inner[1:]}{inner.join(lines)}\n{' ' * depth}{closing}"


def _spread(value: Any, depth: int) -> bool:
    """Whether a value takes a line an entry."""
    if depth >= INNERMOST or not isinstance(value, _CONTAINERS):
        return False
    if isinstance(value, msgspec.Struct):
        if value.__struct_config__.omit_defaults:  # only msgspec knows which fields to leave out
            return False
        entries: Any = _entries(value).values()
    else:
        entries = value.values() if isinstance(value, dict) else value
    return bool(entries) and (depth < 2 or any(isinstance(e, _CONTAINERS) for e in entries))


def _entries(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _plain(value: Any, depth: int) -> Any:
    """Return a copy that can be encoded: what is no JSON value becomes text, cut short."""
    if depth > DEEPEST:
        return "..."
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, msgspec.Struct):
        return type(value)(**{k: _plain(v, depth + 1) for k, v in _entries(value).items()})
    if isinstance(value, dict):
        return {_text(str(k)): _plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        entries = [_plain(v, depth + 1) for v in value]
        return tuple(entries) if isinstance(value, tuple) else entries
    try:
        _ENCODER.encode(value)
    except (msgspec.MsgspecError, TypeError, ValueError):
        return clean_line(_shown(value), limit=200)
    return value  # dates and the like


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return clean(text)
    return text


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a broken `__repr__` must not lose the report
        return f"<{type(value).__name__}: repr raised {type(error).__name__}>"
