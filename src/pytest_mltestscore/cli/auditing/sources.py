"""Which files to read: those that pytest would collect by its defaults, within bounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .._failure import CommandError

MOST_FILES = 20_000
LARGEST_FILE = 2_000_000
_PASSED_BY = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist", "venv"})
_CONFTEST = "conftest.py"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, and what it is called in reports and node ids."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The files below some paths, and whether there were more than anybody should read."""

    sources: tuple[Source, ...]
    cut: bool


def find(paths: Sequence[str], root: Path, *, most: int = MOST_FILES) -> Found:
    """Return the test files below these paths in the order of their names.

    A file that is named is read whatever it is called. Links to folders are not followed.

    Raises
    ------
    CommandError
        If a path is not there.
    """
    found: dict[str, Source] = {}
    for given in paths:
        start = Path(given)
        if not start.exists():
            raise CommandError(f"{given}: no such file or folder; name one with tests")
        for path in [start] if start.is_file() else _below(start, _is_test_file):
            found.setdefault(os.path.realpath(path), Source(path, _named(path, root)))
            if len(found) > most:
                break
    ordered = sorted(found.values(), key=lambda source: source.name)
    return Found(tuple(ordered[:most]), len(ordered) > most)


def other_modules(root: Path, known: Collection[Path]) -> Iterator[Source]:
    """Yield the Python files below a folder that are none of these."""
    seen = {os.path.realpath(path) for path in known}
    below = _below(root, lambda name: name.endswith(".py"))
    others = (path for path in below if os.path.realpath(path) not in seen)
    yield from (Source(path, _named(path, root)) for path in others)


def content(source: Source) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, or is larger than a test file has reason to be.
    """
    if not source.path.is_file():
        raise ValueError("not a file")
    with source.path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError(f"larger than {LARGEST_FILE // 1_000_000} MB")
    return data


def _below(start: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    for folder, folders, files in os.walk(start):
        folders[:] = sorted(name for name in folders if not _is_passed_by(Path(folder, name)))
        yield from (Path(folder, name) for name in sorted(files) if wanted(name))


def _is_passed_by(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in _PASSED_BY:
        return True
    return (folder / "pyvenv.cfg").is_file()


def _is_test_file(name: str) -> bool:
    if name == _CONFTEST:
        return True
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def _named(path: Path, root: Path) -> str:
    # `..` stays for what lies outside the root: no glob of a configuration will match it.
    return Path(os.path.relpath(path, root)).as_posix()
