"""Finding column names in Python code, by its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from ...domain.errors import InputError

_SQL = re.compile(r"\bselect\b.+\bfrom\b|\bwhere\b.+[=<>]", re.IGNORECASE | re.DOTALL)


class Mention(NamedTuple):
    """A place in code that speaks of a column."""

    name: str
    pattern: str
    path: Path
    line: int


def python_files(sources: Sequence[str | PathLike[str]], argument: str) -> list[Path]:
    """Return the Python files among files, and below folders.

    Raises
    ------
    InputError
        If a path does not exist, or there is no Python file.
    """
    if isinstance(sources, str | PathLike):
        sources = [sources]
    found: list[Path] = []
    for path in map(Path, sources):
        if not path.exists():
            raise InputError(argument, f"{path} does not exist; give files or folders of code")
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    if not found:
        raise InputError(argument, "has no Python files; give files or folders of code")
    return list(dict.fromkeys(found))


def parsed(path: Path, argument: str) -> ast.Module:
    """Return the syntax tree of a file; an `InputError` if it is no Python."""
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError) as error:
        raise InputError(argument, f"{path} is no Python that can be read: {error}") from error


def mentions(files: Iterable[Path], patterns: Sequence[str], argument: str) -> Iterator[Mention]:
    """Yield where code names a column that one of the patterns fits, whatever the case.

    Looked at are strings, attributes (`rows.age`), keyword arguments (`assign(age=...)`), and the
    words of strings that look like SQL. Docstrings and comments are not.
    """
    for path in files:
        tree = parsed(path, argument)
        docstrings = set(_docstrings(tree))
        seen = set()
        for node in ast.walk(tree):
            if id(node) in docstrings:
                continue
            for name in _names(node):
                pattern = _fitting(name, patterns)
                mention = pattern and Mention(name, pattern, path, getattr(node, "lineno", 0))
                if mention and mention not in seen:
                    seen.add(mention)
                    yield mention


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.keyword):
        return [node.arg] if node.arg else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        return re.findall(r"\w+", text) if _SQL.search(text) else [text]
    return []


def _fitting(name: str, patterns: Sequence[str]) -> str | None:
    low = name.casefold()
    return next((p for p in patterns if fnmatchcase(low, p.casefold())), None)


def _docstrings(tree: ast.Module) -> Iterator[int]:
    """Yield the ids of strings that are statements of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
