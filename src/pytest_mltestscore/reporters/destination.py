"""The one place where files are written.

A destination is a path, or `-` for standard output. A file is replaced in one step, so that a
reader, a full disk or a killed run never leaves half a report behind.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PureWindowsPath

from ..domain.errors import ConfigError
from ..domain.text import clean_line

STDOUT = "-"
RETRIES = 5
FIRST_PAUSE_S = 0.05

_STREAMS = {
    STDOUT: "stdout",
    "/dev/stdout": "stdout",
    "/dev/fd/1": "stdout",
    "/proc/self/fd/1": "stdout",
    "/dev/stderr": "stderr",
    "/dev/fd/2": "stderr",
    "/proc/self/fd/2": "stderr",
}
"""Opened by path, these would write over what is there already, so our own streams stand in."""

_SQLITE = b"SQLite format 3\0"
"""Every file of SQLite begins so."""

_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
_WINDOWS_REFUSES = re.compile(r'[<>:"|?*\x00-\x1f]')


def prepare(path: str | os.PathLike[str]) -> str:
    """Check that a destination can be written, and return it as an absolute path.

    Folders on the way are made. An existing file is not touched. The absolute path stays right
    when a test changes the working directory.

    Raises
    ------
    ConfigError
        If it cannot be written; names the path and the mend.
    """
    given = os.fspath(path)
    if given in _STREAMS:
        return given
    shown = clean_line(given)
    try:
        _check(given)
    except OSError as error:
        problem = f"{error.strerror or error}; choose another place or mend this one"
        raise ConfigError(f"cannot write {shown!r}: {problem}") from None
    except ValueError as error:
        raise ConfigError(f"cannot write {shown!r}: {error}") from None
    return os.path.abspath(given)  # noqa: PTH100 - `resolve` would follow links


def holds_a_file(path: str | os.PathLike[str]) -> bool:
    """Whether writing replaces what was there; false for streams, pipes and devices.

    What is written to those cannot be taken back, so nothing preliminary should go there.
    """
    given = os.fspath(path)
    return given not in _STREAMS and not _is_special(given)


def write(path: str | os.PathLike[str], text: str | bytes) -> None:
    """Write `text` as UTF-8, or bytes, to a destination, replacing what was there in one step.

    Missing folders are made. Symbolic links are followed, so that the file they lead to is
    replaced and not the link. Lone surrogates, which UTF-8 cannot hold, are written as escapes.

    Raises
    ------
    OSError
        If it cannot be written. A file that was there before is then still there, unchanged.
    """
    given = os.fspath(path)
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    if given in _STREAMS:
        _write_stream(_STREAMS[given], data)
    elif _is_special(given):
        _write_special(given, data)
    else:
        _replace(Path(os.path.realpath(given)), data)


def content(path: str | os.PathLike[str], *, limit: int) -> bytes:
    """Return what is in a file that can be written to.

    Raises
    ------
    FileNotFoundError
        If there is none.
    OSError
        If it cannot be read, or holds more than `limit` bytes.
    """
    with Path(path).open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), os.fspath(path))
    return data


def beginning(path: str | os.PathLike[str], size: int) -> bytes:
    """Return so many bytes of a file, or what it has of them. Raises OSError as `content` does."""
    with Path(path).open("rb") as file:
        return file.read(size)


def put_back(path: str | os.PathLike[str], data: bytes | None) -> None:
    """Let a file be what it was before, or be gone where there was none.

    Raises
    ------
    OSError
        If that cannot be done.
    """
    target = Path(os.path.realpath(path))
    if data is None:
        target.unlink(missing_ok=True)
    else:
        _replace(target, data)


def windows_problem(path: str) -> str:
    r"""Say why Windows would not take this path, or take it for something else; empty if it would.

    >>> windows_problem(r"C:\build\con.json")
    "'con.json' is the name of a device on Windows; choose another"
    """
    parsed = PureWindowsPath(path)
    for part in parsed.parts[1:] if parsed.anchor else parsed.parts:
        if part.partition(".")[0].rstrip().casefold() in _WINDOWS_DEVICES:
            return f"{part!r} is the name of a device on Windows; choose another"
        if part not in (".", "..") and (_WINDOWS_REFUSES.search(part) or part[-1] in " ."):
            return f"{part!r} cannot be a file name on Windows; choose another"
    return ""


def _check(given: str) -> None:
    problem = windows_problem(given) if os.name == "nt" else ""
    if problem:
        raise ValueError(problem)
    if not given:
        raise ValueError("the name is empty; give a file, or - for standard output")
    if "\0" in given:  # Python words this differently from version to version
        raise ValueError("it holds a null byte, which no file name may; choose another")
    if given.endswith(("/", os.sep)) or _mode(given, stat.S_ISDIR):
        raise ValueError("it is a folder; name a file in it")
    if _is_special(given):
        if not os.access(given, os.W_OK):
            raise ValueError("it may not be written to; choose another")
        return
    target = Path(os.path.realpath(given))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not os.access(target, os.W_OK):
        raise ValueError("the file is read-only; choose another or make it writable")
    if _is_database(target):
        raise ValueError("it is a database, perhaps a store; name another file")
    # Permission bits say nothing of read-only disks, access lists and the like.
    temporary = _temporary(target)
    os.close(_create(temporary))
    temporary.unlink()


def _is_database(target: Path) -> bool:
    """Whether there is a file of SQLite, which no report is, and whose loss would be the worst."""
    try:
        return beginning(target, len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _mode(path: str, is_kind: Callable[[int], bool]) -> bool:
    """Whether something of this kind is at a path; raises OSError where nothing ever can be."""
    try:
        return is_kind(os.stat(path).st_mode)  # noqa: PTH116 - `Path.stat` would need a valid path
    except FileNotFoundError:
        return False


def _is_special(path: str) -> bool:
    return _mode(path, lambda mode: not stat.S_ISREG(mode) and not stat.S_ISDIR(mode))


def _write_stream(name: str, data: bytes) -> None:
    stream = getattr(sys, name)
    if stream is None:
        raise OSError(f"there is no {name} to write to")
    stream.flush()
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(data.decode())
    else:
        buffer.write(data)
    stream.flush()


def _write_special(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _replace(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(target)
    try:
        descriptor = _create(temporary)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _swap(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _temporary(target: Path) -> Path:
    """Name a file beside the target, since only within one file system is replacing one step."""
    return target.with_name(f".mlscore-{secrets.token_hex(8)}.tmp")


def _create(path: Path) -> int:
    # Opened here and not by `tempfile`, whose files only their owner may read.
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _swap(temporary: Path, target: Path) -> None:
    # On Windows a file cannot be replaced while somebody looks at it.
    for attempt in range(RETRIES):
        try:
            os.replace(temporary, target)  # noqa: PTH105 - tests make this very call fail
            return
        except PermissionError:
            time.sleep(FIRST_PAUSE_S * 2**attempt)
    os.replace(temporary, target)  # noqa: PTH105
