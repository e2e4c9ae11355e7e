import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy", "fairlearn")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import inclusion  # noqa: E402


def people(n=1_200, seed=0):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"sex": np.resize(["f", "m"], n), "region": rng.choice(["n", "s"], n)})
    data["good"] = rng.integers(0, 2, n)
    data["income"] = rng.normal(size=n)
    right = rng.random(n) < 0.9
    return data.assign(answer=np.where(right, data["good"], 1 - data["good"]))


def by_answer(seen):
    return np.asarray(seen["answer"])


def judged(data=None, model=by_answer, **options):
    options = {"label": "good", "sensitive": ["sex"], **options}
    return inclusion(model, people() if data is None else data, **options)


def verdicts(result):
    return {row["what"]: row["verdict"] for row in result.table}


def broken(result):
    return [row["what"] for row in result.table if row["verdict"] == "broken"]


def refusing(where):
    return people().assign(answer=lambda d: np.where(where(d), 0, d["answer"]))


def test_groups_that_are_served_alike_hold():
    result = judged(sensitive=["sex", "region"])
    assert result, result
    assert "none of" in result.summary
    assert any("sex=f, region=n" in what for what in verdicts(result))


def test_a_group_that_is_refused_more_often_is_named():
    result = judged(refusing(lambda d: (d["sex"] == "f") & (d["income"] > 0)))
    assert not result
    assert "true_positive_rate difference, sex=m over sex=f" in broken(result)
    assert "selection_rate ratio, sex=f to sex=m" in broken(result)
    assert "sex=m over sex=f" in result.summary


def test_harm_where_two_groups_meet_is_seen_by_intersections_only():
    def corner(d):
        return (d["sex"] == "f") & (d["region"] == "n") & (d["income"] > -0.2)

    options = {"sensitive": ["sex", "region"], "max_difference": 0.3, "min_ratio": None}
    assert not judged(refusing(corner), **options)
    assert judged(refusing(corner), intersections=False, **options)


def test_the_ratio_rule_can_be_left_out():
    data = refusing(lambda d: (d["sex"] == "f") & (d["income"] > 0))
    result = judged(data, min_ratio=None)
    assert not any("ratio" in what for what in verdicts(result))


def test_the_limit_may_differ_by_metric():
    data = refusing(lambda d: (d["sex"] == "f") & (d["income"] > 0))
    limits = {"selection_rate": 0.9, "true_positive_rate": 0.9, "false_positive_rate": 0.9}
    assert judged(data, max_difference=limits, min_ratio=None)
    with pytest.raises(InputError, match="max_difference: has no number from 0 up for 'false_"):
        judged(data, max_difference={"selection_rate": 0.1, "true_positive_rate": 0.1})


def test_thin_groups_are_named_and_not_judged():
    few = people(40).assign(sex="x", answer=0)
    result = judged(pd.concat([people(), few], ignore_index=True))
    assert result
    assert verdicts(result)["selection_rate, sex=x"] == "thin"
    assert "thin, so not judged in all metrics: sex=x (" in result.notes[0]
    assert [row["value"] for row in result.table if row["verdict"] == "thin"] == [""] * 3


@pytest.mark.parametrize("known", [True, False])
def test_a_number_that_gives_the_group_away_is_a_proxy(known):
    data = people().assign(income=lambda d: d["income"] + 3 * (d["sex"] == "m"))
    result = judged(data, known_proxies=["income"] if known else [])
    assert bool(result) is known
    assert verdicts(result)["proxy, income for sex"] == ("accepted" if known else "broken")


def test_a_word_that_gives_the_group_away_is_a_proxy():
    data = people().assign(title=lambda d: np.where(d["sex"] == "f", "Ms", "Mr"))
    assert broken(judged(data)) == ["proxy, title for sex"]


def test_a_column_of_many_words_is_no_proxy_by_chance():
    data = people().assign(street=np.random.default_rng(5).integers(0, 400, 1_200).astype(str))
    assert verdicts(judged(data))["proxy, street for sex"] == "ok"


def test_a_proxy_by_what_is_missing_is_seen():
    data = people().assign(income=lambda d: d["income"].where(d["sex"] == "f"))
    assert "proxy, income for sex" in broken(judged(data))


def test_answers_that_change_with_the_group_are_seen():
    def model(seen):
        against = (np.asarray(seen["sex"]) == "f") & (np.asarray(seen["income"]) > 1)
        return np.where(against, 0, np.asarray(seen["answer"]))

    result = judged(model=model)
    assert {"flip to sex=f", "flip to sex=m"} <= set(broken(result))


def test_a_model_that_does_not_see_the_group_cannot_be_flipped():
    result = judged(features=["answer", "income"])
    assert not any("flip" in what for what in verdicts(result))
    assert "the model does not see sex" in result.notes[-1]


def test_a_flip_keeps_categories_and_any_index():
    data = people().astype({"sex": "category"}).sample(frac=1, random_state=1)

    def model(seen):
        assert list(seen["sex"].cat.categories) == ["f", "m"]
        return np.asarray(seen["answer"])

    assert judged(data, model=model)


def test_ages_are_cut_at_quartiles():
    data = people().assign(age=np.random.default_rng(2).integers(18, 90, 1_200))
    result = judged(data, sensitive=["age"])
    assert result, result
    assert any("age in [" in what for what in verdicts(result))


