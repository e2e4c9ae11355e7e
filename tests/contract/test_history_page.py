"""What the page on history shows is what the command says."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_mltestscore.cli import main
from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import Reason
from pytest_mltestscore.reporters import find
from pytest_mltestscore.store import open_store
from store_records import record

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "history.md").read_text("utf-8")
SHOWN = re.findall(r"^```sh\n([^`]*)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NIGHT = dt.datetime(2026, 11, 21, 2, 30, tzinfo=dt.UTC)
SCORES = (
    (2.0, 3.5, 2.0, 2.5),
    (2.5, 3.5, 2.0, 2.5),
    (3.0, 3.5, 3.0, 2.5),
    (3.0, 1.5, 3.0, 2.5),
    (3.0, 3.5, 3.5, 3.0),
    (4.0, 3.5, 3.5, 4.0),
    (4.0, 4.5, 4.5, 4.0),
)
STOPPED = (Reason(kind="stopped", detail="stopping after 1 failure"),)


def nightly(number, scores, outcome="passed", **run):
    """Return the record of a night with these section scores and a test that ended like this."""
    facts = {
        "started_at": (NIGHT + dt.timedelta(days=number)).isoformat(),
        "branch": "main",
        "commit": f"{(number // 2 + 1) * 0x4C51D2B:07x}" * 5,
        **run,
    }
    base = record(number, **facts)
    sections = [replace(s, score=n) for s, n in zip(base.sections, scores, strict=True)]
    row = TestEvidence(nodeid="tests/test_slices.py::test_recall[north]", outcome=outcome)
    items = [replace(i, tests=(row,) if i.id == "model-6" else ()) for i in base.items]
    score = replace(base.score, final=min(scores))
    return replace(base, score=score, sections=tuple(sections), items=tuple(items))


@pytest.fixture
def _a_week(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((NIGHT + dt.timedelta(days=8)).timestamp())))
    nights = [
        nightly(n, scores, "failed" if n == 3 else "passed", dirty=n == 5)
        for n, scores in enumerate(SCORES)
    ]
    cut = nightly(7, SCORES[0], complete=False, incomplete_reasons=STOPPED)
    with open_store(".mlscore") as store:
        for night in (*nights, cut):
            store.append(find("json").render(night).encode())


@pytest.mark.usefixtures("_a_week")
@pytest.mark.parametrize("command,expected", SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_says_what_is_shown(capsys, command, expected):
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out == expected


def test_table_flaky_tests_and_pruning_are_shown():
    assert len(SHOWN) == 3
