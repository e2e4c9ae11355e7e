import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import training_serving_skew  # noqa: E402


def features(n=50, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "ride": np.arange(n),
            "km": rng.normal(size=n),
            "zone": rng.choice(["a", "b"], n),
            "night": rng.random(n) < 0.5,
        }
    )


def judged(serving, training=None, **options):
    training = features(len(serving)) if training is None else training
    return training_serving_skew(training, serving, **{"key": "ride", **options})


def verdicts(result):
    return {row["feature"]: row["verdict"] for row in result.table}


def with_value(column, place, value):
    data = features()
    data[column] = data[column].astype(object) if value is None else data[column]
    data.loc[place, column] = value
    return data


def test_equal_paths_hold_in_any_order():
    result = judged(features()[::-1])
    assert result
    assert result.summary == "no feature of 3 differs, in 50 rows"


@pytest.mark.parametrize("kind", KINDS)
def test_one_differing_value_is_found_on_every_frame(kind):
    serving = features().assign(km=features()["km"] + (features()["ride"] == 7))
    result = judged(to_kind(kind, serving), to_kind(kind, features()))
    assert not result
    assert verdicts(result) == {"km": "skewed", "zone": "ok", "night": "ok"}
    assert result.details["skewed_keys"] == {"km": ((7,),)}
    assert result.table[0]["largest_difference"] == pytest.approx(1)


@pytest.mark.parametrize(
    "pair", [("pandas", "polars"), ("duckdb", "pandas"), ("pyarrow", "duckdb")]
)
def test_paths_in_two_libraries(pair):
    training, serving = (to_kind(kind, features()) for kind in pair)
    assert judged(serving, training)
    changed = to_kind(pair[1], features().assign(zone="a"))
    assert not judged(changed, training)


def test_keys_are_redacted_unless_asked_for():
    serving = with_value("zone", 7, "c")
    shown = repr(judged(serving, redact_keys=False))
    hidden = repr(judged(serving))
    assert "keys" in shown.splitlines()[4]
    assert 'see details["skewed_keys"]' in hidden
    assert "keys" not in hidden.splitlines()[4]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_missing_or_infinite_on_one_path_is_skew_whatever_the_tolerance(value):
    serving = with_value("km", 3, value)
    assert not judged(serving, tolerance=1e9, relative_tolerance=0.5)
    assert judged(serving, serving)


def test_infinite_in_training_is_no_excuse():
    training = with_value("km", 3, np.inf)
    assert not judged(features(), training, relative_tolerance=0.5)


def test_tolerance_by_feature_and_share():
    serving = features().assign(km=features()["km"] + 0.01)
    assert not judged(serving)
    assert judged(serving, tolerance={"km": 0.011})
    assert not judged(serving, tolerance={"zone": 1})
    assert judged(with_value("zone", 7, "c"), max_share=0.02)
    assert not judged(with_value("zone", 7, "c"), max_share=0.019)


def test_keys_of_several_columns_and_with_gaps():
    data = features().assign(day=lambda d: d["ride"] % 5, ride=lambda d: d["ride"] // 5)
    gaps = data.assign(ride=data["ride"].where(data["ride"] != 3))
    assert judged(data, data, key=["ride", "day"])
    result = judged(gaps, data, key=["ride", "day"], min_matched=0.8)
    assert result
    assert (result.rows_seen, result.rows_total) == (45, 50)
    assert result.notes == ("5 serving rows have no partner and were not compared",)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "pyspark"])  # has no such type
def test_keys_that_are_hashes_of_64_bits(kind):
    hashes = np.uint64(2**64 - 1) - np.arange(50, dtype=np.uint64)
    data = features().assign(ride=hashes)
    serving = data.assign(km=data["km"] + (data["ride"] == hashes[7]))
    result = judged(to_kind(kind, serving), to_kind(kind, data))
    assert result.details["skewed_keys"] == {"km": ((2**64 - 8,),)}
    assert judged(data, data.assign(clicks=hashes), features=["km"])


def test_whole_keys_of_two_types_lose_no_digit():
    near = np.arange(50) + 2**60  # as floats, all of them are equal
    training = features().assign(ride=near.astype(np.uint64))
    assert judged(features().assign(ride=near), training)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "pyspark"])  # has no such type
def test_features_of_64_bits_are_compared_to_the_last_digit(kind):
    data = features().assign(bits=np.uint64(2**64 - 2))
    near = to_kind(kind, data.assign(bits=np.uint64(2**64 - 1)))
    assert verdicts(judged(near, to_kind(kind, data)))["bits"] == "skewed"
    if kind != "pyarrow":  # compares no numbers above 2**53 with fractions, and says so
        assert judged(near, to_kind(kind, data), tolerance={"bits": 4096})


