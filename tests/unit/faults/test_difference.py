"""What is told of what a fault changed."""

from __future__ import annotations

import datetime as dt
import os

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "pandas")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore.faults import difference  # noqa: E402

FRAME = {"km": [1.0, 2.0, None], "carrier": ["AA", "DL", "AA"]}


def frame(**columns):
    return pd.DataFrame({**FRAME, **columns})


@pytest.mark.parametrize(
    "before, after, told",
    [
        (frame(), frame(), []),
        (frame(), frame(km=[1.0, 5.0, None]), ["column 'km': 1 of 3 values, [1]: 2.0 -> 5.0"]),
        (frame(), frame().drop(columns="km"), ["column 'km': gone"]),
        (frame().drop(columns="km"), frame(), ["column 'km': new"]),
        (frame(), frame().head(2), ["3 rows -> 2 rows"]),
        (
            frame(km=[1, 2, 3]),
            frame(km=["1", "2", "3"]),
            ["column 'km': Int64 -> String", "column 'km': 3 of 3 values, [0]: 1 -> '1'"],
        ),
        (frame()["km"], frame(km=[0.0, 2.0, None])["km"], ["column 'km': 1 of 3 values*"]),
        (np.zeros(3), np.array([0.0, np.nan, 0.0]), ["1 of 3 values, [1]: 0.0 -> nan"]),
        (np.array([np.nan]), np.array([np.nan]), []),
        (np.zeros(3), np.zeros((3, 1)), ["shape (3,) -> (3, 1)"]),
        (np.zeros(1), np.zeros(1, dtype=int), ["float64 -> int64"]),
        ({"auc": 0.8}, {"auc": 0.5}, ["['auc']: 0.8 -> 0.5"]),
        ({"auc": 0.8}, {}, ["['auc']: gone, was 0.8"]),
        ({}, {"auc": 0.8}, ["['auc']: new, 0.8"]),
        (
            (frame(), [1, 2]),
            (frame(km=[9.0, 2.0, None]), [1, 3]),
            ["[0]column 'km': 1 of 3*", "[1][1]: 2 -> 3"],
        ),
        (dt.date(2026, 1, 1), dt.date(2025, 1, 1), ["datetime.date(2026, 1, 1) -> datetime*"]),
        (print, len, ["<built-in function print> -> <built-in function len>"]),
    ],
)
def test_what_differs_is_told(before, after, told):
    lines = difference(before, after).splitlines()
    assert len(lines) == len(told)
    for line, expected in zip(lines, told, strict=True):
        assert line.startswith(expected.removesuffix("*")), line


def test_other_libraries_are_read_as_well():
    needs.module("polars")
    import polars

    before, after = polars.DataFrame(FRAME), polars.DataFrame({**FRAME, "km": [1.0, 2.0, 3.0]})
    assert difference(before, after) == "column 'km': 1 of 3 values, [2]: None -> 3.0"


def test_files_are_compared_by_lines(tmp_path):
    for name, text in (("a", "one\ntwo\n"), ("b", "one\n2\n")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (0, 0))
    assert difference(tmp_path / "a", tmp_path / "b") == "a:\n-two\n+2"


def test_folders_are_compared_by_files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same").write_text("1")
        os.utime(tmp_path / name / "same", (0, 0))
    (tmp_path / "a" / "old").write_text("1")
    (tmp_path / "b" / "new").write_bytes(b"\xff")
    (tmp_path / "b" / "same").chmod(0o666)
    (tmp_path / "a" / "same").chmod(0o600)
    assert difference(tmp_path / "a", tmp_path / "b").splitlines() == [
        "new: new",
        "old: gone",
        "same: mode 600 -> 666",
    ]


class Model:
    """Would tell nothing, and does not like to be asked."""

    def __repr__(self):
        raise AssertionError("was asked")

    def predict(self, rows):
        raise AssertionError("was asked")


def test_nothing_of_a_value_is_run():
    assert difference(Model(), Model()) == ""
    assert difference({"model": Model()}, {}) == "['model']: gone, was a Model"


def test_there_is_an_end_to_it():
    told = difference({n: n for n in range(100)}, dict.fromkeys(range(100), "x" * 10000))
    assert len(told.splitlines()) == 13
    assert told.endswith("\nand more")
    assert max(map(len, told.splitlines())) <= 200
