"""Schemas of pandera: values are looked at, whatever its settings would skip."""

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "pandera")

import pandas as pd  # noqa: E402 - needs what was just asked for
import pandera.pandas as pa  # noqa: E402
import pandera.polars as pl_pandera  # noqa: E402
import polars as pl  # noqa: E402
from pandera.config import config_context  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._schema_pandera import spark_violations  # noqa: E402
from pytest_mltestscore.checks.data import feature_schema  # noqa: E402


class People(pa.DataFrameModel):
    age: float = pa.Field(ge=0, le=120)
    plan: str = pa.Field(isin=["a", "b"])


class PolarsPeople(pl_pandera.DataFrameModel):
    age: float = pl_pandera.Field(ge=0, le=120)
    plan: str = pl_pandera.Field(isin=["a", "b"])


def people(ages=(30.0, 40.0, 50.0), plans=("a", "b", "a")):
    return pd.DataFrame({"age": ages, "plan": plans})


def broken(result):
    return {(row["column"], row["expectation"], row["rows"]) for row in result.table}


@pytest.mark.parametrize("schema", [People, People.to_schema()])
def test_a_model_and_a_schema_are_taken(schema):
    assert feature_schema(people(), schema)
    result = feature_schema(people(ages=(30.0, 600.0, None)), schema)
    assert broken(result) == {
        ("age", "less_than_or_equal_to(120)", 1),
        ("age", "not nullable", 1),
    }


@pytest.mark.parametrize("lazy", [False, True])
def test_values_of_polars_frames_are_looked_at(lazy):
    frame = pl.from_pandas(people(ages=(30.0, 600.0, 50.0), plans=("a", "b", "jane")))
    result = feature_schema(frame.lazy() if lazy else frame, PolarsPeople)
    assert broken(result) == {
        ("age", "less_than_or_equal_to(120)", 1),
        ("plan", "isin(['a', 'b'])", 1),
    }
    assert "jane" not in repr(result)


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # of ibis on pandas 3
def test_values_of_tables_of_ibis_are_looked_at():
    needs.module("ibis")
    import ibis
    import pandera.ibis

    class IbisPeople(pandera.ibis.DataFrameModel):
        age: float = pandera.ibis.Field(ge=0, le=120)
        plan: str = pandera.ibis.Field(isin=["a", "b"])

    assert feature_schema(ibis.memtable(people()), IbisPeople)
    bad = people(ages=(30.0, 600.0, None), plans=("a", "b", "jane"))
    result = feature_schema(ibis.memtable(bad), IbisPeople)
    assert broken(result) == {
        ("age", "less_than_or_equal_to(120)", 1),
        ("age", "not nullable", 1),
        ("plan", "isin(['a', 'b'])", 1),
    }
    assert "jane" not in repr(result)


def test_validation_that_was_switched_off_is_done():
    with config_context(validation_enabled=False):
        assert not feature_schema(people(ages=(30.0, 600.0, 50.0)), People)


@pytest.mark.parametrize("level", ["frame", "column"])
def test_rows_that_a_schema_would_drop_are_reported(level):
    column = pa.Column(float, pa.Check.le(120), drop_invalid_rows=level == "column")
    schema = pa.DataFrameSchema({"age": column}, drop_invalid_rows=level == "frame")
    assert not feature_schema(people(ages=(30.0, 600.0, 50.0)), schema)
    assert schema.drop_invalid_rows == (level == "frame")


def test_what_is_about_columns_or_the_frame():
    schema = pa.DataFrameSchema(
        {"age": pa.Column(int), "height": pa.Column(float)},
        checks=pa.Check(lambda rows: rows["age"].sum() < 10, name="young"),
        strict=True,
    )
    assert broken(feature_schema(people(), schema)) == {
        ("age", "dtype('int64')", 3),
        ("height", "required", 3),
        ("plan", "named in the schema", 3),
        ("(frame)", "young", 3),
    }


def test_a_check_that_raises_breaks_the_schema():
    schema = pa.DataFrameSchema({"age": pa.Column(float, pa.Check(lambda s: 1 / 0, name="odd"))})
    result = feature_schema(people()[["age"]], schema)
    assert not result
    assert "age odd (found check error)" in result.summary


def test_a_check_that_only_warns_is_a_note():
    check = pa.Check.le(120, raise_warning=True)
    result = feature_schema(
        people(ages=(30.0, 600.0, 5.0)), pa.DataFrameSchema({"age": pa.Column(float, check)})
    )
    assert result
    assert "less_than_or_equal_to(120)" in result.notes[0]
    assert "600" not in result.notes[0]


@pytest.mark.parametrize(
    "data, schema, words",
    [
        (people(), PolarsPeople, "is for frames of another library than pandas"),
        (people(), pa.DataFrameSchema(), "expects nothing"),
        (people()[:0], People, "has no rows"),
    ],
)
def test_bad_arguments_are_named(data, schema, words):
    with pytest.raises(InputError, match=words):
        feature_schema(data, schema)


def test_what_pandera_attaches_to_a_frame_of_spark():
    entry = {"schema": "P", "column": "age", "check": "less_than(3)", "error": "values"}
    report = {"DATA": {"DATAFRAME_CHECK": [entry]}, "SCHEMA": {"COLUMN_NOT_IN_DATAFRAME": [entry]}}
    found = list(spark_violations(report, 7))
    assert [(v.column, v.expectation, v.rows) for v in found] == [
        ("age", "less_than(3)", 7),
        ("age", "required", 7),
    ]
