"""Three stages that notice what is broken, and then with contracts taken away or errors hidden."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 60
COLUMNS = {"distance": {"min": 0}, "late": {"allowed": [0, 1]}}
NAMES = ("train", "features", "clean")


@dataclass
class World:
    sample: Any
    bare: tuple[str, ...] = ()
    """Stages without a contract."""
    hiding: tuple[str, ...] = field(default=())
    """Stages that go on with what they had when something fails."""


def world(rng):
    sample = {"distance": rng.uniform(100, 900, ROWS), "late": rng.integers(0, 2, ROWS)}
    return World(pd.DataFrame(sample))


def clean(rows):
    return nw.from_native(rows).filter(nw.col("distance") > 0).select(*COLUMNS).to_native()


def features(rows):
    half = (nw.col("distance") / 2).alias("half")
    return nw.from_native(rows).with_columns(half).to_native()


def train(rows):
    columns = [nw.col("half").mean(), nw.col("late").mean()]
    found = nw.from_native(rows).lazy().select(columns).collect()
    return {name: found[name].to_list()[0] for name in ("half", "late")}


def finite(model):
    return all(value is not None and np.isfinite(value) for value in model.values())


STAGES = {"clean": clean, "features": features, "train": train}
CONTRACTS = {
    "clean": {"columns": COLUMNS},
    "features": {"columns": {**COLUMNS, "half": {"min": 0}}},
    "train": finite,
}


def hidden(stage):
    def run(value):
        try:
            return stage(value)
        except Exception:  # noqa: BLE001 - this is the fault
            return {"half": 0.0, "late": 0.0} if stage is train else value

    return run


def run(world):
    stages = {n: hidden(s) if n in world.hiding else s for n, s in STAGES.items()}
    contracts = {n: c for n, c in CONTRACTS.items() if n not in world.bare}
    return checks.infra.pipeline_integration(stages, world.sample, contracts=contracts, within=1)


def without_contracts(world, count, rng):
    """Take the contracts of the last stages away."""
    return replace(world, bare=NAMES[: int(count)])


def hiding_errors(world, count, rng):
    """Let the last stages go on when something fails."""
    return replace(world, hiding=NAMES[: int(count)])


def nulls_in_the_sample(world, count, rng):
    """Let the pipeline be run on labels of which some are missing."""
    late = world.sample["late"].astype(float)
    late[rng.permutation(ROWS)[: int(count)]] = np.nan
    return replace(world, sample=world.sample.assign(late=late))


CASE = Case(
    check="infra.pipeline_integration",
    exact=True,
    world=world,
    run=run,
    convert=lambda world, to: replace(world, sample=to(world.sample)),
    damages=(
        Damage(
            name="contracts missing",
            unit="stages, from the last",
            sizes=(1, 2, 3),
            documented=1,
            inject=without_contracts,
        ),
        Damage(
            name="errors hidden",
            unit="stages, from the last",
            sizes=(1, 2, 3),
            documented=1,
            inject=hiding_errors,
        ),
        Damage(
            name="labels of the sample missing",
            unit="of 60 rows",
            sizes=(1, 6, 30),
            documented=1,
            inject=nulls_in_the_sample,
        ),
    ),
)
