"""Which modules pytest reads for examples: those of checks need the libraries of the checks."""

from __future__ import annotations

import importlib.util

collect_ignore: list[str] = []
_NEEDED = ("narwhals", "numpy", "pandas", "sklearn")
if any(importlib.util.find_spec(name) is None for name in _NEEDED):
    collect_ignore.append("pytest_mltestscore/checks")
