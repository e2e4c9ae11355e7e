"""Sound tests are told from those that cannot fail, as often as the docs say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import needs
from power.proof import lists

needs.module_at_import("narwhals", "numpy", "pandas", "sklearn", "scipy")

TABLE = Path(__file__).parents[3] / "docs" / "explanation" / "proof.json"


@pytest.fixture(scope="module", params=[False, True], ids=["serial", "xdist"])
def forty(request, tmp_path_factory):
    if request.param:
        needs.module("xdist")
    options = ("-n", "2") if request.param else ()
    folder = tmp_path_factory.mktemp("forty")
    return lists.told("suite.py", folder, *options, xdist=request.param)


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    return lists.told("wild.py", tmp_path_factory.mktemp("wild"))


def stored(name):
    """Return what the docs say of a list."""
    tests = json.loads(TABLE.read_text("utf-8"))[name]["tests"]
    return {test: lists.Told(**facts) for test, facts in tests.items()}


def test_sound_and_vacuous_tests_are_told_apart(forty):
    counts = Counter((test.sound, test.proven) for test in forty.values())
    wrong = [name for name, test in forty.items() if test.proven != test.sound]
    assert counts.total() == 40
    assert counts[True, True] >= 19, wrong
    assert counts[False, False] >= 19, wrong


def test_what_the_docs_say_of_the_forty_is_so(forty):
    assert forty == stored("suite.py"), "run `python tools/proof_table.py`"


def test_what_the_docs_say_of_other_ways_of_writing_is_so(wild):
    assert wild == stored("wild.py"), "run `python tools/proof_table.py`"


def test_both_lists_are_half_sound(forty, wild):
    for told in (forty, wild):
        assert sum(test.sound for test in told.values()) == len(told) / 2
