"""All that a test is given at once, for damages that are about more than one value."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw
import numpy as np

from ._sites import part_at, with_part
from ._tensors import is_tensor

Places = Mapping[str, tuple[Any, ...]]
"""Where values are found, by name: the name of an argument, and the way from there inwards."""

_LABELS = re.compile(r"(^|_)(y|labels?|targets?|truth|outcomes?)(_|$)", re.IGNORECASE)
_POSITION = re.compile(r"(.*)\[(\d+)\]")


@dataclasses.dataclass(frozen=True)
class Together:
    """Values by the names of their places, such as `rows`, `data[0]` or `system.train_data`.

    Whatever is nested is listed here beside what holds it. A fault of it returns another one, with
    other values of the same names.
    """

    parts: Mapping[str, Any]

    @classmethod
    def at(cls, places: Places, received: Mapping[str, Any]) -> Together:
        """Return what a test is given at these places."""
        return cls({name: part_at(received, path) for name, path in places.items()})

    def put_back(
        self, given: Together, places: Places, received: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return of what a test is given that in which a value is another one than `given`."""
        instead: Any = dict(received)
        for name, value in self.parts.items():
            if value is not given.parts[name]:
                instead = with_part(instead, places[name], value)
        return {root: value for root, value in instead.items() if value is not received[root]}

    def instead(self, name: str, value: Any) -> Together:
        """Return the same with another value at one place."""
        return Together({**self.parts, name: value})


def label_pairs(together: Together) -> Iterator[tuple[str, str]]:
    """Yield the names of a table of features and of the labels of its rows.

    Labels are one value a row, and called so, or they come after the table in the same sequence.
    """
    lengths = {name: _length(part) for name, part in together.parts.items()}
    tables = [name for name, length in lengths.items() if length and _is_table(together, name)]
    for table in tables:
        labels = [
            name
            for name, length in lengths.items()
            if length == lengths[table]
            and not _is_table(together, name)
            and (_LABELS.search(_last_word(name)) or _follows(table, name))
        ]
        rank = [name for name in tables if lengths[name] == lengths[table]].index(table)
        if labels:
            yield table, _of(table, rank, labels)


def _of(table: str, rank: int, labels: list[str]) -> str:
    """Return the labels that go with a table: `y_train` with `X_train`, the first with the first.

    Parts of a split may be of the same length.
    """
    words = {*_last_word(table).split("_")}
    alike = [len(words & {*_last_word(name).split("_")}) for name in labels]
    return labels[max(range(len(labels)), key=lambda place: (alike[place], place == rank))]


def _length(value: Any) -> int:
    """Return the number of rows of a table in memory, or of entries of a column; 0 for others."""
    if isinstance(value, np.ndarray) or is_tensor(value):
        return len(value) if value.ndim in (1, 2) else 0
    if type(value) in (list, tuple):
        return len(value)
    native = nw.from_native(value, pass_through=True, allow_series=True)
    return len(native) if isinstance(native, nw.DataFrame | nw.Series) else 0


def _is_table(together: Together, name: str) -> bool:
    value = together.parts[name]
    if isinstance(value, np.ndarray) or is_tensor(value):
        return bool(value.ndim == 2 and value.shape[1] > 1)
    return isinstance(nw.from_native(value, pass_through=True), nw.DataFrame)


def _last_word(name: str) -> str:
    return re.split(r"\W+", name.rstrip("]'\""))[-1]


def _follows(table: str, name: str) -> bool:
    first, second = _POSITION.fullmatch(table), _POSITION.fullmatch(name)
    if first is None or second is None:
        return False
    return first[1] == second[1] and int(first[2]) < int(second[2])
