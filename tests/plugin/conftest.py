"""Run pytest inside pytest, and check in every run that nothing was lost or doubled."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from typing import Any

import pytest

import needs

OPTION_OF = {
    "-n": "xdist.plugin",
    "--reruns": "pytest_rerunfailures",
    "--asyncio-mode=strict": "pytest_asyncio.plugin",
    "--forked": "pytest_forked",
}
"""An option, and the module that brings it."""


@dataclass
class Scored:
    """An inner run and the record that it left."""

    result: pytest.RunResult
    record: dict[str, Any]

    @property
    def ret(self) -> int:
        return int(self.result.ret)

    @property
    def last_line(self) -> str:
        return [line for line in self.result.outlines if line.strip()][-1]

    @property
    def reasons(self) -> set[str]:
        return {reason["kind"] for reason in self.record["run"]["incomplete_reasons"]}

    def item(self, item_id: str) -> dict[str, Any]:
        return next(i for i in self.record["items"] if i["id"] == item_id)

    def state(self, item_id: str) -> str:
        return str(self.item(item_id)["state"])

    def rows(self, item_id: str) -> dict[str, dict[str, Any]]:
        return {row["nodeid"]: row for row in self.item(item_id).get("tests", ())}

    def row(self, item_id: str) -> dict[str, Any]:
        (row,) = self.rows(item_id).values()
        return row


def strict_json(text: str) -> Any:
    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def plain(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Run pytest in a process of its own, with no other plugin than those its arguments need."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)  # set if this suite itself runs over workers

    def run(*args: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*_plugins(args), *args)

    return run


@pytest.fixture
def score(pytester: pytest.Pytester, plain):
    """Score an inner run and return what it left."""

    def run(*args: str, expect_record: bool = True) -> Scored:
        result = plain("--mlscore", "--mlscore-report=json:out.json", *args)
        path = pytester.path / "out.json"
        record = strict_json(path.read_text(encoding="utf-8")) if path.exists() else {}
        assert bool(record) == expect_record, result.stderr.str()
        if record:
            check_invariants(record)
        return Scored(result, record)

    return run


def _plugins(args: tuple[str, ...]) -> list[str]:
    modules = ["pytest_mltestscore.plugin"]
    if pytest.version_tuple < (9,) and importlib.util.find_spec("pytest_subtests"):
        modules.append("pytest_subtests.plugin")  # pytest has subtests of its own since 9
    for option, module in OPTION_OF.items():
        if option in args:
            needs.module(module.partition(".")[0])
            modules.append(module)
    return [word for module in modules for word in ("-p", module)]


def check_invariants(record: dict[str, Any]) -> None:
    """Whatever the run was like: one row a test, sums that add up, a minimum that is one."""
    sums: dict[str, float] = {}
    for item in record["items"]:
        nodeids = [row["nodeid"] for row in item.get("tests", ())]
        assert nodeids == sorted(set(nodeids)), "a test has one row, in a stable order"
        sums[item["section"]] = sums.get(item["section"], 0) + item["points"]
    assert {s["id"]: s["score"] for s in record["sections"]} == sums
    assert record["score"]["final"] == min(sums.values())
    assert record["run"]["complete"] == (not record["run"]["incomplete_reasons"])
