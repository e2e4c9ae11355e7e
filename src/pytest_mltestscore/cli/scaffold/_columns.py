"""Which columns code takes as the truth, and which a model is given, where that is said plainly."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST = 200
_TRUTHS = frozenset(["y", "y_train", "y_all", "target", "targets", "label", "labels", "truth"])
_LABEL_CONSTANTS = frozenset(
    [
        "TARGET",
        "LABEL",
        "TARGET_COLUMN",
        "LABEL_COLUMN",
        "TARGET_COL",
        "LABEL_COL",
        "TARGET_NAME",
        "LABEL_NAME",
    ]
)
_INPUTS = frozenset(["X", "X_train", "X_all", "x", "x_train", "inputs", "features"])
_GIVEN_TO = frozenset(["fit", "train_test_split"])
TAKE_COLUMN = frozenset(["pop", "get_column"])
_CHANGE_LISTS = frozenset(["append", "extend", "insert", "remove", "pop", "clear"])
_SELECTS = frozenset(["select", "select_dtypes"])
_FILTERS_COLUMNS = frozenset(["items", "like", "regex"])
_COLUMN_WORDS = ("col", "feat", "input", "predictor", "variable")
_DEEPEST = 12


class Inputs(NamedTuple):
    """The columns that a model is given, as far as code says it plainly."""

    columns: tuple[str, ...]
    """Empty where no list names them, and where lists disagree."""
    dropped: frozenset[str]
    line: int
    """Where columns are selected first, in a way that can be read or not; 0 if nowhere."""


def labels_of(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield names of columns that are taken as the truth, with how sure that is; 0 is best."""
    kept = [node.value for node in nodes if isinstance(node, ast.Assign) and _is_kept(node)]
    for node in nodes:
        for name, value in assigned(node):
            if name in _LABEL_CONSTANTS and (text := text_of(value)):
                yield 0, text
            elif name in _TRUTHS and (text := _column_taken(value)):
                yield 1, text
        # What is dropped from the table itself is of no use to anybody, and so is not the truth.
        if isinstance(node, ast.Call) and not (node in kept or _is_in_place(node)):
            yield from ((2, text) for text in [_column_dropped(node)] if text)


def _column_taken(node: ast.expr) -> str:
    """Return "a" for `rows["a"]`, and for what is made of it by attributes, methods and `==`."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Compare):
        if isinstance(node, ast.Compare):
            if not isinstance(node.ops[0], ast.Eq | ast.NotEq):
                return ""
            node = node.left
        elif isinstance(node, ast.Call):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if method in TAKE_COLUMN and node.args:
                return text_of(node.args[0])
            if method == "select" and len(node.args) == 1:
                return _only(_listed(_together(node.args), {}))
            node = node.func
        else:
            node = node.value
    return text_of(node.slice) if isinstance(node, ast.Subscript) else ""


def _column_dropped(call: ast.Call) -> str:
    """Return "a" for `rows.drop(columns="a")`, in any of its forms; empty for several columns."""
    return _only(_names(_dropped(call), {}))


def _only(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else ""


def _dropped(call: ast.Call) -> ast.expr | None:
    """Return what names the columns that `rows.drop(...)` drops."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "drop":
        return None
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if by_name.keys() & {"index", "labels"}:
        return by_name.get("labels") if "axis" in by_name else None
    if "columns" in by_name or not call.args:
        return by_name.get("columns")
    first, *more = call.args
    if more and isinstance(more[0], ast.Constant) and more[0].value == 1:
        return first  # the axis, as older pandas took it
    return _together(call.args)


def _selected(call: ast.Call) -> ast.expr | None:
    """Return what names the columns that `rows.select(...)` of polars takes."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "select" or call.keywords:
        return None
    return _together(call.args)


def _together(arguments: Sequence[ast.expr]) -> ast.expr | None:
    """Return names given one by one as if they were one list, as polars takes both.

    Those of `pl.col("a", "b")` are among them.
    """
    parts = [part for argument in arguments for part in _items(argument)]
    if any(map(_of_col, parts)):
        named = [name for part in parts for name in (_of_col(part) or [part])]
        return ast.List([item for part in named for item in _items(part)])
    one = len(arguments) == 1 and not text_of(arguments[0])
    return arguments[0] if one else ast.List(list(arguments))


def _of_col(node: ast.expr) -> list[ast.expr]:
    """Return the arguments of `pl.col(...)`, and none of all else."""
    if not isinstance(node, ast.Call) or node.keywords:
        return []
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return node.args if name == "col" else []


def _items(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List) else [node]


def inputs_of(nodes: Sequence[ast.AST]) -> Inputs:
    """Return the columns that a model is given, and those that are dropped before it."""
    known = assigned_once(nodes)
    selected: dict[tuple[str, ...], int] = {}
    dropped: set[str] = set()
    unread: list[int] = []
    for node in nodes:
        for step in (step for given in _inputs(node) for step in _steps(given, known)):
            if isinstance(step, ast.Call):
                dropped.update(_names(_dropped(step), known))
            names, line = _selection(step, known)
            if names:
                selected.setdefault(names, line)
            elif line:
                unread.append(line)
        if isinstance(node, ast.Call) and _is_in_place(node):
            dropped.update(_names(_dropped(node), known))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_kept(node):
            dropped.update(_names(_dropped(node.value), known))
    agreed = len(selected) == 1
    lines = [*selected.values(), *(() if agreed else unread)]
    return Inputs(next(iter(selected)) if agreed else (), frozenset(dropped), min(lines, default=0))


def _selection(step: ast.expr, known: dict[str, ast.expr]) -> tuple[tuple[str, ...], int]:
    """Return the columns that a step takes, none if that cannot be read, and the line.

    The line is 0 of a step that takes no columns.
    """
    if isinstance(step, ast.Call):
        names = _names(_selected(step), known)
        return names, _line(step.func) if names or _selects(step) else 0
    if isinstance(step, ast.Subscript):
        names = _listed(step.slice, known)
        return names, _line(step.value) if names or _picks(step.slice, known) else 0
    return (), 0


def _inputs(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what is called the input of a model, or is given to one together with the truth."""
    yield from (value for name, value in assigned(node) if name in _INPUTS)
    if isinstance(node, ast.Call) and len(node.args) > 1:  # a scaler is fitted to one argument
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in _GIVEN_TO:
            yield node.args[0]


