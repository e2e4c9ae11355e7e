"""Calls by which code reads tables, with the arguments that can be written down again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ._columns import assigned_once, text_of
from ._estimators import Names, is_plain, origin
from ._facts import Reading

_FUNCTIONS = frozenset(["read_csv", "read_parquet"])
_LIBRARIES = frozenset(["pandas", "polars"])
_FILES = (".csv", ".tsv", ".parquet")
_FILE_ARGUMENTS = frozenset(["filepath_or_buffer", "path", "source"])
_MOST_ITEMS = 50
_MOST_NODES = 100
_DEEPEST = 6
INDEX = "index_col"
"""Left out, as the columns of the file are to be the columns of the frame."""


def readings_of(nodes: Sequence[ast.AST], path: str, names: Names) -> Iterator[Reading]:
    """Yield the calls that read one file whose name is said."""
    known = assigned_once(nodes)
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        library, function = origin(node.func, names)
        if library not in _LIBRARIES or function not in _FUNCTIONS:
            continue
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg in _FILE_ARGUMENTS)]
        files = {file for argument in given for file in _files(argument, known)}
        if len(files) == 1:
            yield _reading(node, Reading(path, node.lineno, library, function, files.pop()), known)


def _reading(call: ast.Call, found: Reading, known: dict[str, ast.expr]) -> Reading:
    options, left_out, index = [], ["by position"] * (len(call.args) > 1), None
    for keyword in call.keywords:
        value = plain(keyword.value, known)
        if keyword.arg in _FILE_ARGUMENTS:
            continue
        if keyword.arg == INDEX:
            index = value
        if keyword.arg and value is not None and not _is_index(keyword.arg, value):
            options.append((keyword.arg, value))
        else:
            left_out.append(keyword.arg or "**")
    return Reading(
        found.path, found.line, found.library, found.function, found.file,
        tuple(options), tuple(left_out), index,
    )  # fmt: skip


def _is_index(name: str, value: ast.expr) -> bool:
    none = isinstance(value, ast.Constant) and (value.value is None or value.value is False)
    return name == INDEX and not none


def plain(node: ast.expr, known: dict[str, ast.expr], deep: int = _DEEPEST) -> ast.expr | None:
    """Return a literal, a list of such, or what a name stands for if it is one; None for others."""
    if isinstance(node, ast.Name) and node.id in known and deep:
        return plain(known[node.id], known, deep - 1)
    if isinstance(node, ast.Constant):
        return node if is_plain(node) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = node.operand
        if isinstance(number, ast.Constant) and isinstance(number.value, int | float):
            return node if is_plain(number) else None
    if isinstance(node, ast.List) and len(node.elts) <= _MOST_ITEMS:
        items = [plain(item, known, min(deep, 1)) for item in node.elts]
        flat = [item for item in items if item and not isinstance(item, ast.List)]
        return ast.List(list(flat), ast.Load()) if len(flat) == len(items) else None
    return None


def _files(node: ast.expr, known: dict[str, ast.expr]) -> set[str]:
    """Return the names of files that an expression mentions, as `ROOT / "rows.csv"` does."""
    waiting: list[ast.AST] = [node]
    names: set[str] = set()
    found: set[str] = set()
    for _ in range(_MOST_NODES):
        if not waiting:
            return found
        part = waiting.pop()
        if isinstance(part, ast.Name) and part.id in known and part.id not in names:
            names.add(part.id)
            waiting.append(known[part.id])
        elif isinstance(part, ast.Constant) and text_of(part).lower().endswith(_FILES):
            found.add(text_of(part).replace("\\", "/").rpartition("/")[2])
        waiting.extend(n for n in ast.iter_child_nodes(part) if isinstance(n, ast.expr))
    return set()


def the_reading(readings: Sequence[Reading], library: str, path: str) -> Reading | None:
    """Return the call that reads a file; None if there is none, or others read it otherwise."""
    file = path.rpartition("/")[2]
    function = "read_parquet" if file.lower().endswith(".parquet") else "read_csv"
    wanted = (library, function, file)
    found = [r for r in readings if (r.library, r.function, r.file) == wanted]
    told = {(r.left_out, tuple((n, ast.dump(v)) for n, v in r.options)) for r in found}
    return found[0] if len(told) == 1 else None
