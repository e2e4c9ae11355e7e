"""A file of the right size and the wrong content: a sector was lost, a transfer went wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._files import as_given, copied, is_path, largest_file, overwrite

SHARE = 0.2


def _inject(value: Any, rng: np.random.Generator) -> Any:
    copy = copied(value)
    file = largest_file(copy)
    content = bytearray(file.read_bytes())
    length = max(1, int(len(content) * SHARE))
    start = (len(content) - length) // 2
    if not any(content[start : start + length]):
        raise NothingToDamageError("it has nothing in the middle")
    content[start : start + length] = bytes(length)
    overwrite(file, bytes(content))
    return as_given(copy, value)


FAULT = Fault(
    name="corrupt_file",
    damage=f"zeroes {SHARE:.0%} in the middle of a copied file, in a folder of the largest one",
    fits=is_path,
    inject=_inject,
    cost=1.5,
    may_crash=True,
)
