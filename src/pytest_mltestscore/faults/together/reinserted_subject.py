"""Somebody who was deleted is back: training data was restored from a copy of the week before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np

from .._fault import Fault, NothingToDamageError
from .._frames import some_rows, with_column
from .._together import Together

SHARE = 0.05
_DELETED = re.compile(
    r"delet|erase|erasure|forg[eo]t|opt(ed)?_?out|withdrawn|removed", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"(^|_)(id|subject|customer|user|person|patient|client|member)", re.IGNORECASE
)
_LOOKED_AT = 1_000


def _fits(value: Any) -> bool:
    return isinstance(value, Together) and next(_pairs(value), None) is not None


def _pairs(together: Together) -> Iterator[tuple[str, str]]:
    """Yield the names of a table and of those who are to be deleted from it."""
    frames = [name for name, part in together.parts.items() if _as_frame(part) is not None]
    for deleted, part in together.parts.items():
        if _DELETED.search(deleted) and _ids(part):
            yield from ((rows, deleted) for rows in frames if not _DELETED.search(rows))


def _as_frame(value: Any) -> nw.DataFrame[Any] | None:
    native = nw.from_native(value, pass_through=True)
    return native if isinstance(native, nw.DataFrame) and len(native) else None


def _ids(value: Any) -> list[Any]:
    """Return who is to be deleted: the entries of a sequence, or of the column of a table."""
    if (frame := _as_frame(value)) is not None:
        named = [column for column in frame.columns if _SUBJECT.search(column)]
        value = frame[(named or frame.columns)[0]].to_list()
    native = nw.from_native(value, pass_through=True, allow_series=True)
    if isinstance(native, nw.Series):
        value = native.to_list()
    elif isinstance(value, np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list | tuple | set | frozenset):
        return []
    ids = [entry for _, entry in zip(range(_LOOKED_AT), value, strict=False)]
    return ids if all(isinstance(entry, str | int) for entry in ids) else []


def _inject(together: Any, rng: np.random.Generator) -> Any:
    damaged = together
    for name, deleted in _pairs(together):
        ids = sorted(_ids(together.parts[deleted]), key=str)
        frame = nw.from_native(together.parts[name])
        back = _with_subject(frame, ids[int(rng.integers(len(ids)))], rng)
        if back is not None:
            damaged = damaged.instead(name, back)
    if damaged is together:
        raise NothingToDamageError("no table has a column of who its rows are about")
    return damaged


def _with_subject(frame: nw.DataFrame[Any], who: Any, rng: np.random.Generator) -> Any:
    """Return a table in which some rows are about somebody else; None if it does not say whom."""
    is_word = isinstance(who, str)
    columns = [
        name
        for name, dtype in frame.schema.items()
        if _SUBJECT.search(name) and (dtype == nw.String if is_word else dtype.is_integer())
    ]
    if not columns:
        return None
    values = frame[columns[0]].to_numpy().copy()
    values[some_rows(frame, SHARE, rng)] = who
    return with_column(frame, columns[0], values).to_native()


FAULT = Fault(
    name="reinserted_subject",
    damage=f"lets {SHARE:.0%} of the rows be about somebody who is to be deleted",
    fits=_fits,
    inject=_inject,
)
