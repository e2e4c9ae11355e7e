"""What Hypothesis draws for a test, which it gets beside the values of its fixtures."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .received import Change

_SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps the settings of a test. They cannot be given to it a second time."""


@contextlib.contextmanager
def drawn(item: pytest.Function, change: Change) -> Iterator[None]:
    """Let a test that is run inside get other values than Hypothesis draws.

    What is drawn is the same in each run. Nothing goes into the database of failures, since those
    of a damaged test say nothing about it, and none is made small, since nobody looks at it.
    """
    handle = getattr(item.obj, "hypothesis", None)
    hypothesis = sys.modules.get("hypothesis")
    if handle is None or hypothesis is None:
        yield
        return
    inner, function = handle.inner_test, getattr(item.obj, "__func__", item.obj)
    settings = getattr(function, _SETTINGS, None)
    handle.inner_test = _changing(inner, frozenset(item.funcargs), change)
    setattr(function, _SETTINGS, _without_aftermath(hypothesis, settings))
    try:
        yield
    finally:
        handle.inner_test = inner
        setattr(function, _SETTINGS, settings)


def _changing(inner: Any, of_fixtures: frozenset[str], change: Change) -> Callable[..., Any]:
    def instead(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, **change({n: v for n, v in values.items() if n not in of_fixtures})}

    @functools.wraps(inner)
    def call(*args: Any, **values: Any) -> Any:
        return inner(*args, **instead(values))

    @functools.wraps(inner)
    async def call_later(*args: Any, **values: Any) -> Any:
        return await inner(*args, **instead(values))

    return call_later if inspect.iscoroutinefunction(inner) else call


def _without_aftermath(hypothesis: Any, settings: Any) -> Any:
    return hypothesis.settings(
        settings,
        database=None,
        deadline=None,  # a fault may be slow, and a test that says so says it by itself
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
