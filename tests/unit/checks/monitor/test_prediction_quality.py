import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import prediction_quality  # noqa: E402
from pytest_mltestscore.checks.monitor._calibration import calibration  # noqa: E402


def log(n=2_000, seed=0):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"risk": rng.uniform(size=n), "site": np.resize(["a", "b"], n)})
    data["ill"] = (rng.random(n) < data["risk"]).astype(int)
    data["said"] = (data["risk"] > 0.5).astype(int)
    return data


def cost(n=1_000, bias=0.0):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"guess": rng.normal(size=n), "site": np.resize(["a", "b"], n)})
    data["cost"] = data["guess"] - bias + rng.normal(size=n) * 0.1
    return data


def judged(data=None, **options):
    data = log() if data is None else data
    return prediction_quality(data, **{"label": "ill", "score": "risk", **options})


def verdicts(result):
    return {(r["number"], r["of"]): r["verdict"] for r in result.table if r["verdict"]}


def test_calibrated_probabilities_hold():
    result = judged(slices=["site"])
    assert result
    assert verdicts(result) == {
        ("prediction bias", "all"): "ok",
        ("prediction bias", "site=a"): "ok",
        ("prediction bias", "site=b"): "ok",
        ("calibration error", "all"): "ok",
    }
    assert sum(row["number"] == "share positive" for row in result.table) == 10


def test_bias_in_one_slice_is_named():
    data = log()
    data["risk"] = np.where(data["site"] == "b", data["risk"] ** 0.5, data["risk"])
    result = judged(data, slices=["site"], max_bias=0.1, max_calibration_error=0.5)
    assert not result
    assert verdicts(result)["prediction bias", "site=b"] == "broken"
    assert verdicts(result)["prediction bias", "site=a"] == "ok"
    assert "prediction bias of site=b 0.179" in result.summary


def test_swapped_probabilities_break_calibration_and_not_bias():
    data = log().assign(risk=lambda d: 1 - d["risk"])
    result = judged(data)
    assert verdicts(result) == {
        ("calibration error", "all"): "broken",
        ("prediction bias", "all"): "ok",
    }


@pytest.mark.parametrize("bound", [{"min_score": 0.9}, {"release_score": 0.92}])
def test_a_metric_below_its_bound_is_broken(bound):
    result = judged(**bound)
    assert not result
    assert result.measurements[0].name == "roc_auc"
    assert result.measurements[0].limit == ">= 0.9"


def test_both_bounds_at_once_take_the_higher():
    assert judged(min_score=0.5, release_score=0.5).measurements[0].limit == ">= 0.5"
    assert judged(min_score=0.1, release_score=0.5).measurements[0].limit == ">= 0.48"


def test_a_deficit_within_chance_is_unsure_and_holds():
    data = log(300)
    value = judged(data, scoring="roc_auc").measurements[0].value
    result = judged(data, min_score=value + 0.01)
    assert result
    assert verdicts(result)["roc_auc", "all"] == "unsure"


def test_predicted_classes_of_words():
    words = log().replace({"ill": {0: "no", 1: "yes"}, "said": {0: "no", 1: "yes"}})
    result = judged(words, score=None, prediction="said", scoring="recall_macro", max_bias=0.05)
    assert result.measurements[0].value == pytest.approx(0.75, abs=0.03)
    assert judged(words, positive="yes").measurements == judged(words).measurements
    assert judged(words.assign(risk=1 - words["risk"]), positive="no", min_score=0.8)


def test_more_than_two_classes_have_a_metric_only():
    data = log().assign(
        ill=np.resize(["a", "b", "c"], 2_000), said=np.resize(["a", "b", "c"], 2_000)
    )
    options = {"score": None, "prediction": "said"}
    assert judged(data, min_score=0.99, **options)
    with pytest.raises(InputError, match="give a bound"):
        judged(data, **options)
    with pytest.raises(InputError, match="bias by slice"):
        judged(data, min_score=0.9, slices=["site"], **options)


def test_numbers_have_bias_in_their_own_units():
    options = {"label": "cost", "prediction": "guess"}
    assert prediction_quality(cost(), max_bias=0.01, min_score=0.9, **options)
    result = prediction_quality(cost(bias=0.05), max_bias=0.01, **options)
    assert not result
    assert verdicts(result) == {("prediction bias", "all"): "broken"}
    shown = prediction_quality(cost(), min_score=0.9, **options)
    assert verdicts(shown)["prediction bias", "all"] == "shown"
    with pytest.raises(InputError, match="give a bound"):
        prediction_quality(cost(), **options)


def test_thin_slices_are_listed():
    data = log()
    data.loc[:20, "site"] = "c"
    assert verdicts(judged(data, slices=["site"]))["prediction bias", "site=c"] == "thin"


