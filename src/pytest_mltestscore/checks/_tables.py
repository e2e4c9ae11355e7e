"""Tables that people keep beside their code: a TOML or JSON file, or a mapping of Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from ..domain.errors import InputError
from ..domain.tables import parse_toml, read_table
from ..domain.text import clean_line

S = TypeVar("S", bound=Struct)

Table: TypeAlias = "Mapping[str, Any] | str | PathLike[str]"
"""A mapping, or the path of a `.toml` or `.json` file."""


def read_struct(struct_type: type[S], source: Any, argument: str) -> S:
    """Build a struct from a mapping or a file; a struct of that type is returned as it is.

    Raises
    ------
    InputError
        With every problem of the table, each with file and key.
    """
    if isinstance(source, struct_type):
        return source
    table, where = read_source(source, argument)
    problems: list[str] = []
    found = read_table(struct_type, table, where=where, problems=problems)
    if found is None:
        raise InputError(argument, "; ".join(problems))
    return found


def read_source(source: Any, argument: str) -> tuple[Mapping[str, Any], str]:
    """Return the table in a file or mapping, and how to name its origin in a message."""
    if isinstance(source, Mapping):
        return source, "mapping"
    if not isinstance(source, str | PathLike):
        problem = f"is of type {type(source).__name__}; give a mapping, or a .toml or .json file"
        raise InputError(argument, problem)
    path = Path(source)
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"{path} cannot be read ({error.strerror}); give the path of a file"
        raise InputError(argument, problem) from error
    table = _parsed(content, path, argument)
    if not isinstance(table, Mapping):
        raise InputError(argument, f"{path.name} holds no table; give keys and values")
    return table, path.name


def _parsed(content: bytes, path: Path, argument: str) -> Any:
    if path.suffix == ".json":
        try:
            return json.loads(content)
        except ValueError as error:
            problem = f"{path.name}: not valid JSON: {clean_line(str(error))}"
            raise InputError(argument, problem) from error
    problems: list[str] = []
    table = parse_toml(content, where=path.name, problems=problems)
    if table is None:
        raise InputError(argument, "; ".join(problems))
    return table
