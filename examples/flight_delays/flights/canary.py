"""The canary: the candidate in the real server, beside the version that serves, before promotion.

Both answer the same recorded requests. The candidate must start, answer all of them, stay near the
incumbent, and not be much slower.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flights.client import RunningServer, ServerError
from flights.pipeline import Workspace

MAX_MEAN_CHANGE = 0.05
"""Mean absolute change of the probability. Releases a month apart differ by about 0.02."""
MAX_SLOWDOWN = 4.0
"""Ratio of the median times to answer. Loose: it is measured once, on a machine that others use."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the canary saw; healthy if there is nothing against the candidate."""

    problems: tuple[str, ...]
    mean_change: float = 0.0
    slowdown: float = 0.0
    probabilities: tuple[float, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether the candidate may go on."""
        return not self.problems


def run(
    workspace: Workspace,
    candidate: str,
    incumbent: str,
    requests: Iterable[list[dict[str, Any]]],
    folder: Path,
) -> Report:
    """Serve both versions side by side and compare their answers; logs go to `folder`."""
    asked = list(requests)
    try:
        # The candidate first: if it does not start, nothing else need.
        with (
            workspace.serving(candidate, folder / "candidate.jsonl") as new,
            workspace.serving(incumbent, folder / "incumbent.jsonl") as old,
        ):
            after, new_seconds = _ask(new, asked)
            before, old_seconds = _ask(old, asked)
    except ServerError as error:
        return Report(problems=(str(error),))
    return compare(np.array(before), np.array(after), new_seconds / old_seconds)


def compare(before: np.ndarray, after: np.ndarray, slowdown: float) -> Report:
    """Judge the candidate's answers against the incumbent's to the same requests."""
    change = float(np.mean(np.abs(after - before)))
    problems = []
    if not change <= MAX_MEAN_CHANGE:
        problems.append(f"mean change is {change:.4f}, {MAX_MEAN_CHANGE} is allowed")
    if not slowdown <= MAX_SLOWDOWN:
        problems.append(f"answers take {slowdown:.1f} times as long, {MAX_SLOWDOWN} is allowed")
    return Report(
        problems=tuple(problems),
        mean_change=change,
        slowdown=slowdown,
        probabilities=tuple(after.tolist()),
    )


def _ask(server: RunningServer, requests: list[list[dict[str, Any]]]) -> tuple[list[float], float]:
    probabilities: list[float] = []
    seconds = []
    for flights in requests:
        began = time.perf_counter()
        probabilities += server.predict(flights)["probabilities"]
        seconds.append(time.perf_counter() - began)
    return probabilities, statistics.median(seconds)
