import copy
from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals", "pandas")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.adapters import great_expectations_result  # noqa: E402
from unit.checks.adapters import saved_results  # noqa: E402

VALIDATION = saved_results.read("great-expectations-validation")


def passing():
    """Return the saved validation without what failed."""
    met = [r for r in VALIDATION["results"] if r["success"]]
    return {**VALIDATION, "success": True, "results": met}


def statuses(result):
    return {row["expectation"]: row["status"] for row in result.table}


def test_a_saved_validation_is_read_and_its_failures_named():
    result = great_expectations_result(saved_results.path("great-expectations-validation"))
    assert not result
    assert statuses(result) == {
        "carrier: values_to_not_be_null": "failed",
        "carrier: values_to_be_in_set": "failed",
        "delay: values_to_be_between": "warned",
        "delay: to_exist": "passed",
    }
    assert result.table[0]["found"] == "1 of 4 values"
    assert result.item == "feature-schema"


def test_a_saved_checkpoint_is_read():
    result = great_expectations_result(saved_results.read("great-expectations-checkpoint"))
    assert not result
    assert len(result.table) == 4


def test_values_of_the_data_are_not_shown():
    assert "XX" not in repr(great_expectations_result(VALIDATION))


def test_all_expectations_met():
    result = great_expectations_result(passing(), item="data-invariants")
    assert result
    assert result.item == "data-invariants"
    assert result.summary == "1 expectation judged, all passed"


def test_an_expectation_that_raised_fails():
    saved = saved_results.read("great-expectations-raised")
    result = great_expectations_result(saved)
    assert not result
    assert statuses(result) == {"nope: values_to_not_be_null": "error"}
    saved["results"][0]["success"] = True
    assert not great_expectations_result(saved)


@pytest.mark.parametrize("observed, shown", [(3, "observed 3"), (["XX"], "not met")])
def test_an_observed_number_is_shown_and_a_list_is_not(observed, shown):
    config = {"type": "expect_table_row_count_to_be_between", "kwargs": {"min_value": 9}}
    entry = {"success": False, "expectation_config": config, "result": {"observed_value": observed}}
    assert great_expectations_result({"results": [entry]}).table[0]["found"] == shown


def test_warnings_can_be_allowed():
    light = [r for r in VALIDATION["results"] if r["expectation_config"]["severity"] == "warning"]
    saved = {**VALIDATION, "results": light}
    assert not great_expectations_result(saved)
    result = great_expectations_result(saved, allow_warnings=True)
    assert result
    assert "1 expectation failed with a warning" in result.notes
    assert not great_expectations_result(VALIDATION, allow_warnings=True)


def test_a_result_object_of_a_validation_and_of_a_checkpoint():
    validation = SimpleNamespace(to_json_dict=lambda: VALIDATION)
    checkpoint = SimpleNamespace(run_results={"one": validation, "two": validation})
    assert len(great_expectations_result(validation).table) == 4
    assert len(great_expectations_result(checkpoint).table) == 8


def test_an_expectation_that_met_no_value_does_not_count():
    saved = copy.deepcopy(VALIDATION)
    in_set = saved["results"][1]
    in_set.update(success=True)
    in_set["result"] = {"element_count": 4, "missing_count": 4, "unexpected_count": 0}
    saved["results"] = [in_set]
    with pytest.raises(InputError, match="result: has 1 expectation, but ran none"):
        great_expectations_result(saved)


@pytest.mark.parametrize(
    "result, words",
    [
        ({**VALIDATION, "results": []}, "has no expectation"),
        ({"success": True, "results": "many"}, "has no list of results"),
        ({"expectations": [{"type": "expect_column_to_exist", "kwargs": {}}]}, "without `success`"),
        ({}, "has no list of results"),
        (3, "is of type int"),
        (None, "is of type NoneType"),
        (SimpleNamespace(run_results={}), "has no expectation"),
        ("missing.json", "cannot be read"),
    ],
)
def test_what_shows_nothing_is_an_error(result, words):
    with pytest.raises(InputError, match=words) as caught:
        great_expectations_result(result)
    assert caught.value.argument == "result"


@pytest.mark.slow
def test_what_great_expectations_returns_now():
    needs.module("great_expectations")
    from pytest_mltestscore.checks._schema_gx import _own_context, load_gx

    gx = load_gx()
    import pandas as pd

    with _own_context(gx) as context:
        asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
        batches = asset.add_batch_definition_whole_dataframe("b")
        not_null = gx.expectations.ExpectColumnValuesToNotBeNull(column="carrier")
        suite = context.suites.add(gx.ExpectationSuite(name="s", expectations=[not_null]))
        definition = gx.ValidationDefinition(name="v", data=batches, suite=suite)
        validations = [context.validation_definitions.add(definition)]
        checkpoint = gx.Checkpoint(name="c", validation_definitions=validations)
        checkpoint = context.checkpoints.add(checkpoint)
        found = [
            great_expectations_result(
                checkpoint.run({"dataframe": pd.DataFrame({"carrier": rows})})
            )
            for rows in (["AA", None], ["AA", "UA"])
        ]
    assert [bool(result) for result in found] == [False, True]
