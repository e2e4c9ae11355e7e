"""What a power case is: a clean world that a check must pass, and damages that it must find.

One file a check, `cases/<section>/<check>.py`, with a `CASE`. The tests here run a few seeds of
each; `tools/power_table.py` runs many and writes the table in the documentation.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pytest_mltestscore.domain.checkresult import CheckResult
from pytest_mltestscore.domain.errors import InputError

FOLDER = Path(__file__).parent / "cases"
CHECKS = Path(__file__).parent.parent.parent / "src" / "pytest_mltestscore" / "checks"
World = Any


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A way in which a world can be bad, in sizes from slight to gross."""

    name: str
    unit: str
    """What the size counts, such as `share of rows`."""
    sizes: tuple[float, ...]
    """Ascending. Below the documented size the check may miss it; the table shows how often."""
    documented: float
    """The size from which on the check is said to find it."""
    inject: Callable[[World, float, np.random.Generator], World]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A check with the worlds that it is tried on."""

    check: str
    """Such as `model.slice_quality`."""
    exact: bool
    """Nothing in it is left to chance: it finds every damage, and never raises a false alarm."""
    world: Callable[[np.random.Generator], World]
    """A clean world, from which the check must find nothing wrong."""
    run: Callable[[World], CheckResult]
    damages: tuple[Damage, ...]
    """At least three."""
    needs: tuple[str, ...] = ()
    """Modules that it needs beyond the extra `checks`."""
    convert: Callable[[World, Callable[[pd.DataFrame], Any]], World] | None = None
    """Apply a function to the frames of a world; None for a check that takes no frame, or not any.

    The same answer is asked for on every kind of frame, by `tests/contract/test_frames.py`.
    """

    @property
    def digest(self) -> str:
        """A digest of the case and of all code of checks that it runs.

        A changed one makes the row in the table stale.
        """
        section, name = self.check.split(".")
        files = [FOLDER / section / f"{name}.py", *_needed(CHECKS / section / f"_{name}.py")]
        return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()[:16]


def _needed(module: Path) -> list[Path]:
    """Return a module of checks and those that it imports from there, however deep, sorted."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current in found or not current.is_file() or CHECKS not in current.parents:
            continue
        found.add(current)
        for node in ast.walk(ast.parse(current.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = current.parents[node.level - 1]
                inner = [node.module] if node.module else [name.name for name in node.names]
                waiting += [folder.joinpath(*name.split(".")).with_suffix(".py") for name in inner]
    return sorted(found)


def alarms(case: Case, seed: int) -> bool:
    """Whether the check finds something wrong in a clean world."""
    return not case.run(case.world(np.random.default_rng(seed)))


def detects(case: Case, damage: Damage, size: float, seed: int) -> bool:
    """Whether the check finds a damage, by its verdict or by refusing its input."""
    rng = np.random.default_rng(seed)
    world = damage.inject(case.world(rng), size, rng)
    try:
        return not case.run(world)
    except InputError:
        return True


def all_cases() -> dict[str, Case]:
    """Return all cases by the name of their check."""
    found = {}
    for path in sorted(FOLDER.glob("*/*.py")):
        module = importlib.import_module(f"power.cases.{path.parent.name}.{path.stem}")
        found[module.CASE.check] = module.CASE
    return found
