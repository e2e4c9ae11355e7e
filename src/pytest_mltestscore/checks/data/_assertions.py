"""Which tests assert anything, by the syntax tree of test files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ._code_search import parsed

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_CALLS = re.compile(r"assert\w*|raises|warns|deprecated_call|fail")
"""Calls that assert: unittest's and numpy's, pytest's."""


class FoundTest(NamedTuple):
    """A test function, and whether it asserts."""

    module: str
    name: str
    asserts: bool


def find_tests(files: Iterable[Path], argument: str) -> list[FoundTest]:
    """Return the test functions and methods in files.

    A test asserts if it, or a function of the same file that it calls, has an `assert` on other
    than a constant, or calls what asserts by its name.
    """
    found = []
    for path in files:
        functions = list(_functions(parsed(path, argument)))
        asserting = _asserting(functions)
        found += [
            FoundTest(path.stem, f.name, f.name in asserting)
            for f in functions
            if f.name.startswith("test")
        ]
    return found


def reached_by(context: str, tests: Iterable[FoundTest]) -> list[FoundTest]:
    """Return the tests that a context of coverage.py means.

    Such are `tests/test_a.py::test_b[1]|run` of pytest-cov and `test_a.test_b` of coverage.py.
    """
    words = re.findall(r"\w+", re.split(r"[|\[]", context, maxsplit=1)[0])
    if not words:
        return []
    named = [test for test in tests if test.name == words[-1]]
    return [test for test in named if test.module in words] or named


def code_of(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """Yield name, first and last line of the body of each function that has code."""
    for function in _functions(tree):
        body = function.body
        has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        body = body[has_docstring:]
        if body:
            yield function.name, body[0].lineno, function.end_lineno or body[-1].lineno


def _functions(tree: ast.AST) -> Iterator[Function]:
    """Yield functions and methods; not those inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        elif not isinstance(node, ast.expr):
            yield from _functions(node)


def _asserting(functions: list[Function]) -> set[str]:
    """Return the names of functions that assert, themselves or by one that they call."""
    found = {f.name for f in functions if any(map(_is_assertion, ast.walk(f)))}
    calls = {f.name: set(_called(f)) for f in functions}
    while True:
        more = _callers(calls, found)
        if not more:
            return found
        found |= more


def _callers(calls: Mapping[str, set[str]], asserting: set[str]) -> set[str]:
    return {name for name, called in calls.items() if called & asserting} - asserting


def _is_assertion(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    return any(_CALLS.fullmatch(name) for name in _called_at(node))


def _called(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        yield from _called_at(node)


def _called_at(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node.func, ast.Attribute):
            yield node.func.attr
