"""The page on proof, the figures that it shows and the tests that these are of agree."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "proof_table.py"))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Copies of figures and page, for the tool to work on."""
    for name in ("TABLE", "PAGE"):
        copy = tmp_path / TOOL[name].name
        copy.write_text(TOOL[name].read_text("utf-8"), encoding="utf-8")
        monkeypatch.setitem(TOOL["main"].__globals__, name, copy)
    return tmp_path


def test_nothing_is_stale(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_a_list_that_was_changed_makes_the_figures_stale(elsewhere, capsys):
    found = json.loads((elsewhere / "proof.json").read_text("utf-8"))
    found["wild.py"]["digest"] = "another"
    (elsewhere / "proof.json").write_text(json.dumps(found), encoding="utf-8")
    assert TOOL["main"](["--check"]) == 1
    assert capsys.readouterr().err == "wild.py has changed: run `python tools/proof_table.py`\n"


def test_a_figure_that_the_page_does_not_show_makes_it_stale(elsewhere, capsys):
    found = json.loads((elsewhere / "proof.json").read_text("utf-8"))
    for test in found["wild.py"]["tests"].values():
        test["proven"] = not test["proven"]
    (elsewhere / "proof.json").write_text(json.dumps(found), encoding="utf-8")
    assert TOOL["main"](["--check"]) == 1
    assert "proof.md has other tables than proof.json" in capsys.readouterr().err


def test_each_way_of_writing_that_is_judged_wrongly_is_explained():
    page = TOOL["PAGE"].read_text("utf-8")
    explained = re.sub(r"\s+", " ", page.partition("## What it cannot say")[2].partition("##")[0])
    found = json.loads(TOOL["TABLE"].read_text("utf-8"))["wild.py"]["tests"].values()
    wrong = [test["style"] for test in found if test["proven"] != test["sound"]]
    assert [style for style in wrong if style not in explained] == []
