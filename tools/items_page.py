"""Write the page that lists all items, from the rubric: `python tools/items_page.py`.

With `--check` nothing is written, and the exit code is 1 if the page is not what would be.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from generated_page import keep

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.rubric import BY_HAND, Item, Rubric

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "items.md"

HEAD = """# Items

The 28 things that a score is made of, in the order of the paper: what each asks for, why, what
earns the half point and the full one, what to do where it does not hold, and a test to paste. The
tests run in `examples/credit_default` as they stand, each was seen to fail, and `mlscore explain`
prints them, too. Ids and names mean the same and can be used for each other everywhere.

This page is made by `tools/items_page.py` from the rubric.
"""

PASTE = "A test to paste; it runs in `examples/credit_default`, so replace its names by yours:"


def page(rubric: Rubric) -> str:
    """Return the page."""
    parts = [HEAD, _overview(rubric)]
    for section in rubric.sections:
        parts.append(f"## {section.title}\n\n*{section.long_title}.*\n")
        parts += [_part(rubric, item) for item in rubric.items if item.section == section.id]
    return "\n".join(parts)


def _overview(rubric: Rubric) -> str:
    rows = ["| " + " | ".join(s.title for s in rubric.sections) + " |"]
    rows.append("| --- " * len(rubric.sections) + "|")
    columns = [[i for i in rubric.items if i.section == s.id] for s in rubric.sections]
    rows += [
        "| " + " | ".join(f"[{item.name}](#{item.name})" for item in row) + " |"
        for row in zip(*columns, strict=True)
    ]
    return "\n".join(rows) + "\n"


def _part(rubric: Rubric, item: Item) -> str:
    lines = [
        f"### {item.name}\n",
        f"*{item.id}: {item.long_title}.*\n",
        f"{item.holds}\n",
        f"**Why.** {_joined(item.why)}\n",
        f"**Half a point.** {_joined(item.manual)}\n",
        f"**A point.** {_joined(item.automate)}\n",
        f"**If it fails.** {_joined(item.remedy)}\n",
        f"{_facts(rubric, item)}\n",
    ]
    if item.example:
        lines.append(f"{PASTE}\n\n```python\n{item.example.strip()}\n```\n")
    return "\n".join(lines)


def _facts(rubric: Rubric, item: Item) -> str:
    facts = {
        "Effort": f"{item.effort} by a test, {BY_HAND[item.effort]} by hand",
        "Builds on": ", ".join(_linked(rubric.find(word)) for word in item.builds_on),
        "Check": f"[`checks.{item.section}.{_main_check(item)}`](checks.md#{item.name})",
        "[Faults](faults.md)": ", ".join(f"`{fault}`" for fault in item.faults),
        "Sources": "; ".join(item.sources),
    }
    return "\n".join(f"- {name}: {cell}" for name, cell in facts.items() if cell)


def _linked(item: Item) -> str:
    return f"[{item.name}](#{item.name})"


def _main_check(item: Item) -> str:
    """Return the name of the check that has the name of the item."""
    name = item.name.replace("-", "_")
    checks: Any = import_module(f"pytest_mltestscore.checks.{item.section}")
    if name not in checks.__all__:
        raise LookupError(f"no check has the name of {item.id}")
    return name


def _joined(paragraph: str) -> str:
    return " ".join(paragraph.split())


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page."""
    return keep(PAGE, page(catalog.load()), __file__, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
