"""The pytest plugin. Without `--mlscore` it adds markers and options and costs nothing else.

Everything beyond pytest and the standard library is imported inside functions, since pytest
imports this module in every run on the machine.
"""

from __future__ import annotations

from typing import Protocol

import pytest

from . import options

SECTIONS = ("data", "model", "infra", "monitor")


class SupportsRecord(Protocol):
    """What the `mlscore` fixture offers."""

    def record(
        self,
        name: str,
        value: object,
        *,
        limit: object = "",
        unit: str = "",
        volatile: bool = False,
    ) -> None:
        """Record a measured value for the reports; see `Recorder.record`."""


class _Silent:
    """The recorder of a run that is not scored."""

    def record(
        self,
        name: str,
        value: object,
        *,
        limit: object = "",
        unit: str = "",
        volatile: bool = False,
    ) -> None:
        """Take the value and forget it."""

    def __repr__(self) -> str:
        return "<mlscore>"


@pytest.fixture
def mlscore() -> SupportsRecord:
    """Record measured values for the ML Test Score report: mlscore.record(name, value, limit=...).

    Recording never changes an outcome, and does nothing in a run that is not scored.
    """
    import sys

    sink = sys.modules.get("pytest_mltestscore.domain.sink")
    if sink is None:  # nothing of ours is loaded, so nothing listens
        return _Silent()
    from ..collect.recorder import Recorder

    return Recorder(sink.current_sink())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options and ini keys."""
    options.add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks by which third parties bring reporters, rubrics and faults."""
    from .. import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register markers; if this run is to be scored, set that up."""
    config.addinivalue_line(
        "markers",
        "mlscore(*items, system=...): the test shows these items of the ML Test Score, by id "
        '("data-1") or name ("feature-schema"), for the system or systems of these names if there '
        "are several. `mlscore list` shows all items.",
    )
    for section in SECTIONS:
        config.addinivalue_line(
            "markers", f"mlscore_{section}: set on tests tagged with an item of that section."
        )
    if options.is_active(config):
        from .wiring import start

        start(config)
    elif stray := options.stray(config):
        raise pytest.UsageError(f"{stray[0]} does nothing without --mlscore; add it")
    elif "mlscore" in str(config.getoption("markexpr", "")):
        from .wiring import start_selecting

        start_selecting(config)
