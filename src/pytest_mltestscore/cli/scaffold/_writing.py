"""Writing what was decided, never over anything that is there."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...domain.text import clean, clean_line
from .._failure import CommandError
from ._deciding import Plan

PYPROJECT = "pyproject.toml"


def write(root: Path, plan: Plan) -> list[str]:
    """Write new files and what is appended; return what was done, a path each.

    Raises
    ------
    CommandError
        If something cannot be written. It says what had been written before.
    """
    done: list[str] = []
    for path, text in plan.files.items():
        with _told(path, done):
            _create(root, path, text)
        done.append(path)
    if plan.appended:
        with _told(PYPROJECT, done):
            _append(root / PYPROJECT, plan.pyproject, plan.appended)
        done.append(f"{PYPROJECT} (appended)")
    return done


def as_diff(plan: Plan) -> str:
    """Return what would be written, as a patch."""
    parts = [_patch("/dev/null", path, "", text) for path, text in plan.files.items()]
    if plan.appended:
        before = plan.pyproject.decode("utf-8")
        after = before + plan.appended.decode("utf-8")
        parts.append(_patch(f"a/{PYPROJECT}", PYPROJECT, before, after))
    return "".join(parts)


def _patch(old: str, new: str, before: str, after: str) -> str:
    lines = []
    for line in difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, f"b/{new}"
    ):
        shown = clean(line.rstrip("\r\n"))
        lines.append(shown if line.endswith("\n") else f"{shown}\n\\ No newline at end of file")
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def _told(path: str, done: list[str]) -> Iterator[None]:
    """Say of an error which file it is about, and what was written before."""
    try:
        yield
    except OSError as error:
        reason = clean_line(error.strerror or str(error))
        before = f"; written before: {', '.join(done)}" if done else "; nothing was written"
        raise CommandError(f"{path}: cannot be written: {reason}{before}") from error


def _create(root: Path, path: str, text: str) -> None:
    """Make a file that is not there yet, in the repository and nowhere else."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise OSError(0, "its folder is a link that leads out of the repository")
    with target.open("xb") as file:  # fails where anything is, a link to nowhere too
        file.write(text.encode("utf-8"))


def _append(path: Path, before: bytes, added: bytes) -> None:
    """Append to a file if it still is what was looked at."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "r+b") as file:
        if file.read(len(before) + 1) != before:
            raise OSError(0, "it was changed in the meantime; run the command again")
        file.write(added)
