"""Timing on machines that differ: medians, and a yardstick that is run beside them.

A duration says little on another machine or under load. Its ratio to a fixed piece of work, done
in the same process at the same time, can be compared with that of last month on other hardware.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

_SIZE = 200
_ROUNDS = 20


class Timing(NamedTuple):
    """Seconds of one call."""

    median_s: float
    least_s: float
    yardsticks: float
    """The median in units of `yardstick_s`, measured between the calls."""
    ratios: tuple[float, ...] = ()
    """Each call in units of the yardstick just before it."""


def time_calls(
    function: Callable[[], object],
    *,
    repeats: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Time a function, after one call that is not counted, beside the yardstick.

    Parameters
    ----------
    function
        Called without arguments, `repeats` + 1 times.
    clock
        Seconds; `time.process_time` leaves out what other processes do, and waiting.
    """
    return time_together([function], repeats=repeats, clock=clock)[0]


def time_together(
    functions: Sequence[Callable[[], object]],
    *,
    repeats: int = 7,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Timing]:
    """Time functions in turns beside one yardstick; arguments as in `time_calls`."""
    for function in functions:
        function()
    yard: list[float] = []
    spent: list[list[float]] = [[] for _ in functions]
    for _ in range(repeats):
        yard.append(_seconds(_yardstick, clock))
        for times, function in zip(spent, functions, strict=True):
            times.append(_seconds(function, clock))
    return [
        Timing(
            median(times),
            min(times),
            median(times) / median(yard),
            tuple(t / y for t, y in zip(times, yard, strict=True)),
        )
        for times in spent
    ]


def yardstick_s(*, repeats: int = 7, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the median seconds of a fixed piece of work in Python and NumPy."""
    _yardstick()
    return median(_seconds(_yardstick, clock) for _ in range(repeats))


def _seconds(function: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    function()
    return clock() - began


def _yardstick() -> None:
    matrix = np.linspace(0.0, 1.0, _SIZE * _SIZE).reshape(_SIZE, _SIZE)
    for _ in range(_ROUNDS):
        matrix = np.sort(matrix * 0.5 + matrix.T, axis=0)
        sum(range(5_000))
