"""Identities of values across runs, so that a result can be kept for as long as they stay."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import Any, NoReturn

import narwhals as nw

from ._files import is_path
from ._sites import parts_of

MAX_BYTES = 256 * 1024**2
"""Of one file or folder; what is larger has no identity."""
MAX_FILES = 10_000
_DEPTH = 8


def identity(value: Any) -> str | None:
    """Return a digest that changes with the content of a value; None if that cannot be told.

    Files and folders are known by what is in them, whatever their place. Containers are known by
    their parts, functions by their code and what it holds, and other values by their pickle (which
    is written and never read). What runs only later, such as a lazy frame, and what cannot be
    pickled has no identity.

    Examples
    --------
    >>> identity({"rate": 0.1}) == identity({"rate": 0.1})
    True
    >>> identity({"rate": 0.1}) == identity({"rate": 0.2})
    False
    >>> identity(lambda: 1) == identity(lambda: 2)
    False
    >>> identity(value for value in "abc") is None
    True
    """
    digest = hashlib.sha256()
    return digest.hexdigest() if _feed(digest, value, _DEPTH) else None


def _feed(digest: Any, value: Any, depth: int) -> bool:
    """Add a value to a digest; False if it has no identity."""
    digest.update(f"{type(value).__module__}.{type(value).__qualname__};".encode())
    if isinstance(value, str | os.PathLike) and is_path(value):
        return _feed_path(digest, Path(value))
    parts = _parts(value)
    if parts is None or depth <= 0:
        return _feed_pickle(digest, value)
    digest.update(f"{len(parts)};".encode())
    return all(_feed_pickle(digest, key) and _feed(digest, part, depth - 1) for key, part in parts)


def _parts(value: Any) -> list[tuple[Any, Any]] | None:
    """Return what a value is made of, by name; None if it is one thing."""
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        defaults = (value.__defaults__, value.__kwdefaults__)
        return [
            ("name", f"{value.__module__}.{value.__qualname__}"),
            ("code", _of_code(value.__code__)),
            *enumerate((*defaults, *cells)),
        ]
    if isinstance(value, MethodType):
        return [("function", value.__func__), ("of", value.__self__)]
    if isinstance(value, functools.partial):
        return [("function", value.func), ("given", (value.args, value.keywords))]
    parts = list(parts_of(value))
    return parts if parts or isinstance(value, Mapping | tuple | list) else None


def _of_code(code: CodeType) -> str:
    """Return what code does, in words that are the same in every process."""
    constants = (_of_code(c) if isinstance(c, CodeType) else _of(c) for c in code.co_consts)
    names = (code.co_names, code.co_varnames, code.co_freevars)
    return f"{code.co_code.hex()}{names}[{','.join(constants)}]"


def _of(constant: Any) -> str:
    """Return a constant in words; a set has no order of its own."""
    shown = sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)
    return f"{type(constant).__name__}:{shown}"


def _feed_pickle(digest: Any, value: Any) -> bool:
    if isinstance(nw.from_native(value, pass_through=True), nw.LazyFrame):
        return False
    try:
        import joblib

        digest.update(joblib.hash(value).encode())
    except Exception:  # noqa: BLE001 - whatever a value of the user's does when it is pickled
        return False
    return True


def _feed_path(digest: Any, path: Path) -> bool:
    digest.update(path.suffix.encode("utf-8", "surrogateescape"))
    left, count = MAX_BYTES, 0
    try:
        for file in _files_in(path):
            left, count = left - file.stat().st_size, count + 1
            if left < 0 or count > MAX_FILES:
                return False
            name = "" if file == path else file.relative_to(path).as_posix()
            digest.update(f"\0{name}\0{file.stat().st_mode:o}\0".encode("utf-8", "surrogateescape"))
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    except OSError:
        return False
    return count > 0


def _files_in(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=_raise):
        folders.sort()
        yield from (file for name in sorted(names) if (file := Path(folder, name)).is_file())


def _raise(error: OSError) -> NoReturn:
    raise error
