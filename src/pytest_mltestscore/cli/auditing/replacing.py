"""Our markers in the place of a team's own, in one file, and nothing else changed.

An old marker is replaced where it stands: above a test or a class, in `pytestmark`, in
`pytest.param`. Where ours says the same already, the old one goes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .homemade import NOT_SCORING
from .marking import CannotMarkError
from .names import Names, dotted
from .references import item_of, section_of
from .splicing import Edit, Text

_OURS = "mlscore"

Decorated = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NameOf = Callable[[str], str | None]
"""The name of an item of the rubric by its id, or None if it has no such item."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file with its old markers replaced."""

    after: bytes
    gone: frozenset[str]
    """Markers of which at least one was replaced or removed."""


def replaced(source: bytes, name_of: NameOf, more: Mapping[int, Sequence[str]]) -> Replaced:
    """Replace the markers that number items, and those of sections where the items are known.

    `more` has the ids of items that a test is known to serve otherwise, by the line of its `def`:
    if a marker of a section stands there, ours comes in its place.

    Raises
    ------
    CannotMarkError
        If the result would differ in anything but markers.
    """
    try:
        return _replaced(source, name_of, more)
    except (ValueError, LookupError, SyntaxError, RecursionError) as error:
        raise CannotMarkError(f"its markers cannot be replaced: {error}") from None


def _replaced(source: bytes, name_of: NameOf, more: Mapping[int, Sequence[str]]) -> Replaced:
    tree, text = ast.parse(source), Text(source)
    file = _File(tree, text, name_of)
    edits = list(file.edits(more))
    if not edits:
        return Replaced(source, frozenset())
    after = text.edited(edits)
    gone = frozenset(file.gone)
    if _all_but_markers(tree, gone) != _all_but_markers(ast.parse(after), gone):
        raise CannotMarkError("more than its markers would change")
    return Replaced(after, gone)


def left_in(source: bytes, name_of: NameOf) -> Iterator[tuple[int, str]]:
    """Yield the lines and names of the old markers that are still in a source."""
    tree = ast.parse(source)
    file = _File(tree, Text(source), name_of)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Call):
            name = _marker(file.names, node)
            if name and name not in NOT_SCORING and (file.items(node) or section_of(name)):
                yield node.lineno, name


def markers_in(source: bytes) -> tuple[frozenset[str], bool]:
    """Return the names of all markers in a source, and whether some are looked up by a name."""
    tree = ast.parse(source)
    names = Names(tree)
    found = {marker for node in ast.walk(tree) if (marker := _marker(names, node))}
    looked_up = any(
        isinstance(node, ast.Call)
        and dotted(node.func) == "getattr"
        and node.args
        and dotted(node.args[0]).endswith("mark")
        for node in ast.walk(tree)
    )
    return frozenset(found), looked_up


class _File:
    """One file on its way to our markers."""

    def __init__(self, tree: ast.Module, text: Text, name_of: NameOf) -> None:
        self.tree = tree
        self.text = text
        self.names = Names(tree)
        self.name_of = name_of
        self.gone: set[str] = set()

    def edits(self, more: Mapping[int, Sequence[str]]) -> Iterator[Edit]:
        done: set[ast.AST] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, Decorated):
                for one in node.decorator_list:
                    done |= {one, *([one.func] if isinstance(one, ast.Call) else [])}
                yield from self._decorators(node, more.get(node.lineno, ()))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and node not in done:
                yield from self._elsewhere(node, done)

    def _decorators(self, node: Decorated, more: Sequence[str]) -> Iterator[Edit]:
        said = {name for one in node.decorator_list for name in self._said_by_ours(one)}
        numbered = any(map(self.items, node.decorator_list))
        known = [*more]
        for one in node.decorator_list:
            items = self.items(one)
            if not items and (numbered or more) and self._is_section(one, node):
                items, known = known, []
            elif not items:
                continue
            fresh = [name for name in self._names(items) if name not in said]
            said |= set(fresh)
            edit = self._replacing(one, fresh) if fresh else self.text.removing(one, "@")
            if edit:
                self._note(one)
                yield edit

    def _elsewhere(self, node: ast.expr, done: set[ast.AST]) -> Iterator[Edit]:
        names = self._names(self.items(node))
        if names:
            done |= set(ast.walk(node))
            self._note(node)
            yield self._replacing(node, names)

    def _replacing(self, expression: ast.expr, names: Sequence[str]) -> Edit:
        marker = expression.func if isinstance(expression, ast.Call) else expression
        assert isinstance(marker, ast.Attribute)
        listed = ", ".join(f'"{name}"' for name in names)
        return self.text.replacing(expression, f"{self.text.of(marker.value)}.{_OURS}({listed})")

    def _note(self, expression: ast.expr) -> None:
        self.gone.add(_marker(self.names, expression))

    def items(self, expression: ast.expr) -> list[str]:
        """Return the items that a marker names, by its own name or by what it is given."""
        name = _marker(self.names, expression)
        if not name or name in NOT_SCORING:
            return []
        given: list[ast.expr] = []
        if isinstance(expression, ast.Call):
            given = [*expression.args, *(keyword.value for keyword in expression.keywords)]
        words = (name, *_strings(given))
        return [item for item in dict.fromkeys(map(item_of, words)) if item and self.name_of(item)]

    def _names(self, items: Sequence[str]) -> list[str]:
        return [name for item in items if (name := self.name_of(item))]

    def _said_by_ours(self, expression: ast.expr) -> list[str]:
        if _marker(self.names, expression) != _OURS or not isinstance(expression, ast.Call):
            return []
        words = list(_strings(expression.args))
        return [self.name_of(word) or word for word in words]

    def _is_section(self, expression: ast.expr, node: Decorated) -> bool:
        name = _marker(self.names, expression)
        return not isinstance(node, ast.ClassDef) and bool(name) and section_of(name) is not None


def _marker(names: Names, node: ast.AST) -> str:
    """Return the name of the marker that is written out here, such as `pytest.mark.data_1`."""
    marker = node.func if isinstance(node, ast.Call) else node
    if not isinstance(marker, ast.Attribute) or not isinstance(
        marker.value, ast.Attribute | ast.Name
    ):
        return ""
    return names.marker(marker)


def _strings(given: Sequence[ast.expr]) -> Iterator[str]:
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _all_but_markers(tree: ast.Module, gone: Collection[str]) -> str:
    """Return the tree as a text in which markers of these names, and ours, look alike."""
    names = Names(tree)

    class Blind(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if isinstance(node, Decorated):
                node.decorator_list = [
                    one for one in node.decorator_list if _marker(names, one) not in {*gone, _OURS}
                ]
            elif _marker(names, node) in {*gone, _OURS}:
                return ast.Constant("marker")
            return self.generic_visit(node)

    return ast.dump(Blind().visit(tree))
