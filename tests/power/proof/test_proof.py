"""Sound tests are told from vacuous ones; the suite and its kinds are in `suite.py`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "pandas", "sklearn", "scipy")

SUITE = Path(__file__).with_name("suite.py")


@pytest.mark.parametrize("mode", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_sound_and_vacuous_tests_are_told_apart(pytester, monkeypatch, mode):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    if mode:
        needs.module("xdist")
    pytester.makepyfile(test_suite=SUITE.read_text("utf-8"))
    pytester.makeini("[pytest]\nfilterwarnings = ignore")
    plugins = ["-p", "pytest_mltestscore.plugin", *(("-p", "xdist.plugin") if mode else ())]
    result = pytester.runpytest_subprocess(
        *plugins, "--mlscore", "--mlscore-prove", "--mlscore-report=json:r.json", *mode
    )
    result.assert_outcomes(passed=40)
    record = json.loads((pytester.path / "r.json").read_text("utf-8"))
    proofs = {
        t["nodeid"].partition("::")[2]: t["proof"] for i in record["items"] for t in i["tests"]
    }
    assert len(proofs) == 40
    verdicts = {name: is_proven(proof) for name, proof in proofs.items()}
    counts = Counter((name.split("_")[1], proven) for name, proven in verdicts.items())
    wrong = [name for name, proven in verdicts.items() if proven != name.startswith("test_sound")]
    assert counts["sound", True] >= 19, wrong
    assert counts["vacuous", False] >= 19, wrong


def is_proven(proof):
    return not proof.get("why") and any(t["verdict"] == "caught" for t in proof.get("trials", ()))
