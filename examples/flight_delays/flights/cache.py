"""Build something once for all processes that want it, and never show it half built."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from flights import data
from flights.train import LIBRARIES, code_fingerprint

FOLDER = Path(os.environ.get("FLIGHTS_CACHE") or Path(__file__).parent.parent / ".cache")
"""Several checkouts may share one folder: what is in it goes by content."""


def key() -> str:
    """Return a digest of all that a build depends on: code, data, libraries."""
    parts = [code_fingerprint(), platform.python_version()]
    parts += [data.content_digest(data.source_path(name)) for name in data.FILES]
    parts += [f"{name} {version(name)}" for name in LIBRARIES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def build_once(name: str, build: Callable[[Path], object], folder: Path | None = None) -> Path:
    """Return the folder `name` of the cache; the first process to ask fills it by `build(folder)`.

    The others wait. The lock is the kernel's, so it goes with the process that holds it; the folder
    gets its name when it is complete, so a killed build leaves nothing that is taken for one.
    """
    place = folder or FOLDER / key()
    place.mkdir(parents=True, exist_ok=True)
    target = place / name
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=place))
            try:
                build(draft)
                draft.rename(target)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
    return target
