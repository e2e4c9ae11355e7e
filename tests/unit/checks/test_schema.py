"""Reading schemas, and what single expectations find."""

import datetime as dt

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "pyarrow")

import pandas as pd  # noqa: E402 - needs what was just asked for

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._frames import read_frame  # noqa: E402
from pytest_mltestscore.checks._schema import read_schema  # noqa: E402
from pytest_mltestscore.checks._schema_validation import validate  # noqa: E402

at = dt.datetime.fromisoformat


def broken(values, column, kind="pandas"):
    """Return the expectations that a column of values breaks, with the number of rows."""
    rows = to_kind(kind, pd.DataFrame({"x": values}))
    found = validate(read_frame(rows), read_schema({"columns": {"x": column}})).violations
    return [(v.expectation, v.rows) for v in found]


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize(
    "values, column, expected",
    [
        ([1, 2, 3], {"dtype": "integer", "min": 1, "max": 3, "unique": True}, []),
        ([1, 2, 3], {"min": 2}, [("min 2", 1)]),
        ([1, 2, 3], {"max": 1.5}, [("max 1.5", 2)]),
        ([1.0, None, 3.0], {}, [("at most 0 missing", 1)]),
        ([1.0, None, 3.0], {"dtype": "integer", "max_missing": 0.5}, []),
        ([1.5, None, 3.0], {"dtype": "integer", "max_missing": 0.5}, [("whole numbers", 1)]),
        ([1.0, float("inf")], {"dtype": "number"}, [("finite", 1)]),
        ([None, 2.0, 2.0], {"unique": True, "max_missing": 0.5}, [("unique", 1)]),
        ([None, 2.0, 2.0], {"min_distinct": 2, "max_missing": 1}, [("at least 2 distinct", 3)]),
        (["a", "b", None], {"allowed": ["a"], "max_missing": 0.5}, [("allowed a", 1)]),
        ([1, 2], {"dtype": "category", "allowed": [1]}, [("allowed 1", 1)]),
        ([1, 2], {"allowed": [1.0, 2]}, []),
        ([True, True], {"dtype": "boolean", "allowed": [True]}, []),
        ([True, False], {"dtype": "boolean", "allowed": [True]}, [("allowed True", 1)]),
        (["N1", "xN1", "N1x"], {"pattern": "N[0-9]"}, [("pattern N[0-9]", 2)]),
        (["N1", None], {"pattern": "N[0-9]", "max_missing": 0.5}, []),
        (["N1", "M1"], {"pattern": "N1|M1"}, []),
        (["a", "b"], {"dtype": "number"}, [("dtype number", 2)]),
        ([1, 2], {"dtype": "text"}, [("dtype text", 2)]),
        ([True, False], {"dtype": "number"}, [("dtype number", 2)]),
        (["a", "b"], {"min": 0}, [("min 0", 2)]),
        ([1, 2], {"allowed": ["1", "2"]}, [("allowed 1, 2", 2)]),
        (
            [at("2024-01-01"), at("2024-01-03")],
            {"dtype": "datetime", "max": at("2024-01-02")},
            [("max 2024-01-02T00:00:00", 1)],
        ),
        (
            [dt.date(2024, 1, 1), dt.date(2024, 1, 3)],
            {"min": at("2024-01-02")},
            [("min 2024-01-02T00:00:00", 1)],
        ),
        (
            [at("2024-01-01T00:00Z")],
            {"max": at("2023-01-02T00:00Z")},
            [("max 2023-01-02T00:00:00+00:00", 1)],
        ),
        (
            [at("2024-01-01T00:00Z")],
            {"max": at("2030-01-02")},
            [("max 2030-01-02T00:00:00", 1)],
        ),
    ],
)  # fmt: skip
def test_an_expectation_on_any_frame(kind, values, column, expected):
    if (
        kind == "pandas"
        and isinstance(values[0], dt.date)
        and not isinstance(values[0], dt.datetime)
    ):
        pytest.skip("pandas has no dates without a time")
    assert broken(values, column, kind) == expected


def test_a_categorical_column_of_pandas_is_text():
    values = pd.Categorical(["a", "b"])
    assert broken(values, {"dtype": "text", "pattern": "[ab]", "allowed": ["a", "b"]}) == []
    assert broken(values, {"allowed": ["a"]}) == [("allowed a", 1)]


