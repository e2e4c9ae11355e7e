"""Tests to be proved, and how to read what came of it."""

from __future__ import annotations

PROVE = ("--mlscore-prove", "--mlscore-prove-depth=full")
FRAME = """
import pandas as pd
import pytest

@pytest.fixture(scope="module")
def rows():
    print("made")
    yield pd.DataFrame({"km": [100.0, 200.0, 300.0] * 20, "carrier": ["AA", "DL", "AA"] * 20})
    print("unmade")
"""
SOUND = """
@pytest.mark.mlscore("data-1")
def test_sound(rows):
    assert list(rows.columns) == ["km", "carrier"]
    assert rows["km"].between(0, 1000).all()
    assert rows["carrier"].isin(["AA", "DL"]).all()
"""
TAGGED = "@pytest.mark.mlscore('data-1')\ndef test_it"
VACUOUS = """
@pytest.mark.mlscore("data-1")
def test_vacuous(rows):
    rows["km"]
"""


def proof_of(scored, item="data-1"):
    return scored.row(item)["proof"]


def verdicts(proof):
    return {trial["fault"]: trial["verdict"] for trial in proof["trials"]}
