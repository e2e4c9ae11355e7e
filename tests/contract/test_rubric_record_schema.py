"""The published schema of run records, against records as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import sample_records
from pytest_mltestscore.reporters.to_json import render

SCHEMA = Path(__file__).parents[2] / "rubric" / "record.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
SAMPLES = sample_records.SAMPLES


@pytest.fixture
def written():
    """A record with something in every list, as JSON."""
    return json.loads(render(sample_records.mixed()))


@pytest.mark.parametrize("name", [*SAMPLES, "hostile"])
def test_every_kind_of_record_is_valid(name):
    record = json.loads(render(getattr(sample_records, name)()))
    VALIDATOR.validate(record)
    VALIDATOR.validate({"records": [record, record]})


def test_keys_of_later_minor_versions_are_welcome(written):
    written |= {"schema_version": "1.7", "brand_new": 1}
    written["items"][0] |= {"brand_new": 1}
    assert VALIDATOR.is_valid(written)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": "2.0"},
        {"report_format": "other"},
        {"score": {}},
        {"items": [{}]},
        {"records": []},
        {"records": [{}]},
    ],
    ids=str,
)
def test_what_is_no_record_is_invalid(change, written):
    assert not VALIDATOR.is_valid(written | change)


def test_points_are_halves(written):
    written["items"][0]["points"] = 0.3
    assert not VALIDATOR.is_valid(written)
