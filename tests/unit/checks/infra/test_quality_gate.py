import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import quality_gate  # noqa: E402
from pytest_mltestscore.checks.model import slice_quality  # noqa: E402
from pytest_mltestscore.domain.checkresult import CheckResult  # noqa: E402
from pytest_mltestscore.domain.sink import Sink, open_sink  # noqa: E402

ROWS = pd.DataFrame({"x": np.arange(600) % 2, "size": np.arange(600) / 600})
ROWS["late"] = np.where(np.arange(600) % 20 == 0, 1 - ROWS["x"], ROWS["x"])


def model(rows):
    return rows["x"].to_numpy()


def accuracy(candidate):
    return float((candidate(ROWS) == ROWS["late"]).mean())


def good_gate(candidate, incumbent):
    return accuracy(candidate) >= max(0.7, accuracy(incumbent) - 0.03)


def tried(gate, candidate=model, rows=ROWS, **options):
    options = {"label": "late", "incumbent": model, **options}
    return quality_gate(gate, candidate, rows, **options)


def wrong(result):
    return {(row["kind"], row["candidate"]) for row in result.table if row["verdict"] == "wrong"}


def test_a_gate_with_both_limits_holds():
    result = tried(good_gate)
    assert result
    assert result.summary.startswith("the gate blessed the good candidate and vetoed")


def test_a_gate_that_blesses_everything_is_found():
    result = tried(lambda candidate, incumbent: True)
    assert not result
    assert ("known bad", "the same answer for all") in wrong(result)
    assert ("known bad", "raises an error") in wrong(result)
    assert result.summary.startswith("the gate blessed known bad candidates: the same answer")


def test_a_gate_that_vetoes_everything_is_found():
    result = tried(lambda candidate, incumbent: False)
    assert not result
    assert result.summary.startswith("the gate vetoed the candidate, which scores 0.95")


def test_a_gate_without_a_tight_relative_limit_is_found():
    result = tried(lambda candidate, incumbent: accuracy(candidate) > 0.7)
    assert not result
    assert {kind for kind, _ in wrong(result)} == {"sudden drop"}


def test_a_gate_without_an_absolute_limit_is_found():
    result = tried(lambda candidate, incumbent: accuracy(candidate) > accuracy(incumbent) - 0.03)
    assert wrong(result) == {("slow decay", "100% mixed up")}
    assert "no absolute limit" in result.summary


def test_the_absolute_limit_can_be_asked_to_be_tighter():
    assert not tried(good_gate, min_score=0.8)
    assert tried(good_gate, min_score=0.65)


def test_a_gate_that_hides_errors_is_found():
    def hiding(candidate, incumbent):
        try:
            return good_gate(candidate, incumbent)
        except RuntimeError:
            return True

    assert wrong(tried(hiding)) == {("known bad", "raises an error")}


def test_a_gate_that_changes_its_mind_is_found():
    asked = []

    def moody(candidate, incumbent):
        asked.append(1)
        return len(asked) < 20 and good_gate(candidate, incumbent)

    assert ("good", "the candidate once more") in wrong(tried(moody))


def test_bad_models_can_be_added():
    result = tried(good_gate, bad={"as good as the good one": model})
    assert wrong(result) == {("known bad", "as good as the good one")}


def test_without_an_incumbent_the_gate_is_called_with_the_candidate():
    result = tried(lambda candidate: accuracy(candidate) > 0.9, incumbent=None)
    assert result
    assert "no incumbent was given" in result.notes[0]


def test_a_veto_may_be_raised():
    def raising(candidate, incumbent):
        assert good_gate(candidate, incumbent)
        return True

    result = tried(raising)
    assert result
    assert {row["gate"] for row in result.table} >= {"raised AssertionError", "blessed"}


class Decision:
    def __init__(self, blessed):
        self.blessed = blessed


