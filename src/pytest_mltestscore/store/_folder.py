"""Run records as files in a folder."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ..domain.reading import content_of
from ._backend import Sent, Window
from ._entry import digest

_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""Of all files; a system has one of them or the other."""


class Folder:
    """A folder with one of its own for each system, and in these one for each month."""

    mend = "choose another place or mend this one"
    at_once = 32

    def __init__(self, path: str) -> None:
        # Absolute, so that it stays right when a test changes the working directory.
        self._root = Path(path).absolute()

    def put(self, sent: Sent) -> None:
        """Write a file beside its place, see it onto the disk, and move it there in one step."""
        target = self._root / sent.entry.key
        if _is_whole(target, sent.entry.digest):
            return
        made = not target.parent.is_dir()
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".mlscore-{secrets.token_hex(8)}.tmp")
        try:
            _write(temporary, sent.content)
            os.replace(temporary, target)  # noqa: PTH105 - tests make this very call fail
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        # A name is on the disk when its folder is, which holds for new folders too.
        for folder in [*target.parents][: 3 if made else 1]:
            _see_onto_disk(folder)

    def systems(self) -> Iterator[str]:
        """Return the names of the folders."""
        return (name for name, is_folder in _listed(self._root) if is_folder)

    def keys(self, system: str | None, window: Window) -> Iterator[str]:
        """Return the paths of all files, and of folders that are not of months."""
        if system is None:
            for name, is_folder in _listed(self._root):
                yield from self.keys(name, window) if is_folder else [name]
            return
        for month, is_folder in _listed(self._root / system):
            if not is_folder:
                yield f"{system}/{month}"
            elif window.meets(month):
                names = _listed(self._root / system / month)
                yield from (f"{system}/{month}/{name}" for name, _ in names)

    def get(self, keys: Sequence[str]) -> dict[str, bytes | Exception]:
        """Read files."""
        found: dict[str, bytes | Exception] = {}
        for key in keys:
            try:
                found[key] = _content(self._root / key)
            except FileNotFoundError:
                continue
            except OSError as error:
                found[key] = error
        return found

    def remove(self, keys: Sequence[str]) -> None:
        """Delete files. Folders stay: another run may be about to write into them."""
        for key in keys:
            (self._root / key).unlink(missing_ok=True)

    def close(self) -> None:
        """Do nothing: no file is left open."""


def _listed(folder: Path) -> list[tuple[str, bool]]:
    """Return what is in a folder, sorted, and whether it is one itself. Hidden files are left out.

    Among those are the files that writers have not yet moved to their places.
    """
    try:
        with os.scandir(folder) as found:
            return sorted((e.name, _is_folder(e)) for e in found if not e.name.startswith("."))
    except FileNotFoundError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_whole(path: Path, expected: str) -> bool:
    try:
        return digest(_content(path)) == expected
    except OSError:
        return False


def _content(path: Path) -> bytes:
    # Not blocking: a pipe under the name of a record would keep us waiting for ever.
    descriptor = os.open(path, os.O_RDONLY | _FLAGS | getattr(os, "O_NONBLOCK", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "is not a file")
        with open(descriptor, "rb", closefd=False) as file:
            return content_of(file)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _see_onto_disk(folder: Path) -> None:
    # Some network file systems know no such thing for folders, and Windows opens none.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | _FLAGS)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
