import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "pandera")

import pandas as pd  # noqa: E402 - needs what was just asked for
import pandera.pandas as pa  # noqa: E402
import pandera.polars as pl_pandera  # noqa: E402
import polars as pl  # noqa: E402
from pandera.config import ValidationDepth, config_context  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.adapters import pandera_errors  # noqa: E402

SCHEMA = pa.DataFrameSchema(
    {"delay": pa.Column(float, pa.Check.lt(600)), "carrier": pa.Column(str)}
)
POLARS = pl_pandera.DataFrameSchema({"delay": pl_pandera.Column(float, pl_pandera.Check.lt(600))})
GOOD = pd.DataFrame({"delay": [1.0, 2.0], "carrier": ["AA", "UA"]})
BAD = pd.DataFrame({"delay": [1.0, 900.0, 901.0], "carrier": ["AA", None, "Jane Doe"]})


def raised(schema, data, *, lazy=True):
    try:
        schema.validate(data, lazy=lazy)
    except (pa.errors.SchemaErrors, pa.errors.SchemaError) as error:
        return error
    return None


def test_no_error():
    result = pandera_errors(raised(SCHEMA, GOOD), schema=SCHEMA, data=GOOD)
    assert result
    assert result.item == "feature-schema"
    assert result.rows_seen == 2


@pytest.mark.filterwarnings(  # of pandera on pandas 2
    "ignore:The behavior of DataFrame concatenation:FutureWarning"
)
def test_all_errors_are_counted_and_no_value_is_shown():
    result = pandera_errors(raised(SCHEMA, BAD), schema=SCHEMA, data=BAD)
    assert not result
    assert [(row["column"], row["expectation"], row["found"]) for row in result.table] == [
        ("carrier", "not nullable", "1 value"),
        ("delay", "less_than(600)", "2 values"),
    ]
    assert "900" not in repr(result)


def test_a_single_error():
    error = raised(SCHEMA, BAD, lazy=False)
    assert not pandera_errors(error, schema=SCHEMA, data=BAD)


def test_a_missing_column():
    error = raised(SCHEMA, GOOD[["delay"]])
    result = pandera_errors(error, schema=SCHEMA, data=GOOD[["delay"]])
    assert result.table[0]["column"] == "carrier"


def test_polars():
    rows = pl.DataFrame({"delay": [1.0, 900.0]})
    result = pandera_errors(raised(POLARS, rows), schema=POLARS, data=rows)
    assert not result
    assert result.table[0]["expectation"] == "less_than(600)"


def test_a_model_as_a_class():
    class Flights(pa.DataFrameModel):
        delay: float

    assert pandera_errors(None, schema=Flights, data=GOOD)


def test_what_pandera_attaches_to_a_frame_of_spark():
    entry = {"schema": "P", "column": "delay", "check": "less_than(3)", "error": "values"}
    report = {"DATA": {"DATAFRAME_CHECK": [entry]}}
    assert not pandera_errors(report, schema=SCHEMA, data=GOOD)
    assert pandera_errors({}, schema=SCHEMA, data=GOOD)


def test_no_error_of_a_lazy_frame_shows_nothing():
    lazy = pl.LazyFrame({"delay": [900.0]})
    assert raised(POLARS, lazy) is None  # the trap
    with pytest.raises(InputError, match="errors: is None, but pandera looked at names and types"):
        pandera_errors(None, schema=POLARS, data=lazy)
    with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        assert pandera_errors(None, schema=POLARS, data=pl.LazyFrame({"delay": [1.0]}))


def test_no_error_shows_nothing_where_pandera_was_told_not_to_look():
    with (
        config_context(validation_enabled=False),
        pytest.raises(InputError, match=r"errors: .* validation is switched off"),
    ):
        pandera_errors(None, schema=SCHEMA, data=GOOD)
    with (
        config_context(validation_depth=ValidationDepth.SCHEMA_ONLY),
        pytest.raises(InputError, match=r"errors: .* names and types only"),
    ):
        pandera_errors(None, schema=SCHEMA, data=GOOD)


@pytest.mark.parametrize(
    "errors, schema, data, argument, words",
    [
        (None, SCHEMA, GOOD[:0], "data", "has no rows"),
        (None, SCHEMA, None, "data", "is of type NoneType"),
        (None, pa.DataFrameSchema(), GOOD, "schema", "expects nothing"),
        (None, None, GOOD, "schema", "is of type NoneType"),
        (ValueError("x"), SCHEMA, GOOD, "errors", "is of type ValueError"),
        (True, SCHEMA, GOOD, "errors", "is of type bool"),
    ],
)
def test_what_shows_nothing_is_an_error(errors, schema, data, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        pandera_errors(errors, schema=schema, data=data)
    assert caught.value.argument == argument
