"""What the names in a module stand for, by its imports and assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_DEEPEST = 20


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, calls on the way left out; else an empty string.

    >>> dotted(ast.parse("a.b().c", mode="eval").body)
    'a.b.c'
    """
    parts: list[str] = []
    for _ in range(_DEEPEST):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call | ast.Await | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        elif isinstance(node, ast.Name):
            return ".".join((node.id, *reversed(parts)))
        else:
            break
    return ".".join(reversed(parts))


class Names:
    """The imports of a module, wherever they stand in it, and markers kept in variables."""

    def __init__(self, tree: ast.Module) -> None:
        self.known: dict[str, str] = {}
        """What was imported, by the name that it has in the module."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    self.known[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    module = "." * node.level + (node.module or "")
                    self.known[alias.asname or alias.name] = f"{module}.{alias.name}"
        self._variables = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id != "pytestmark"
        }

    @property
    def imports(self) -> tuple[str, ...]:
        """The packages imported, sorted; relative ones under their own names."""
        found = {name.lstrip(".").partition(".")[0] for name in self.known.values()}
        return tuple(sorted(found - {""}))

    def resolve(self, name: str) -> str:
        """Return a dotted name with its first part replaced by what was imported under it."""
        first, dot, rest = name.partition(".")
        return f"{self.known.get(first, first)}{dot}{rest}".lstrip(".")

    def calls(self, node: ast.AST) -> Iterator[str]:
        """Yield the resolved names of everything called below a node."""
        for found in ast.walk(node):
            if isinstance(found, ast.Call):
                yield self.resolve(dotted(found.func))

    def marker(self, node: ast.expr) -> str:
        """Return the name of the marker that an expression is, or an empty string."""
        name = dotted(node)
        if isinstance(node, ast.Name) and name in self._variables:
            kept = self._variables[name]
            name = dotted(kept)
        *path, last = self.resolve(name).split(".")
        return last if path == ["pytest", "mark"] else ""