def test_few_labels_alike_are_no_proof_of_bias():
    data = pd.DataFrame({"risk": [0.08] * 30 + [0.5] * 200, "ill": [0] * 30 + [0, 1] * 100})
    data["site"] = ["small"] * 30 + ["large"] * 200
    result = judged(data, slices=["site"], min_rows=10)
    assert verdicts(result)["prediction bias", "site=small"] == "unsure"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_labels_that_are_not_in_yet(make):
    data = log()
    columns = {c: data[c].to_list() for c in data}
    columns["ill"] = [None if i < 200 else v for i, v in enumerate(columns["ill"])]
    with pytest.raises(InputError, match="200 of 2000 labels are missing") as caught:
        judged(make(columns))
    assert caught.value.argument == "label"
    result = judged(make(columns), max_unlabelled=0.1)
    assert (result.rows_seen, result.rows_total) == (1_800, 2_000)
    assert result.notes == ("200 of 2000 rows have no label yet",)


def test_a_sample_is_said():
    result = judged(max_rows=1_000)
    assert (result.rows_seen, result.rows_total) == (1_000, 2_000)
    assert result.notes[0].startswith("a random sample of 1,000 of 2,000 rows")


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"data": log()[:0]}, "data", "has no rows"),
        ({"data": [1]}, "data", "is of type list"),
        ({"data": log(99)}, "data", "has 99 rows with labels"),
        ({"data": log().assign(ill=1)}, "label", "one class only"),
        ({"data": log().assign(ill=np.nan)}, "label", "2000 of 2000 labels are missing"),
        ({"data": log().assign(risk=np.nan)}, "score", "2000 of 2000 values of 'risk' are missing"),
        ({"data": log().assign(risk=2.0)}, "score", "other values than probabilities"),
        ({"data": log().assign(risk="a")}, "score", "other values than probabilities"),
        ({"score": None}, "prediction", "give one of them"),
        ({"score": "risks"}, "data", "has no column 'risks'"),
        ({"label": "il"}, "data", "has no column 'il'; did you mean 'ill'"),
        ({"slices": ["sites"]}, "data", "has no column 'sites'"),
        ({"slices": "site"}, "slices", "is the text 'site'"),
        ({"scoring": "auc", "min_score": 0.5}, "scoring", "is no scorer"),
        ({"min_score": float("nan")}, "min_score", "is not finite"),
        ({"max_bias": float("nan")}, "max_bias", "is nan"),
        ({"max_calibration_error": -1}, "max_calibration_error", "is -1"),
        ({"positive": 7}, "positive", "there is no label 7"),
        ({"data": log().assign(ill=np.resize([0, 1, 2], 2_000))}, "score", "give prediction"),
        ({"data": cost(), "label": "cost", "score": None, "prediction": "x"}, "data", "column 'x'"),
        (
            {"data": cost().assign(guess=np.inf), "label": "cost", "score": None,
             "prediction": "guess", "max_bias": 1},
            "prediction", "infinite",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_named(change, argument, words):
    options = {"data": log(), "label": "ill", "score": "risk", **change}
    with pytest.raises(InputError, match=words) as caught:
        prediction_quality(options.pop("data"), **options)
    assert caught.value.argument == argument


def test_calibration_error_without_chance():
    rng = np.random.default_rng(0)
    probabilities = rng.uniform(size=500)
    errors = [
        calibration(probabilities, (rng.random(500) < probabilities).astype(float), 10).error
        for _ in range(100)
    ]
    assert np.mean(errors) < 0.01
    far = calibration(np.full(500, 0.9), np.zeros(500), 10)
    assert far.error == pytest.approx(0.9, abs=0.02)
    assert len(far.bins) == 1


def test_classes_without_a_bound_show_nothing():
    coins = log().assign(said=np.random.default_rng(1).integers(0, 2, 2_000))
    with pytest.raises(InputError, match="min_score: is missing"):
        judged(coins, score=None, prediction="said")


def test_a_bound_on_the_bias_judges_nothing_of_three_classes():
    rng = np.random.default_rng(1)
    noise = pd.DataFrame({"ill": rng.integers(0, 3, 1_000), "said": rng.integers(0, 3, 1_000)})
    with pytest.raises(InputError, match="min_score: is missing"):
        judged(noise, score=None, prediction="said", max_bias=0.05)


def test_a_slice_of_few_rows_is_not_named_in_the_summary():
    few = log().assign(site=np.where(np.arange(2_000) < 15, "Jane", "b"))
    few.loc[few["site"] == "Jane", "risk"] = 0.999
    few.loc[few["site"] == "Jane", "ill"] = 0
    result = judged(few, slices=["site"], min_rows=10, max_calibration_error=0.5)
    assert "prediction bias of a rare value" in result.summary
    assert "Jane" not in repr(result)


def test_predictions_that_are_no_labels_are_refused():
    words = log().assign(said=np.where(log()["said"] == 1, "yes", "no"))
    with pytest.raises(InputError, match="prediction: answers 'no'"):
        judged(words, score=None, prediction="said", max_bias=0.5)


@pytest.mark.parametrize("share", [float("nan"), -0.1, 1.0])
def test_a_share_of_missing_labels_that_is_none_is_refused(share):
    with pytest.raises(InputError, match="max_unlabelled"):
        judged(max_unlabelled=share)


def test_nobody_is_named_with_a_score():
    data = log().assign(site=["Ada Lovelace", *["a"] * 1_999])
    result = judged(data, slices=["site"])
    assert "Ada" not in repr(result)
    [row] = [row for row in result.table if row["of"] == "a rare value"]
    assert (row["rows"], row["verdict"], np.isnan(row["value"])) == (1, "thin", True)
