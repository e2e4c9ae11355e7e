"""Re-runs in processes of their own: for faults that may crash, and where one left traces."""

from __future__ import annotations

import sys

import pytest

import needs
from proving import FRAME, PROVE, SOUND, TAGGED, proof_of, verdicts

needs.module_at_import("narwhals", "numpy", "pandas")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs processes that fork")

APART = (*PROVE, "--mlscore-prove-isolation=process")
WORSE = """
import os
import time

import pandas as pd

from pytest_mltestscore.faults import fault

@fault(items=["data-1"], fits=pd.DataFrame, may_crash={apart})
def worse(value, rng):
    {damage}

def pytest_mlscore_faults():
    return [worse]
"""


@pytest.mark.parametrize(
    "damage, why",
    [
        ("os.abort()", "crashed a process of its own (SIGABRT)"),
        ("os._exit(0)", "ended a process of its own"),
        ("raise KeyboardInterrupt", "ended a process of its own"),
    ],
)
def test_a_fault_that_ends_the_process_ends_that_of_its_own(pytester, score, damage, why):
    pytester.makeconftest(WORSE.format(damage=damage, apart=True))
    pytester.makepyfile(FRAME + SOUND)
    scored = score(*PROVE)
    assert scored.ret == 0
    (trial,) = (t for t in proof_of(scored)["trials"] if t["fault"] == "worse")
    assert (trial["verdict"], trial["why"]) == ("no-verdict", why)
    assert verdicts(proof_of(scored))["out_of_range"] == "caught"


@pytest.mark.parametrize("apart", [False, True])
def test_a_fault_that_hangs_is_given_up(pytester, score, apart):
    pytester.makeconftest(
        WORSE.format(damage="time.sleep(600)", apart=apart)
        + "\nfrom pytest_mltestscore.collect.proving import limits\nlimits.LEAST_S = 1.0\n"
    )
    pytester.makepyfile(FRAME + SOUND)
    scored = score(*PROVE)
    assert scored.ret == 0
    (trial,) = (t for t in proof_of(scored)["trials"] if t["fault"] == "worse")
    assert trial["verdict"] == "no-verdict"
    assert trial["why"].startswith("took longer than 1 s")


def test_isolation_finds_what_one_process_finds(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    together, apart = (
        verdicts(proof_of(score(*options, "--cache-clear"))) for options in (PROVE, APART)
    )
    assert together == apart


def test_isolation_leaves_no_traces_of_faults(pytester, score):
    pytester.makepyfile(
        FRAME
        + """
seen = []

@pytest.mark.mlscore("data-1")
def test_it(rows):
    seen.append(1)
    assert rows["km"].between(0, 1000).all()

def test_last():
    assert len(seen) == 2
"""
    )
    assert score(*APART).ret == 0  # the test and the first re-run, which is without a fault


COUNTED = f"""
calls = []

{TAGGED}(rows):
    calls.append(1)
    assert len(calls) < 4, "keeps count"
    assert rows["km"].between(0, 1000).all()
"""


def test_a_test_with_traces_of_faults_is_judged_as_it_was_before(pytester, score):
    pytester.makepyfile(FRAME + COUNTED)
    proof = proof_of(score(*PROVE))
    found = verdicts(proof)
    assert "why" not in proof
    assert found["out_of_range"] == "caught"
    assert found["unseen_category"] == "missed"  # in one process it would seem to be caught


def test_a_test_that_cannot_be_run_in_a_process_of_its_own_says_so(pytester, score):
    pytester.makepyfile(
        FRAME
        + f"""
import os
HERE = os.getpid()

{TAGGED}(rows):
    assert os.getpid() == HERE
"""
    )
    trials = proof_of(score(*APART))["trials"]
    assert {t["why"] for t in trials} == {
        "without any fault, it failed in a process of its own (AssertionError)"
    }


def test_unknown_isolation_is_a_usage_error(plain):
    result = plain(
        "-p",
        "pytest_mltestscore.plugin",
        "--mlscore",
        "--mlscore-prove",
        "--mlscore-prove-isolation=thread",
    )
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--mlscore-prove-isolation: is 'thread'; give auto or process"])
