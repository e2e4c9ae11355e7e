"""What a file with Python code says, by its syntax tree. Nothing is imported."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from ._estimators import estimators_of, names_of
from ._facts import Function, Module
from ._files import beginning

SIZE_LIMIT = 500_000
_LONGEST = 200
_APPS = {"FastAPI": "fastapi", "Flask": "flask"}
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


def read_module(root: Path, path: str) -> Module | None:
    """Return what a module says, or None if it is no Python of this version, or very long."""
    content, whole = beginning(root / path, SIZE_LIMIT)
    if not whole:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings that are not ours
            tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = names_of(tree)
    nodes = list(ast.walk(tree))
    return Module(
        path,
        imports=frozenset(_packages(nodes)),
        functions=tuple(_functions(tree, path)),
        estimators=tuple(estimators_of(tree, path, names)),
        networks=tuple(_networks(tree)),
        apps=tuple(_apps(tree)),
        labels=tuple(sorted(set(_labels(nodes)))),
        reads=frozenset(_mentioned(nodes)),
        acts=any(_acts(statement) for statement in tree.body),
    )


def _packages(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _functions(tree: ast.Module, path: str) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _is_offered(node.name):
            by_place = [*node.args.posonlyargs, *node.args.args]
            by_name = [a.arg for a in node.args.kwonlyargs]
            wanted = sum(default is None for default in node.args.kw_defaults)
            required = len(by_place) - len(node.args.defaults) + wanted
            names = (*(a.arg for a in by_place), *by_name)
            yield Function(path, node.name, names, required)


def _is_offered(name: str) -> bool:
    return not name.startswith("_") and len(name) <= _LONGEST


def _networks(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = {_last_name(base) for base in node.bases}
            if bases & {"Module", "LightningModule"} and _is_offered(node.name):
                yield node.name


def _apps(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            framework = _APPS.get(_last_name(node.value.func))
            for target in node.targets:
                if framework and isinstance(target, ast.Name):
                    yield target.id, framework


def _labels(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yield names of columns that are taken as the truth, with how sure that is; 0 is best."""
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            name = target.id if isinstance(target, ast.Name) else ""
            if name in _LABEL_CONSTANTS and (text := _text(node.value)):
                yield 0, text
            elif name in _TRUTHS and (text := _column_taken(node.value)):
                yield 1, text
        elif isinstance(node, ast.Call) and (text := _column_dropped(node)):
            yield 2, text


def _column_taken(node: ast.expr) -> str:
    """Return "a" for `rows["a"]`, and for what is made of it by attributes and methods."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "pop" and node.args:
                return _text(node.args[0])
            node = node.func
        else:
            node = node.value
    return _text(node.slice) if isinstance(node, ast.Subscript) else ""


def _column_dropped(call: ast.Call) -> str:
    """Return "a" for `rows.drop(columns="a")`, in any of its forms; empty for several columns."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "drop":
        return ""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    dropped = by_name.get("columns")
    if dropped is None and "axis" in by_name and call.args:
        dropped = call.args[0]
    if isinstance(dropped, ast.List | ast.Tuple) and len(dropped.elts) == 1:
        dropped = dropped.elts[0]
    return "" if dropped is None else _text(dropped)


def _mentioned(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if len(text) <= _LONGEST and text.lower().endswith((".csv", ".tsv", ".parquet")):
                yield text.replace("\\", "/").rpartition("/")[2]


def _acts(statement: ast.stmt) -> bool:
    """Whether importing a module with this statement at its top does more than define things."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return any(_works(node) for node in ast.walk(statement) if isinstance(node, ast.Call))
    if isinstance(statement, ast.If):
        asks = ast.dump(statement.test)
        return "__main__" not in asks and "TYPE_CHECKING" not in asks
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    return not isinstance(
        statement,
        ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        | ast.Pass,
    )  # fmt: skip


def _works(call: ast.Call) -> bool:
    """Whether a call at the top of a module may be more than making a small value."""
    name = _last_name(call.func)
    return name not in ("Path", "getLogger", "frozenset", "compile", "TypeVar", *_APPS)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    found = node.value if isinstance(node, ast.Constant) else ""
    return found if isinstance(found, str) and len(found) <= _LONGEST else ""