def test_labels_may_be_words():
    data = people()
    words = {0: "bad", 1: "good"}
    data["good"], data["answer"] = data["good"].map(words), data["answer"].map(words)
    good, bad = judged(data, positive="good"), judged(data, positive="bad")
    assert good
    assert judged(data).table == good.table
    assert good.table != bad.table
    with pytest.raises(InputError, match="positive: 'fine' is none of"):
        judged(data, positive="fine")


def test_more_classes_are_judged_by_accuracy():
    rng = np.random.default_rng(0)
    data = people().assign(good=lambda d: rng.choice(["a", "b", "c"], len(d)))
    data["answer"] = data["good"]
    result = judged(data)
    assert result
    assert "accuracy_score, sex=f" in verdicts(result)
    hit = (data["sex"] == "f") & (rng.random(1_200) < 0.3)
    assert not judged(data.assign(answer=data["answer"].where(~hit, "a")))


def test_regressors_are_judged_by_their_error():
    rng = np.random.default_rng(0)
    data = people().assign(good=lambda d: rng.normal(size=len(d)))
    data["answer"] = data["good"] + rng.normal(scale=0.1, size=1_200)
    with pytest.raises(InputError, match="max_difference: is missing; give it in the unit"):
        judged(data)
    assert judged(data, max_difference=0.1)
    worse = data.assign(answer=lambda d: d["answer"] + (d["sex"] == "f"))
    result = judged(worse, max_difference=0.1)
    assert "mean_absolute_error difference, sex=f over sex=m" in broken(result)


def test_a_regressor_that_looks_at_the_group_is_seen():
    data = people().assign(good=lambda d: d["income"])
    result = judged(data, model=lambda d: np.asarray(d["income"] + (d["sex"] == "f")),
                    max_difference=9)  # fmt: skip
    assert {"flip to sex=f", "flip to sex=m"} <= set(broken(result))


def test_metrics_may_be_functions():
    def mean_answer(truth, predicted):
        return float(np.mean(predicted))

    result = judged(metrics={"mean answer": mean_answer})
    assert result
    assert "mean answer, sex=f" in verdicts(result)


def test_a_metric_that_is_not_defined_in_a_group_breaks():
    def undefined(truth, predicted):
        return float("nan")

    assert not judged(metrics={"undefined": undefined})


def test_a_sample_is_said():
    result = judged(max_rows=600)
    assert (result.rows_seen, result.rows_total) == (600, 1_200)
    assert result.notes[0].startswith("a random sample of 600")


@pytest.mark.parametrize(
    "data, options, argument, words",
    [
        (people(), {"label": "god"}, "data", "did you mean 'good'"),
        (people(), {"sensitive": ["sx"]}, "data", "did you mean 'sex'"),
        (people(), {"sensitive": "sex"}, "sensitive", "is the text 'sex'; give a list of columns"),
        (people(), {"known_proxies": "job"}, "known_proxies", "is the text 'job'; give a list"),
        (people(), {"sensitive": []}, "sensitive", "give a list of columns"),
        (people()[:0], {}, "data", "has no rows"),
        (people().assign(good=1), {}, "label", "one class only"),
        (people().assign(good=np.nan), {}, "label", "labels are missing"),
        (people().assign(answer=np.nan), {}, "model", "not finite"),
        (people().assign(sex="f"), {}, "sensitive", "one value only"),
        (people().assign(sex=np.arange(1_200).astype(str)), {}, "sensitive", "more than 50"),
        (people(), {"min_rows": 900}, "sensitive", "no two groups with 900 rows"),
        (people(), {"metrics": ["selection_rat"]}, "metrics", "did you mean 'selection_rate'"),
        (people(), {"metrics": "selection_rate"}, "metrics", "give a list"),
        (people(), {"confidence": 0}, "confidence", "from 0.5"),
        (people(), {"max_proxy": 2}, "max_proxy", "from 0 to 1"),
        (people(), {"max_flips": -1}, "max_flips", "from 0 up"),
        (people(), {"min_rows": 0}, "min_rows", "at least 1"),
        (people(), {"max_difference": float("nan")}, "max_difference", "from 0 up"),
        ([1], {}, "data", "is of type list"),
    ],
)
def test_bad_input_is_named(data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(data, **options)
    assert caught.value.argument == argument


def test_a_metric_or_model_that_raises_is_an_error_and_no_pass():
    def broken_function(*given):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(InputError, match="metrics: raised ZeroDivisionError"):
        judged(metrics={"broken": broken_function})
    with pytest.raises(InputError, match="model: predict raised ZeroDivisionError"):
        judged(model=broken_function)


def test_a_sensitive_column_that_was_not_judged_is_an_error():
    data = people().assign(disabled=lambda d: np.arange(len(d)) < 49)
    data.loc[data["disabled"], "answer"] = 0
    with pytest.raises(InputError, match="'disabled' has no two groups with 50 rows"):
        judged(data, sensitive=["sex", "disabled"], features=["answer"])


def test_a_function_that_answers_probabilities_is_refused():
    with pytest.raises(InputError, match="model: answers"):
        judged(model=lambda seen: np.where(np.asarray(seen["answer"]) == 1, 0.9, 0.1))
