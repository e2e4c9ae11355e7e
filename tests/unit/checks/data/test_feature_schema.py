import pytest

import needs

needs.module_at_import("narwhals", "pandas")

import pandas as pd  # noqa: E402 - needs what was just asked for

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.data import feature_schema  # noqa: E402

SCHEMA = {"columns": {"age": {"dtype": "number", "min": 0, "max": 120}, "plan": {"dtype": "text"}}}


def people(**changes):
    return pd.DataFrame({"age": [30, 40, 50, 60], "plan": list("abab"), **changes})


def test_data_that_meets_the_schema():
    result = feature_schema(people(), SCHEMA)
    assert result
    assert result.summary == "4 rows meet 10 expectations"
    assert result.rows_seen == 4


def test_a_broken_expectation_is_explained():
    result = feature_schema(people(age=[30, 40, 50, 600]), SCHEMA)
    assert not result
    assert "age max 120 (found max 600, 1 of 4 rows)" in result.summary
    assert result.table[0]["share"] == 0.25


def test_no_text_of_the_data_is_shown():
    schema = {"columns": {"age": {}, "plan": {"allowed": ["a"], "pattern": "a"}}}
    result = feature_schema(people(plan=["a", "a", "a", "jane@example.org"]), schema)
    assert not result
    assert "jane" not in repr(result)


def test_a_tolerance_excuses_values_and_no_columns():
    data = people(age=[30, 40, 50, 600])
    result = feature_schema(data, SCHEMA, max_violations=0.25)
    assert result
    assert result.notes == ("1 broken by at most 0.25 of the rows, which is allowed",)
    assert not feature_schema(data.drop(columns="plan"), SCHEMA, max_violations=0.25)


@pytest.mark.parametrize(
    "data, schema, options, argument, words",
    [
        (people()[:0], SCHEMA, {}, "data", "has no rows"),
        ([1], SCHEMA, {}, "data", "is of type list"),
        (people(), {"columns": {"age": {"mim": 1}}}, {}, "schema", "did you mean 'min'"),
        (people(), 5, {}, "schema", "is of type int"),
        (people(), SCHEMA, {"max_violations": 1}, "max_violations", "give a share"),
    ],
)
def test_bad_arguments_are_named(data, schema, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        feature_schema(data, schema, **options)
    assert caught.value.argument == argument