def test_whole_features_of_two_types_are_compared_to_the_last_digit():
    data = features().assign(bits=np.arange(50) + 2**60)
    unsigned = data.assign(bits=data["bits"].astype(np.uint64))
    assert judged(unsigned, data)
    assert judged(data.assign(bits=data["bits"] + 1), unsigned).details["skewed_keys"]


def test_too_few_partners_fail():
    serving = features().assign(ride=lambda d: d["ride"] + 10)
    result = judged(serving, features().assign(km=1), features=["zone"])
    assert not result
    assert "80.0% of serving rows have a partner, at least 90.0% wanted" in result.summary
    nobody = judged(features().assign(ride=lambda d: d["ride"] + 99), features(), min_matched=0)
    assert not nobody


def test_rows_without_partner_are_compared_by_distribution():
    training = features(2_000)
    new = features(1_000, seed=1).assign(ride=lambda d: d["ride"] + 2_000)
    assert judged(pd.concat([training, new]), training, min_matched=0.5)
    shifted = new.assign(km=new["km"] + 1)
    result = judged(pd.concat([training, shifted]), training, min_matched=0.5)
    assert not result
    assert "1 of 3 distributions are shifted: km PSI" in result.summary
    assert result.table[0]["psi_unmatched"] > 0.5


def test_without_keys_distributions_are_compared():
    training, serving = features(2_000), features(1_000, seed=1)
    result = judged(serving, training, key=None, features=["km", "zone", "night"])
    assert result
    assert result.notes[0].startswith("no key")
    worse = judged(serving.assign(night=True), training, key=None, features=["km", "night"])
    assert verdicts(worse) == {"night": "skewed", "km": "ok"}


def test_paths_that_are_functions_of_the_inputs():
    inputs = features()[["ride", "km"]]

    def training(rows):
        return rows.assign(log_km=np.log1p(np.abs(rows["km"])))

    def serving(rows):
        return rows.assign(log_km=np.log(np.abs(rows["km"])))

    assert training_serving_skew(training, training, key="ride", inputs=inputs)
    assert not training_serving_skew(training, serving, key="ride", inputs=inputs)


def test_times_are_compared():
    data = features().assign(at=pd.date_range("2026-01-01", periods=50, tz="UTC"))
    assert judged(data, data)
    later = data.assign(at=data["at"] + pd.Timedelta(seconds=1))
    assert verdicts(judged(later, data))["at"] == "skewed"


def test_columns_that_cannot_be_compared_are_noted_or_refused():
    data = pl.DataFrame({"ride": [1, 2], "km": [1.0, 2.0], "list": [[1], [2]]})
    assert judged(data, data).notes == ("not compared, of other types: list",)
    with pytest.raises(InputError, match="'list' holds neither numbers nor words"):
        judged(data, data, features=["list"])


def fails(rows):
    raise ZeroDivisionError("no")


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"training": [1]}, "training", "is of type list"),
        ({"training": fails, "inputs": features()}, "training", "raised ZeroDivisionError: no"),
        ({"training": fails}, "inputs", "is missing"),
        ({"training": features()[:0]}, "training", "has no rows"),
        ({"serving": features()[:0]}, "serving", "has no rows"),
        ({"key": "rid"}, "training", "has no column 'rid'; did you mean 'ride'"),
        ({"serving": features().drop(columns="km")}, "serving", "has no column 'km', which train"),
        ({"training": features().drop(columns="km")}, "training", "has no column 'km', which serv"),
        ({"features": ["speed"]}, "training", "has no column 'speed'"),
        ({"features": "km"}, "features", "is the text 'km'"),
        ({"features": []}, "features", "there is none"),
        ({"serving": features().assign(ride=1)}, "serving", "1 of 1 keys occur more than once"),
        ({"serving": features().assign(ride=np.nan)}, "serving", "has no row with a key"),
        ({"serving": features().assign(ride="a")}, "key", "is of type Int64 in training, String"),
        ({"serving": features().assign(km="a")}, "serving", "'km' is of words, in training of num"),
        ({"tolerance": {"speed": 1}}, "tolerance", "there is no feature 'speed'"),
        ({"max_psi": float("nan")}, "max_psi", "give a number from 0"),
    ],
)
def test_bad_input_is_named(change, argument, words):
    options = {"training": features(), "serving": features(), "key": "ride", **change}
    with pytest.raises(InputError, match=words) as caught:
        training_serving_skew(**options)
    assert caught.value.argument == argument


def test_too_few_rows_to_compare_distributions_are_an_error():
    with pytest.raises(InputError, match="key: is missing, and 8 rows are too few"):
        judged(features(8).assign(km=9.0), features(8), key=None)


@pytest.mark.parametrize("limit", ["max_share", "min_matched", "tolerance", "relative_tolerance"])
def test_limits_that_nothing_can_break_are_refused(limit):
    with pytest.raises(InputError, match=limit):
        judged(features().assign(km=9.0), **{limit: float("nan")})
