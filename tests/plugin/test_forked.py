"""Tests that run in a forked child each; pytest-forked stopped at pytest 8."""

from __future__ import annotations

import importlib.util

import pytest

pytestmark = pytest.mark.skipif(
    pytest.version_tuple >= (9,) or importlib.util.find_spec("pytest_forked") is None,
    reason="pytest-forked works with pytest 8 only, and has to be installed: tox -e lowest",
)


@pytest.mark.parametrize("mode", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_evidence_crosses_the_border_of_a_forked_process(score, pytester, mode):
    pytester.makepyfile(
        "import os, pytest\n"
        "@pytest.mark.mlscore('data-1')\ndef test_passed(mlscore):\n"
        "    mlscore.record('rows', 3)\n"
        "@pytest.mark.mlscore('data-2')\ndef test_failed(): assert 0, 'because'\n"
        "@pytest.mark.mlscore('data-3')\ndef test_crashed(): os._exit(1)\n"
        "@pytest.mark.mlscore('data-4')\ndef test_skipped(): pytest.skip('later')\n"
    )
    scored = score("--forked", *mode)
    outcomes = {n: scored.row(f"data-{n}")["outcome"] for n in range(1, 5)}
    assert outcomes == {1: "passed", 2: "failed", 3: "crashed", 4: "skipped"}
    assert scored.row("data-1")["measurements"] == [{"name": "rows", "value": 3}]
    assert "because" in scored.row("data-2")["message"]
    assert scored.record["run"]["complete"]
