"""The page that lists all faults is that of the code and the rubric."""

from __future__ import annotations

import runpy
from pathlib import Path

import needs

needs.module_at_import("narwhals", "numpy", "pandas", "sklearn")

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "faults_page.py"))


def test_the_page_is_that_of_the_faults(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_a_stale_page_is_found_and_written_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(TOOL["main"].__globals__, "PAGE", tmp_path / "faults.md")
    assert TOOL["main"](["--check"]) == 1
    assert capsys.readouterr().err == "faults.md is stale: run `python tools/faults_page.py`\n"
    assert TOOL["main"]([]) == 0
    assert TOOL["main"](["--check"]) == 0
