"""Patterns of node ids, by which configuration names tests."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache

_WILDCARDS = re.compile(r"[*?\[]")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return what matches node ids from their beginning, where a pattern names them.

    A pattern matches the node id that it equals, everything below the folder, file, class or
    function that it names, and, case-sensitively, what `fnmatch` makes of its wildcards, where `*`
    also matches `/` and `::`. The brackets of a parametrised id are thus literal in a pattern that
    equals the id, and a set of characters in any other pattern.

    >>> bool(compiled("tests/data").match("tests/data/test_rows.py::test_nulls"))
    True
    """
    pattern = pattern.removeprefix("./")
    name = pattern.rstrip("/")
    expression = rf"{re.escape(name)}(?:\Z|/|::|\[)"
    if _WILDCARDS.search(pattern):
        expression = f"{expression}|{translate(pattern)}"
    return re.compile(expression)
