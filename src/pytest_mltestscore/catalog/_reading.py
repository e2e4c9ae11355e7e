"""Reading a folder of TOML files into a rubric, with every problem of every file in one error."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ..domain.errors import RubricError, nearest
from ..domain.rubric import Item, Rubric
from ..domain.tables import parse_toml, read_table
from ..domain.text import clean, clean_line
from ._rules import HEADER, SLUG, check_header, check_item, check_items, count_of, text_at

_FILE_ID = re.compile(r"(.+-[0-9]+)-.*\.toml")


@dataclass(frozen=True, slots=True)
class ItemFile:
    """An item as it stands in its file; `table` is empty if that could not be parsed."""

    path: str
    section: str
    table: Mapping[str, Any]
    item: Item | None

    @property
    def id(self) -> str:
        """The id by its content, else by its name, so that one fault does not cause another."""
        match = _FILE_ID.fullmatch(self.path.rpartition("/")[2])
        return text_at(self.table, "id") or (match[1] if match else "")


@dataclass(frozen=True, slots=True)
class Reader:
    """One reading of one rubric folder, with the problems met so far."""

    folder: Path
    problems: list[str] = field(default_factory=list)

    def header(self) -> tuple[Mapping[str, Any] | None, Rubric | None]:
        """Return `rubric.toml` as it stands, and as a rubric without items if it is sound."""
        table = self._table(HEADER)
        if table is None:
            return None, None
        rubric = read_table(
            Rubric, table, where=HEADER, problems=self.problems, given={"items": ()}
        )
        return table, rubric

    def items(self, section: str) -> list[ItemFile] | None:
        """Return the items of a section by number (10 comes after 9), or None if unreadable."""
        names = self._toml_names(section)
        if names is None:
            return None
        files = [self._item(section, name) for name in names]
        return sorted(files, key=lambda file: _number(file.id))

    def folders(self) -> dict[str, bool]:
        """Return the subfolders with TOML files, and whether each is a rubric of its own."""
        found = {}
        for name in self._names(".") or ():
            if not name.startswith(".") and self._is_folder(name):
                files = self._toml_names(name)
                if files:
                    found[name] = HEADER in files
        return found

    def _item(self, section: str, name: str) -> ItemFile:
        path = f"{section}/{name}"
        where = clean_line(path, limit=200)
        table = self._table(path)
        if table is None:
            return ItemFile(where, section, {}, None)
        item = read_table(
            Item, table, where=where, problems=self.problems, given={"section": section}
        )
        check_item(table, section, name, where, self.problems)
        return ItemFile(where, section, table, item)

    def _table(self, path: str) -> dict[str, Any] | None:
        where = clean_line(path, limit=200)
        try:
            if not stat.S_ISREG((self.folder / path).stat().st_mode):
                self.problems.append(f"{where}: is not a file; rename or remove it")
                return None
            content = (self.folder / path).read_bytes()
        except OSError as error:
            self.problems.append(f"{where}: cannot be read: {error.strerror}")
            return None
        return parse_toml(content, where=where, problems=self.problems)

    def _toml_names(self, folder: str) -> list[str] | None:
        names = self._names(folder)
        return names and [name for name in names if name.casefold().endswith(".toml")]

    def _names(self, folder: str) -> list[str] | None:
        try:
            return sorted(path.name for path in (self.folder / folder).iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            where = clean_line(folder, limit=80)
            self.problems.append(f"{where}: folder cannot be read: {error.strerror}")
            return None

    def _is_folder(self, name: str) -> bool:
        try:
            return stat.S_ISDIR((self.folder / name).stat().st_mode)
        except OSError:  # a dangling link or a loop, which is no folder with items
            return False


def read_rubric(folder: Path) -> Rubric:
    """Read the rubric in a folder.

    Raises
    ------
    RubricError
        With one line for each problem: file, key, what is wrong and how to mend it.
    """
    reader = Reader(folder)
    problems = reader.problems
    table, rubric = reader.header()
    folders = reader.folders()
    if table is None:  # what the sections are is unknown, but their items can be looked at
        sections = [name for name, is_rubric in folders.items() if not is_rubric]
    else:
        sections = _sections(table)
        if len(sections) == count_of(table, "sections"):  # else a folder may be that of a bad id
            _check_folders(folders, sections, problems)
    found = {section: reader.items(section) for section in sections}
    if table is not None:
        sizes = {name: None if files is None else len(files) for name, files in found.items()}
        check_header(table, sizes, problems)
    everything = [file for files in found.values() for file in files or ()]
    check_items([(file.path, file.id, file.table) for file in everything], problems)
    if problems or rubric is None:
        raise RubricError(_message(folder, problems))
    items = tuple(file.item for file in everything if file.item is not None)
    whole: Rubric = _folded(msgspec.structs.replace(rubric, items=items))
    return whole


def _sections(table: Mapping[str, Any]) -> list[str]:
    """Return the section ids that can be names of folders, each once."""
    entries = table.get("sections")
    ids = (text_at(entry, "id") for entry in entries) if isinstance(entries, list) else ()
    return list(dict.fromkeys(name for name in ids if SLUG.fullmatch(name)))


def _check_folders(
    folders: Mapping[str, bool], sections: Sequence[str], problems: list[str]
) -> None:
    for name, is_rubric in folders.items():
        if name not in sections and not is_rubric:
            closest = nearest(name, sections)
            mend = (
                f"did you mean {closest!r}?" if closest else f"add it to {HEADER} or move it away"
            )
            where = clean_line(name, limit=80)
            problems.append(f"{where}: folder with items, but no such section; {mend}")


def _number(item_id: str) -> tuple[int, str]:
    digits = item_id.rpartition("-")[2]
    return (int(digits), "") if digits.isdecimal() and len(digits) < 10 else (0, item_id)


def _folded(value: Any) -> Any:
    """Put texts on one line, free of control characters: in a file they are wrapped for reading."""
    if isinstance(value, str):
        return " ".join(clean(value).split())
    if isinstance(value, tuple):
        return tuple(_folded(entry) for entry in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: _folded(getattr(value, name)) for name in value.__struct_fields__}
        if isinstance(value, Item):  # code, whose lines mean something
            fields["example"] = clean(value.example).strip("\n")
        return msgspec.structs.replace(value, **fields)
    return value


def _message(folder: Path, problems: list[str]) -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"the rubric in {clean_line(str(folder), limit=200)} has {count}:"]
    return "\n  ".join(lines + problems)
