"""Which modules pytest reads for examples: some need libraries of extras."""

from __future__ import annotations

import importlib.util

_CHECKS = "pytest_mltestscore/checks"
_TABLES = ("database", "migrations", "tables")
_NEEDED = {
    _CHECKS: ("narwhals", "numpy", "pandas", "scipy", "sklearn"),
    "pytest_mltestscore/faults": ("narwhals", "numpy"),
    "pytest_mltestscore/collect/proving": ("narwhals", "numpy"),
    f"{_CHECKS}/adapters/_fairlearn_frame.py": ("fairlearn",),
    f"{_CHECKS}/adapters/_pandera_errors.py": ("pandera",),
    f"{_CHECKS}/adapters/_skore_checks.py": ("skore",),
    f"{_CHECKS}/model/_inclusion.py": ("fairlearn",),
    **{f"pytest_mltestscore/store/_{name}.py": ("sqlalchemy",) for name in _TABLES},
}

collect_ignore = [
    path
    for path, modules in _NEEDED.items()
    if any(importlib.util.find_spec(name) is None for name in modules)
]
