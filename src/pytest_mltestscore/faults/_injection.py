"""Doing a fault to a value, and making sure that it was done to a copy and did something."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..domain.text import clean_line
from ._effect import Effect, noting
from ._fault import Fault, NothingToDamageError
from ._fingerprint import fingerprint

_LIMIT = 300
"""Characters of what an error says."""


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
            damaged = _damaged(fault, value, np.random.default_rng(seed))
    except NothingToDamageError as error:
        return Injected(None, clean_line(str(error), limit=_LIMIT))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - be it `pytest.fail`, it is no catch of the test
        said = f"the fault itself failed: {type(error).__name__}: {error}"
        return Injected(None, clean_line(said, limit=_LIMIT))
    if fingerprint(value) != before:
        return Injected(None, "the fault changed the original, which is a mistake in it")
    if damaged is None or damaged is value:
        returned = "nothing" if damaged is None else "the original"
        return Injected(None, f"the fault returned {returned} in place of a damaged copy")
    if before is not None and fingerprint(damaged) == before:
        return Injected(None, "it changes nothing here")
    if not effect.is_wrapped:
        effect.felt()
    return Injected(damaged)


def _damaged(fault: Fault, value: Any, rng: np.random.Generator) -> Any:
    if not fault.fits(value):  # at the first look it could not tell, or the value is another one
        raise NothingToDamageError("it is of another structure")
    return fault.inject(value, rng)
