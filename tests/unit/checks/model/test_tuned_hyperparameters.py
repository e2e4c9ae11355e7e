import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from scipy.stats import loguniform  # noqa: E402
from sklearn.linear_model import Ridge  # noqa: E402
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import tuned_hyperparameters  # noqa: E402


def runs(n=40, peak=0.5, seed=0):
    """Return trials with the best score where the rate is `peak` and the depth 6."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"params.rate": rng.random(n), "params.depth": rng.integers(1, 12, n)})
    loss = (data["params.rate"] - peak) ** 2 + 0.001 * (data["params.depth"] - 6) ** 2
    return data.assign(auc=0.9 - loss)


def judged(data, **options):
    return tuned_hyperparameters(data, **{"score": "auc", **options})


def verdicts(result):
    return {row["question"]: row["verdict"] for row in result.table}


def regression(n=120):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(n, 30))
    return rows, rows[:, 0] + rng.normal(size=n)


def test_a_search_that_can_be_believed_holds():
    result = judged(runs())
    assert result, result
    assert set(verdicts(result).values()) == {"ok"}
    assert "give default_score" in result.notes[0]


def test_a_best_value_at_an_edge_is_found():
    result = judged(runs(peak=1.5))
    assert verdicts(result)["edge of rate"] == "broken"
    assert "edge of rate" in result.summary
    assert verdicts(judged(runs(peak=1.5), natural_limits=["rate"]))["edge of rate"] == "ok"


def test_a_hyperparameter_without_effect_may_end_at_an_edge():
    data = runs().assign(**{"params.seed": np.linspace(0, 1, 40)})
    data.loc[data["auc"].idxmax(), "params.seed"] = 1.0
    [row] = [r for r in judged(data).table if r["question"] == "edge of seed"]
    assert row["verdict"] == "ok"
    assert row["found"].endswith("within chance")


def test_a_search_that_still_climbs_is_found():
    data = runs().sort_values("auc")
    assert verdicts(judged(data))["plateau"] == "broken"


def test_too_few_trials_are_found():
    result = judged(runs(10))
    assert verdicts(result)["trials"] == "broken"


def test_a_wanted_hyperparameter_that_was_not_varied_is_found():
    data = runs().assign(**{"params.l2": 1.0})
    result = judged(data, tunable=["l2", "rate", "alpha"])
    assert verdicts(result)["values of l2"] == "broken"
    assert verdicts(result)["values of rate"] == "ok"
    assert verdicts(result)["values of alpha"] == "broken"
    assert "tried with one value only: l2" in result.notes


def test_the_model_has_the_best_values_or_others_as_good():
    data = runs()
    best = data.loc[data["auc"].idxmax()]
    model = {"rate": best["params.rate"], "depth": int(best["params.depth"])}
    assert verdicts(judged(data, model=model))["model"] == "ok"
    other = judged(data, model={"rate": 0.1, "depth": 3})
    assert verdicts(other)["model"] == "broken"
    [row] = [r for r in other.table if r["question"] == "model"]
    assert "rate=0.1, best" in row["found"]


def test_defaults_that_are_better_are_found():
    assert verdicts(judged(runs(), default_score=0.95))["defaults"] == "broken"
    assert verdicts(judged(runs(), default_score=0.8))["defaults"] == "ok"


def test_lower_may_be_better():
    data = runs()
    result = judged(data.assign(loss=-data["auc"]), score="loss", greater_is_better=False,
                    default_score=-0.8)  # fmt: skip
    assert result
    assert {m.name: m.value for m in result.measurements}["best score"] == -data["auc"].max()
    assert not judged(data.assign(loss=-data["auc"]), score="loss", greater_is_better=False,
                      default_score=-0.95)  # fmt: skip


def test_trials_of_mlflow_are_text_and_newest_first():
    data = runs()
    times = pd.date_range("2024-01-01", periods=len(data))
    text = data.assign(start_time=times).astype({"params.rate": str, "params.depth": str})[::-1]
    one, other = judged(data), judged(text)
    assert one.table == other.table
    assert one.measurements == other.measurements


def test_failed_trials_are_counted_and_left_out():
    data = runs(45)
    data.loc[[1, 2, 3], "auc"] = np.nan
    result = judged(data)
    assert result.notes[0].startswith("3 further trials have no comparable score")


def test_a_random_search_of_scikit_learn_is_read():
    rows, y = regression()
    space = {"ridge__alpha": loguniform(1e-2, 1e4)}
    search = RandomizedSearchCV(
        make_pipeline(StandardScaler(), Ridge()), space, n_iter=25, cv=3, random_state=0
    ).fit(rows, y)
    result = tuned_hyperparameters(search, model=search.best_estimator_)
    assert result, result
    assert verdicts(result)["model"] == "ok"
    assert result.details["best"] == search.best_params_
    assert verdicts(tuned_hyperparameters(search, model=Ridge(alpha=1e4)))["model"] == "broken"


def test_a_grid_search_knows_its_defaults_and_has_no_order():
    rows, y = regression()
    search = GridSearchCV(Ridge(), {"alpha": [0.01, 0.1, 1.0, 10.0, 100.0, 1e4]}, cv=3).fit(rows, y)
    result = tuned_hyperparameters(search, min_trials=5)
    assert verdicts(result)["defaults"] == "ok"
    assert "plateau" not in verdicts(result)


def test_a_grid_that_ends_too_early_is_found():
    rows, y = regression()
    search = GridSearchCV(Ridge(), {"alpha": [1e-9, 1e-4, 1e-2, 30.0]}, cv=8).fit(rows, y)
    result = tuned_hyperparameters(search, min_trials=4, tolerance=0.0)
    assert verdicts(result)["edge of alpha"] == "broken"


def test_cv_results_are_read_alone():
    rows, y = regression()
    search = GridSearchCV(Ridge(), {"alpha": [0.01, 1.0, 100.0]}, cv=3).fit(rows, y)
    assert tuned_hyperparameters(search.cv_results_, min_trials=3, tolerance=1.0)


def test_a_search_of_several_metrics_needs_one_to_judge():
    rows, y = regression()
    search = GridSearchCV(
        Ridge(), {"alpha": [0.01, 1.0, 100.0]}, scoring=["r2", "neg_max_error"], refit=False
    ).fit(rows, y)
    with pytest.raises(InputError, match="score: is missing; the search has several metrics"):
        tuned_hyperparameters(search)
    assert tuned_hyperparameters(search, score="mean_test_r2", min_trials=3, tolerance=1.0)


def study(direction="maximize", trials=40):
    needs.module("optuna")
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made = optuna.create_study(
        direction=direction, sampler=optuna.samplers.RandomSampler(seed=0)
    )  # fmt: skip
    sign = 1 if direction == "maximize" else -1

    def objective(trial):
        rate = trial.suggest_float("rate", 0.001, 1.0, log=True)
        trial.suggest_categorical("kind", ["a", "b"])
        return sign * (0.9 - (np.log10(rate) + 1.5) ** 2 / 10)

    made.optimize(objective, n_trials=trials)
    return made


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
def test_a_study_of_optuna_is_read(direction):
    made = study(direction)
    result = tuned_hyperparameters(made, model=made.best_params)
    assert result, result
    assert {m.name: m.value for m in result.measurements}["best score"] == made.best_value
    assert not tuned_hyperparameters(made, min_trials=41)


def test_bad_searches_are_named():
    with pytest.raises(InputError, match="search: is not fitted"):
        tuned_hyperparameters(GridSearchCV(Ridge(), {"alpha": [1]}))
    with pytest.raises(InputError, match="search: has no trial with a score"):
        tuned_hyperparameters(study(trials=0))


@pytest.mark.parametrize(
    "data, options, argument, words",
    [
        (runs(), {"score": None}, "score", "is missing; name the column"),
        (runs(), {"score": "au"}, "search", "did you mean 'auc'"),
        (runs().assign(auc="high"), {}, "score", "give numbers"),
        (runs()[:0], {}, "search", "has no trial with a score"),
        (runs().assign(auc=np.nan), {}, "search", "has no trial with a score"),
        (runs()[["auc"]], {}, "parameters", "name the columns"),
        (runs(), {"model": {"gamma": 1}}, "model", "has none of the hyperparameters"),
        (runs(), {"model": 3}, "model", "is of type int"),
        (runs(), {"tolerance": float("nan")}, "tolerance", "from 0 up"),
        (runs(), {"min_trials": 0}, "min_trials", "at least 1"),
        (runs(), {"parameters": "depth"}, "parameters", "is the text 'depth'; give a list"),
        (runs(), {"tunable": "depth"}, "tunable", "is the text 'depth'; give a list"),
        (runs(), {"natural_limits": "depth"}, "natural_limits", "is the text 'depth'"),
        ([1], {}, "search", "is of type list"),
    ],
)
def test_bad_input_is_named(data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(data, **options)
    assert caught.value.argument == argument
