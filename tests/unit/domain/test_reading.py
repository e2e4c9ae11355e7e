from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sample_records import empty, hostile, mixed, perfect

from pytest_mltestscore.domain import reading
from pytest_mltestscore.domain.errors import RecordError
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.reporters.to_json import render

GOOD = msgspec.json.encode(mixed())


def refused(data: bytes | str) -> str:
    with pytest.raises(RecordError) as caught:
        parse(data, "runs/a.json")
    message = str(caught.value)
    assert message.startswith("runs/a.json: ")
    return message.removeprefix("runs/a.json: ")


def test_one_record():
    assert parse(GOOD, "a.json") == [mixed()]
    assert parse(GOOD.decode(), "a.json") == [mixed()]
    assert parse(b"\xef\xbb\xbf" + GOOD, "a.json") == [mixed()]
    assert parse("\ufeff" + GOOD.decode(), "a.json") == [mixed()]


def test_several_records():
    records = [mixed(), perfect(), empty()]
    data = msgspec.json.encode({"records": records, "later": 1})
    assert parse(data, "a.json") == records


def test_newer_minor_versions_and_unknown_keys():
    data = json.loads(GOOD)
    data["schema_version"] = "1.9.2"
    data["new"] = {"deep": [1]}
    data["items"][0]["new"] = 1
    data["items"][0]["tests"][0]["novelty"] = {"caught": 3}
    (record,) = parse(json.dumps(data), "a.json")
    assert record == msgspec.structs.replace(mixed(), schema_version="1.9.2")


def test_texts_stay_as_they_are():
    written = render(hostile())
    assert render(parse(written, "a.json")[0]) == written


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "is empty; run `pytest --mlscore --mlscore-report=json:FILE` to write it"),
        (b" \r\n", "is empty; run"),
        (b"\x80", "byte 0 is not UTF-8; save the file as UTF-8"),
        (GOOD.decode().encode("utf-16"), "byte 0 is not UTF-8"),
        (GOOD.replace(b"churn", b"ch\xfcrn"), "is not UTF-8; save the file as UTF-8"),
        ("\ud800", "character 0 is half of a surrogate pair, not text; read the file as UTF-8"),
        (GOOD[:2000], "not JSON: it ends too early, so the file was cut off; score again"),
        (GOOD[:-1], "not JSON: it ends too early, so the file was cut off; score again"),
        (b"{\n 'a': 1}", "not JSON: line 2, column 2 (byte 3): "),
        (GOOD + b"x", "trailing characters; score again"),
        (b'{"a": NaN}', "not strict JSON: line 1, column 7 (byte 6): NaN is not allowed"),
        (b'{"a": -Infinity}', ": Infinity is not allowed"),
        (b'{"a": "\\ud800"}', "not JSON: "),
        (b'{"a":' + b"[" * 100_000, "nested too deeply to be a run record"),
        (b"[]", "not a run record: expected `object`, got `array`; mend it or score again"),
        (b"null", "not a run record: expected `object`, got `null`"),
        (b"{}", "not a run record (`report_format` is not 'mlscore'); give a file written by"),
        (b'{"report_format": ["mlscore"]}', "not a run record (`report_format` is not 'mlscore')"),
        (b'{"records": []}', "holds no records; give the file that a scored run wrote"),
        (b'{"records": {}}', "records: expected `array`, got `object`"),
        (b'{"records": [{}]}', "records[0]: not a run record (`report_format`"),
        (b'{"records": [3]}', "records[0]: expected `object`, got `int`"),
        (
            b'{"report_format": "mlscore", "schema_version": "1.0"}',
            "not a run record: object missing required field `generator`",
        ),
    ],
)
def test_not_a_record(data, message):
    assert message in refused(data)


