from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import sample_records
from tests.sample_records import edition_2016, hostile, large, mixed, perfect

from pytest_mltestscore.domain.evidence import Measurement
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.record import Record, Setting
from pytest_mltestscore.reporters.to_json import render

replace = msgspec.structs.replace
SAMPLES = sample_records.SAMPLES


def no_constant(name: str) -> Any:
    raise AssertionError(f"{name} is not strict JSON")


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=no_constant)


@pytest.fixture(scope="module")
def schema():
    found = jsonschema.Draft202012Validator(msgspec.json.schema(Record))
    found.check_schema(found.schema)
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_written_is_read_back(sample):
    record = getattr(sample_records, sample)()
    text = render(record)
    assert text.endswith("}\n")
    assert strict(text) == json.loads(msgspec.json.encode(record))
    assert parse(text, sample) == [record]


@pytest.mark.parametrize("sample", [*SAMPLES, "hostile"])
def test_schema(sample, schema):
    schema.validate(strict(render(getattr(sample_records, sample)())))


def test_the_schema_is_open_to_new_keys_and_closed_to_wrong_values(schema):
    data = strict(render(mixed()))
    data["new"] = data["items"][0]["new"] = 1
    schema.validate(data)
    data["score"]["final"] = 2.7
    with pytest.raises(jsonschema.ValidationError, match="multiple of"):
        schema.validate(data)


def test_keys_are_sorted():
    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert list(value) == sorted(value)
        for entry in value.values() if isinstance(value, dict) else value:
            if isinstance(entry, dict | list):
                check(entry)

    check(strict(render(mixed())))


def test_bytes_do_not_depend_on_the_order_of_insertion():
    record = mixed()
    turned = replace(record, config=dict(reversed(record.config.items())))
    assert list(turned.config) != list(record.config)
    assert render(turned) == render(record)


def test_a_changed_test_is_a_changed_line():
    record = perfect()
    item = record.items[3]
    tests = (replace(item.tests[0], duration_s=77.0),)
    changed = replace(
        record, items=(*record.items[:3], replace(item, tests=tests), *record.items[4:])
    )
    before, after = render(record).splitlines(), render(changed).splitlines()
    different = [b for a, b in zip(before, after, strict=True) if a != b]
    assert len(different) == 1
    assert '"duration_s":77.0' in different[0]
    assert "test_feature_policy.py" in different[0]


def test_one_line_a_test_section_step_check_and_change():
    lines = render(mixed()).splitlines()
    for start, number in [
        ('    {"duration_s":', 19),
        ('  {"id":"', 4),
        ('  {"action":', 3),
        ('   {"actual":', 5),
        ('   {"after":', 7 + 4),  # changes, and bounds that were loosened
    ]:
        assert sum(line.startswith(start) for line in lines) == number, start


def test_nothing_that_json_cannot_hold():
    record = replace(
        mixed(),
        extra={"nan": float("nan"), "inf": [float("-inf")], "banana": "BaNaNa Infinity"},
        config={"a": Setting(value=float("inf"), origin="x")},
    )
    data = strict(render(record))
    assert data["extra"] == {"nan": None, "inf": [None], "banana": "BaNaNa Infinity"}
    assert data["config"]["a"]["value"] is None


def test_measurements_keep_why_they_have_no_value():
    rows = next(t for t in mixed().items[0].tests if t.measurements)
    assert Measurement(name="skew of an empty column", value=None, nonfinite="nan") in (
        rows.measurements
    )
    assert '{"name":"skew of an empty column","nonfinite":"nan","value":null}' in render(mixed())


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_objects_of_others_become_text():
    nested: list[Any] = []
    nested.append(nested)
    extra = {
        "date": dt.date(2026, 1, 1),
        "decimal": Decimal("1.50"),
        "path": Path("a/b"),
        "silent": Silent(),
        "long": [complex(1, 2)] * 2,
        "nested": nested,
        "keys": {1: "one", None: "none", (1, 2): "tuple"},
        "surrogate \ud800": "\udfff",
        "big": 2**70,
        "tuple": ("a", {"b": object}),
    }
    data = strict(render(replace(mixed(), extra=extra)))["extra"]
    assert data["date"] == "2026-01-01"
    assert data["decimal"] == "1.50"
    assert data["path"] == repr(Path("a/b"))
    assert data["silent"] == "<Silent: repr raised RuntimeError>"
    assert data["long"] == ["(1+2j)"] * 2
    assert data["keys"] == {"1": "one", "None": "none", "(1, 2)": "tuple"}
    assert data["surrogate \\ud800"] == "\\udfff"
    assert data["big"] == 2**70
    assert data["tuple"] == ["a", {"b": "<class 'object'>"}]
    assert "..." in json.dumps(data["nested"])


def test_hostile_text_is_data():
    text = render(hostile())
    text.encode()
    (record,) = parse(text, "hostile")
    assert record.item("model-6").tests[0].nodeid.endswith("test_recall_by_region")
    assert "<script>" in record.system
    assert render(record) == text


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_any_text(text):
    record = replace(edition_2016(), system=text, notes=(text,), extra={text: text})
    written = render(record)
    written.encode()
    data = strict(written)
    assert parse(written, "a")[0].system == data["system"]
    if text.isprintable():
        assert data["system"] == text


def test_twenty_thousand_tests_stay_below_two_megabytes():
    assert len(render(large(20_000)).encode()) < 2_000_000
