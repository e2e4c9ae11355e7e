"""The page that lists all checks is that of their docstrings."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "pandas", "sklearn", "scipy")

from pytest_mltestscore import catalog  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.cli._said_in_sources import checks_of  # noqa: E402 - the same

ROOT = Path(__file__).parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "checks_page.py"))
ENTRIES = [
    e for part in ("data", "model", "infra", "monitor", "adapters") for e in TOOL["entries"](part)
]


def test_the_page_is_that_of_the_docstrings(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_a_stale_page_is_found_and_written_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(TOOL["main"].__globals__, "PAGE", tmp_path / "checks.md")
    assert TOOL["main"](["--check"]) == 1
    assert capsys.readouterr().err == "checks.md is stale: run `python tools/checks_page.py`\n"
    assert TOOL["main"]([]) == 0
    assert TOOL["main"](["--check"]) == 0


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.path)
def test_every_check_belongs_to_an_item_and_says_what_it_cannot_see(entry):
    items = {key: item for item in catalog.load().items for key in (item.id, item.name)}
    assert entry.item in items
    if entry.section != "adapters":
        assert items[entry.item].section == entry.section
    assert entry.summary.endswith(".")
    assert entry.notes


def test_the_command_line_names_the_same_checks_without_importing_them():
    items = {key: item.id for item in catalog.load().items for key in (item.id, item.name)}
    wanted = {(items[entry.item], entry.path, entry.summary) for entry in ENTRIES}
    assert wanted == {
        (item.id, said.name, said.summary)
        for item in catalog.load().items
        for said in checks_of(item)
    }


def test_extras_are_found_in_what_a_check_imports():
    by_name = {entry.name: entry for entry in ENTRIES}
    assert by_name["fairlearn_frame"].needs == ("checks", "fairness")
    assert by_name["metamorphic_relations"].may_need == ("properties",)
    assert by_name["feature_schema"].may_need == ("gx", "pandera")
