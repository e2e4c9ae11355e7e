"""Running commands in this process, and records for them that were really scored."""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pytest_mltestscore import catalog, reporters
from pytest_mltestscore.cli import main
from pytest_mltestscore.domain.evidence import Attestation, Outcome, TestEvidence, Waiver
from pytest_mltestscore.domain.record import (
    Baseline,
    Generator,
    Policy,
    Reason,
    Record,
    Run,
    Setting,
)
from pytest_mltestscore.domain.rubric import Rubric
from pytest_mltestscore.scoring.card import Evidence, scorecard

TODAY = dt.date(2026, 3, 2)
RUBRIC = catalog.load()


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.splitlines()[-1]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mlscore(capsys) -> Callable[..., Done]:
    """Run `mlscore` with these arguments."""

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        code = main(arguments)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def refused(mlscore) -> Callable[..., str]:
    """Run `mlscore`, make sure that it refuses in one clear message, and return that message."""

    def run(*arguments: str) -> str:
        before = _files()
        code, out, err = mlscore(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("mlscore: error: ")
        assert "Traceback" not in err
        assert _files() == before
        return err.removeprefix("mlscore: error: ").rstrip("\n")

    return run


def _files() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.fixture
def stdin(monkeypatch) -> Callable[[bytes], None]:
    """Put content on standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))

    return put


@pytest.fixture
def make() -> Callable[..., Record]:
    """Score some evidence: `make({"data-1": "failed"})`, and any other part by keyword."""
    return _make


@pytest.fixture
def save(tmp_path) -> Callable[..., str]:
    """Write a record, scored from the arguments of `make` if it is not given, as JSON."""

    def write(name: str, record: Record | None = None, **parts: Any) -> str:
        written = record or _make(**parts)
        text = reporters.find("json").render(written)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def _make(
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    full: Sequence[str] = (),
    attested: Sequence[str] = (),
    waived: Sequence[str] = (),
    reasons: Sequence[Reason] = (),
    rules: Mapping[str, Any] | None = None,
    rubric: Rubric = RUBRIC,
    policy: Policy | None = None,
    system: str = "churn",
    baseline: Baseline | None = None,
    run: Mapping[str, Any] | None = None,
) -> Record:
    tests = {item: [_row(item, outcome)] for item, outcome in (outcomes or {}).items()}
    tests |= {i.id: [_row(i.id, "passed")] for i in rubric.items if i.section in full}
    facts: dict[str, Any] = {
        "id": "run-1",
        "started_at": "2026-03-02T08:15:30+00:00",
        "duration_s": 2.5,
        "commit": "1a2b3c4d" * 5,
        "dirty": False,
        "branch": "main",
        "ci": None,
        "selected": len(tests),
        "complete": not reasons,
        "incomplete_reasons": tuple(reasons),
        "versions": {"python": "3.11.7"},
    }
    return scorecard(
        rubric=rubric,
        evidence=Evidence(
            tests=tests,
            attestations=[_attestation(item) for item in attested],
            waivers=[_waiver(item) for item in waived],
        ),
        policy=policy or Policy(),
        config={k: Setting(value=v, origin="pyproject.toml") for k, v in (rules or {}).items()},
        run=Run(**{**facts, **(run or {})}),
        system=system,
        today=TODAY,
        generator=Generator(name="pytest-mltestscore", version="0.1.0"),
        baseline=baseline,
    )


def _row(item: str, outcome: Outcome) -> TestEvidence:
    phase = "call" if outcome == "failed" else None
    return TestEvidence(nodeid=f"tests/test_{item}.py::test_it", outcome=outcome, phase=phase)


def _attestation(item: str) -> Attestation:
    return Attestation(
        item=item,
        owner="ana",
        date=TODAY,
        expires=TODAY + dt.timedelta(days=90),
        summary="looked at",
        distributed_to="the team",
        link="https://example.org/1",
    )


def _waiver(item: str) -> Waiver:
    expires = TODAY + dt.timedelta(days=90)
    return Waiver(item=item, reason="planned", owner="bo", expires=expires)
