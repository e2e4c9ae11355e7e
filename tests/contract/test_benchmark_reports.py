"""The benchmark of reports still runs, of records that hold what large runs hold."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.reporters import REPORTERS, to_json

ROOT = Path(__file__).parents[2]
TESTS = 400


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        spec = importlib.util.spec_from_file_location("reports", ROOT / "benchmarks/reports.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def test_what_is_made_up_is_a_record_with_all_that_reports_show(benchmark):
    record = benchmark.record(TESTS)
    (read,) = parse(to_json.render(record).encode(), "record.json")
    assert read == record
    rows = [row for item in record.items for row in item.tests]
    assert len(rows) == TESTS
    assert {item.state for item in record.items} >= {"automated", "failing", "manual"}
    assert any(check.table for row in rows for check in row.checks)
    assert any(row.proof for row in rows)
    assert any(row.flaky for row in rows)
    assert (record.baseline.status, record.gate.status) == ("compared", "failed")
    assert record.trend
    assert record.untagged


def test_each_report_has_a_row(benchmark, monkeypatch):
    asked = []
    monkeypatch.setattr(benchmark, "_command", lambda path, name: asked.append(name) or 0.25)
    lines = [line.split(" | ") for line in benchmark.report([TESTS], 1) if line.startswith("| ")]
    names = [*(reporter.name for reporter in REPORTERS), "term:items"]
    assert [line[0].strip("| ") for line in lines[3:]] == names == asked
    assert all(line[3] == "250 ms" for line in lines[3:])


def test_a_command_is_one_that_runs(benchmark, tmp_path):
    path = tmp_path / "record.json"
    path.write_text(to_json.render(benchmark.record(28)), encoding="utf-8")
    assert benchmark._command(path, "junit") > 0
    assert "<testsuite" in (tmp_path / "report-junit").read_text(encoding="utf-8")
