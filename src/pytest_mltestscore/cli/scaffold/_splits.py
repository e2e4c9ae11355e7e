"""How code splits its rows, where the call says that plainly. Nothing of it is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ._columns import assigned, stored_names, text_of
from ._estimators import Names, is_plain, origin
from ._facts import Split

_SPLIT = ("sklearn.model_selection", "train_test_split")
_OPTIONS = ("test_size", "train_size", "random_state", "shuffle")
_CHANGE_ROWS = frozenset(
    [
        "drop_duplicates",
        "drop_nulls",
        "dropna",
        "explode",
        "filter",
        "groupby",
        "group_by",
        "merge",
        "query",
        "sample",
        "sort",
        "sort_values",
        "unique",
    ]
)
_SAME_VALUES = frozenset(["to_numpy", "copy", "values"])


def split_of(nodes: Sequence[ast.AST], path: str, names: Names) -> Split | None:
    """Return how a module splits rows, or None if it does not."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    splits = [call for call in calls if origin(call.func, names) == _SPLIT]
    if not splits:
        return None
    options: dict[str, ast.expr | None] = {}
    stratify: str | None = ""
    for keyword in splits[0].keywords:
        if keyword.arg == "stratify":
            stratify = _column(keyword.value, nodes)
        else:
            options[keyword.arg or ""] = _value(keyword.value, names)
    plain = all(name in _OPTIONS and value for name, value in options.items())
    if len(splits) > 1 or not plain or stratify is None or not _repeats(options):
        return Split(path)
    told = tuple((name, value) for name, value in options.items() if value)
    return Split(path, told, stratify, plain=True, same_rows=not any(map(_changes_rows, nodes)))


def _value(node: ast.expr, names: Names) -> ast.Constant | None:
    """Return a number, truth or None, also for the name of one."""
    if isinstance(node, ast.Name):
        node = names.constants.get(node.id, node)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | None):
        return node if is_plain(node) else None
    return None


def _repeats(options: dict[str, ast.expr | None]) -> bool:
    """Whether the call gives the same rows each time."""
    shuffle, seed = options.get("shuffle"), options.get("random_state")
    in_order = isinstance(shuffle, ast.Constant) and shuffle.value is False
    return in_order or (isinstance(seed, ast.Constant) and seed.value is not None)


def _column(node: ast.expr, nodes: Sequence[ast.AST]) -> str | None:
    """Return the column that is stratified by, empty for none; None if that is not plain."""
    if isinstance(node, ast.Constant) and node.value is None:
        return ""
    if not isinstance(node, ast.Name):
        return _as_it_is(node) or None
    values = [value for n in nodes for name, value in assigned(n) if name == node.id]
    found = {_as_it_is(value) for value in values}
    whole = len(values) == sum(name == node.id for name in stored_names(nodes))
    return (found.pop() or None) if whole and len(found) == 1 else None


def _as_it_is(node: ast.expr) -> str:
    """Return "a" for `rows["a"]`: other values, such as numbers for texts, are split otherwise."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            if node.attr not in _SAME_VALUES:
                return ""
            node = node.value
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "pop" and node.args:
            return text_of(node.args[0])
        else:
            node = node.func
    return text_of(node.slice) if isinstance(node, ast.Subscript) else ""


def _changes_rows(node: ast.AST) -> bool:
    """Whether rows are left out, added or moved, so that a split of the table is another one."""
    if isinstance(node, ast.Subscript):
        return any(isinstance(part, ast.Compare) for part in ast.walk(node.slice))
    return isinstance(node, ast.Attribute) and node.attr in _CHANGE_ROWS
