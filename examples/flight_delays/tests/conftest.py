"""What the tests look at: the real data, the releases made from it, and what they served.

The first run builds the releases and replays three months through the server, which takes about a
minute; the result is kept in `.cache/` until code, data or libraries change.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

# Before scikit-learn is loaded: with several test processes, its threads wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pandas as pd
import pytest
from flights import cache, data, monitor, pipeline, replay, studies
from flights import features as ft
from flights.client import RunningServer
from flights.model import LateClassifier
from flights.registry import Registry
from flights.schema import Manifest, read_manifest
from flights.train import Table, in_months, make_table

Function = Callable[..., Any]
CANDIDATE, INCUMBENT = "2013-10", "2013-09"
GATE_MONTH = 11
SERVED_MONTHS = (10, 11, 12)


@pytest.fixture(scope="session")
def sources() -> data.Sources:
    """Both upstream tables as they come: 336,776 flights and 26,115 hours of weather."""
    return data.read_sources()


@pytest.fixture(scope="session")
def table(sources: data.Sources) -> Table:
    """Features and labels of all 327,346 flights that landed."""
    return make_table(sources)


@pytest.fixture(scope="session")
def workspace(sources: data.Sources, table: Table) -> pipeline.Workspace:
    """Four releases, three months replayed through the server, and the log of that."""
    folder = cache.build_once("workspace", lambda at: pipeline.run(at, sources, table=table))
    return pipeline.Workspace(folder)


@pytest.fixture(scope="session")
def registry(workspace: pipeline.Workspace) -> Registry:
    """The model store that the releases went to."""
    return workspace.registry


@pytest.fixture(scope="session")
def candidate(registry: Registry) -> LateClassifier:
    """The newest version."""
    return registry.load(CANDIDATE)


@pytest.fixture(scope="session")
def incumbent(registry: Registry) -> LateClassifier:
    """The version that served before it."""
    return registry.load(INCUMBENT)


@pytest.fixture(scope="session")
def gate_month(table: Table) -> Table:
    """The month on which the newest version was judged; neither version has learned from it."""
    return in_months(table, GATE_MONTH, GATE_MONTH)


@pytest.fixture(scope="session")
def gate_features(gate_month: Table) -> pd.DataFrame:
    """What a model is given of that month."""
    return gate_month.columns


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The written beliefs on each feature."""
    return read_manifest()


@pytest.fixture(scope="session")
def served(workspace: pipeline.Workspace) -> pd.DataFrame:
    """The log of served predictions, October to December."""
    return replay.read_log(workspace.log)


@pytest.fixture(scope="session")
def arrived(served: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The log with what really happened, in the column `late`."""
    return served.assign(late=monitor.offline(served, table)["late"].astype("int64"))


@pytest.fixture(scope="session")
def curve(table: Table) -> pd.DataFrame:
    """Quality by age of the model, from 39 pairs of window and month."""

    def study(at: Path) -> None:
        studies.staleness(table).to_csv(at / "curve.csv", index=False)

    return pd.read_csv(cache.build_once("staleness", study) / "curve.csv")


@pytest.fixture(scope="session")
def releases(registry: Registry) -> dict[int, LateClassifier]:
    """Each version, by the month on which it was judged and from which it has not learned."""
    return {int(version[-2:]) + 1: registry.load(version) for version in registry.versions()}


@pytest.fixture(scope="session")
def shuffles(table: Table, releases: dict[int, LateClassifier]) -> pd.DataFrame:
    """What each release loses on its unseen month when one feature is shuffled."""

    def study(at: Path) -> None:
        studies.benefit(releases, table).to_csv(at / "benefit.csv", index=False)

    return pd.read_csv(cache.build_once("benefit", study) / "benefit.csv")


@pytest.fixture(scope="session")
def rivals(table: Table, releases: dict[int, LateClassifier]) -> pd.DataFrame:
    """What each release and the simpler models predict for 111,000 flights of four months."""

    def study(at: Path) -> None:
        studies.rivals(releases, table).to_csv(at / "rivals.csv", index=False)

    return pd.read_csv(cache.build_once("rivals", study) / "rivals.csv")


@pytest.fixture(scope="session")
def recorded_requests(table: Table) -> list[list[dict[str, object]]]:
    """Requests as they were replayed in December: an hour's flights each."""
    december = replay.draw(in_months(table, 12, 12).rows)
    return list(islice(replay.requests(december), 60))


@pytest.fixture
def start(workspace: pipeline.Workspace, tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Start the real serving command on a model store; it stops with the test."""
    with ExitStack() as stack:

        def on(models: Path, version: str | None = None) -> RunningServer:
            server = RunningServer(models, workspace.store, tmp_path / "log.jsonl", version)
            return stack.enter_context(server)

        yield on


# Functions that make features are handed to tests, so that a proof can break them.


@pytest.fixture(scope="session")
def smoothed_share() -> Function:
    return ft.smoothed_share


@pytest.fixture(scope="session")
def build() -> Function:
    return ft.build


@pytest.fixture(scope="session")
def late_yesterday() -> Function:
    return data.late_yesterday


@pytest.fixture(scope="session")
def carrier_late_week() -> Function:
    return data.carrier_late_week
