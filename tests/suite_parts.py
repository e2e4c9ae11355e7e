"""What the ready-made suite shows of an example, told from the parts that its `MLSystem` is given.

The module is read and not run, so none of what the example needs has to be installed or trained.
Whether options are the right ones, and whether the tests pass, is for the run of the example.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_mltestscore.domain.mlsystem import MLSystem
from pytest_mltestscore.suite import MLTestScoreSuite


class Described(NamedTuple):
    """Ids of items, by what their test of the suite does."""

    shown: set[str]
    """It has all of its parts and is inherited as it is."""
    gaps: set[str]
    """It is expected to fail."""


def described(module: Path, rubric: Any) -> Described:
    """Read a module with one `MLSystem(...)` and one class of the suite."""
    tree = ast.parse(module.read_text("utf-8"))
    replaced = _methods(tree)
    system = _stand_in(tree)
    shown, gaps = set(), set()
    for item in rubric.items:
        name = f"test_{item.name.replace('-', '_')}"
        if name not in replaced:
            shown |= {item.id} if _has_its_parts(name, system) else set()
        elif any("known_gap" in decorator for decorator in replaced[name]):
            gaps.add(item.id)
    return Described(shown, gaps)


def _methods(tree: ast.Module) -> dict[str, list[str]]:
    """Return the methods of the suite's class, with the decorators of each."""
    [suite] = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and "MLTestScoreSuite" in map(ast.unparse, node.bases)
    ]
    found = [node for node in suite.body if isinstance(node, ast.FunctionDef)]
    assert not any(isinstance(node, ast.Assign) for node in suite.body), "replaced by no method"
    return {method.name: [ast.unparse(d) for d in method.decorator_list] for method in found}


def _stand_in(tree: ast.Module) -> MLSystem:
    """Return a system with something in place of each part, and of each item's options."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    [call] = [call for call in calls if ast.unparse(call.func) == "MLSystem"]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    items = [ast.literal_eval(key) for key in given.pop("options").keys]
    return MLSystem(**dict.fromkeys(given, object()), options={i: {"no such": 1} for i in items})


def _has_its_parts(name: str, system: MLSystem) -> bool:
    """Whether a test of the suite goes on to its check, which refuses the stand-ins."""
    test = getattr(MLTestScoreSuite(), name)
    try:
        test(system)
    except pytest.skip.Exception:
        return False
    except Exception:  # noqa: BLE001 - the stand-ins, or a library that is not here: both mean yes
        return True
    raise AssertionError(f"{name} is content with stand-ins")
