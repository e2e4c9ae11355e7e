"""Which item signs point to."""

from __future__ import annotations

import msgspec
import pytest

from pytest_mltestscore import catalog
from pytest_mltestscore.cli.auditing.clues import CALLS, UNHARMED
from pytest_mltestscore.cli.auditing.facts import TestFacts
from pytest_mltestscore.cli.auditing.judging import judge
from pytest_mltestscore.cli.auditing.reading import read
from pytest_mltestscore.cli.auditing.words import WORDS

RUBRIC = catalog.load()
ITEMS = {item.id for item in RUBRIC.items}


def judged(text, path="tests/test_it.py"):
    (test,) = read(text.encode(), path).tests
    said = judge(test, RUBRIC)
    return (said.item, said.confidence) if said else None


def test_every_item_has_clues_and_no_other():
    assert set(WORDS) == ITEMS
    assert set(CALLS) <= ITEMS
    assert set().union(*UNHARMED.values()) <= ITEMS


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_a_check_that_is_called_names_its_item(item):
    name = item.name.replace("-", "_")
    text = f"from pytest_mltestscore import checks\ndef test_a(x):\n assert checks.{item.section}"
    assert judged(f"{text}.{name}(x)") == (item.id, "high")


@pytest.mark.parametrize(
    "name,item",
    [
        ("test_dataset_schema_columns", "data-1"),
        ("test_feature_importance_is_useful", "data-2"),
        ("test_feature_cost", "data-3"),
        ("test_no_forbidden_features", "data-4"),
        ("test_no_pii_in_training_data", "data-5"),
        ("test_preprocess_text", "data-7"),
        ("test_offline_and_online_metrics_correlate", "model-2"),
        ("test_hyperparameters_tuned", "model-3"),
        ("test_model_quality_decays_with_age", "model-4"),
        ("test_better_than_dummy_baseline", "model-5"),
        ("test_accuracy_on_slices", "model-6"),
        ("test_demographic_parity", "model-7"),
        ("test_training_is_reproducible", "infra-1"),
        ("test_forward_pass_shape", "infra-2"),
        ("test_full_pipeline_end_to_end", "infra-3"),
        ("test_accuracy_above_threshold", "infra-4"),
        ("test_canary", "infra-6"),
        ("test_rollback_to_previous_model", "infra-7"),
        ("test_data_invariants", "monitor-2"),
        ("test_no_training_serving_skew", "monitor-3"),
        ("test_model_is_not_stale", "monitor-4"),
        ("test_no_nan_predictions", "monitor-5"),
        ("test_prediction_latency", "monitor-6"),
        ("test_model_calibration", "monitor-7"),
    ],
)
def test_plain_names_are_understood(name, item):
    said = judged(f"def {name}(model): assert model")
    assert said is not None
    assert said[0] == item


@pytest.mark.parametrize(
    "name",
    ["test_parser_arguments", "test_login", "test_dashboard_view", "test_it", "test_add_numbers"],
)
def test_other_software_serves_nothing(name):
    assert judged(f"def {name}(x): assert x") is None


def test_libraries_are_signs():
    text = "from fairlearn.metrics import demographic_parity_difference as d\n"
    assert judged(f"{text}def test_groups(x): assert d(x) < 0.1") == ("model-7", "high")


def test_a_metamorphic_test_serves_nothing():
    assert judged("def test_synonym_invariance_of_model(model): assert model") is None


def test_mocks_make_it_less_sure():
    assert judged("def test_rollback(service): assert service") == ("infra-7", "medium")
    assert judged("def test_rollback(mock_service): assert mock_service") == ("infra-7", "low")


def test_what_cannot_fail_is_never_sure():
    assert judged("def test_accuracy_on_slices(model): assert model") == ("model-6", "high")
    assert judged("def test_accuracy_on_slices(model): assert True") == ("model-6", "low")


@pytest.mark.parametrize("call", ["_toy()", "make_synthetic_groups()", "numpy.random.rand(3)"])
def test_made_up_data_shows_little_of_a_model(call):
    test = "import numpy\ndef test_accuracy_above_threshold(model): assert"
    assert judged(f"{test} model") == ("infra-4", "medium")
    assert judged(f"{test} {call}") == ("infra-4", "low")


def test_signs_are_named_and_few():
    test = TestFacts(
        path="tests/test_slices.py",
        name="test_accuracy_on_slices",
        doc=("slices", "model", "quality"),
        calls=("evaluate_slice", "slice_score"),
        names=("slice_accuracy",) * 50,
    )
    said = judge(test, RUBRIC)
    assert said.why[0] == "its name says accuracy, slices"
    assert len(said.why) <= 3


def test_items_of_another_rubric_are_left_out():
    assert judge(TestFacts(path="t.py", name="test_rollback"), _without("infra-7")) is None


def _without(item):
    return msgspec.structs.replace(RUBRIC, items=tuple(i for i in RUBRIC.items if i.id != item))