@pytest.mark.parametrize(
    "version, message",
    [
        (
            '"2.0"',
            "newer than the 1.0 that is read here; update pytest-mltestscore to a version that",
        ),
        ('"10.3"', "to a version that reads schema 10.3"),
        ('"0.9"', "written in schema version 0.9, older than the 1.0 that is read here; score"),
        ('"1"', "`schema_version` is '1', expected a version such as '1.0'"),
        ("1.0", "`schema_version` is 1.0, expected a version such as '1.0'"),
        ("null", "`schema_version` is None, expected a version such as '1.0'"),
        ('"v1\\u001b[31m"', "`schema_version` is 'v1\\x1b[31m', expected"),
    ],
)
def test_versions(version, message):
    data = GOOD.replace(b'"schema_version":"1.0"', f'"schema_version":{version}'.encode())
    assert data != GOOD
    assert message in refused(data)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"churn"', "5", "system: expected `str`, got `int`; mend it or score again"),
        ('"failing"', '"broken"', "items[12].state: invalid enum value 'broken'"),
        ('"final":2.5', '"final":2.7', "score.final: expected `float` that's a multiple of 0.5"),
        ('"final":2.5', '"final":1e999', "score.final: number out of range"),
        ('"final":2.5', '"final":-1', "score.final: expected `float` >= 0.0"),
        ('"date":"2026-03-02"', '"date":"soon"', "date: invalid RFC3339 encoded date"),
        ('"id":"model-2"', '"id":"model-3"', "item 'model-3' is there twice"),
        ('"id":"infra"', '"id":"data"', "section 'data' is there twice"),
        ('"section":"model"', '"section":"x"', "items[].section: 'x' is not in the record"),
        (
            '"limiting_sections":["model"]',
            '"limiting_sections":["x"]',
            "score.limiting_sections[]: 'x' is not in the record; the file was changed by hand",
        ),
        ('"item":"model-2"', '"item":"x"', "next_steps[].item: 'x' is not in the record"),
    ],
)
def test_wrong_content(old, new, message):
    data = GOOD.decode()
    assert old in data
    assert message in refused(data.replace(old, new))


def test_a_record_without_sections():
    data = json.loads(GOOD)
    data["sections"] = data["items"] = data["next_steps"] = []
    assert refused(json.dumps(data)).startswith("has no sections; ")


def test_problems_in_one_of_several_records_say_which():
    bad = GOOD.replace(b'"churn"', b"5")
    twice = GOOD.replace(b'"id":"model-2"', b'"id":"model-3"')
    assert "records[1].system: expected" in refused(b'{"records":[%s,%s]}' % (GOOD, bad))
    assert "records[1]: item 'model-3'" in refused(b'{"records":[%s,%s]}' % (GOOD, twice))


def test_unknown_values_of_a_newer_minor_version_ask_for_an_update():
    data = GOOD.replace(b'"1.0"', b'"1.7"').replace(b'"failing"', b'"haunted"')
    assert refused(data).endswith(
        "items[12].state: invalid enum value 'haunted'; mend it or score again; it is of schema"
        " 1.7, so update pytest-mltestscore to a version that reads schema 1.7"
    )


@pytest.mark.parametrize("kind", [bytes, bytes.decode])
def test_size_limit(monkeypatch, kind):
    monkeypatch.setattr(reading, "SIZE_LIMIT", 1000)
    assert "has 1,001 bytes, more than the 1,000 that a run record may have" in refused(
        kind(b"x" * 1001)
    )


def test_source_is_cleaned():
    with pytest.raises(RecordError, match=r"^a\\x07b: is empty"):
        parse(b"", "a\x07b")


@given(st.binary(max_size=60))
def test_garbage_is_refused_and_never_crashes(data):
    refused(data)


@given(
    position=st.integers(0, len(GOOD) - 1), junk=st.sampled_from([b"", b"0", b'"', b"}", b"\xff"])
)
def test_damage_is_refused_or_harmless(position, junk):
    damaged = GOOD[:position] + junk + GOOD[position + 1 :]
    try:
        (record,) = parse(damaged, "a.json")
    except RecordError:
        return
    render(record)
