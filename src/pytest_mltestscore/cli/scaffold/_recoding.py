"""Values of one column, as they are or with others in their place, where code says that plainly.

Which rows a stratified split draws depends on the order of the values, so that a column is taken
just as the code has it: `rows["paid"] == "no"` puts those first that `rows["paid"]` has last.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ._columns import TAKE_COLUMN, text_of
from ._readings import plain

_SAME_VALUES = frozenset(["to_numpy", "copy", "values"])
_RECODE = frozenset(["astype", "cast", "fillna", "map", "replace", "replace_strict"])
_TYPES = frozenset(["bool", "float", "int", "str"])
_CHANGE_COLUMNS = frozenset(["assign", "with_columns"])
_MOST_ITEMS = 20
_DEEPEST = 12
ROWS = ast.Name("rows", ast.Load())


def taken(
    node: ast.expr, known: dict[str, ast.expr], deep: int = _DEEPEST
) -> tuple[str, ast.expr] | None:
    """Return a column, and what is made of it, with `rows` for the table; None if not plain."""
    if isinstance(node, ast.Subscript):
        return _column(text_of(node.slice))
    if isinstance(node, ast.Attribute):
        return taken(node.value, known, deep - 1) if node.attr in _SAME_VALUES and deep else None
    if isinstance(node, ast.Compare):
        return _compared(node, known, deep)
    if not deep or not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    method = node.func.attr
    if method in TAKE_COLUMN and node.args:
        return _column(text_of(node.args[0]))
    inner = taken(node.func.value, known, deep - 1)
    if inner is None or method in _SAME_VALUES:
        return inner
    arguments = [_literal(argument, known) for argument in node.args]
    if method not in _RECODE or node.keywords or not (arguments and all(arguments)):
        return None
    column, made = inner
    func = ast.Attribute(made, method, ast.Load())
    return column, ast.Call(func, [a for a in arguments if a], [])


def _column(name: str) -> tuple[str, ast.expr] | None:
    return (name, ast.Subscript(ROWS, ast.Constant(name), ast.Load())) if name else None


def _compared(
    node: ast.Compare, known: dict[str, ast.expr], deep: int
) -> tuple[str, ast.expr] | None:
    inner = taken(node.left, known, deep - 1) if deep else None
    other = plain(node.comparators[0], known)
    alone = len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq)
    if inner is None or not alone or not isinstance(other, ast.Constant):
        return None
    return inner[0], ast.Compare(inner[1], node.ops, [other])


def _literal(node: ast.expr, known: dict[str, ast.expr]) -> ast.expr | None:
    """Return a literal, a type, or a dictionary of literals."""
    if isinstance(node, ast.Name) and node.id in known:
        node = known[node.id]
    if isinstance(node, ast.Dict) and 0 < len(node.keys) <= _MOST_ITEMS:
        keys = [key and plain(key, known) for key in node.keys]
        values = [plain(value, known) for value in node.values]
        return ast.Dict(keys, [v for v in values if v]) if all([*keys, *values]) else None
    if isinstance(node, ast.Name):
        return node if node.id in _TYPES else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node if node.value.id == "pl" else None  # a type, by the name that we import too
    return plain(node, known)


def changes(nodes: Sequence[ast.AST], column: str) -> list[tuple[int, ast.expr | None]]:
    """Return the lines that store a column anew, each with the values if they can be told."""
    found: list[tuple[int, ast.expr | None]] = []
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value if isinstance(node, ast.Assign) else None
            stored = [t for t in targets if isinstance(t, ast.Subscript) and _names(t, column)]
            found += [(node.lineno, value)] * bool(stored)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _CHANGE_COLUMNS:
            parts = [part for argument in node.args for part in ast.walk(argument)]
            said = any(isinstance(p, ast.Constant) and p.value == column for p in parts)
            if said or any(keyword.arg == column for keyword in node.keywords):
                found.append((node.func.end_lineno or node.lineno, None))
    return found


def _names(target: ast.Subscript, column: str) -> bool:
    """Whether `rows["a"]` or `rows.loc[:, "a"]` is of a column."""
    return any(isinstance(p, ast.Constant) and p.value == column for p in ast.walk(target.slice))


def put_into(values: ast.expr, base: ast.expr) -> ast.expr:
    """Return what is made of a column, with other values in place of `rows["a"]`."""
    if isinstance(values, ast.Subscript):
        return base
    if isinstance(values, ast.Compare):
        return ast.Compare(put_into(values.left, base), values.ops, values.comparators)
    if isinstance(values, ast.Call) and isinstance(values.func, ast.Attribute):
        func = ast.Attribute(put_into(values.func.value, base), values.func.attr, ast.Load())
        return ast.Call(func, values.args, [])
    return values
