"""Proof that was lost or won since the baseline is told, and is no regression of the score."""

from __future__ import annotations

import needs

needs.module_at_import("narwhals", "numpy", "pandas")

AGAINST = ("--mlscore-baseline=main.json", "--mlscore-fail-on-regression")
SUITE = """
import pandas as pd
import pytest

@pytest.fixture(scope="module")
def rows():
    return pd.DataFrame({"km": [100.0, 200.0, 300.0] * 20})

@pytest.mark.mlscore("data-1")
def test_ranges(rows):
    assert rows["km"].between(0, 1000).all()
"""
VACUOUS = SUITE.replace("assert ", "")


def test_lost_proof_is_told_and_won_proof_too(pytester, score):
    pytester.makepyfile(SUITE)
    score("--mlscore-prove", "--mlscore-report=json:main.json")
    pytester.makepyfile(VACUOUS)
    lost = score("--mlscore-prove", "--mlscore-report=json:lost.json", *AGAINST)
    (change,) = lost.record["baseline"]["changes"]
    assert (change["item"], change["proof"]) == ("data-1", "lost")
    lost.result.stdout.fnmatch_lines(["DOWN     data-1 no longer proven"])
    assert lost.ret == 0  # the score is the same; `--mlscore-fail-under-proof` asks for proof
    pytester.makepyfile(SUITE)
    won = score("--mlscore-prove", "--mlscore-report=term:items", "--mlscore-baseline=lost.json")
    won.result.stdout.fnmatch_lines(["UP       data-1 now proven"])


def test_a_run_without_proving_has_lost_nothing(pytester, score):
    pytester.makepyfile(SUITE)
    score("--mlscore-prove", "--mlscore-report=json:main.json")
    assert score(*AGAINST).record["baseline"]["changes"] == []