@pytest.mark.parametrize(
    "answer",
    [
        Decision,
        lambda blessed: {"blessed": blessed},
        np.bool_,
        lambda blessed: CheckResult(name="gate", holds=blessed, summary=""),
    ],
)
def test_answers_of_several_kinds_are_read(answer):
    assert tried(lambda *models: answer(good_gate(*models)))
    assert not tried(lambda *models: answer(True))


def test_any_other_answer_is_read_by_the_caller():
    def worded(*models):
        return "go" if good_gate(*models) else "stop"

    assert tried(worded, decide=lambda word: word == "go")
    with pytest.raises(InputError, match="gate: answered with a str; give decide="):
        tried(worded)


def test_classifiers_and_regressors_of_scikit_learn_keep_their_form():
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.metrics import get_scorer

    features = ROWS[["x", "size"]]

    def gate_by(scorer, truth, low):
        def gate(candidate, incumbent):
            score = get_scorer(scorer)
            least = max(low, score(incumbent, features, truth) - 0.02)
            return score(candidate, features, truth) >= least

        return gate

    classifier = LogisticRegression().fit(features, ROWS["late"])
    gate = gate_by("roc_auc", ROWS["late"], 0.7)
    assert tried(gate, classifier, incumbent=classifier, scoring="roc_auc")
    rows = ROWS.assign(late=ROWS["size"] * 2.0 + ROWS["x"])
    regressor = LinearRegression().fit(features, rows["late"])
    gate = gate_by("r2", rows["late"], 0.3)
    assert tried(gate, regressor, rows, incumbent=regressor, scoring="r2")


def test_checks_inside_the_gate_are_not_recorded():
    def by_check(candidate, incumbent):
        options = {"label": "late", "slices": ["x"], "scoring": "accuracy"}
        return slice_quality(
            candidate, ROWS, min_score=0.85, previous=incumbent, max_drop=0.01, **options
        )

    sink = Sink()
    open_sink(sink)
    try:
        tried(by_check)
    finally:
        open_sink(None)
    assert [check.name for check in sink.checks] == ["quality_gate"]


def failing(candidate, incumbent):
    raise KeyError("weights")


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"gate": 1}, "gate", "is of type int"),
        ({"gate": failing}, "gate", "raised KeyError on the candidate"),
        ({"rows": ROWS[:0]}, "data", "has no rows"),
        ({"rows": ROWS.assign(late=1)}, "label", "one class only"),
        ({"rows": ROWS.assign(late=np.nan)}, "label", "600 of 600 labels are missing"),
        ({"label": "lat"}, "data", "did you mean 'late'"),
        ({"candidate": lambda rows: 1 / 0}, "candidate", "raised ZeroDivisionError"),
        ({"candidate": lambda rows: np.zeros(3)}, "candidate", r"returned shape \(3,\)"),
        ({"candidate": lambda rows: np.zeros(600)}, "candidate", "so does the same answer"),
        ({"max_drop": 0.6}, "max_drop", "give a smaller one"),
        ({"max_drop": float("nan")}, "max_drop", "give a number above 0"),
        ({"scoring": "acuracy"}, "scoring", "did you mean 'accuracy'"),
    ],
)
def test_bad_arguments_are_named(options, argument, words):
    options = {"gate": good_gate, **options}
    with pytest.raises(InputError, match=words) as caught:
        tried(options.pop("gate"), **options)
    assert caught.value.argument == argument


class Whole:
    """A model of a class that a gate may ask for, with an index as a pipeline has."""

    def __call__(self, rows):
        return rows["x"].to_numpy()

    def __getitem__(self, place):
        return self


def test_a_gate_that_chokes_on_stand_ins_is_no_gate():
    with pytest.raises(InputError, match="gate: raised TypeError on the candidate"):
        tried(lambda candidate: candidate[0] is not None, Whole(), incumbent=None)
    result = tried(lambda candidate: isinstance(candidate, Whole), Whole(), incumbent=None)
    assert not result
    assert ("good", "the candidate") in wrong(result)
