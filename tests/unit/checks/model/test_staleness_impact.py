import datetime as dt

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from sklearn.linear_model import LinearRegression  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import staleness_impact  # noqa: E402
from pytest_mltestscore.checks.monitor import model_staleness  # noqa: E402


def rows(n=2_400, speed=0.01, days=120, seed=0):
    """Return rows whose label is x and a level that rises with every day."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.random(n)) * days
    data = pd.DataFrame({"at": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")})
    data["x"] = rng.normal(size=n)
    return data.assign(y=data["x"] + speed * day + 0.1 * rng.normal(size=n))


def error(truth, predicted):
    return -float(np.mean(np.abs(truth - predicted)))


def judged(data=None, train=None, **options):
    options = {"label": "y", "time": "at", "scoring": error, "step_days": 10, **options}
    given = {"window_days": 40, "max_drop": 0.25, **options}
    data = rows() if data is None else data
    return staleness_impact(LinearRegression() if train is None else train, data, **given)


def figures(result):
    return {m.name: m.value for m in result.measurements}


def verdicts(result):
    return [row["verdict"] for row in result.table]


def test_the_age_limit_is_read_off_the_curve():
    result = judged()
    # A fresh model lags by 25 days, 0.25; each day of age adds 0.01 more.
    assert figures(result)["age limit"] == pytest.approx(25, abs=2)
    assert result.details["age_limit"] == dt.timedelta(days=figures(result)["age limit"])
    assert "is lost at an age of" in result.summary
    assert [row["age days"] for row in result.table] == [10, 20, 30, 40, 50, 60, 70]


def test_a_limit_in_use_must_agree_with_the_curve():
    assert judged(max_age_days=20)
    result = judged(max_age_days=40)
    assert not result
    assert "a limit of 40 days is too old" in result.summary


def test_without_decay_the_limit_is_the_oldest_age():
    result = judged(rows(speed=0))
    assert result
    assert figures(result)["age limit"] == 70
    assert "up to the oldest age measured, 70 days" in result.summary


def test_a_limit_beyond_what_was_measured_does_not_hold():
    result = judged(rows(speed=0), max_age_days=100)
    assert not result
    assert "beyond the 70 measured" in result.summary


def test_a_curve_of_too_few_rows_is_not_known():
    data = rows(300)
    noisy = data.assign(y=data["y"] + np.random.default_rng(0).normal(scale=9, size=300))
    result = judged(noisy, min_rows=10, max_drop=0.05)
    assert not result
    assert "unknown" in verdicts(result)
    assert result.details["age_limit"] is None
    assert figures(result)["age limit"] is None


def test_thin_blocks_are_not_scored_and_said():
    result = judged(rows(300), min_rows=100)
    assert not result
    assert set(verdicts(result)) == {"unknown"}
    assert "have fewer than 100 rows" in result.notes[0]


def test_rows_in_any_order_give_the_same():
    shuffled = rows().sample(frac=1, random_state=3)
    assert judged(shuffled).table == judged().table


def test_the_limit_serves_the_check_of_age():
    result = judged()
    made = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    assert model_staleness(made, max_age=result, now=made + dt.timedelta(days=20))
    assert not model_staleness(made, max_age=result, now=made + dt.timedelta(days=40))


def test_a_function_may_train():
    def train(features, labels):
        level = float(np.mean(labels - features["x"]))
        return lambda seen: seen["x"] + level

    assert figures(judged(train=train))["age limit"] == pytest.approx(25, abs=2)


def test_dates_and_time_zones_are_times():
    zoned = rows().assign(at=lambda d: d["at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
    assert judged(zoned).table == judged().table
    needs.module("polars")
    import polars

    dates = polars.DataFrame(rows()).with_columns(polars.col("at").cast(polars.Date))
    assert figures(judged(dates))["age limit"] == pytest.approx(25, abs=3)


def test_steps_and_window_have_defaults():
    result = judged(step_days=None, window_days=None)
    assert len(result.table) == 7


def test_rows_before_the_oldest_whole_block_are_not_looked_at():
    result = judged(step_days=14, window_days=42)
    assert result.rows_total == 2_400
    assert result.rows_seen == pytest.approx(2_400 * 112 / 120, abs=50)


def test_the_same_seed_gives_the_same():
    assert judged(seed=1) == judged(seed=1)


def raising(features, labels):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    "data, options, argument, words",
    [
        (rows(), {"label": "z"}, "data", "has no column 'z'"),
        (rows(), {"time": "when"}, "data", "has no column 'when'"),
        (rows()[:0], {}, "data", "has no rows"),
        (rows().assign(y=np.nan), {}, "label", "2400 of 2400 labels are missing"),
        (rows().assign(at="2024-01-01"), {}, "time", "not of times; parse it"),
        (rows().assign(at=pd.Timestamp("2024-01-01")), {}, "time", "the same in all rows"),
        (rows().assign(at=pd.NaT), {}, "time", "has missing values"),
        (rows(), {"step_days": 25}, "time", "less than a window and three steps"),
        (rows(), {"step_days": 1.0}, "step_days", "more than 60"),
        (rows(), {"step_days": -1}, "step_days", "positive"),
        (rows(), {"window_days": 1}, "window_days", "shorter than a step"),
        (rows(), {"max_drop": 0}, "max_drop", "positive"),
        (rows(), {"max_age_days": 0}, "max_age_days", "positive"),
        (rows(), {"confidence": 2}, "confidence", "below 1"),
        (rows(), {"scoring": "acc"}, "scoring", "is no scorer"),
        (rows(), {"train": raising}, "train", "raised ZeroDivisionError"),
        (rows(), {"train": 3}, "train", "is of type int"),
        (rows(), {"train": lambda features, labels: lambda seen: [1]}, "train", "one value a row"),
        ([1], {}, "data", "is of type list"),
    ],
)
def test_bad_input_is_named(data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(data, **options)
    assert caught.value.argument == argument


def test_a_mix_of_time_zones_is_an_error():
    times = rows()["at"].astype(object)
    times[3] = times[3].tz_localize("Europe/Berlin")
    with pytest.raises(InputError, match=r"time: column 'at' .* with one time zone"):
        judged(rows().assign(at=times))


def test_a_gap_in_time_leaves_no_window_without_rows():
    data = rows()
    days = (data["at"] - data["at"].min()).dt.days
    with pytest.raises(InputError, match="time: leaves a training window without rows"):
        judged(data[(days < 10) | (days > 60)])


def test_a_newest_block_of_one_class_is_left_out():
    from sklearn.linear_model import LogisticRegression

    data = rows()
    data["y"] = (data["y"] > data["y"].median()).astype(int)
    newest = data["at"] >= data["at"].max() - pd.Timedelta(days=10)
    data.loc[newest, "y"] = 1
    found = {
        scoring: judged(data, LogisticRegression(), scoring=scoring, max_drop=0.1)
        for scoring in ("accuracy", "roc_auc")
    }
    assert [result.table[0]["blocks"] for result in found.values()] == [7, 6]
    assert not any("one class" in note for note in found["accuracy"].notes)
    assert "1 of 8 blocks have rows of one class, not scored" in found["roc_auc"].notes
