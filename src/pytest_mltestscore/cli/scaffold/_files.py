"""The names of the files in a repository, and the beginning of one: both bounded."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

MOST_FILES = 20_000
DEEPEST = 6
_PASSED_OVER = frozenset(
    [
        "__pycache__",
        "build",
        "dist",
        "env",
        "envs",
        "mlruns",
        "mlartifacts",
        "node_modules",
        "site-packages",
        "venv",
        "wandb",
        "htmlcov",
        "catboost_info",
        "lightning_logs",
    ]
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Regular files by their path from the top, with their size, and whether that is all."""

    sizes: dict[str, int]
    complete: bool


def list_files(root: Path) -> Listing:
    """List files, shallow ones first. Links are not followed; hidden and made folders are not seen.

    Of hidden names only those at the top and below `.github` are listed.
    """
    sizes: dict[str, int] = {}
    level = [""]
    for _ in range(DEEPEST):
        below: list[str] = []
        for folder in level:
            for entry in _entries(root / folder):
                if len(sizes) + len(below) >= MOST_FILES:
                    return Listing(sizes, complete=False)
                name = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if _is_worth_it(entry.name):
                        below.append(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    sizes[name] = _size(entry)
        level = below
    return Listing(sizes, complete=not level)


def beginning(path: Path, limit: int) -> tuple[bytes, bool]:
    """Return at most `limit` bytes of a regular file, and whether that is all of it.

    What cannot be read is empty, and not all.
    """
    try:
        # Asked of what was opened, and without waiting: a pipe may have taken the file's place.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return b"", False
            content = file.read(limit + 1)
    except OSError:
        return b"", False
    return content[:limit], len(content) <= limit


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            taken = [entry for entry, _ in zip(found, range(MOST_FILES), strict=False)]
    except OSError:
        return []
    return sorted(taken, key=lambda entry: entry.name)


def _is_worth_it(name: str) -> bool:
    if name.startswith("."):
        return name in (".github", ".circleci")
    return name not in _PASSED_OVER and not name.endswith(".egg-info")


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
