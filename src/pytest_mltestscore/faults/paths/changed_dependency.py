"""Other versions than were tested: the lock file was made anew."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .._fault import Fault
from .._files import rewritten
from .._locks import is_lock

_PIN = re.compile(r"""(===?\s*|^version\s*=\s*")(\d[\w.]*)""", re.MULTILINE)


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return rewritten(value, lambda text: _PIN.sub(r"\1\2.1", text))


FAULT = Fault(
    name="changed_dependency",
    damage="changes every version in a copied lock file",
    fits=is_lock,
    inject=_inject,
)
