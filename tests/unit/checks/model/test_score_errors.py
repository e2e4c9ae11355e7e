import pytest

import needs

needs.module_at_import("scipy", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for

from pytest_mltestscore.checks._metrics import Answers, metric  # noqa: E402
from pytest_mltestscore.checks._statistics import bootstrap_error  # noqa: E402
from pytest_mltestscore.checks.model import _score_errors  # noqa: E402
from pytest_mltestscore.checks.model._score_errors import score_errors  # noqa: E402

ROWS = np.arange(50, 350)
COUNTED = ["accuracy", "balanced_accuracy"]


def answers(labels, seed, right=0.8):
    rng = np.random.default_rng(0)
    truth = rng.choice(labels, 400)
    guess = np.random.default_rng(seed).choice(labels, 400)
    hit = np.random.default_rng(seed + 1).random(400) < right
    return Answers(truth, np.where(hit, truth, guess), None, np.unique(labels))


@pytest.mark.parametrize("labels", [[0, 1], ["no", "perhaps", "yes"]], ids=["numbers", "words"])
@pytest.mark.parametrize("scoring", COUNTED)
def test_scores_of_counts_are_those_of_the_scorer(scoring, labels, monkeypatch):
    found, before = answers(labels, 1), answers(labels, 5)
    monkeypatch.setattr(_score_errors, "RESAMPLES", 4_000)
    drawn = score_errors(metric(scoring), found, before, ROWS, seed=0)
    score = metric(scoring)

    def change(places):
        return score(found, ROWS[places]) - score(before, ROWS[places])

    by_rows = [
        bootstrap_error(lambda places: score(found, ROWS[places]), 300, seed=0, resamples=1_000),
        bootstrap_error(change, 300, seed=0, resamples=1_000),
    ]
    assert drawn == pytest.approx(by_rows, rel=0.1)


@pytest.mark.parametrize("scoring", COUNTED)
def test_each_score_of_counts_is_that_of_the_scorer(scoring):
    found = answers([0, 1, 2], 3)
    cells, counts = _score_errors._cells([found.truth[ROWS], found.predicted[ROWS]])
    by_counts = _score_errors._OF_COUNTS[scoring](counts[None, :], *cells)
    assert by_counts == pytest.approx([metric(scoring)(found, ROWS)])


def test_a_class_that_was_not_drawn_is_left_out_as_in_the_scorer():
    found = Answers(np.array([0, 0, 1]), np.array([0, 1, 1]), None, np.array([0, 1]))
    cells, _ = _score_errors._cells([found.truth, found.predicted])
    drawn = np.array([[2, 1, 0], [0, 0, 3]])
    assert _score_errors._balanced_accuracy(drawn, *cells).tolist() == pytest.approx([2 / 3, 1])


def test_without_a_model_before_there_is_no_change():
    found = answers([0, 1], 1)
    error, change = score_errors(metric("accuracy"), found, None, ROWS, seed=0)
    assert error > 0
    assert np.isnan(change)
    assert np.isnan(score_errors(metric("f1_macro"), found, None, ROWS, seed=0)[1])


def test_a_function_of_such_a_name_is_asked_itself():
    def accuracy(truth, predicted):
        return 0.5

    assert score_errors(metric(accuracy), answers([0, 1], 1), None, ROWS, seed=0)[0] == 0
