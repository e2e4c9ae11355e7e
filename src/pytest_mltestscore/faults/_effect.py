"""What a fault did in one re-run: whether anything of it was felt, and what it has taken so far."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ._timing import busy

MOST_S = 2.0
"""Seconds that a fault may take in one re-run, however often it is met."""
MOST_MIB = 512
"""Memory that it may hold at a time."""

_forks = 0
_numbers = itertools.count()


def _count_fork() -> None:
    global _forks  # noqa: PLW0603
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_parent=_count_fork)


class Effect:
    """What became of a fault in one re-run, written down by the wrappers that the fault made.

    Damaged data is felt as soon as it is there. What is wrapped is felt when a call of it, or a run
    of it, came out otherwise. What another process does with it is not seen, and taken for felt.
    """

    def __init__(self) -> None:
        self.is_felt = False
        self.is_wrapped = False
        self._is_called = False
        self._forks = _forks
        self._runs: list[Path] = []
        self._left_s = MOST_S
        self._held_mib = 0
        self._kept: list[np.ndarray] = []
        self._lock = threading.Lock()
        self._name = f"{os.getpid()}-{next(_numbers)}"

    def call(self) -> None:
        """Note that something wrapped was called."""
        self._is_called = True

    def felt(self) -> None:
        """Note that something came out otherwise than it would have."""
        self.is_felt = True

    def expect_run(self, marker: Path) -> None:
        """Note that a command was wrapped which writes this file when it is run."""
        self._runs.append(marker)

    @property
    def why_not(self) -> str:
        """Why nothing was felt so far; empty if something was."""
        if self.is_felt or self._forks != _forks or any(map(Path.exists, self._runs)):
            return ""
        if self._is_called:
            return "it changed nothing of what was returned"
        return f"the test never {'ran' if self._runs else 'called'} it"

    def take_time(self, seconds: float) -> None:
        """Work for so long, and for `MOST_S` in all."""
        with self._lock:
            granted = max(0.0, min(seconds, self._left_s))
            self._left_s -= granted
        busy(granted)

    def take_memory(self, mib: int) -> None:
        """Hold so much memory for a moment; nothing beyond `MOST_MIB`, or after `MOST_S` in all."""
        with self._lock:
            if self._held_mib + mib > MOST_MIB or self._left_s <= 0:
                return
            self._held_mib += mib
        began = time.perf_counter()
        try:
            np.ones(mib * 2**20, dtype=np.uint8)
        finally:
            with self._lock:
                self._held_mib -= mib
                self._left_s -= time.perf_counter() - began

    def keep_memory(self, mib: int) -> None:
        """Take so much memory and give it back after the re-run; `MOST_MIB` in all."""
        with self._lock:
            if self._held_mib + mib <= MOST_MIB:
                self._held_mib += mib
                self._kept.append(np.ones(mib * 2**20, dtype=np.uint8))

    def __copy__(self) -> Effect:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Effect:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        self.felt()
        return _elsewhere, (self._name,)


@lru_cache(maxsize=8)
def _elsewhere(name: str) -> Effect:
    """Return the effect in another process, one for all copies that come of one re-run."""
    return Effect()


_of_injection: ContextVar[Effect] = ContextVar("_of_injection")


@contextmanager
def noting(effect: Effect) -> Iterator[None]:
    """Let wrappers that are made inside write to an effect."""
    token = _of_injection.set(effect)
    try:
        yield
    finally:
        _of_injection.reset(token)


def effect_of_wrapper() -> Effect:
    """Return what a wrapper that is being made writes to."""
    effect = _of_injection.get(None) or Effect()
    effect.is_wrapped = True
    return effect
