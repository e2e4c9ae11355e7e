import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
from scipy.stats import loguniform  # noqa: E402
from sklearn.linear_model import Ridge  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import random_search  # noqa: E402


def rows(n=600):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n)})
    noisy = rng.random(n) < 0.2
    data["late"] = np.where(noisy, rng.integers(0, 2, n), data["x"] * data["z"] > 0).astype(int)
    return data


def accuracy(truth, predicted):
    return float(np.mean(truth == predicted))


def judged(champion, data=None, **options):
    options = {"label": "late", "scoring": accuracy, "trials": 4, **options}
    options = {"search_space": {"n_neighbors": [3, 10, 15, 20]}, **options}
    return random_search(champion, rows() if data is None else data, **options)


def test_a_champion_that_is_tuned_holds():
    result = judged(KNeighborsClassifier(15))
    assert result, result
    assert [row["hyperparameters"] for row in result.table].count("the champion") == 1
    assert "compared on 180 rows that the search did not see" in result.notes


def test_a_champion_that_is_not_tuned_is_beaten():
    result = judged(KNeighborsClassifier(400))
    assert not result
    assert result.details["best"]["n_neighbors"] in (3, 10, 15, 20)
    assert "the best of 4 random trials" in result.summary
    assert result.table[-1]["hyperparameters"] == "the champion"


def test_a_gain_within_the_margin_does_not_matter():
    assert judged(KNeighborsClassifier(400), margin=0.9)


def test_a_regressor_and_a_distribution():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(300, 30)))
    data.columns = [f"x{n}" for n in range(30)]
    data["late"] = data["x0"] + 0.1 * rng.normal(size=300)
    options = {"search_space": {"alpha": loguniform(1e-3, 1e5)}, "scoring": "r2", "trials": 10}
    assert judged(Ridge(alpha=1), data, **options)
    assert not judged(Ridge(alpha=1e5), data, **options)


def test_candidates_that_cannot_be_fitted_are_counted():
    result = judged(KNeighborsClassifier(15), search_space={"n_neighbors": [-1, 10]}, trials=2)
    assert result
    assert "1 trials could not be fitted or scored" in result.notes
    assert result.table[-1]["score"] == "failed"
    with pytest.raises(InputError, match="search_space: has no candidate that can be fitted"):
        judged(KNeighborsClassifier(15), search_space={"n_neighbors": [-1, 0]}, trials=2)


def test_the_same_seed_gives_the_same():
    one, other = (judged(KNeighborsClassifier(15), seed=3) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    "champion, data, options, argument, words",
    [
        (KNeighborsClassifier(), rows(), {"label": "lat"}, "data", "did you mean 'late'"),
        (KNeighborsClassifier(), rows()[:0], {}, "data", "has no rows"),
        (KNeighborsClassifier(), rows()[:100], {}, "data", "leaves 30 rows to compare on"),
        (KNeighborsClassifier(), rows().assign(late=1), {}, "label", "one class only"),
        (KNeighborsClassifier(), rows().assign(late=np.nan), {}, "label", "are missing"),
        (KNeighborsClassifier(), rows().assign(x=np.nan), {}, "champion", "cannot be fitted"),
        (KNeighborsClassifier(-1), rows(), {}, "champion", "cannot be fitted"),
        (lambda seen: seen, rows(), {}, "champion", "give an estimator with fit"),
        (KNeighborsClassifier(), rows(), {"search_space": {}}, "search_space", "is empty"),
        (KNeighborsClassifier(), rows(), {"search_space": {"k": [1]}}, "search_space", "'k' is no"),
        (KNeighborsClassifier(), rows(), {"trials": 0}, "trials", "at least 1"),
        (KNeighborsClassifier(), rows(), {"cv": 1}, "cv", "at least 2"),
        (KNeighborsClassifier(), rows(), {"test_share": 1}, "test_share", "between 0 and 1"),
        (KNeighborsClassifier(), rows(), {"margin": -1}, "margin", "from 0 up"),
        (KNeighborsClassifier(), rows(), {"confidence": 1}, "confidence", "below 1"),
        (KNeighborsClassifier(), [1], {}, "data", "is of type list"),
    ],
)
def test_bad_input_is_named(champion, data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(champion, data, **options)
    assert caught.value.argument == argument
