"""Identities of values, by which results are kept from one run to the next."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest

import needs

needs.module_at_import("joblib", "narwhals", "numpy", "pandas", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.linear_model import LinearRegression  # noqa: E402

from pytest_mltestscore.faults import identity  # noqa: E402


def frame(last=3.0):
    return pd.DataFrame({"km": [1.0, 2.0, last], "carrier": ["AA", "DL", "AA"]})


def made(value):
    return lambda: value


def default(value):
    def function(number=value):
        return number

    return function


def model(slope=1.0):
    return LinearRegression().fit([[0.0], [1.0]], [0.0, slope])


@pytest.mark.parametrize(
    "one, same, other",
    [
        (1, 1, 2),
        (1, 1, True),
        ("a", "a", "b"),
        ([1, 2], [1, 2], [2, 1]),
        ([1, 2], [1, 2], (1, 2)),
        ({"a": 1}, {"a": 1}, {"b": 1}),
        ([[1], 2], [[1], 2], [[1, 2]]),
        (frame(), frame(), frame(4.0)),
        (frame(), frame(), frame().rename(columns={"km": "miles"})),
        (np.arange(3), np.arange(3), np.arange(4)),
        (np.arange(3), np.arange(3), np.arange(3.0)),
        (model(), model(), model(2.0)),
        ({"data": (frame(), model())}, {"data": (frame(), model())}, {"data": (frame(), model(2))}),
        (len, len, print),
        (made(1), made(1), made(2)),
        (made(frame()), made(frame()), made(frame(4.0))),
        (frame().head, frame().head, frame().tail),
        (partial(made, 1), partial(made, 1), partial(made, 2)),
        (partial(made, 1), partial(made, 1), partial(frame, 1)),
        (default(1), default(1), default(2)),
        (lambda v: v in {"a", "b"}, lambda v: v in {"a", "b"}, lambda v: v in {"a", "c"}),
    ],
)
def test_it_changes_with_the_content(one, same, other):
    assert identity(one) == identity(same) != identity(other)
    assert identity(one) is not None


def test_files_are_known_by_what_is_in_them(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").write_text("1" if name != "c" else "2")
    a, b, c = (tmp_path / name for name in "abc")
    assert identity(a) == identity(b) != identity(c)
    assert identity(a / "x.csv") == identity(b / "x.csv") != identity(c / "x.csv")
    (b / "y.csv").touch()
    assert identity(a) != identity(b)


class Unpicklable:
    def __reduce__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "value",
    [(v for v in "a"), Unpicklable(), {"a": [Unpicklable()]}, made(Unpicklable())],
)
def test_what_cannot_be_pickled_has_none(value):
    assert identity(value) is None


def test_what_runs_only_later_has_none():
    needs.module("polars")
    import polars

    assert identity(polars.DataFrame({"a": [1]}).lazy()) is None


def test_it_is_the_same_in_another_process():
    code = (
        "from pytest_mltestscore.faults import identity; import numpy as np; import pandas as pd\n"
        "data = {'a': {'x', 'y', 'z'}, 'b': np.arange(3), 'c': pd.DataFrame({'k': ['v']})}\n"
        "data['d'] = lambda v: v in {'x', 'y', 'z'}\n"
        "print(identity(data))"
    )
    command = [sys.executable, "-c", code]
    found = {subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2)}
    assert len(found) == 1
    assert b"None" not in found.pop()
