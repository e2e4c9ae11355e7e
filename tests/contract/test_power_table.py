"""The table of what checks find is of the checks and cases as they are."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import needs

needs.module_at_import("narwhals", "numpy", "pandas", "scipy", "sklearn")

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "power_table.py"))


def test_no_row_is_stale_or_missing(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_the_page_is_that_of_the_table():
    table = json.loads(TOOL["TABLE"].read_text("utf-8"))
    assert TOOL["PAGE"].read_text("utf-8") == TOOL["page"](table)


def test_what_is_said_to_be_found_is_found_nineteen_times_in_twenty():
    table = json.loads(TOOL["TABLE"].read_text("utf-8"))
    for check, entry in table.items():
        assert entry["false_alarms"] <= 0.02 * entry["seeds"], check
        for damage in entry["damages"]:
            found = damage["found"][damage["documented"]]
            assert found >= 0.95 * entry["seeds"], (check, damage["name"])
