"""What a fault is: a damage that a test ought to notice, done to a copy of what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


class NothingToDamageError(Exception):
    """A value turned out to have nothing that the fault damages, such as no column of numbers."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A damage, and how to do it.

    Parameters
    ----------
    name
        The damage, such as `null_burst`.
    damage
        What is done, as a sentence without a subject, such as `"blanks 30 % of one column"`.
    fits
        Whether a value has the structure that the fault damages. It is asked about everything that
        a test receives, so it must be quick and must not run anything of the value's own.
    inject
        `inject(value, rng)` returns a damaged copy of a value that fits; never changes the value.
        Raises `NothingToDamageError` where there is nothing to damage in it.
    cost
        Roughly how much longer a test takes with it: faults that cost little go first.
    draws
        How many random choices are worth trying at one place, such as 3 where a column is drawn: a
        sound test may look at another one.
    may_crash
        Whether it may end or hang the process, so that it is tried in a process of its own.

    Examples
    --------
    >>> import numpy as np
    >>> def fits(value):
    ...     return isinstance(value, float)
    >>> off_by_one = Fault(
    ...     name="off_by_one",
    ...     damage="adds 1",
    ...     fits=fits,
    ...     inject=lambda value, rng: value + 1,
    ... )
    >>> off_by_one.inject(2.0, np.random.default_rng(0))
    3.0
    """

    name: str
    damage: str
    fits: Callable[[Any], bool]
    inject: Callable[[Any, np.random.Generator], Any]
    cost: float = 1.0
    draws: int = 1
    may_crash: bool = False
