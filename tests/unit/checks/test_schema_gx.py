"""Suites of Great Expectations, as objects and as saved JSON."""

import json

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "great_expectations")

import pandas as pd  # noqa: E402 - needs what was just asked for
import polars as pl  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._schema_gx import load_gx  # noqa: E402
from pytest_mltestscore.checks.data import feature_schema  # noqa: E402

gx = load_gx()

BETWEEN = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "age", "min_value": 0, "max_value": 120},
}
IN_SET = {
    "type": "expect_column_values_to_be_in_set",
    "kwargs": {"column": "plan", "value_set": ["a", "b"]},
}
UNKNOWN = {"type": "expect_nothing_like_this", "kwargs": {}}


def people(ages=(30, 40, 50), plans=("a", "b", "a")):
    return pd.DataFrame({"age": ages, "plan": plans})


def saved(*expectations):
    return {"name": "people", "expectations": list(expectations), "meta": {}}


def test_an_object_and_its_json_say_the_same(tmp_path):
    suite = gx.ExpectationSuite(name="people", expectations=[BETWEEN, IN_SET])
    path = tmp_path / "people.json"
    path.write_text(json.dumps(suite.to_json_dict()))
    bad = people(ages=(30, 40, 600), plans=("a", "b", "jane"))
    for schema in (suite, path, str(path), suite.to_json_dict()):
        assert feature_schema(people(), schema)
        result = feature_schema(bad, schema)
        assert [(row["column"], row["rows"]) for row in result.table] == [("age", 1), ("plan", 1)]
        assert "jane" not in repr(result)


def test_a_file_from_before_version_1_is_read():
    old = {
        "expectation_suite_name": "people",
        "expectations": [{"expectation_type": BETWEEN["type"], "kwargs": BETWEEN["kwargs"]}],
    }
    assert not feature_schema(people(ages=(1, 2, 600)), old)


def test_polars_is_copied_and_said_so():
    result = feature_schema(pl.from_pandas(people()).lazy(), saved(BETWEEN))
    assert result
    assert result.notes == ("copied into pandas for Great Expectations: 3 rows",)


def test_an_expectation_that_cannot_be_judged_is_broken():
    result = feature_schema(people()[["plan"]], saved(BETWEEN, IN_SET))
    assert not result
    assert "could not be judged" in result.table[0]["found"]


def test_the_context_of_the_user_stays():
    mine = gx.get_context(mode="ephemeral")
    feature_schema(people(), saved(BETWEEN))
    from great_expectations.data_context.data_context.context_factory import project_manager

    assert project_manager._project is mine


@pytest.mark.parametrize(
    "data, suite, words",
    [
        (people(), saved(), "without expectations"),
        (people(), saved(BETWEEN, UNKNOWN), "cannot read: expect_nothing_like_this"),
        (people(), saved({"kwargs": {}}), "no suite that can"),
        (people()[:0], saved(BETWEEN), "has no rows"),
    ],
)
def test_bad_arguments_are_named(data, suite, words):
    with pytest.raises(InputError, match=words):
        feature_schema(data, suite)