def test_objects_have_no_type():
    assert broken([1, "a"], {"dtype": "number"}) == [("dtype number", 2)]


def test_the_extreme_shown_is_not_nan():
    rows = to_kind("pyarrow", pd.DataFrame({"x": [1.0, 9.0]}))
    import duckdb

    frame = (
        duckdb.connect()
        .from_arrow(rows)
        .query("r", "select x from r union all select 'nan'::double")
    )
    schema = read_schema({"columns": {"x": {"max": 5, "max_missing": 1}}})
    (violation,) = validate(read_frame(frame), schema).violations
    assert (violation.found, violation.rows) == ("max 9", 1)


def test_columns_and_rows():
    data = read_frame(pd.DataFrame({"a": [1], "b": [1]}))
    schema = {"min_rows": 2, "columns": {"a": {}, "c": {}, "d": {"required": False}}}
    found = {(v.column, v.expectation) for v in validate(data, read_schema(schema)).violations}
    assert found == {("", "at least 2 rows"), ("c", "required"), ("b", "named in the schema")}
    loose = {"columns": {"a": {}}, "other_columns": "allowed", "max_rows": 5}
    assert validate(data, read_schema(loose)).violations == ()


def test_a_schema_of_a_file_is_the_same_in_both_formats(tmp_path):
    text = """
        min_rows = 5
        [columns.x]
        dtype = "datetime"
        min = 2024-01-01T00:00:00Z
        [columns."a b"]
        allowed = ["\\u007f", "ü\\"\\\\"]
        pattern = "a.*"
    """
    toml = tmp_path / "a.toml"
    toml.write_text(text, encoding="utf-8")
    schema = read_schema(toml)
    again = tmp_path / "b.toml"
    again.write_text(schema.to_toml(), encoding="utf-8")
    assert read_schema(str(again)) == schema
    as_json = tmp_path / "c.json"
    as_json.write_text(
        '{"min_rows": 5, "columns": {"x": {"dtype": "datetime", "min": "2024-01-01T00:00:00Z"},'
        ' "a b": {"allowed": ["\\u007f", "ü\\"\\\\"], "pattern": "a.*"}}}',
        encoding="utf-8",
    )
    assert read_schema(as_json) == schema


def test_all_mistakes_are_named_at_once(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text(
        """
        min_row = 5
        [columns.a]
        dtype = "nummer"
        [columns.b]
        min = 5
        max = 1
        max_missing = 2
        allowed = ["a", 1]
        [columns.c]
        pattern = "("
        [columns.d]
        pattern = "(?=a)"
        dtype = "category"
        """
    )
    with pytest.raises(InputError) as caught:
        read_schema(path)
    message = str(caught.value)
    for words in (
        "schema.toml: min_row: unknown key; did you mean 'min_rows'?",
        "schema.toml: columns: a: dtype: is 'nummer'; give one of",
        "columns: b: max_missing: is 2.0; give a share from 0 to 1",
        "min: 5 is larger than max 1",
        "allowed: mixes text",
        "columns: c: pattern: is no regular expression",
        "a category needs its values; pattern: looks around",
    ):
        assert words in message


@pytest.mark.parametrize(
    "source, words",
    [
        ({"columns": {}}, "columns: is empty"),
        ({"columns": {"a": {}}, "min_rows": 0}, "no rows prove nothing"),
        ({"columns": {"a": {}}, "min_rows": 9, "max_rows": 8}, "less than min_rows 9"),
        ({"columns": {"a": {"min_distinct": 0}}}, "min_distinct: is 0"),
        ({"columns": {"a": {"min": 1, "max": at("2024-01-01")}}}, "cannot be compared"),
        ("no/such.toml", "cannot be read"),
        (5, "is of type int"),
    ],
)
def test_a_bad_schema_is_named(source, words):
    with pytest.raises(InputError, match=words) as caught:
        read_schema(source)
    assert caught.value.argument == "schema"


@pytest.mark.parametrize("name, content", [("a.json", "{"), ("a.json", "[1]"), ("a.toml", "a = ")])
def test_a_broken_file_is_named(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=name):
        read_schema(path)
