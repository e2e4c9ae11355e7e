"""Write the page that lists all checks, from their docstrings: `python tools/checks_page.py`.

With `--check` nothing is written, and the exit code is 1 if the page is not what would be.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from generated_page import keep

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.rubric import Item, Rubric

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "checks.md"
SOURCE = ROOT / "src" / "pytest_mltestscore" / "checks"

HEAD = """# Checks

The ready-made checks, by section and item, with what each can see and what it cannot. A check is a
function: data first, then limits by keyword. It returns a result that is true when the property
holds and explains itself when printed, and it works without pytest. Inside a tagged test of a
scored run it records itself as evidence.

```python
from pytest_mltestscore import checks
```

Arguments, errors and an example are in each docstring: `help(checks.model.slice_quality)`. How
often each check finds planted damage is in [Power of the checks](power.md). *Needs* names the
extras of this package: `pip install 'pytest-mltestscore[checks]'`.

This page is made by `tools/checks_page.py` from the docstrings.
"""

ADAPTERS = """## Adapters

They turn what another library found into a check result, so that it earns an item in one line. A
result in which nothing was looked at is an error, and never a pass. `item=` names another item.
"""


@dataclass(frozen=True)
class Entry:
    """A public function, and what its docstring says."""

    section: str
    name: str
    item: str
    """Name or id of the item."""
    summary: str
    notes: str
    needs: tuple[str, ...]
    may_need: tuple[str, ...]

    @property
    def path(self) -> str:
        """How it is written in a test."""
        return f"checks.{self.section}.{self.name}"


def entries(section: str) -> list[Entry]:
    """Return all public functions of a section of the checks."""
    package = import_module(f"pytest_mltestscore.checks.{section}")
    return [_entry(section, name, getattr(package, name)) for name in package.__all__]


def _entry(section: str, name: str, function: Callable[..., Any]) -> Entry:
    module = import_module(function.__module__)
    path = Path(inspect.getfile(function))
    documented = inspect.getdoc(function) or ""
    own = {"checks"} | _extras(path)
    reached = {extra for imported in _reached(path) for extra in _extras(imported)}
    return Entry(
        section=section,
        name=name,
        # What is no check, such as the drafting of a schema, says its item by the id only.
        item=getattr(module, "ITEM", None) or (module.__doc__ or "").partition(":")[0],
        summary=_joined(documented.partition("\n\n")[0]),
        notes="\n\n".join(map(_joined, _notes(documented).split("\n\n"))),
        needs=tuple(sorted(own)),
        may_need=tuple(sorted(reached - own)),
    )


def _notes(documented: str) -> str:
    """Return the section `Notes` of a numpydoc docstring."""
    found = re.search(
        r"^Notes\n-+\n(.*?)(?=^\w[^\n]*\n-{3,}$|\Z)", documented, re.MULTILINE | re.DOTALL
    )
    return found[1].strip() if found else ""


def _joined(paragraph: str) -> str:
    """Put a paragraph on one line, unless its lines mean something."""
    keeps_lines = re.search(r"^(\s|[-*|] |\d+\. )", paragraph, re.MULTILINE)
    return paragraph if keeps_lines else " ".join(paragraph.split())


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _extras(path: Path) -> set[str]:
    """Return the extras that a module loads optional libraries from."""
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    return {
        keyword.value.value
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "extra"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }


def _reached(path: Path) -> set[Path]:
    """Return the modules of the checks that a module imports, by way of others too."""
    found: set[Path] = set()
    pending = [path]
    while pending:
        new = set(_imported(pending.pop())) - found
        found |= new
        pending += new
    return found


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            for name in names:
                imported = folder.joinpath(*name.split(".")).with_suffix(".py")
                if imported.is_file() and imported.is_relative_to(SOURCE):
                    yield imported


def page(rubric: Rubric) -> str:
    """Return the page."""
    adapters = entries("adapters")
    parts = [HEAD]
    for section in rubric.sections:
        found = entries(section.id)
        items = [item for item in rubric.items if item.section == section.id]
        parts.append(f"## {section.title}\n")
        parts += [_item_part(item, found, adapters) for item in items]
    parts.append(ADAPTERS)
    parts += [f"### {a.name}\n\n{_entry_part(a)}" for a in adapters]
    return "\n".join(parts)


def _item_part(item: Item, found: list[Entry], adapters: list[Entry]) -> str:
    keys = (item.id, item.name)
    own = [entry for entry in found if entry.item in keys]
    # The main check of an item has its name.
    own.sort(key=lambda entry: (entry.name != item.name.replace("-", "_"), entry.name))
    lines = [f"### {item.name}\n", f"*{item.id}: {item.title}.*\n"]
    lines += [_entry_part(entry) for entry in own] or ["No ready-made check yet.\n"]
    linked = [f"[`{a.path}`](#{a.name})" for a in adapters if a.item in keys]
    if linked:
        lines.append(f"From another library: {', '.join(linked)}.\n")
    return "\n".join(lines)


def _entry_part(entry: Entry) -> str:
    needs = f"Needs {_listed(entry.needs)}"
    if entry.may_need:
        needs += f"; for some arguments {_listed(entry.may_need)}"
    parts = [f"**`{entry.path}`** {entry.summary}", entry.notes, f"{needs}."]
    return "\n\n".join(part for part in parts if part) + "\n"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page."""
    return keep(PAGE, page(catalog.load()), __file__, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
