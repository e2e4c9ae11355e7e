"""A file of last year: the job that writes it has stopped, and nobody has noticed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from .._fault import Fault
from .._files import MAX_TEXT, as_given, copied, is_path, overwrite
from .._moments import is_iso, moved

DAYS = 400
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")


def _inject(value: Any, rng: np.random.Generator) -> Any:
    copy = copied(value)
    for path in [copy, *copy.rglob("*")]:
        if path.is_symlink():
            continue
        when = path.stat().st_mtime - DAYS * 86_400
        if path.is_file():
            _age_times_in(path)
        os.utime(path, (when, when))
    return as_given(copy, value)


def _age_times_in(path: Path) -> None:
    """Move the times that are written in a text back, too."""
    if path.stat().st_size > MAX_TEXT:
        return
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return
    overwrite(path, _TIME.sub(_earlier, text).encode("utf-8"))


def _earlier(found: re.Match[str]) -> str:
    text = found.group()
    return str(moved(text, -DAYS)) if is_iso(text) else text


FAULT = Fault(
    name="aged_file",
    damage=f"makes a copied file {DAYS} days older, and the times that are written in it",
    fits=is_path,
    inject=_inject,
    cost=1.5,
)
