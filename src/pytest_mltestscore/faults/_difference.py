"""What a fault changed, in a few lines that a person can read."""

from __future__ import annotations

import difflib
import itertools
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np

from ._files import is_path
from ._sites import parts_of

MAX_LINES = 12
MAX_WIDTH = 200
"""Characters of a line."""
MAX_TEXT = 200_000
"""Bytes of a file whose lines are compared."""
MAX_FILES = 2_000
_DEPTH = 3
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 60


def difference(before: Any, after: Any) -> str:
    """Return what differs between a value and its damaged copy; empty for what cannot be looked at.

    At most `MAX_LINES` lines. Of frames and arrays they tell columns, types, and how many values
    differ, with the first of them; of mappings, sequences and objects with fields, the parts; of
    files, lines. Models and functions are not run, so there is nothing to tell of them.

    Examples
    --------
    >>> print(difference({"auc": 0.8, "rows": 10}, {"auc": 0.5}))
    ['auc']: 0.8 -> 0.5
    ['rows']: gone, was 10
    """
    lines = list(itertools.islice(_lines(before, after, "", _DEPTH), MAX_LINES + 1))
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = ["and more"]
    return "\n".join(line[:MAX_WIDTH] for line in lines)


def _lines(before: Any, after: Any, where: str, depth: int) -> Iterator[str]:
    """Yield the differences of two values, each with the place where it is."""
    frames = _as_frames(before, after)
    if frames is not None:
        yield from (f"{where}{line}" for line in _of_frames(*frames))
    elif isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        yield from (f"{where}{line}" for line in _of_arrays(before, after))
    elif is_path(before) and is_path(after):
        yield from (f"{where}{line}" for line in _of_paths(Path(before), Path(after)))
    elif _is_container(before) and _is_container(after) and depth:
        yield from _of_parts(dict(parts_of(before)), dict(parts_of(after)), where, depth)
    elif _is_plain(before) and _is_plain(after) and repr(before) != repr(after):
        yield f"{where}{': ' if where else ''}{_brief(before)} -> {_brief(after)}"


def _as_frames(before: Any, after: Any) -> tuple[nw.DataFrame[Any], nw.DataFrame[Any]] | None:
    """Return both as frames, series as frames of one column; None if either is neither."""
    found = [
        nw.from_native(value, pass_through=True, allow_series=True) for value in (before, after)
    ]
    one, other = (
        value.alias(value.name or "values").to_frame() if isinstance(value, nw.Series) else value
        for value in found
    )
    if isinstance(one, nw.DataFrame) and isinstance(other, nw.DataFrame):
        return one, other
    return None


def _of_frames(before: nw.DataFrame[Any], after: nw.DataFrame[Any]) -> Iterator[str]:
    if len(before) != len(after):
        yield f"{len(before):,} rows -> {len(after):,} rows"
    for name in before.columns:
        if name not in after.columns:
            yield f"column {_brief(name)}: gone"
            continue
        one, other = before[name], after[name]
        if one.dtype != other.dtype:
            yield f"column {_brief(name)}: {one.dtype} -> {other.dtype}"
        if len(one) == len(other):
            changed = _of_values(one.to_list(), other.to_list())
            if changed:
                yield f"column {_brief(name)}: {changed}"
    for name in after.columns:
        if name not in before.columns:
            yield f"column {_brief(name)}: new"


def _of_arrays(before: np.ndarray, after: np.ndarray) -> Iterator[str]:
    if before.dtype != after.dtype:
        yield f"{before.dtype} -> {after.dtype}"
    if before.shape != after.shape:
        yield f"shape {before.shape} -> {after.shape}"
    elif changed := _of_values(before.ravel().tolist(), after.ravel().tolist()):
        yield changed


def _of_values(before: list[Any], after: list[Any]) -> str:
    """Return how many values differ, and the first of them with its place; empty for none."""
    places = [
        k for k, (one, other) in enumerate(zip(before, after, strict=True)) if _ne(one, other)
    ]
    if not places:
        return ""
    first = places[0]
    return (
        f"{len(places):,} of {len(before):,} values, "
        f"[{first}]: {_brief(before[first])} -> {_brief(after[first])}"
    )


def _ne(one: Any, other: Any) -> bool:
    """Whether two values differ; NaN is like NaN, and whoever cannot be compared differs."""
    if one is other:
        return False
    try:
        return not (bool(one == other) or (one != one and other != other))  # noqa: PLR0124
    except Exception:  # noqa: BLE001 - values of users compare as they like
        return True


def _of_parts(
    before: Mapping[Any, Any], after: Mapping[Any, Any], where: str, depth: int
) -> Iterator[str]:
    for key, part in before.items():
        place = f"{where}[{_brief(key)}]"
        if key in after:
            yield from _lines(part, after[key], place, depth - 1)
        else:
            yield f"{place}: gone, was {_brief(part)}"
    for key in after.keys() - before.keys():
        yield f"{where}[{_brief(key)}]: new, {_brief(after[key])}"


def _of_paths(before: Path, after: Path) -> Iterator[str]:
    old, new = _files(before), _files(after)
    for name in sorted(old.keys() | new.keys()):
        shown = name or before.name
        if name not in new:
            yield f"{shown}: gone"
        elif name not in old:
            yield f"{shown}: new"
        else:
            try:
                yield from _of_files(old[name], new[name], shown)
            except OSError as error:
                yield f"{shown}: cannot be read ({error.strerror})"


def _files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {"": path}
    found = (file for file in sorted(path.rglob("*")) if ".git" not in file.parts)
    files = (file for file in found if file.is_file() and not file.is_symlink())
    return {str(file.relative_to(path)): file for file in itertools.islice(files, MAX_FILES)}


def _of_files(before: Path, after: Path, name: str) -> Iterator[str]:
    old, new = before.stat(), after.stat()
    if old.st_mode != new.st_mode:
        yield f"{name}: mode {old.st_mode & 0o777:o} -> {new.st_mode & 0o777:o}"
    if abs(old.st_mtime - new.st_mtime) > 1:
        yield f"{name}: {(old.st_mtime - new.st_mtime) / 86_400:.1f} days older"
    if max(old.st_size, new.st_size) > MAX_TEXT:
        if old.st_size != new.st_size:
            yield f"{name}: {old.st_size:,} bytes -> {new.st_size:,} bytes"
        return
    one, other = before.read_bytes(), after.read_bytes()
    if one == other:
        return
    try:
        texts = one.decode().splitlines(), other.decode().splitlines()
    except UnicodeDecodeError:
        yield f"{name}: {len(one):,} bytes -> {len(other):,} other bytes"
        return
    yield f"{name}:"
    changed = difflib.unified_diff(*texts, lineterm="", n=0)
    yield from (line for line in itertools.islice(changed, 2, None) if not line.startswith("@@"))


def _is_container(value: Any) -> bool:
    return next(parts_of(value), None) is not None or isinstance(value, Mapping | list | tuple)


def _is_plain(value: Any) -> bool:
    """Whether the text of a value tells what it is, and making it runs nothing of the value's."""
    return value is None or type(value).__module__ in ("builtins", "datetime", "decimal", "numpy")


def _brief(value: Any) -> str:
    return _BRIEF.repr(value) if _is_plain(value) else f"a {type(value).__name__}"
