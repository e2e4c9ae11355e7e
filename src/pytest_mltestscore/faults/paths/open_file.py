"""Everybody on the machine may read and write: a script ran with another umask."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._files import as_given, copied, is_path, largest_file

MODE = 0o666


def _inject(value: Any, rng: np.random.Generator) -> Any:
    if os.name == "nt":
        raise NothingToDamageError("files have no such modes here")
    copy = copied(value)
    largest_file(copy).chmod(MODE)
    return as_given(copy, value)


FAULT = Fault(
    name="open_file",
    damage=f"gives a copied file the mode {MODE:o}, in a folder the largest one",
    fits=is_path,
    inject=_inject,
    cost=1.5,
)
