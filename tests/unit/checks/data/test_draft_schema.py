import pytest

import needs

needs.module_at_import("narwhals", "pandas", "pyarrow")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._schema import Column, read_schema  # noqa: E402
from pytest_mltestscore.checks.data import draft_schema, feature_schema  # noqa: E402


def flights(n=200):
    rng = np.random.default_rng(0)
    delay = rng.normal(0, 30, n)
    delay[:5] = np.nan
    return pd.DataFrame(
        {
            "id": rng.permutation(n),
            "delay": delay,
            "seats": np.where(np.arange(n) < 7, np.nan, rng.integers(100, 200, n)),
            "carrier": rng.choice(["AA", "UA"], n),
            "tail": [f"N{i % 150}" for i in range(n)],
            "late": delay > 0,
            "at": pd.Timestamp("2024-03-01 08:15", tz="UTC") + pd.to_timedelta(range(n), "h"),
        }
    )


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_data_of_every_library_meets_its_draft(kind, tmp_path):
    data = to_kind(kind, flights())
    schema = draft_schema(data)
    assert feature_schema(data, schema)
    path = tmp_path / "schema.toml"
    path.write_text(schema.to_toml(), encoding="utf-8")
    assert read_schema(path) == schema


def test_what_is_drafted():
    columns = draft_schema(flights()).columns
    assert columns["id"] == Column(dtype="integer", min=0, max=200, unique=True)
    assert columns["seats"] == Column(dtype="integer", min=100, max=200, max_missing=0.035)
    assert columns["carrier"] == Column(dtype="category", allowed=("AA", "UA"))
    assert columns["tail"] == Column(dtype="text")
    assert columns["late"] == Column(dtype="boolean")
    assert columns["delay"].max_missing == 0.025
    assert str(columns["at"].min) == "2024-03-01 00:00:00+00:00"
    assert draft_schema(flights()).min_rows == 100


def test_odd_columns_are_left_open():
    data = pd.DataFrame({"gone": [None, None], "mixed": [1, "a"], "zero": [0.0, 0.0]})
    columns = draft_schema(data).columns
    assert columns["gone"] == Column(max_missing=1.0)
    assert columns["mixed"] == Column()
    assert columns["zero"] == Column(dtype="number", min=0, max=0)


def test_infinite_numbers_break_the_draft_of_their_own_data():
    data = pd.DataFrame({"x": [1.0, 2.5, float("inf")]})
    schema = draft_schema(data)
    assert schema.columns["x"].max == 2.5
    assert not feature_schema(data, schema)


@pytest.mark.parametrize("data, words", [(flights(0), "has no rows"), (5, "is of type int")])
def test_bad_data_is_named(data, words):
    with pytest.raises(InputError, match=words):
        draft_schema(data)
