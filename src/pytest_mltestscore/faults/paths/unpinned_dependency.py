"""A dependency that may change any day: a pin was loosened to please a resolver."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .._fault import Fault
from .._files import rewritten
from .._locks import is_lock

_PIN = re.compile(r"^([\w.-]+(?:\[[\w,.-]+\])?\s*)==", re.MULTILINE)
_VERSION = re.compile(r'^version\s*=\s*"[^"]*"$', re.MULTILINE)


def _inject(value: Any, rng: np.random.Generator) -> Any:
    def loosened(text: str) -> str:
        return _VERSION.sub("", text) if "[[package" in text else _PIN.sub(r"\1>=", text)

    return rewritten(value, loosened)


FAULT = Fault(
    name="unpinned_dependency",
    damage="takes the exact versions out of a copied lock file",
    fits=is_lock,
    inject=_inject,
)
