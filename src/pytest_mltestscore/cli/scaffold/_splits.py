"""How code splits its rows, where the call says that plainly. Nothing of it is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ._columns import assigned, assigned_once, stored_names
from ._estimators import Names, is_plain, origin
from ._facts import Split
from ._recoding import changes, put_into, taken

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
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_AROUND = (*_FUNCTIONS, ast.For, ast.AsyncFor, ast.While)
_LAST_LINE = 10**9


def split_of(nodes: Sequence[ast.AST], path: str, names: Names) -> Split | None:
    """Return how a module splits rows, or None if it does not."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    splits = [call for call in calls if origin(call.func, names) == _SPLIT]
    if not splits:
        return None
    call, *others = splits
    if others:
        return Split(path, why=f"lines {call.lineno} and {others[0].lineno} both split")
    options = {k.arg or "**": _value(k.value, names) for k in call.keywords if k.arg != "stratify"}
    odd = [name for name, value in options.items() if name not in _OPTIONS or not value]
    if odd:
        return Split(path, why=f"line {call.lineno} gives {odd[0]} in a way that could not be read")
    if not _repeats(options):
        return Split(path, why=f"line {call.lineno} gives no random_state")
    before = _without_later(call, nodes)
    stratify, why = _stratify(call, nodes, before)
    why = why or next((why for node in before if (why := _changes_rows(node))), "")
    if why:
        return Split(path, why=why)
    told = tuple((name, value) for name, value in options.items() if value)
    return Split(path, told, *(stratify or ("", None)))


def _value(node: ast.expr, names: Names) -> ast.Constant | None:
    """Return a number, truth or None, also for the name of one."""
    if isinstance(node, ast.Name):
        node = names.constants.get(node.id, node)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | None):
        return node if is_plain(node) else None
    return None


def _repeats(options: dict[str, ast.Constant | None]) -> bool:
    """Whether the call gives the same rows each time."""
    shuffle, seed = options.get("shuffle"), options.get("random_state")
    in_order = shuffle is not None and shuffle.value is False
    return in_order or (seed is not None and seed.value is not None)


def _without_later(call: ast.Call, nodes: Sequence[ast.AST]) -> list[ast.AST]:
    """Return what may run before a call, by line: all but what follows in the same function."""
    around = [n for n in nodes if isinstance(n, _AROUND) and _is_within(call, n)]
    functions = [n for n in around if isinstance(n, _FUNCTIONS)]
    inner = max(functions, key=lambda n: n.lineno, default=None)
    start = inner.lineno if inner else 0
    if any(n.lineno >= start for n in around if n not in functions):  # a loop comes back
        later = range(0)
    else:
        last = (inner.end_lineno if inner else None) or _LAST_LINE
        later = range((call.end_lineno or call.lineno) + 1, last + 1)
    found = [n for n in nodes if getattr(n, "lineno", 0) not in later]
    return sorted(found, key=lambda n: getattr(n, "lineno", 0))


def _is_within(call: ast.Call, node: ast.AST) -> bool:
    return getattr(node, "lineno", 0) <= call.lineno <= (getattr(node, "end_lineno", 0) or 0)


def _stratify(
    call: ast.Call, nodes: Sequence[ast.AST], before: Sequence[ast.AST]
) -> tuple[tuple[str, ast.expr] | None, str]:
    """Return the column that is stratified by with the values of it, or why they are not told."""
    given = [k.value for k in call.keywords if k.arg == "stratify"]
    if not given or (isinstance(given[0], ast.Constant) and given[0].value is None):
        return None, ""
    known = assigned_once(nodes)
    found = _taken(given[0], nodes, known)
    if found is None:
        return None, f"line {given[0].lineno} stratifies by values that could not be read"
    column, values = found
    changed = changes(before, column)
    for line, value in changed:
        made = taken(value, known) if value else None
        if made is None or made[0] != column or len(changed) > 1:
            return None, f"line {line} changes the column that is stratified by"
        values = put_into(values, made[1])
    return (column, values), ""


def _taken(
    node: ast.expr, nodes: Sequence[ast.AST], known: dict[str, ast.expr]
) -> tuple[str, ast.expr] | None:
    """Return the column that an expression, or a name of one, is made of."""
    if not isinstance(node, ast.Name):
        return taken(node, known)
    values = [value for n in nodes for name, value in assigned(n) if name == node.id]
    found = [taken(value, known) for value in values]
    whole = len(values) == sum(name == node.id for name in stored_names(nodes))
    same = len({ast.dump(made[1]) if made else "" for made in found}) == 1
    return found[0] if whole and same else None


def _changes_rows(node: ast.AST) -> str:
    """Say that rows are left out, added or moved, so that a split of the table is another one."""
    if isinstance(node, ast.Subscript):
        if any(isinstance(part, ast.Compare) for part in ast.walk(node.slice)):
            return f"line {node.lineno} may leave out rows before it"
    elif isinstance(node, ast.Attribute) and node.attr in _CHANGE_ROWS:
        return f"line {node.end_lineno} may change the rows before it ({node.attr})"
    return ""
