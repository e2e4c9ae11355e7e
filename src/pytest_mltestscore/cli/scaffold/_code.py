"""What a file with Python code says, by its syntax tree. Nothing is imported."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

from ._columns import LONGEST, inputs_of, labels_of
from ._estimators import estimators_of, names_of
from ._facts import Function, Module
from ._files import beginning
from ._readings import readings_of
from ._splits import split_of

SIZE_LIMIT = 500_000
_APPS = {"FastAPI": "fastapi", "Flask": "flask"}


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
    inputs = inputs_of(nodes)
    return Module(
        path,
        imports=frozenset(_packages(nodes)),
        functions=tuple(_functions(tree, path)),
        estimators=tuple(estimators_of(tree, path, names)),
        networks=tuple(_networks(tree)),
        apps=tuple(_apps(tree)),
        labels=tuple(sorted(set(labels_of(nodes)))),
        inputs=inputs.columns,
        dropped=inputs.dropped,
        selects=inputs.line,
        split=split_of(nodes, path, names),
        readings=tuple(readings_of(nodes, path, names)),
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
    return not name.startswith("_") and len(name) <= LONGEST


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


def _mentioned(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if len(text) <= LONGEST and text.lower().endswith((".csv", ".tsv", ".parquet")):
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
