"""Whether a test can turn red by itself: by an assertion, an exception, a check, or a helper."""

from __future__ import annotations

import ast
import re

from .names import Names, dotted

_ASSERTING = re.compile(
    r"_*(assert|check|validate|verify|ensure|expect|raises|warns|fail|deprecated_call)"
)
"""How the names of functions begin that turn a test red."""

_CHECKS = "pytest_mltestscore."


class CanFail:
    """Judges functions of one module; a function that calls one that can fail can fail too."""

    def __init__(self, tree: ast.Module, names: Names) -> None:
        self._names = names
        self._local = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self._harmless: set[str] = set()

    def __call__(self, function: ast.AST) -> bool:
        """Whether this function, or one of the module that it calls or asks for, can fail."""
        seen = set(self._harmless)
        waiting: list[ast.AST] = [function]
        while waiting:
            node = waiting.pop()
            if self._fails(node):
                return True
            for name in (self._used(node) & self._local.keys()) - seen:
                seen.add(name)
                waiting.append(self._local[name])
        self._harmless = seen  # neither they nor what they call can fail
        return False

    def _fails(self, function: ast.AST) -> bool:
        for node in ast.walk(function):
            if isinstance(node, ast.Raise):
                return True
            if isinstance(node, ast.Assert) and not _always_holds(node.test):
                return True
            if isinstance(node, ast.Call) and self._asserts(node):
                return True
        return False

    def _asserts(self, call: ast.Call) -> bool:
        name = self._names.resolve(dotted(call.func))
        last = name.rpartition(".")[2]
        return bool(_ASSERTING.match(last)) or (name.startswith(_CHECKS) and "checks." in name)

    def _used(self, function: ast.AST) -> set[str]:
        """Return the names that a function calls, on objects too, and its fixtures."""
        called = {
            dotted(node.func).rpartition(".")[2]
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
        }
        return called | {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}


def _always_holds(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)
