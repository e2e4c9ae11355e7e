"""Values of every structure that faults damage, and of those that they must leave alone."""

from __future__ import annotations

import datetime as dt
import functools
import json
import sys
from json import dumps
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from frames import to_kind
from git_repository import Change, git, make_repository

ROWS = 60
FRAMES = ("pandas", "polars", "polars lazy", "pyarrow")


def rows() -> pd.DataFrame:
    """A frame with something for every fault, and an index of its own."""
    rng = np.random.default_rng(5)
    frame = {
        "id": range(ROWS),
        "size": rng.normal(size=ROWS),
        "risk": rng.uniform(size=ROWS),
        "zone": rng.choice(list("abc"), ROWS),
        "note": rng.choice(["late", "on time"], ROWS),
        "at": pd.date_range("2026-01-01", periods=ROWS, freq="h"),
        "late": rng.integers(0, 2, ROWS),
    }
    return pd.DataFrame(frame, index=range(100, 100 + ROWS))


def frame(kind: str) -> Any:
    """The frame in a library; skips what is not installed."""
    return to_kind(kind, rows())


def double(values: Any) -> Any:
    """A function of a module."""
    return values * 2


class Scaler:
    """An object with a method, which is no model."""

    factor = 3

    def scale(self, values: Any) -> Any:
        """A method."""
        return values * self.factor


class Response:
    """An answer as those of requests and httpx are, its body read."""

    def __init__(self, content: bytes) -> None:
        self.status_code = 200
        self._content = content

    def json(self) -> Any:
        """The body as values."""
        return json.loads(self._content)


class Client:
    """A client of a service that answers bodies by a function."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def get(self, path: str) -> Response:
        """Ask without a body."""
        return Response(b'"ok"')

    def post(self, path: str, json: Any) -> Response:
        """Ask with a body."""
        return Response(dumps(self.answer(json)).encode())


def fitted() -> Any:
    """A model of scikit-learn that knows the names of its features."""
    from sklearn.linear_model import LogisticRegression

    frame = rows()
    return LogisticRegression().fit(frame[["size", "risk"]], frame["late"])


def pipeline() -> Any:
    """A model in steps."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    frame = rows()
    return make_pipeline(StandardScaler(), fitted()).fit(frame[["size", "risk"]], frame["late"])


def search() -> Any:
    """A search that was run."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    frame = rows()
    grid = {"C": [0.01, 0.1, 1.0, 10.0, 100.0]}
    return GridSearchCV(LogisticRegression(), grid, cv=2).fit(frame[["size"]], frame["late"])


def values() -> dict[str, Any]:
    """Values without files, by name."""
    found = search()
    return {
        "model": fitted(),
        "pipeline": pipeline(),
        "search": found,
        "results": found.cv_results_,
        "function": double,
        "lambda": lambda values: values + 1,
        "method": Scaler().scale,
        "partial": functools.partial(double),
        "builtin": [].append,
        "client": Client(double),
        "clock": dt.datetime.now,
        "array": np.linspace(0.1, 1.0, 20),
        "matrix": np.arange(1.0, 13.0).reshape(6, 2),
        "integers": np.arange(1, 20),
        "losses": [3.0, 2.0, 1.0],
        "command": [sys.executable, "-c", "pass", "{output}"],
        "server": [sys.executable, "serve.py", "{port}"],
        "names": ["size", "risk"],
        "metrics": {"auc": 0.8, "loss": 0.4},
        "manifest": {"features": {n: {"owner": "ada", "source": "legs"} for n in ("size", "risk")}},
        "versions": {"flights": "1.2.3"},
        "policy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:r"}}]},
        "metadata": {"commit": "0123456789abcdef", "name": "churn"},
        "moment": dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC),
        "timestamp": pd.Timestamp("2026-06-01"),
        "day": dt.date(2026, 6, 1),
        "text of a moment": "2026-06-01T08:00:00+00:00",
        "text of a day": "2026-06-01",
    }


def files(folder: Path) -> dict[str, Any]:
    """Values that are paths, by name."""
    report = {
        "meta": {"branch_coverage": True},
        "files": {
            "f.py": {
                "summary": {"covered_lines": 4, "num_statements": 4, "covered_branches": 2},
                "executed_lines": [1, 2, 3, 4],
                "missing_lines": [],
                "contexts": {"2": ["a"]},
            }
        },
    }
    written = {
        "rows.csv": "a,b\n" + "1,2\n" * 20,
        "features.toml": '[features.size]\nowner = "ada"\nadded = 2026-01-31\n',
        "requirements.txt": "flights==1.2.3\nweather==2.0\n",
        "poetry.lock": '[[package]]\nname = "flights"\nversion = "1.2.3"\n',
        "coverage.json": json.dumps(report),
    }
    for name, text in written.items():
        (folder / name).write_text(text)
    (folder / "store").mkdir()
    (folder / "store" / "before.json").write_text("{}")
    (folder / "store" / "model.json").write_text('{"made": "2026-01-31T08:00:00+00:00"}')
    root = folder / "repository"
    make_repository(
        root,
        [
            Change({"model.toml": "depth = 1\n", "README": "x\n"}, tag="v1"),
            Change({"model.toml": "depth = 2\n"}, day=2, tag="v2"),
        ],
    )
    assert git(root, "status", "--porcelain") == ""
    return {
        "table": folder / "rows.csv",
        "path as text": str(folder / "rows.csv"),
        "toml": folder / "features.toml",
        "requirements": folder / "requirements.txt",
        "lock": folder / "poetry.lock",
        "coverage": folder / "coverage.json",
        "folder": folder / "store",
        "repository": root,
    }


def left_alone(folder: Path) -> dict[str, Any]:
    """Values that no fault fits, by name."""
    import unittest.mock

    import pytest

    from pytest_mltestscore import checks
    from pytest_mltestscore.domain.mlsystem import MLSystem

    empty = folder / "empty"
    empty.mkdir()
    return {
        "nothing": None,
        "word": "late",
        "sentence": "it is late. And on time",
        "no path": "no/such/file.csv",
        "number": 3,
        "fraction": 0.5,
        "truth": True,
        "bytes": b"late",
        "class": Scaler,
        "class of models": type(fitted()),
        "module": np,
        "object": Scaler(),
        "mock": unittest.mock.MagicMock(),
        "empty list": [],
        "empty mapping": {},
        "one number": [1.0],
        "not a time": pd.NaT,
        "folder with nothing in it": empty,
        "namespace": SimpleNamespace(size=1),
        "system": MLSystem(name="churn", label="late"),
        "verdict": checks.data.privacy_controls(rows()),
        "a check": checks.data.feature_schema,
        "a function of pytest": pytest.raises,
        "generator": np.random.default_rng(0),
    }
