from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pytest_mltestscore import reporters


def test_the_badge_is_that_of_the_reporter(mlscore, save, make):
    record = make(full=["data"])
    done = mlscore("badge", save("r.json", record), "-o", "docs/badge.svg")
    assert (done.code, done.out, done.err) == (0, "", "")
    text = Path("docs/badge.svg").read_text("utf-8")
    assert text == reporters.find("badge").render(record)
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"


def test_standard_output_is_the_default(mlscore, save):
    assert "<svg" in mlscore("badge", save("r.json")).out


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["r.json", "-o", "r.json"], "r.json: is the record itself; name another file"),
        (["r.json", "-o", "./x/../r.json"], "./x/../r.json: is the record itself"),
        (["none.json", "-o", "b.svg"], "none.json: no such file"),
        ([], "--store: name the store, such as --store .mlscore, or set MLSCORE_STORE"),
        (["r.json", "--rubric=x"], "--rubric: a record needs it not"),
    ],
)
def test_refusals(refused, save, arguments, message):
    save("r.json")
    assert refused("badge", *arguments).startswith(message)
