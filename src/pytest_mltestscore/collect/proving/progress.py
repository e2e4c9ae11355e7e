"""Telling people beforehand how long proving is going to take, and meanwhile that it goes on."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ...domain.counting import count
from ...domain.text import clean, clean_line
from ..ledger import Ledger
from ..shipping import ATTRIBUTE
from ..timekeeping import Seconds, known_seconds

EVERY_S = 15.0
"""Seconds without a word about proving."""


class Progress:
    """Writes to the terminal of a run that proves its tests.

    Parameters
    ----------
    config, ledger
        Of the run.
    kind
        What is proved, in a word: times are foretold by those of the last run of the same kind.
    most
        Re-runs of one test at most, None if there is no limit.
    write
        Shows people a line.
    """

    def __init__(
        self,
        config: pytest.Config,
        ledger: Ledger,
        kind: str,
        most: int | None,
        write: Callable[[str], None],
    ) -> None:
        self._config = config
        self._ledger = ledger
        self._kind = kind
        self._most = most
        self._write = write
        self._process = os.getpid()
        self._workers = 0
        self._announced = False
        self._total = 0
        self._said_at = 0.0
        self._reruns = 0
        self.seconds: Seconds = {}
        """What proving each test took, as far as it is done."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self) -> None:
        """Count the workers, which share the time."""
        self._workers += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Say before the first test what is going to happen."""
        if not self._announced:
            self._announced, self._said_at = True, time.monotonic()
            tests = self._ledger.tagged_tests()
            self._total = len(tests)
            if tests:
                self._write(f"mlscore: {self._foretold(tests)}")

    def _foretold(self, tests: list[str]) -> str:
        what = f"proving {count(len(tests), 'test')}"
        if self._most is not None:
            what += f" with at most {count(len(tests) * self._most, 're-run')}"
        known = known_seconds(self._config)
        seconds = [self._estimate(clean(nodeid), known) for nodeid in tests]
        found = [value for value in seconds if value is not None]
        if len(found) < len(tests):
            return f"{what}; how long that takes is known after the first time"
        spread = sum(found) / max(self._workers, 1)
        return f"{what}: about {_duration(spread)}, by the times of earlier runs"

    def _estimate(self, nodeid: str, known: dict[str, Seconds]) -> float | None:
        proved = known.get(self._kind, {}).get(nodeid)
        if proved is not None:
            return proved
        plain = known.get("call", {}).get(nodeid)
        return None if plain is None or self._most is None else plain * self._most

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test was proved."""
        load = getattr(report, ATTRIBUTE, None)
        if report.when == "teardown" and load and "proving_s" in load:
            self.seconds[report.nodeid] = float(load["proving_s"])
            if self._is_time():
                self._write(f"mlscore: {self._done()}")

    def beat(self, nodeid: str) -> None:
        """Take note of one re-run with a fault, in the process that runs the tests."""
        if os.getpid() != self._process:  # a copy, which would write what its parent knows better
            return
        self._reruns += 1
        if self._is_time():
            done = f"{self._done()}, {count(self._reruns, 're-run')}"
            with _uncaptured(self._config):
                self._write(f"mlscore: {done}; now {clean_line(nodeid, limit=200)}")

    def _done(self) -> str:
        return f"{len(self.seconds)} of {count(self._total, 'test')} proved"

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now - self._said_at < EVERY_S:
            return False
        self._said_at = now
        return True


@contextlib.contextmanager
def _uncaptured(config: pytest.Config) -> Iterator[None]:
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    with contextlib.nullcontext() if capture is None else capture.global_and_fixture_disabled():
        yield


def _duration(seconds: float) -> str:
    """Return a time as people say it.

    >>> _duration(0.2), _duration(94), _duration(3700)
    ('1 s', '94 s', '62 min')
    """
    return f"{max(seconds, 1):.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
