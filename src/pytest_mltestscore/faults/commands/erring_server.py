"""A server fails now and then: some requests meet a feature that the new version does not know."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._commands import behind_proxy, is_server
from .._fault import Fault
from .._proxy import FAILS_EVERY


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return behind_proxy(value, "errors")


FAULT = Fault(
    name="erring_server",
    damage=f"answers every {FAILS_EVERY}rd request by status 500",
    fits=is_server,
    inject=_inject,
    cost=4.0,
)
