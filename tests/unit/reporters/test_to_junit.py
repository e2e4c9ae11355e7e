from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest
import xmlschema
from tests import sample_records
from tests.sample_records import hostile, in_progress, large, mixed, perfect

from pytest_mltestscore.domain.record import Gate, Record
from pytest_mltestscore.reporters.to_junit import TESTS_AN_ITEM, render

replace = msgspec.structs.replace
SAMPLES = ["mixed", "perfect", "empty", "in_progress", "partial", "cut_short", "hostile"]


@pytest.fixture(scope="module")
def schema():
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def cases(record: Record) -> dict[str, ET.Element]:
    root = ET.fromstring(render(record).encode())
    return {case.get("name"): case for case in root.iter("testcase")}


def problem(record: Record, name: str) -> tuple[str, str] | None:
    found = list(cases(record)[name])
    return (found[0].tag, found[0].get("type")) if found else None


@pytest.mark.parametrize("sample", SAMPLES)
def test_schema_and_counts(sample, schema):
    text = render(getattr(sample_records, sample)())
    schema.validate(text)
    root = ET.fromstring(text.encode())
    suites = root.findall("testsuite")
    assert [s.get("name") for s in suites] == [
        f"mlscore.{name}" for name in ("data", "model", "infra", "monitor", "gate")
    ]
    assert [s.get("tests") for s in suites] == ["7", "7", "7", "7", "1"]
    for suite in suites:
        found = suite.findall("testcase")
        assert int(suite.get("tests")) == len(found)
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        seconds = sum(float(case.get("time")) for case in found)
        assert float(suite.get("time")) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    "name, expected",
    [
        ("data-1 feature-schema", None),
        ("data-3 feature-cost", None),
        ("model-6 slice-quality", ("failure", "failing")),
        ("infra-4 quality-gate", ("skipped", "withheld")),
        ("data-6 feature-velocity", ("skipped", "expired")),
        ("model-4 staleness-impact", ("skipped", "skipped")),
        ("infra-6 canary", ("skipped", "not-run")),
        ("infra-7 rollback", ("skipped", "missing")),
    ],
)
def test_states(name, expected):
    assert problem(mixed(), name) == expected


def test_every_problem_says_why():
    failed = cases(mixed())["model-6 slice-quality"][0]
    assert failed.get("message").endswith("test_recall_by_region failed (2 of 3 tests)")
    assert failed.text == (
        "tests/model/test_slices.py::test_recall_by_region failed\n"
        "    | AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in north\n"
        "tests/model/test_slices.py::test_recall_by_age error in teardown\n"
        "    | RuntimeError: connection lost"
    )
    expired = cases(mixed())["data-6 feature-velocity"][0]
    assert expired.get("message") == "attestation by ana@example.org expired on 2026-02-01"


@pytest.mark.parametrize(
    "status, expected",
    [
        ("passed", None),
        ("failed", ("failure", "failed")),
        ("not-asked", ("skipped", "not-asked")),
        ("not-evaluated", ("skipped", "not-evaluated")),
        ("undecided", ("error", "undecided")),
    ],
)
def test_gate(status, expected):
    record = replace(mixed(), gate=replace(mixed().gate, status=status))
    assert problem(record, "gate") == expected


def test_gate_lists_its_conditions():
    gate = cases(mixed())["gate"][0]
    assert gate.get("message") == mixed().gate.verdict
    assert gate.text.splitlines()[:2] == [
        "FAILED: score 2.5, required 3",
        "ok: section data 4.5, required 4",
    ]


def test_a_run_in_progress_is_an_error_even_if_no_gate_was_asked_for():
    record = replace(in_progress(), gate=Gate(status="not-asked", verdict="no gate"))
    error = cases(record)["gate"][0]
    assert (error.tag, error.get("type")) == ("error", "in-progress")
    assert error.get("message") == "the run has not come to its end"


def test_long_lists_of_tests_are_counted():
    failing = next(i for i in large(60_000).items if i.state == "failing")
    record = perfect()
    many = replace(failing.tests[0], outcome="failed")
    item = replace(failing, tests=(many,) * (TESTS_AN_ITEM + 3))
    others = tuple(item if i.id == item.id else i for i in record.items)
    text = cases(replace(record, items=others))[f"{item.id} {item.name}"][0].text
    assert text.count("::test_variant[") == TESTS_AN_ITEM
    assert text.endswith("\nand 3 more tests")


def test_characters_that_xml_cannot_hold_are_shown():
    text = render(hostile())
    assert "\\x00\\x08\\x7f\\x9b \\ud800\\udfff \\u202egnp.exe\\u2066x\\u2069" in text
    root = ET.fromstring(text.encode())
    assert {e.tag for e in root.iter()} == {
        *("testsuites", "testsuite", "testcase", "failure", "skipped")
    }
    assert "</script><script>alert(1)</script>" in root.get("name")
