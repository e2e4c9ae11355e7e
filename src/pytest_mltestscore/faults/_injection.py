"""Doing a fault to a value, and making sure that it was done to a copy and did something."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ._effect import Effect, noting
from ._fault import Fault, NothingToDamageError
from ._fingerprint import fingerprint


class Injected(NamedTuple):
    """A damaged copy, or why there is none."""

    value: Any
    why_not: str = ""


def injected(fault: Fault, value: Any, seed: int, effect: Effect) -> Injected:
    """Return a damaged copy of a value that the fault fits. It never raises.

    A fault that raises, that changes the original or that changes nothing has done nothing that a
    test could be judged by, and it is said so. Whether what it wraps is used shows in its effect.
    """
    effect.is_wrapped = False
    before = fingerprint(value)
    try:
        with noting(effect):
            damaged = fault.inject(value, np.random.default_rng(seed))
    except NothingToDamageError as error:
        return Injected(None, str(error))
    except Exception as error:  # noqa: BLE001 - a fault may meet any structure
        return Injected(None, f"the fault itself failed: {type(error).__name__}: {error}")
    if fingerprint(value) != before:
        return Injected(None, "the fault changed the original, which is a mistake in it")
    if before is not None and fingerprint(damaged) == before:
        return Injected(None, "it changes nothing here")
    if not effect.is_wrapped:
        effect.felt()
    return Injected(damaged)
