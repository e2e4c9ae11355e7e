import datetime as dt
import itertools

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "pyarrow", "hypothesis")

import numpy as np  # noqa: E402 - needs what was just asked for

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._schema import read_schema  # noqa: E402
from pytest_mltestscore.checks.data import feature_properties  # noqa: E402
from pytest_mltestscore.checks.data._frame_outputs import as_columns, difference  # noqa: E402
from pytest_mltestscore.checks.data._frame_strategies import (  # noqa: E402
    LIBRARIES,
    frame_maker,
    tables,
)

NUMBER = {"dtype": "integer", "min": 0, "max": 9}
SCHEMA = {"columns": {"a": NUMBER, "b": NUMBER}}
EVERY = {
    "columns": {
        "number": {"dtype": "number", "max_missing": 0.5},
        "integer": {"dtype": "integer", "min": 0.5, "max": 5, "max_missing": 0.5},
        "text": {"dtype": "text", "max_missing": 0.5},
        "code": {"pattern": "N[0-9]{2}"},
        "kind": {"dtype": "category", "allowed": ["a", "b"]},
        "level": {"allowed": [1, 2.5]},
        "flag": {"dtype": "boolean", "max_missing": 0.5},
        "day": {"dtype": "datetime"},
        "at": {"min": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)},
        "key": {"dtype": "category", "allowed": [1, 2, 3], "unique": True},
    }
}


def judged(function, **options):
    return feature_properties(function, SCHEMA, **{"max_examples": 20, **options})


def broken(result):
    return [(row["function"], row["property"]) for row in result.table]


def total(rows):
    return rows["a"] + rows["b"]


def test_a_function_that_keeps_its_promises():
    result = judged(total, output={"columns": {"sum": {"dtype": "integer", "min": 0, "max": 18}}})
    assert result
    assert result.summary == "5 properties hold on 20 inputs each"
    assert result.notes == ()


def test_without_a_schema_of_the_output_that_is_said():
    result = judged(total)
    assert result
    assert "no schema of the output" in result.notes[0]


def raising(rows):
    return [1 // value for value in rows["a"]]


def in_order(rows):
    return rows["a"].cumsum()


def changing(rows):
    rows["a"] = rows["a"] + 1
    return rows["a"]


def filtering(rows):
    return rows[rows["a"] > 3]["a"]


@pytest.mark.parametrize(
    "function, name",
    [
        (raising, "total"),
        (in_order, "row_order"),
        (changing, "input_kept"),
        (filtering, "row_order"),
        (lambda rows: 5, "total"),
    ],
)
def test_a_broken_property_is_found(function, name):
    result = judged({"f": function})
    assert not result
    assert broken(result) == [("f", name)]


def test_the_smallest_input_is_shown():
    assert judged(raising).table[0]["input"] == "{'a': [0], 'b': [0]}"


def test_chance_is_found():
    calls = itertools.count()
    assert broken(judged({"f": lambda rows: rows["a"] + next(calls)})) == [("f", "deterministic")]


def test_an_output_off_its_schema_is_found():
    result = judged(total, output={"columns": {"sum": {"dtype": "integer", "max": 12}}})
    assert broken(result) == [("total", "schema")]
    assert "sum max 12 (found max 13" in result.summary


def test_a_statistic_over_the_batch_is_found_when_asked_for():
    def centred(rows):
        return rows["a"] - rows["a"].mean()

    assert judged(centred)
    assert broken(judged(centred, properties=["rows_alone"])) == [("centred", "rows_alone")]


def test_several_functions_each_with_its_schema():
    result = judged(
        {"good": total, "bad": in_order},
        output={"good": {"columns": {"sum": {"dtype": "integer"}}}},
        properties=["row_order", "schema"],
    )
    assert broken(result) == [("bad", "row_order")]
    assert result.notes == (
        "no schema of the output given for bad, so the output was not held against one",
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_inputs_are_what_the_schema_allows(library):
    from pytest_mltestscore.checks._frames import read_frame
    from pytest_mltestscore.checks._schema_validation import validate

    schema = read_schema(EVERY)

    def function(rows):
        found = validate(read_frame(rows), schema).violations
        excused = ("missing", "dtype boolean")
        wrong = [v for v in found if not any(e in v.expectation for e in excused)]
        assert not wrong
        return np.zeros(len(rows))

    result = feature_properties(function, EVERY, library=library, max_examples=10)
    assert result, result


def test_frames_of_polars_are_made_of_the_same_tables():
    import polars as pl

    schema = read_schema(SCHEMA)
    frame = frame_maker(schema, "polars")({"a": [1], "b": [2]})
    assert isinstance(frame, pl.DataFrame)
    assert tables(schema, 3) is not None


def test_outputs_are_compared():
    one = as_columns([1.0, np.nan, 3.0])
    assert difference(one, as_columns([1.0, np.nan, 3.0 + 1e-12]), scale=1) is None
    assert difference(one, as_columns([1.0, np.nan, 4.0]), scale=1) == "feature: 3.0 and 4.0"
    assert difference(one, as_columns([1.0]), scale=1) == "3 and 1 rows"
    assert difference(one, as_columns(np.ones((3, 2))), scale=1).startswith("columns feature and")
    words = as_columns(np.array(["a", None], dtype=object))
    assert difference(words, as_columns(np.array(["a", None], dtype=object)), scale=1) is None


@pytest.mark.parametrize(
    "function, schema, options, argument, words",
    [
        (5, SCHEMA, {}, "functions", "is no function"),
        ({}, SCHEMA, {}, "functions", "is no function"),
        ({"f": 5}, SCHEMA, {}, "functions", "is of type int"),
        (total, {"columns": {}}, {}, "schema", "is empty"),
        (total, SCHEMA, {"properties": ["row_ordr"]}, "properties", "did you mean 'row_order'"),
        (total, SCHEMA, {"properties": "total"}, "properties", "is the text 'total'"),
        (total, SCHEMA, {"library": "excel"}, "library", "give one of pandas"),
        (total, SCHEMA, {"output": {"columns": {"x": {"mim": 1}}}}, "output", "mim: unknown key"),
        (
            total, {"columns": {"a": {"dtype": "integer", "min": 0.2, "max": 0.8}}}, {},
            "schema", "no whole number from",
        ),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(function, schema, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        feature_properties(function, schema, **options)
    assert caught.value.argument == argument
