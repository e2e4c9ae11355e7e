"""Commands to copy: they are never shortened with dots, and name less exactly where they must."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from ..domain.text import clean_line


def targets(nodeid: str, shown: Callable[[str], str] = clean_line) -> list[str]:
    """Return what names a test on a command line: itself, all variants of it, its file.

    Left out is what cannot be shown as it is, since a command that is copied would name another.

    >>> targets("tests/test_a.py::test_x[1]")
    ['tests/test_a.py::test_x[1]', 'tests/test_a.py::test_x', 'tests/test_a.py']
    """
    path, _, rest = nodeid.partition("::")
    function = f"{path}::{rest.partition('[')[0]}" if rest else path
    forms = dict.fromkeys((nodeid, function, path))
    return [form for form in forms if form and shown(form) == form]


def reproduce(
    nodeid: str, fault: str, *, command: str = "pytest", shown: Callable[[str], str] = clean_line
) -> str:
    """Return the command that tries a test with one fault again; empty if it cannot be named.

    >>> reproduce("tests/test_a.py::test_x[1]", "null_burst")
    "pytest 'tests/test_a.py::test_x[1]' --mlscore-prove-only=null_burst"
    """
    option = shlex.quote(f"--mlscore-prove-only={fault}")
    intact = targets(nodeid, shown)
    if not intact or shown(option) != option:
        return ""
    return f"{command} {shlex.quote(intact[0])} {option}"
