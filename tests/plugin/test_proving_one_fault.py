"""`--mlscore-prove-only=FAULT`: what one fault changes, and what a test says to it."""

from __future__ import annotations

import json

import pytest

import needs
from proving import FRAME, SOUND, VACUOUS, proof_of

needs.module_at_import("narwhals", "numpy", "pandas")

ONLY = "--mlscore-prove-only"


@pytest.fixture
def tried(pytester, plain):
    def run(*args):
        result = plain("-p", "pytest_mltestscore.plugin", *args, "--mlscore-report=json:out.json")
        return result, json.loads((pytester.path / "out.json").read_text())

    return run


def test_the_option_alone_is_enough_and_shows_what_differs(pytester, tried):
    path = pytester.makepyfile(FRAME + VACUOUS)
    result, record = tried(f"{path.name}::test_vacuous", f"{ONLY}=out_of_range")
    result.stdout.fnmatch_lines(
        [
            "TRIED *::test_vacuous",
            "MISSED   out_of_range in rows, which *",
            "         | column 'km': * of 60 values, *: * -> *",
        ]
    )
    (test,) = next(i for i in record["items"] if i["id"] == "data-1")["tests"]
    assert {t["fault"] for t in test["proof"]["trials"]} == {"out_of_range"}
    assert "column 'km'" in test["proof"]["trials"][0]["difference"]


def test_a_catch_shows_where_it_was_caught(pytester, tried):
    path = pytester.makepyfile(FRAME + SOUND)
    result, _ = tried(path.name, f"{ONLY}=out_of_range")
    result.stdout.fnmatch_lines(["CAUGHT   out_of_range in rows*", "*AssertionError at *.py:*"])


def test_every_place_is_shown(pytester, tried):
    path = pytester.makepyfile(
        FRAME
        + SOUND.replace("(rows)", "(rows, more)")
        + "\n@pytest.fixture\ndef more(rows):\n    return {'a': rows.copy()}\n"
    )
    _, record = tried(path.name, f"{ONLY}=null_burst")
    (test,) = next(i for i in record["items"] if i["id"] == "data-1")["tests"]
    assert {(t["site"], t["verdict"]) for t in test["proof"]["trials"]} == {
        ("rows", "caught"),
        ("more['a']", "missed"),
    }


def test_a_fault_that_fits_nothing_says_so(pytester, tried):
    path = pytester.makepyfile(FRAME + SOUND)
    result, _ = tried(path.name, f"{ONLY}=constant_predictions")
    result.stdout.fnmatch_lines(
        ["TRIED *::test_sound", "*none of 1 faults fits what it is given: rows (DataFrame)"]
    )


def test_an_unknown_fault_is_a_usage_error(plain):
    result = plain("-p", "pytest_mltestscore.plugin", f"{ONLY}=nul_burst")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        ["*--mlscore-prove-only: there is no fault 'nul_burst'; did you mean 'null_burst'[?]"]
    )


def test_a_run_with_all_faults_keeps_no_values(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    scored = score("--mlscore-prove", "--mlscore-prove-depth=full")
    assert all("difference" not in trial for trial in proof_of(scored)["trials"])


def test_hostile_values_are_harmless(pytester, tried):
    path = pytester.makepyfile(
        FRAME.replace('"carrier": ["AA", "DL", "AA"]', r'"\x1b[31mc": ["\x1b[2J\u202e", "b", "b"]')
        + VACUOUS
    )
    result, record = tried(path.name, f"{ONLY}=null_burst")
    assert result.ret == 0
    for text in (result.stdout.str(), json.dumps(record, ensure_ascii=False)):
        assert "\x1b" not in text
        assert "\u202e" not in text
