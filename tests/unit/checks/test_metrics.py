import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._frames import column_values, feature_columns, read_frame  # noqa: E402
from pytest_mltestscore.checks._metrics import ask, labels_of, metric  # noqa: E402

TRUTH = np.array([0, 1, 0, 1])
ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0]})


@pytest.mark.parametrize(
    "answers, shown",
    [([0.9, 0.1, 0.2, 0.8], "0.9"), (["yes", "no", "no", "yes"], "'no'"), ([2, 3, 2, 3], "2")],
)
def test_answers_that_are_no_labels_are_refused(answers, shown):
    with pytest.raises(InputError, match=f"model: answers {shown}, and labels are") as caught:
        ask(lambda rows: np.array(answers), ROWS, TRUTH)
    assert caught.value.argument == "model"


def test_a_model_of_other_labels_than_those_of_the_data_is_refused():
    class Model:
        classes_ = np.array([0, 1])

        def predict(self, rows):
            return np.array([0, 1, 0, 1])

    with pytest.raises(InputError, match=r"label: has .*'no', 'yes'.*, and model knows "):
        ask(Model(), ROWS, np.array(["no", "yes", "no", "yes"]))


def test_a_class_that_the_truth_lacks_may_be_answered():
    answers = ask(lambda rows: np.array([0, 1, 2, 1]), ROWS, TRUTH)
    assert metric("accuracy")(answers) == 0.75


def test_labels_of_one_class_are_fine_where_others_are_known():
    with pytest.raises(InputError, match="one class only"):
        ask(lambda rows: np.zeros(4, dtype=int), ROWS, np.zeros(4, dtype=int))
    known = np.array([0, 1])
    answers = ask(lambda rows: np.zeros(4, dtype=int), ROWS, np.zeros(4, dtype=int), classes=known)
    assert metric("accuracy")(answers) == 1.0


@pytest.mark.parametrize("kind", ["string", "boolean", "Int64", "category"])
def test_missing_labels_of_any_kind_are_counted(kind):
    values = {"string": ["a", None, "b"], "boolean": [True, None, False], "Int64": [1, None, 0]}
    labels = pd.Series(values.get(kind, ["a", None, "b"]), dtype=kind)
    frame = read_frame(pd.DataFrame({"late": labels}))
    with pytest.raises(InputError, match="label: 1 of 3 labels are missing"):
        labels_of(column_values(frame, "late"), "label")


@pytest.mark.parametrize(
    "features, words", [("x", "give a list"), ([], "are none"), (["z"], "has no column 'z'")]
)
def test_bad_lists_of_features_are_refused(features, words):
    with pytest.raises(InputError, match=words):
        feature_columns(read_frame(ROWS), features)


def test_features_are_all_columns_but_the_others():
    frame = read_frame(ROWS.assign(late=0, day=1))
    assert feature_columns(frame, None, "late", "day") == ["x"]
    with pytest.raises(InputError, match="are none"):
        feature_columns(frame, None, "late", "day", "x")
