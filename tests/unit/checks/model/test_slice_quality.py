import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import slice_quality  # noqa: E402


def rows(n=400, wrong="south", share=0.5):
    """Return labelled rows with a column of answers that are wrong in one region."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"region": np.resize(["north", "south"], n), "size": np.arange(n)})
    data["late"] = rng.integers(0, 2, n)
    hit = (data["region"] == wrong) & (rng.random(n) < share)
    data["answer"] = np.where(hit, 1 - data["late"], data["late"])
    return data


def by_answer(data):
    return data["answer"].to_numpy()


def judged(data, **limits):
    options = {"label": "late", "slices": ["region"], "scoring": "accuracy", "min_score": 0.8}
    return slice_quality(by_answer, data, **{**options, **limits})


def verdicts(result):
    return {row["slice"]: row["verdict"] for row in result.table}


def test_a_slice_below_the_bound_is_named():
    result = judged(rows())
    assert not result
    assert verdicts(result) == {"region=south": "weak", "region=north": "ok"}
    assert result.summary.startswith("1 of 2 slices below accuracy 0.8: region=south")


def test_the_same_rows_hold_a_lower_bound():
    assert judged(rows(), min_score=0.3)


def test_a_deficit_within_chance_is_unsure_and_holds():
    result = judged(rows(share=0.22))
    assert result
    assert verdicts(result)["region=south"] == "unsure"


def test_thin_slices_are_listed_and_not_judged():
    data = pd.concat([rows(share=0), rows(10).assign(region="west", answer=0)])
    result = judged(data)
    assert result
    assert verdicts(result)["region=west"] == "thin"


def test_of_a_slice_whose_score_is_undefined_nothing_is_known_and_so_it_fails():
    data = rows(share=0)
    data.loc[data["region"] == "south", "late"] = 0
    result = judged(data.assign(answer=data["late"]), scoring=recall_or_nan)
    assert not result
    assert verdicts(result)["region=south"] == "undefined"
    assert result.summary == (
        "recall_or_nan is not defined in 1 of 2 slices: region=south (200 rows);"
        " give slices with rows of all classes, or another scoring"
    )


def recall_or_nan(truth, predicted):
    return float(np.mean(predicted[truth == 1])) if (truth == 1).any() else float("nan")


def test_a_drop_against_the_previous_model_is_found():
    data = rows(share=0.2)
    result = slice_quality(
        by_answer, data, label="late", slices=["region"], scoring="accuracy",
        previous=lambda seen: data["late"].to_numpy(), max_drop=0.05,
    )  # fmt: skip
    assert not result
    assert "below the previous model" in result.summary


def test_weak_slices_are_discovered():
    data = rows(2_000, wrong="nowhere")
    low = data["size"] < 400
    data.loc[low, "answer"] = 1 - data.loc[low, "late"]
    result = judged(data, slices=[], discover=2)
    assert not result
    assert result.table[0]["slice"].startswith("found: ")
    assert "size" in result.table[0]["slice"]


def test_combinations_and_missing_values_are_slices():
    data = rows(share=0).assign(kind=["a", None] * 200)
    names = {row["slice"] for row in judged(data, slices=[["region", "kind"]], min_rows=1).table}
    assert names == {"region=north, kind=a", "region=south, kind missing"}


def test_a_sample_is_said():
    result = judged(rows(share=0), max_rows=300)
    assert (result.rows_seen, result.rows_total) == (300, 400)
    assert result.notes[0].startswith("a random sample of 300 of 400 rows (75.00%), seed 0")


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"label": "lat"}, "data", "has no column 'lat'; did you mean 'late'?"),
        ({"slices": ["reg"]}, "data", "has no column 'reg'"),
        ({"slices": "region"}, "slices", "give a list of columns"),
        ({"slices": []}, "slices", "is empty"),
        ({"min_score": None}, "min_score", "is missing"),
        ({"scoring": "acc"}, "scoring", "is no scorer of scikit-learn"),
        ({"min_rows": 500}, "slices", "none has 500 rows"),
    ],
)
def test_bad_arguments_are_named(change, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(rows(), **change)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "data, argument, words",
    [
        (rows()[:0], "data", "has no rows"),
        (rows().assign(late=1), "label", "one class only"),
        (rows().assign(late=np.where(np.arange(400) < 3, np.nan, 1)), "label", "3 of 400 labels"),
        (rows().assign(answer=np.nan), "model", "values that are not finite"),
        ([1, 2], "data", "is of type list"),
    ],
)
def test_bad_data_is_named(data, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(data)
    assert caught.value.argument == argument


def test_a_model_that_raises_is_an_error_and_no_pass():
    def broken(seen):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(InputError, match="model: predict raised ZeroDivisionError"):
        slice_quality(broken, rows(), label="late", slices=["region"], min_score=0.5)
