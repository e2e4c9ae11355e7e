"""A file that ends too early: a copy broke off, a disk was full."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._files import as_given, copied, is_path, largest_file, overwrite

KEPT = 0.5


def _inject(value: Any, rng: np.random.Generator) -> Any:
    copy = copied(value)
    file = largest_file(copy)
    content = file.read_bytes()
    if len(content) < 2:
        raise NothingToDamageError("it is empty")
    overwrite(file, content[: int(len(content) * KEPT)])
    return as_given(copy, value)


FAULT = Fault(
    name="truncated_file",
    damage=f"keeps the first {KEPT:.0%} of a copied file, in a folder of the largest one",
    fits=is_path,
    inject=_inject,
    cost=1.5,
    may_crash=True,
)
