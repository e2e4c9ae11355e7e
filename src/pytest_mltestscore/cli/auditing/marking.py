"""Writing markers into test files, without touching anything else in them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...domain.errors import MissingDependencyError
from .names import Names

if TYPE_CHECKING:
    import libcst

_AS_MODULE = "pytest"


class CannotMarkError(ValueError):
    """A file that markers cannot be written into without changing what it says."""


def marked(source: bytes, items: Mapping[int, Sequence[str]]) -> bytes:
    """Return a source with markers at the tests on these lines, and `pytest` imported.

    `items` maps the line of a `def` to the names of the items. Line ends, encoding and formatting
    stay as they are.

    Raises
    ------
    MissingDependencyError
        If libcst is not installed.
    CannotMarkError
        If the result would not be the source with lines added.
    """
    cst = _libcst()
    try:
        wrapper = cst.metadata.MetadataWrapper(cst.parse_module(source))
        marker = _marker(source)
        lines = wrapper.resolve(cst.metadata.PositionProvider)
        result = wrapper.module.visit(_transformer(cst, lines, items, marker or "pytest.mark"))
        if marker is None:
            result = _with_import(cst, result)
        written: bytes = result.bytes
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, UnicodeError) as error:
        raise CannotMarkError(f"libcst cannot read it: {type(error).__name__}") from None
    if source.startswith(_BOM) and not written.startswith(_BOM):
        written = _BOM + written
    _confirm(source, written, len(items), imported=marker is None)
    return written


_BOM = b"\xef\xbb\xbf"


def _libcst() -> Any:
    try:
        import libcst
        import libcst.helpers
        import libcst.metadata
    except ImportError:
        raise MissingDependencyError("libcst", "audit") from None
    return libcst


def _marker(source: bytes) -> str | None:
    """Return how a module already writes `pytest.mark`, or None if it imports nothing of it."""
    tree = ast.parse(source)
    names = Names(ast.Module(_run_on_import(tree.body), []))
    for known, path in names.known.items():
        if path == f"{_AS_MODULE}.mark":
            return known
    for known, path in names.known.items():
        if path == _AS_MODULE:
            return f"{known}.mark"
    return None


def _run_on_import(body: list[ast.stmt]) -> list[ast.stmt]:
    return [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


def _transformer(
    cst: Any, lines: Mapping[Any, Any], items: Mapping[int, Sequence[str]], marker: str
) -> Any:
    class Marking(cst.CSTTransformer):  # type: ignore[misc]  # the class is known when it runs
        def leave_FunctionDef(  # noqa: N802 - libcst's name
            self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
        ) -> libcst.FunctionDef:
            names = items.get(lines[original_node].start.line)
            if not names:
                return updated_node
            arguments = ", ".join(f'"{name}"' for name in names)
            call = cst.parse_expression(f"{marker}.mlscore({arguments})")
            decorator = cst.Decorator(decorator=call)
            return updated_node.with_changes(decorators=[decorator, *updated_node.decorators])

    return Marking()


def _with_import(cst: Any, module: Any) -> Any:
    """Add `import pytest` where isort would: behind the standard library, by the alphabet."""
    body = list(module.body)
    place = 1 if body and module.get_docstring() is not None else 0
    while place < len(body) and _imported(cst, body[place]) in sys.stdlib_module_names:
        place += 1
    first = place
    while place < len(body) and "" < _imported(cst, body[place], plain=True) < _AS_MODULE:
        place += 1
    line = cst.SimpleStatementLine(body=[cst.parse_statement("import pytest").body[0]])
    blank = cst.EmptyLine(indent=False)
    following = body[place:]
    if following and _is_import(cst, following[0]) and place == first:
        line = line.with_changes(leading_lines=following[0].leading_lines)
        following[0] = following[0].with_changes(leading_lines=[])
    elif place == first and place:
        line = line.with_changes(leading_lines=[blank])
    if following and not _is_import(cst, following[0]) and not following[0].leading_lines:
        following[0] = following[0].with_changes(leading_lines=[blank, blank])
    return module.with_changes(body=[*body[:place], line, *following])


def _is_import(cst: Any, node: Any) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(
        node.body[0], cst.Import | cst.ImportFrom
    )


def _imported(cst: Any, node: Any, *, plain: bool = False) -> str:
    """Return the package that a line imports, or an empty string; if `plain`, by `import` only."""
    if not _is_import(cst, node):
        return ""
    statement = node.body[0]
    if isinstance(statement, cst.Import):
        module = statement.names[0].name
    elif plain or statement.relative or statement.module is None:
        return ""
    else:
        module = statement.module
    return str(cst.helpers.get_full_name_for_node(module)).partition(".")[0]


def _confirm(source: bytes, written: bytes, markers: int, *, imported: bool) -> None:
    """Make sure that lines were added, none changed, and that Python still reads it."""
    rest = iter(written.splitlines(keepends=True))
    before = source.splitlines(keepends=True)
    if not all(any(line == other for other in rest) for line in before):
        raise CannotMarkError("its lines would not stay as they are")
    try:
        ast.parse(written)
    except (SyntaxError, ValueError):
        raise CannotMarkError("it would no longer be Python") from None
    added = len(written.splitlines()) - len(before) - markers - imported
    if not 0 <= added <= 3:  # blank lines around the import
        raise CannotMarkError("more than markers would be added")
