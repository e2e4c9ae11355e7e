"""Forty locked libraries, an upstream table and a working notifier; then something changes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 2_000
PINS = {f"library-{number}": "1.2.3" for number in range(40)}


def table(rng):
    return pd.DataFrame(
        {
            "distance": rng.gamma(2, 500, ROWS),
            "carrier": rng.choice(["AA", "DL", "UA"], ROWS),
            "delay": np.where(rng.random(ROWS) < 0.05, np.nan, rng.normal(10, 30, ROWS)),
        }
    )


def world(rng):
    fingerprint = checks.monitor.upstream_fingerprint(table(rng))
    installed = dict(PINS)
    return {"recorded": fingerprint, "rows": table(rng), "installed": installed, "heard": 1.0}


def run(state):
    inbox = []

    def notify(text):
        if state["heard"]:
            inbox.append(text)

    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "requirements.txt")
        lock.write_text("".join(f"{name}=={version}\n" for name, version in PINS.items()))
        return checks.monitor.dependency_changes(
            notify,
            lambda: inbox,
            lock=lock,
            installed=state["installed"],
            upstream={"legs": state["rows"]},
            fingerprints={"legs": state["recorded"]},
            timeout_s=0,
        )


def other_versions(state, count, rng):
    hit = rng.choice(list(PINS), int(count), replace=False)
    return {**state, "installed": {**state["installed"], **dict.fromkeys(hit, "1.2.4")}}


def other_unit(state, factor, rng):
    rows = state["rows"]
    return {**state, "rows": rows.assign(distance=rows["distance"] * factor)}


def new_categories(state, count, rng):
    carrier = state["rows"]["carrier"].to_numpy().copy()
    for number in range(int(count)):
        carrier[rng.integers(ROWS)] = f"X{number}"
    return {**state, "rows": state["rows"].assign(carrier=carrier)}


def lost_columns(state, count, rng):
    hit = rng.choice(list(state["rows"].columns), int(count), replace=False)
    return {**state, "rows": state["rows"].drop(columns=list(hit))}


def lost_values(state, share, rng):
    hit = rng.random(ROWS) < share
    return {**state, "rows": state["rows"].assign(delay=state["rows"]["delay"].mask(hit))}


def silent(state, size, rng):
    return {**state, "heard": 0.0}


CASE = Case(
    check="monitor.dependency_changes",
    exact=False,
    world=world,
    run=run,
    convert=lambda state, to: {**state, "rows": to(state["rows"])},
    damages=(
        Damage(
            name="other versions",
            unit="of 40 libraries",
            sizes=(1, 4, 40),
            documented=1,
            inject=other_versions,
        ),
        Damage(
            name="another unit",
            unit="times the number",
            sizes=(1.6, 3, 1_000),
            documented=3,
            inject=other_unit,
        ),
        Damage(
            name="new categories",
            unit="values",
            sizes=(1, 3, 10),
            documented=1,
            inject=new_categories,
        ),
        Damage(
            name="columns gone",
            unit="of 3 columns",
            sizes=(1, 2),
            documented=1,
            inject=lost_columns,
        ),
        Damage(
            name="values lost",
            unit="share of rows",
            sizes=(0.05, 0.15, 0.5),
            documented=0.15,
            inject=lost_values,
        ),
        Damage(name="silent notifier", unit="", sizes=(1,), documented=1, inject=silent),
    ),
)
