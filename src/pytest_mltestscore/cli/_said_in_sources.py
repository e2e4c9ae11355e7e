"""What ready-made checks and faults say of themselves: read from their files, not imported.

They need libraries of numbers and frames, which the command does without.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..domain.rubric import Item

_PACKAGE = Path(__file__).parent.parent
_ITEM = re.compile(r'^ITEM = "([\w-]+)"$', re.MULTILINE)
_ID = re.compile(r'"""(\w+-\d+): ')


class Said(NamedTuple):
    """The name of something, and the first sentence that it says of itself."""

    name: str
    summary: str


def checks_of(item: Item) -> list[Said]:
    """Return the checks that serve an item: the one of its own name first, adapters last."""
    own = f"checks.{item.section}.{item.name.replace('-', '_')}"
    sources = {path: path.read_text(encoding="utf-8") for path in _files("checks/*/_*.py")}
    found = [
        said
        for path, text in sources.items()
        if item.name == _item_of(text)
        for said in _function(path, text)
    ]
    if found:  # ids alone say little: rubrics of others have a data-1, too
        found += [
            said
            for path, text in sources.items()
            if item.id == _helped_by(text)
            for said in _function(path, text)
        ]
    return sorted(found, key=lambda s: (s.name != own, s.name.startswith("checks.adapters."), s))


def fault(name: str) -> Said:
    """Return what a fault says of such damage in real life; nothing if it is none of ours."""
    paths = _files(f"faults/*/{name}.py") if name.isidentifier() else ()
    modules = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    return Said(name, next(map(_summary, modules), ""))


def _files(pattern: str) -> list[Path]:
    return sorted(_PACKAGE.glob(pattern))


def _item_of(text: str) -> str:
    found = _ITEM.search(text)
    return found[1] if found else ""


def _helped_by(text: str) -> str:
    """Return the id of the item that something helps with, which is no check itself."""
    found = None if _ITEM.search(text) else _ID.match(text)
    return found[1] if found else ""


def _function(path: Path, text: str) -> Iterator[Said]:
    """Yield the public function of a module, which has the module's name."""
    name = path.stem.removeprefix("_")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield Said(f"checks.{path.parent.name}.{name}", _summary(node))


def _summary(documented: ast.Module | ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(documented) or "").partition("\n\n")[0].split())
