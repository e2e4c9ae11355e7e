"""Damaged copies of files and folders, in temporary folders that go when Python does."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ._fault import NothingToDamageError

MAX_BYTES = 100_000_000
MAX_FILES = 2_000
MAX_TEXT = 5_000_000
"""Bytes of a file that is read as text."""
KEPT = 8
"""Copies that are kept at a time: only the newest is in use, as one fault is tried at a time."""

_folders: deque[tempfile.TemporaryDirectory[str]] = deque()


def is_path(value: Any) -> bool:
    """Whether a value is the path of a file or of a folder with something in it.

    A text is one only if it looks like a path, so that no word happens to be the name of a folder.
    """
    if isinstance(value, str):
        if not 0 < len(value) < 1_000 or "\n" in value or not (set(value) & {"/", os.sep, "."}):
            return False
    elif not isinstance(value, Path):
        return False
    try:
        if Path(value).is_file():
            return True
        with os.scandir(value) as entries:
            return next(entries, None) is not None
    except (OSError, ValueError):
        return False


def is_file(value: Any) -> bool:
    """Whether a value is the path of a file."""
    return is_path(value) and Path(value).is_file()


def is_text_file(value: Any, *endings: str) -> bool:
    """Whether a value is the path of a file with one of these endings."""
    return isinstance(value, str | Path) and str(value).endswith(endings) and is_file(value)


def a_folder() -> Path:
    """Return a new folder, and remove the oldest of those that were returned before."""
    _folders.append(
        tempfile.TemporaryDirectory(prefix="mlscore-fault-", ignore_cleanup_errors=True)
    )
    while len(_folders) > KEPT:
        _folders.popleft().cleanup()
    return Path(_folders[-1].name)


@atexit.register
def remove_folders() -> None:
    """Remove all copies."""
    while _folders:
        _folders.popleft().cleanup()


def copied(value: Any) -> Path:
    """Copy a file or folder of a reasonable size, with the same name, to a new folder."""
    source = Path(value)
    target = a_folder() / (source.name or "copy")
    if source.is_file():
        _require_size(source.stat().st_size)
        shutil.copy2(source, target)
        return target
    size = 0
    for number, path in enumerate(_files_in(source)):
        size += path.stat().st_size
        if number >= MAX_FILES:
            raise NothingToDamageError(f"it has more than {MAX_FILES:,} files")
        _require_size(size)
    shutil.copytree(source, target, symlinks=True)
    return target


def _require_size(size: int) -> None:
    if size > MAX_BYTES:
        raise NothingToDamageError(f"it is larger than {MAX_BYTES / 1e6:.0f} MB")


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def largest_file(path: Path) -> Path:
    """Return a file itself, or the largest one in a folder, files of version control left out."""
    if path.is_file():
        return path
    files = [file for file in sorted(_files_in(path)) if ".git" not in file.parts]
    if not files:
        raise NothingToDamageError("it has no files")
    return max(files, key=lambda file: file.stat().st_size)


def overwrite(file: Path, content: bytes) -> None:
    """Give a file other content, and leave its mode and its times as they are."""
    before = file.stat()
    file.chmod(0o600)
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    file.chmod(stat.S_IMODE(before.st_mode))


def as_given(path: Path, value: Any) -> Any:
    """Return a path as the kind of value that it stands for."""
    return str(path) if isinstance(value, str) else path


def rewritten(value: Any, change: Callable[[str], str]) -> Any:
    """Return the path of a copy of a text file with another text."""
    source = Path(value)
    if source.stat().st_size > MAX_TEXT:
        raise NothingToDamageError(f"it is larger than {MAX_TEXT / 1e6:.0f} MB")
    try:
        text = source.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NothingToDamageError("it is no text") from error
    changed = change(text)
    if changed == text:
        raise NothingToDamageError("it has nothing of that kind in it")
    target = copied(source)
    overwrite(target, changed.encode("utf-8"))
    return as_given(target, value)
