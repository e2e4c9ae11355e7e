from __future__ import annotations

import json

import msgspec
import pytest
from tests import sample_records
from tests.sample_records import hostile, mixed

from pytest_mltestscore.reporters._badge import BAND_INKS, UNKNOWN_INK
from pytest_mltestscore.reporters.to_badge_json import render

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    "sample, message",
    [
        ("mixed", "2.5 / 7"),
        ("perfect", "7 / 7"),
        ("empty", "0 / 7"),
        ("edition_2016", "1 / 14"),
        ("in_progress", "in progress"),
        ("partial", "0 / 7, partial"),
        ("cut_short", "at least 0 / 7"),
        ("hostile", "2.5 / 7"),
    ],
)
def test_all_that_shields_takes(sample, message):
    """Shields refuses other keys, an empty message, and another version of the schema."""
    record = getattr(sample_records, sample)()
    found = json.loads(render(record))
    color = found.pop("color")
    assert found == {"schemaVersion": 1, "label": "ML Test Score", "message": message}
    assert color in BAND_INKS if record.run.complete else color == UNKNOWN_INK


def test_an_undecided_gate_is_said():
    found = json.loads(render(replace(mixed(), gate=replace(mixed().gate, status="undecided"))))
    assert found["message"] == "2.5 / 7, undecided"
    assert found["color"] == UNKNOWN_INK


def test_no_text_of_a_record_is_shown():
    assert render(hostile()) == render(mixed())
