"""A server answers otherwise: it loaded another version, or fills gaps in its own way."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._commands import behind_proxy, is_server
from .._fault import Fault


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return behind_proxy(value, "wrong")


FAULT = Fault(
    name="wrong_server",
    damage="changes every number and word that a server answers",
    fits=is_server,
    inject=_inject,
    cost=4.0,
)
