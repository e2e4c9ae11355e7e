"""When something was made: from a time, a file, metadata, a registry's entry, a log or a table."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...domain.errors import InputError, nearest
from .._frames import read_frame
from .._timestamps import aware, newest


def made_at(source: Any, argument: str, timezone: dt.tzinfo | None) -> dt.datetime:
    """Return when `source` was made, as an aware time.

    Raises
    ------
    InputError
        If that cannot be told.
    """
    if isinstance(source, tuple) and len(source) == 2:
        return _by_part(*source, argument, timezone)
    if isinstance(source, os.stat_result):
        return _from_epoch(source.st_mtime)
    stamp = getattr(source, "creation_timestamp", None)
    if isinstance(stamp, int | float):  # MLflow counts milliseconds
        return _from_epoch(stamp / 1000)
    if isinstance(source, os.PathLike):
        return _changed(Path(source), argument)
    if isinstance(source, str) and not _is_time(source):
        return _changed(Path(source), argument)
    if isinstance(source, Mapping):
        raise InputError(argument, f"is a mapping; give (mapping, key), of {_some(source)}")
    return aware(source, argument, timezone)


def _is_time(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _from_epoch(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _changed(path: Path, argument: str) -> dt.datetime:
    """Return when a file, or the newest file in a folder, was last written."""
    if path.is_file():
        return _from_epoch(path.stat().st_mtime)
    if not path.is_dir():
        raise InputError(argument, f"there is no file {str(path)!r}, and it is no time in ISO 8601")
    times = [file.stat().st_mtime for file in path.rglob("*") if file.is_file()]
    if not times:
        raise InputError(argument, f"the folder {str(path)!r} holds no file")
    return _from_epoch(max(times))


def _by_part(where: Any, what: Any, argument: str, timezone: dt.tzinfo | None) -> dt.datetime:
    if isinstance(where, Mapping):
        return aware(_value(where, what, argument), argument, timezone)
    if isinstance(where, str | os.PathLike):
        return _in_file(Path(where), what, argument, timezone)
    return newest(read_frame(where, argument), str(what), argument, timezone)


def _in_file(path: Path, what: Any, argument: str, timezone: dt.tzinfo | None) -> dt.datetime:
    if not path.is_file():
        raise InputError(argument, f"there is no file {str(path)!r}")
    text = path.read_text(encoding="utf-8", errors="replace")
    if isinstance(what, re.Pattern):
        group = 1 if what.groups else 0
        found: Iterator[Any] = (match.group(group) for match in what.finditer(text))
    elif path.suffix == ".jsonl":
        found = _in_lines(text, what, argument)
    else:
        return aware(_value(_parsed(text, argument), what, argument), argument, timezone)
    times = [aware(value, argument, timezone) for value in found]
    if not times:
        raise InputError(argument, f"{path.name} holds no such time; check the key or expression")
    return max(times)


def _in_lines(text: str, key: str, argument: str) -> Iterator[Any]:
    """Yield the value of a key in each line that has it: a log holds lines of many kinds."""
    for line in filter(str.strip, text.splitlines()):
        entry = _parsed(line, argument)
        if isinstance(entry, Mapping) and str(key).split(".")[0] in entry:
            yield _value(entry, key, argument)


def _parsed(text: str, argument: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(argument, f"is no JSON: {error}") from error


def _value(entry: Any, key: str, argument: str) -> Any:
    """Return what a dotted key leads to."""
    for part in str(key).split("."):
        if not isinstance(entry, Mapping) or part not in entry:
            known = [str(k) for k in entry] if isinstance(entry, Mapping) else []
            closest = nearest(part, known)
            hint = f"; did you mean {closest!r}?" if closest else f"; it has {_some(known)}"
            raise InputError(argument, f"has no key {part!r} of {key!r}{hint}")
        entry = entry[part]
    return entry


def _some(names: Any) -> str:
    return ", ".join(str(name) for name in list(names)[:10]) or "no keys"
