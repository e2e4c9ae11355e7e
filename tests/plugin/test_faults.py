"""A fault of ours, or of a machine: no result is lost, and nothing turns green by it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

import needs
from inner_runs import OURS, XDIST, Ended, score, strict_json
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.runfacts import strip_run_facts
from pytest_mltestscore.reporters import to_json

SUITE = """
import pytest

@pytest.mark.mlscore("data-1", "data-2")
def test_one(mlscore):
    mlscore.record("rows", 1)

@pytest.mark.mlscore("data-2")
def test_two():
    assert False, "two"

@pytest.mark.mlscore("model-1")
def test_three():
    pass

def test_untagged():
    pass
"""
MODES = [pytest.param([], id="serial"), pytest.param(["-n", "1"], id="xdist")]


def write(folder: Path, suite: str = SUITE, conftest: str = "") -> None:
    (folder / "test_suite.py").write_text(textwrap.dedent(suite), encoding="utf-8")
    (folder / "conftest.py").write_text(textwrap.dedent(conftest), encoding="utf-8")


def scored(folder: Path, *options: str) -> tuple[Ended, Any]:
    if "-n" in options:
        needs.module("xdist")
    plugins = [OURS, XDIST] if "-n" in options else [OURS]
    ended = score(folder, "--mlscore-report=json:score.json", *options, plugins=plugins)
    return ended, strict_json((folder / "score.json").read_text(encoding="utf-8"))


def reasons(record: Any) -> set[str]:
    return {reason["kind"] for reason in record["run"]["incomplete_reasons"]}


FAULTS = {
    "while tags are read": """
        from pytest_mltestscore.collect.tags import Tagger
        def tags_of(self, test): raise RuntimeError("ours")
        Tagger.tags_of = tags_of
        """,
    "while a record is attached": """
        from pytest_mltestscore.collect.shipping import Shipper
        def load(self, item, when): raise RuntimeError("ours")
        Shipper._load = load
        """,
    "while a report is read": """
        from pytest_mltestscore.collect import reading
        def worker_of(report): raise RuntimeError("ours")
        reading.worker_of = worker_of
        """,
    "while a record is unpacked": """
        from pytest_mltestscore.collect import shipping
        def unpack(report): raise RuntimeError("ours")
        shipping.unpack = unpack
        """,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_ours_loses_no_result(tmp_path, fault, mode):
    write(tmp_path, conftest=FAULTS[fault])
    ended, record = scored(tmp_path, "--mlscore-fail-under=0", *mode)
    assert ended.ret == 1
    assert "1 failed, 3 passed" in ended.out
    assert "INTERNALERROR" not in ended.out
    assert "internal-error" in reasons(record)
    assert "RuntimeError: ours" in json.dumps(record["run"]["incomplete_reasons"])
    assert record["gate"]["status"] == "undecided"


def test_a_fault_of_ours_leaves_a_gate_undecided(tmp_path):
    suite = SUITE.replace("assert False", "assert True")
    write(tmp_path, suite, FAULTS["while a report is read"])
    ended, _ = scored(tmp_path, "--mlscore-fail-under=0")
    assert ended.ret == 11
    assert ended.last_line.startswith("mlscore: GATE UNDECIDED")


# Workers that cannot leave their finding where the controller looks for it

UNREACHABLE = """
    import pytest

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(config):
        if hasattr(config, "workerinput"):
            config.workerinput["mlscore_folder"] = "/no/such/folder"
    """


def bare(record: Any) -> str:
    (read,) = parse(json.dumps(record).encode(), "record")
    return to_json.render(strip_run_facts(read))


@pytest.mark.parametrize(
    "options", [[], ["-k", "one or untagged"], ["--dist", "loadfile"]], ids=["all", "k", "loadfile"]
)
def test_a_worker_on_another_machine_changes_nothing(tmp_path, options):
    write(tmp_path, conftest=UNREACHABLE)
    _, serial = scored(tmp_path, *([] if "--dist" in options else options))
    _, spread = scored(tmp_path, "-n", "1", *options)
    assert bare(spread) == bare(serial)
    assert reasons(spread) == reasons(serial)
    assert spread["run"]["selected"] == serial["run"]["selected"]


def test_a_test_that_never_ran_on_another_machine_is_known(tmp_path):
    suite = SUITE.replace("def test_one(mlscore):", "def test_one(mlscore):\n    assert 0")
    write(tmp_path, suite, UNREACHABLE)
    ended, record = scored(tmp_path, "-n", "1", "-x", "--mlscore-fail-under=0")
    assert reasons(record) == {"stopped"}
    states = {item["id"]: item["state"] for item in record["items"]}
    assert states["data-1"] == "failing"
    assert states["model-1"] == "not-run"
    assert record["gate"]["status"] == "undecided"
    assert ended.ret in (1, 2)


def test_a_mistake_in_a_tag_on_another_machine_is_a_usage_error_too(tmp_path):
    needs.module("xdist")
    write(tmp_path, SUITE.replace("model-1", "modle-1"), UNREACHABLE)
    report = "--mlscore-report=json:score.json"
    ended = score(tmp_path, report, "-n", "1", plugins=[OURS, XDIST])
    assert ended.ret == 4
    assert not (tmp_path / "score.json").exists()
    assert "unknown rubric item 'modle-1'" in ended.err


@pytest.mark.parametrize("where", ["in the test", "in set-up"])
def test_another_machine_that_dies(tmp_path, where):
    suite = "import os, pytest\n@pytest.fixture\ndef dies():\n    os._exit(1)\n"
    body = "(dies): pass" if where == "in set-up" else "(): os._exit(1)"
    suite += f"@pytest.mark.mlscore('data-1')\ndef test_dies{body}\n"
    suite += "@pytest.mark.mlscore('data-2')\ndef test_lives(): pass\n"
    write(tmp_path, suite, UNREACHABLE)
    ended, record = scored(tmp_path, "-n", "1", "--mlscore-fail-under=0")
    states = {item["id"]: item["state"] for item in record["items"]}
    assert ended.ret == 1
    assert states["data-1"] in ("failing", "not-run")
    assert states["data-2"] == "automated"
    assert record["gate"]["status"] == "undecided" or states["data-1"] == "failing"


def test_machines_that_all_die_leave_the_gate_undecided(tmp_path):
    suite = "import os, pytest\n@pytest.fixture\ndef dies():\n    os._exit(1)\n"
    suite += "@pytest.mark.mlscore('data-1')\ndef test_dies(dies): pass\n"
    write(tmp_path, suite, UNREACHABLE)
    ended, record = scored(tmp_path, "-n", "1", "--max-worker-restart=0", "--mlscore-fail-under=0")
    assert ended.ret == 1
    assert "worker-lost" in reasons(record)
    assert record["gate"]["status"] == "undecided"
