"""What the tests look at: both versions, made from the data, and the log of what was served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

# Before scikit-learn is loaded: with several test processes, its threads wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import polars as pl
import pytest
from credit import data, pipeline
from credit.registry import Registry


class Built(NamedTuple):
    """What one run of the pipeline left behind."""

    folder: Path
    registry: Registry
    parts: data.Parts
    log: pl.DataFrame


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Run the pipeline: train two versions, judge, promote, and serve 6,000 clients."""
    folder = tmp_path_factory.mktemp("credit")
    registry = pipeline.run(folder)
    log = pl.read_ndjson(folder / "served.jsonl")
    return Built(folder, registry, data.split(data.load()), log)
