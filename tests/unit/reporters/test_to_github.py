from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests import sample_records
from tests.sample_records import HOSTILE_TEXT, hostile, in_progress, mixed, partial, perfect

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import Gate, Loosened, Record
from pytest_mltestscore.domain.text import clean_line
from pytest_mltestscore.reporters.to_github import AT_MOST, render, render_all

replace = msgspec.structs.replace


class Command(NamedTuple):
    kind: str
    properties: dict[str, str]
    message: str


def unescaped(text: str, pairs: str) -> str:
    for pair in pairs.split():
        text = text.replace(f"%{pair}", chr(int(pair, 16)))
    return text.replace("%25", "%")


def commands(text: str) -> list[Command]:
    """Read a log as GitHub's runner does: a command ends its name and properties at the next `::`.

    Properties are split at commas, and each at its first `=`, before anything is unescaped.
    """
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) ([^:]*(?::[^:]+)*)::(.*)", line)
        assert match, line
        pairs = [entry.split("=", 1) for entry in match[2].split(",")]
        properties = {name: unescaped(value, "0D 0A 3A 2C") for name, value in pairs}
        assert set(properties) <= {"file", "title"}
        found.append(Command(match[1], properties, unescaped(match[3], "0D 0A")))
    assert text == "" or text.endswith("\n")
    return found


def of_kind(record: Record, kind: str) -> list[Command]:
    return [command for command in commands(render(record)) if command.kind == kind]


def with_gate(record: Record, status: str, verdict: str = "because") -> Record:
    return replace(record, gate=Gate(status=status, verdict=f"gate {status}: {verdict}"))


def test_errors():
    gate, item = of_kind(mixed(), "error")
    assert gate.properties == {"title": "ML Test Score of churn: gate failed"}
    assert gate.message.splitlines() == [
        "score 2.5, required 3",
        "model-6 is failing, required automated",
        "regressed: data-6 manual -> expired, model-6 automated -> failing",
    ]
    assert item.properties == {
        "title": "model-6 slice-quality is failing",
        "file": "tests/model/test_slices.py",
    }
    file = "tests/model/test_slices.py"
    said = "AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in north"
    assert item.message.splitlines() == [
        f"{file}::test_recall_by_region failed: {said}",
        f"{file}::test_recall_by_age error in teardown: RuntimeError: connection lost",
    ]


def test_warnings():
    found = [(c.properties["title"], c.message) for c in of_kind(mixed(), "warning")]
    assert ("Bound loosened", "fail_under_section data 5 -> 4 (now 4.5)") in found
    assert (
        "data-6 feature-velocity: attestation",
        "attestation expired on 2026-02-01; owner: ana@example.org",
    ) in found
    assert (
        "model-1 spec-review: attestation",
        "attestation expires in 9 days (2026-03-11); owner: ana@example.org",
    ) in found
    loosened = next(c for c in of_kind(mixed(), "warning") if "data-1" in c.properties["title"])
    assert loosened.properties["file"] == "tests/data/test_schema.py"


def test_nothing_where_all_is_well():
    assert render(perfect()) == ""
    assert render(with_gate(perfect(), "passed")) == ""


@pytest.mark.parametrize("gate", ["undecided", "not-asked", "passed"])
def test_a_run_in_progress_is_an_error_whatever_the_gate(gate):
    (command,) = commands(render(with_gate(in_progress(), gate)))
    assert command.kind == "error"
    assert command.properties["title"] == "ML Test Score of churn: in progress"
    assert command.message == "the run has not come to its end"


def test_runs_that_do_not_show_everything():
    (command,) = commands(render(partial()))
    assert (command.kind, command.message) == ("warning", "2 tagged tests deselected by -k")
    cut_short = sample_records.cut_short()
    assert [c.properties["title"] for c in of_kind(cut_short, "error")] == [
        "ML Test Score of churn: gate undecided",
        "data-1 feature-schema is failing",
    ]
    assert of_kind(cut_short, "warning") == []
    (warning,) = of_kind(with_gate(cut_short, "not-asked"), "warning")
    assert warning.properties["title"] == "ML Test Score of churn: cut short"


def failing(record: Record, number: int, nodeid: str = "t.py::t", tests: int = 1) -> Record:
    """Let the first items of a record fail."""
    test = TestEvidence(nodeid=nodeid, outcome="failed", message="no")
    items = [replace(i, state="failing", tests=(test,) * tests) for i in record.items[:number]]
    return replace(record, items=(*items, *record.items[number:]))


@pytest.mark.parametrize("number, shown", [(10, 10), (11, 10), (28, 10)])
def test_no_more_of_a_kind_than_github_shows(number, shown):
    found = of_kind(failing(perfect(), number), "error")
    assert len(found) == shown == AT_MOST
    left_out = number - (shown if number == shown else shown - 1)
    last = f"and {left_out} more errors; see the report"
    assert (found[-1].message == last) == (left_out > 0)


def test_several_systems_share_what_github_shows():
    records = [failing(replace(perfect(), system=name), 8) for name in ("churn", "fraud")]
    found = commands(render_all(records))
    assert len(found) == AT_MOST
    assert found[-1].message == "and 7 more errors; see the report"


def test_many_failing_tests_of_an_item_are_counted():
    (command,) = of_kind(failing(perfect(), 1, tests=8), "error")
    assert command.message.count("t.py::t failed: no") == 5
    assert command.message.splitlines()[-1] == "and 3 more tests"


def test_an_item_without_a_test_to_blame_gives_its_reason():
    record = perfect()
    item = replace(record.items[0], state="failing", tests=(), reason="nobody knows")
    (command,) = of_kind(replace(record, items=(item, *record.items[1:])), "error")
    assert command.message == "nobody knows"
    assert "file" not in command.properties


@pytest.mark.parametrize(
    "nodeid, file",
    [
        ("tests/a, b:c=100%.py::test[x::y]", "tests/a, b:c=100%.py"),
        ("tests/\x1b[31m.py::test", None),
        ("tests/two\nlines.py::test", None),
    ],
)
def test_a_file_is_named_exactly_or_not_at_all(nodeid, file):
    (command,) = of_kind(failing(perfect(), 1, nodeid), "error")
    assert command.properties.get("file") == file


def test_hostile_text_gives_the_same_commands():
    def shape(record: Record) -> list[tuple[str, int]]:
        return [(c.kind, "title" in c.properties) for c in commands(render(record))]

    assert shape(hostile()) == shape(mixed())
    assert all(len(line) < 10_000 for line in render(hostile()).splitlines())


@given(
    st.text(st.characters(exclude_categories=[]), max_size=80)
    | st.text(st.sampled_from(list("%025ACD:,=#[ \r\na")), max_size=30)
    | st.just(HOSTILE_TEXT)
)
@example("##vso[task.complete]")
@example("%0A::error::%25 ####[a]")
def test_any_text_comes_out_as_it_went_in(text):
    bound = Loosened(what=text, before=text, after=text, found=text, item="data-1", test=text)
    record = replace(
        with_gate(perfect(), "failed", text),
        system=text,
        baseline=replace(mixed().baseline, loosened=(bound,)),
    )
    error, warning = commands(render(record))
    assert (error.kind, warning.kind) == ("error", "warning")
    assert error.properties["title"] == shown(f"ML Test Score of {text}: gate failed")
    assert warning.properties["title"] == "data-1: bound loosened"
    assert warning.message == shown(bound.in_words)
    assert "##" not in render(record)  # where other servers look for their own commands
    render(record).encode()


def shown(text: str) -> str:
    return re.sub("##+", lambda match: " ".join(match.group()), clean_line(text))
