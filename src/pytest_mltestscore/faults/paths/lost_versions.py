"""There is nothing to go back to: old versions were cleared away to save space."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._files import as_given, copied, is_path


def _fits(value: Any) -> bool:
    return is_path(value) and Path(value).is_dir()


def _inject(value: Any, rng: np.random.Generator) -> Any:
    if len(_versions(Path(value))) < 2:
        raise NothingToDamageError("it has one entry only")
    copy = copied(value)
    for entry in _versions(copy)[:-1]:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return as_given(copy, value)


def _versions(folder: Path) -> list[Path]:
    """Return what is in a folder but hidden files, the newest last; of equal age, by name."""
    entries = [Path(entry) for entry in os.scandir(folder) if not entry.name.startswith(".")]
    return sorted(entries, key=lambda entry: (entry.lstat().st_mtime, entry.name))


FAULT = Fault(
    name="lost_versions",
    damage="keeps the newest entry of a copied folder only",
    fits=_fits,
    inject=_inject,
    cost=1.5,
)
