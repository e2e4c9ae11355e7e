"""The states of the global random generators, so that re-runs throw what the test threw."""

from __future__ import annotations

import random
import sys
from typing import Any, NamedTuple


class Dice(NamedTuple):
    """States of the generators of Python, NumPy and torch; None for what is not loaded."""

    python: Any
    numpy: Any
    torch: Any


def dice() -> Dice:
    """Return the states as they are."""
    numpy, torch = (sys.modules.get(name) for name in ("numpy", "torch"))
    return Dice(
        random.getstate(),
        None if numpy is None else numpy.random.get_state(),
        None if torch is None else torch.get_rng_state(),
    )


def set_dice(states: Dice) -> None:
    """Set the generators to states that `dice` returned."""
    random.setstate(states.python)
    if states.numpy is not None:
        sys.modules["numpy"].random.set_state(states.numpy)
    if states.torch is not None:
        sys.modules["torch"].set_rng_state(states.torch)