def _steps(node: ast.expr | None, known: dict[str, ast.expr]) -> Iterator[ast.expr]:
    """Yield calls and the list of columns that an expression is made of, the last one first.

    Those of `encode(rows[["a"]]).fillna(0)` are both calls and `rows[["a"]]`. What is taken by
    another subscript, such as a row, goes on to what it is taken from.
    """
    while node is not None:
        if isinstance(node, ast.Call):
            yield node
        elif isinstance(node, ast.Subscript):
            yield node
            if _listed(node.slice, known):
                return
        if isinstance(node, ast.Call):
            owner = node.func.value if isinstance(node.func, ast.Attribute) else None
            chained = isinstance(owner, ast.Subscript | ast.Call)
            node = owner if chained or not node.args else node.args[0]
        else:
            node = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None


def _selects(call: ast.Call) -> bool:
    """Whether a call takes some of the columns of a table, by what is no list of names."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    by_name = {keyword.arg for keyword in call.keywords}
    return method in _SELECTS or (method == "filter" and bool(by_name & _FILTERS_COLUMNS))


def _picks(node: ast.expr, known: dict[str, ast.expr]) -> bool:
    """Whether a subscript takes some of the columns, as `rows.iloc[:, 2:]` does.

    A name may stand for rows as well: it counts if it says so, or is a list.
    """
    if isinstance(node, ast.Tuple) and len(node.elts) == 2:  # rows, and columns
        rows, columns = node.elts
        if isinstance(columns, ast.Slice):
            return bool(columns.lower or columns.upper)
        whole = isinstance(rows, ast.Slice) and not isinstance(columns, ast.Constant)
        return whole or isinstance(columns, ast.List)
    if isinstance(node, ast.Name):
        named = any(word in node.id.lower() for word in _COLUMN_WORDS)
        return named or isinstance(known.get(node.id), ast.List | ast.ListComp)
    parts = ast.walk(node)
    of_columns = any(isinstance(part, ast.Attribute) and part.attr == "columns" for part in parts)
    return of_columns or isinstance(node, ast.List | ast.ListComp)


def _line(node: ast.expr) -> int:
    """Return the line in which an expression ends, in a chain of calls that of the method."""
    return node.end_lineno or node.lineno


def _is_in_place(call: ast.Call) -> bool:
    """Whether it is as `rows.drop(..., inplace=True)`."""
    places = [k.value for k in call.keywords if k.arg == "inplace"]
    return any(isinstance(place, ast.Constant) and place.value is True for place in places)


def _is_kept(node: ast.Assign) -> bool:
    """Whether it is as `rows = rows.drop(...)`."""
    func, target = getattr(node.value, "func", None), node.targets[0]
    owner = func.value if isinstance(func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and isinstance(target, ast.Name) and owner.id == target.id


def assigned_once(nodes: Sequence[ast.AST]) -> dict[str, ast.expr]:
    """Return values by names, without those that a method of lists may have changed."""
    stored = Counter(stored_names(nodes))
    methods = [n for n in nodes if isinstance(n, ast.Attribute) and n.attr in _CHANGE_LISTS]
    changed = {n.value.id for n in methods if isinstance(n.value, ast.Name)}
    pairs = (pair for node in nodes for pair in assigned(node))
    return {n: value for n, value in pairs if stored[n] == 1 and n not in changed}


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield names and values of an assignment, those of `X, y = a, b` one by one."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return
    value = node.value
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            same = len(target.elts) == len(value.elts)
            pairs = list(zip(target.elts, value.elts, strict=True)) if same else []
        yield from ((name.id, taken) for name, taken in pairs if isinstance(name, ast.Name))


def stored_names(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yield every name that is assigned or is a parameter, once for each time."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def _names(node: ast.expr | None, known: dict[str, ast.expr]) -> tuple[str, ...]:
    """Return the texts of what may be one text, or a list."""
    alone = "" if node is None else _word(node, known)
    return (alone,) if alone else _listed(node, known)


def _listed(
    node: ast.expr | None, known: dict[str, ast.expr], deep: int = _DEEPEST
) -> tuple[str, ...]:
    """Return the texts of a list, of a name of one, or of a sum of such; empty for all else."""
    if isinstance(node, ast.Name) and deep:
        return _listed(known.get(node.id), known, deep - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and deep:
        left, right = (_listed(n, known, deep - 1) for n in (node.left, node.right))
        return (*left, *right) if left and right else ()
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Slice):
        return _listed(node.elts[1], known, deep)  # as in `rows.loc[:, names]`
    found = [_word(item, known) for item in node.elts] if isinstance(node, ast.List) else []
    return tuple(found) if all(found) else ()


def _word(node: ast.expr, known: dict[str, ast.expr]) -> str:
    """Return the text that a literal is, or a name of one."""
    return text_of(known.get(node.id, node) if isinstance(node, ast.Name) else node)


def text_of(node: ast.expr) -> str:
    """Return the text that a literal is, empty for all else and for a very long one."""
    found = node.value if isinstance(node, ast.Constant) else ""
    return found if isinstance(found, str) and len(found) <= LONGEST else ""
