"""What is wrong in a configuration file, gathered until the whole file has been read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from ..domain.tables import read_table, shown
from ..domain.text import clean_line

S = TypeVar("S", bound=msgspec.Struct)

_NOTHING_SAID = re.compile(
    r"(?:https?://)?(?:\.{3,}|\u2026|\?+|-+|to ?do|tbd|<[^>]*>)[./:]*", re.IGNORECASE
)
"""What stands in forms, such as the one that `mlscore explain` prints, until they are filled in."""


class Problems:
    """Adds the problems of one table to `lines`, each with file and key.

    `table` is where the keys live: empty for the top of the file, or such as `tool.mlscore`.
    """

    def __init__(self, file: str, lines: list[str], table: str = "") -> None:
        self.lines = lines
        self._file = file
        self._table = table

    def full(self, key: str) -> str:
        """Return a key as it is written in this file, such as `tool.mlscore.tags`."""
        return f"{self._table}.{key}" if self._table else key

    def add(self, key: str, problem: str) -> None:
        """Note that something is wrong at `key`, such as `waivers[0].owner`, and how to mend it."""
        self.lines.append(clean_line(f"{self._file}: {self.full(key)}: {problem}"))

    def read(self, struct_type: type[S], table: dict[str, object], key: str = "") -> S | None:
        """Build a struct from the table at `key`, or return None and note every reason why not."""
        found: list[str] = []
        built = read_table(struct_type, table, where="", problems=found)
        for problem in found:
            field, _, rest = problem.removeprefix(": ").partition(": ")
            self.add(f"{key}.{field}" if key else field, rest)
        return built

    def texts(self, table: Mapping[str, object], key: str, names: Iterable[str]) -> None:
        """Note every text of a table by which nothing is said: empty, or dots to be filled in."""
        for name in names:
            text = table.get(name)
            if isinstance(text, str) and not text.strip():
                self.add(f"{key}.{name}", "is empty; fill it in")
            elif isinstance(text, str) and _NOTHING_SAID.fullmatch(text.strip()):
                self.add(f"{key}.{name}", f"is {shown(text)}, which says nothing; fill it in")

    def tables(self, value: object, key: str) -> list[tuple[str, dict[str, object]]]:
        """Return the tables of an array, each with its key; what is none is a problem."""
        if not isinstance(value, list):
            header = f"[[{self.full(key)}]]"
            self.add(key, f"is {shown(value)}; write each entry below a header {header}")
            return []
        numbered = [(f"{key}[{index}]", entry) for index, entry in enumerate(value)]
        for place, entry in numbered:
            if not isinstance(entry, dict):
                self.add(place, f"is {shown(entry)}; give a table")
        return [(place, entry) for place, entry in numbered if isinstance(entry, dict)]
