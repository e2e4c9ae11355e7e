"""Write the page that lists all faults: `python tools/faults_page.py`.

With `--check` nothing is written, and the exit code is 1 if the page is not what would be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from generated_page import keep

from pytest_mltestscore import catalog, faults

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "faults.md"
FOLDERS = [module.name for module in iter_modules(faults.__path__) if module.ispkg]

HEAD = """# Faults

What `--mlscore-prove` does to copies of the values that tests are given, by the structure that is
damaged, with the items that a fault belongs to. [Show that tests can fail](../how-to/proof.md) says
how they are used. This page is made by `tools/faults_page.py` from `src/pytest_mltestscore/faults/`
and the rubric.
"""


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_lines()])


def _lines() -> Iterator[str]:
    items = catalog.load().items
    for folder in FOLDERS:
        package = import_module(f"{faults.__name__}.{folder}")
        yield f"## {folder.capitalize()}\n"
        yield f"{(package.__doc__ or '').strip().replace(', one a file.', '.')}\n"
        yield "| fault | what it does | items |\n| --- | --- | --- |"
        for module in iter_modules(package.__path__):
            fault = import_module(f"{package.__name__}.{module.name}").FAULT
            served = ", ".join(item.id for item in items if fault.name in item.faults)
            yield f"| `{fault.name}` | {fault.damage} | {served} |"
        yield ""


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page."""
    return keep(PAGE, page(), __file__, __doc__, arguments)


if __name__ == "__main__":
    sys.exit(main())
