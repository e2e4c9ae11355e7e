"""Make a version: learn from the months up to one, judge on the next, store with its history."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import subprocess
import time
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from flights import data, gate
from flights import features as ft
from flights.model import LateClassifier, late_probability
from flights.registry import Registry
from flights.schema import MANIFEST

GOLDEN_ROWS = 20
LIBRARIES = ("scikit-learn", "numpy", "pandas", data.PACKAGE)
PACKAGE_FOLDER = Path(__file__).parent


class Table(NamedTuple):
    """Everything joined: one row a flight in `rows`, its features in `columns`."""

    rows: pd.DataFrame
    columns: pd.DataFrame


def make_table(sources: data.Sources) -> Table:
    """Join the sources and build the features of every flight that landed."""
    rows = data.inputs(sources)
    return Table(rows, pd.DataFrame(ft.build(rows)))


def in_months(table: Table, first: int, last: int) -> Table:
    """Return the flights of some months, the last one included."""
    wanted = table.rows["month"].between(first, last).to_numpy()
    return Table(table.rows[wanted], table.columns[wanted])


def release(
    registry: Registry,
    table: Table,
    *,
    version: str,
    through: int,
    gate_month: int,
    model: LateClassifier | None = None,
) -> gate.Decision:
    """Train on the months up to `through`, judge on `gate_month`, store; promote if blessed.

    A version that the gate vetoed is stored all the same, with the reasons: somebody will want to
    look at it. `model` replaces the untrained model, to try another specification.
    """
    known, judged = in_months(table, 1, through), in_months(table, gate_month, gate_month)
    began = time.process_time()
    trained = (model or LateClassifier()).fit(known.columns, known.rows["late"])
    seconds = time.process_time() - began
    serving = registry.serving()
    incumbent = None
    if serving is not None:
        incumbent = late_probability(registry.load(serving), judged.columns)
    decision = gate.judge(
        judged.rows["late"].to_numpy(),
        late_probability(trained, judged.columns),
        incumbent,
        {name: judged.columns[name].to_numpy() for name in gate.SLICES},
    )
    metadata = {
        "created": last_day(through).isoformat(),
        "trained_through": last_day(through).isoformat(),
        "rows": len(known.rows),
        "late_share": float(known.rows["late"].mean()),
        "features": list(trained.features),
        "params": trained.get_params(),
        "gate": {"month": gate_month, "incumbent": serving, **decision.as_dict()},
        "training_cpu_s": seconds,
        "commit": commit(),
        "code": code_fingerprint(),
        "data": fingerprint(known),
        "libraries": {name: installed_version(name) for name in LIBRARIES},
        "python": platform.python_version(),
    }
    registry.save(version, trained, metadata, golden_rows(judged.columns))
    if decision.blessed:
        registry.promote(version)
    return decision


def last_day(month: int) -> dt.date:
    """Return the last day of a month of 2013."""
    return dt.date(2013 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def golden_rows(columns: pd.DataFrame) -> dict[str, list[Any]]:
    """Return rows spread evenly over a month, whose predictions are to be remembered."""
    places = np.linspace(0, len(columns) - 1, GOLDEN_ROWS).astype(int)
    return {name: columns[name].iloc[places].tolist() for name in columns}


def fingerprint(table: Table) -> str:
    """Return a digest of labels and features, row by row and in order."""
    hashed = pd.util.hash_pandas_object(table.columns.assign(late=table.rows["late"]), index=False)
    return hashlib.sha256(hashed.to_numpy().tobytes()).hexdigest()


def code_fingerprint(folder: Path = PACKAGE_FOLDER) -> str:
    """Return a digest of this package's source and of the feature manifest."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.py")), MANIFEST]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def commit() -> str | None:
    """Return the commit of the checkout, or None outside of one."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607
        cwd=PACKAGE_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == 0 else None
