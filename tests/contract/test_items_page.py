"""The page that lists all items is that of the rubric."""

from __future__ import annotations

import re
import runpy

import needs

needs.module_at_import("narwhals", "numpy")

from pages import ROOT  # noqa: E402 - needs what was just asked for
from pytest_mltestscore import catalog  # noqa: E402

TOOL = runpy.run_path(str(ROOT / "tools" / "items_page.py"))


def test_the_page_is_that_of_the_rubric(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_a_stale_page_is_found_and_written_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(TOOL["main"].__globals__, "PAGE", tmp_path / "items.md")
    assert TOOL["main"](["--check"]) == 1
    assert capsys.readouterr().err == "items.md is stale: run `python tools/items_page.py`\n"
    assert TOOL["main"]([]) == 0
    assert TOOL["main"](["--check"]) == 0


def test_every_item_has_a_part_and_links_lead_to_parts():
    text = TOOL["page"](catalog.load())
    parts = re.findall(r"^### (\S+)$", text, re.MULTILINE)
    assert parts == [item.name for item in catalog.load().items]
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) == set(parts)


def test_links_to_checks_lead_to_their_parts():
    checks = (ROOT / "docs" / "reference" / "checks.md").read_text("utf-8")
    linked = re.findall(r"checks\.md#([\w-]+)", TOOL["page"](catalog.load()))
    assert set(linked) <= set(re.findall(r"^### (\S+)$", checks, re.MULTILINE))
