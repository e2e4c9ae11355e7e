"""Suggestions are right as often as the documentation says, and often enough."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from audit import measure
from pytest_mltestscore import catalog

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "audit_table.py"))
ROWS = measure.rows()


def test_four_of_five_suggestions_about_tests_that_nobody_tuned_for_are_right():
    right, of = measure.precision("held-out", *measure.COUNTED)
    assert right / of >= 0.8


def test_enough_was_held_out_to_tell():
    _, of = measure.precision("held-out", *measure.COUNTED)
    assert of >= 60


def test_what_is_said_to_be_sure_is_right_nine_times_in_ten():
    counts = [measure.precision(part, "high") for part in ("tuning", "held-out")]
    right, of = (sum(column) for column in zip(*counts, strict=True))
    assert right / of >= 0.9


def test_the_documentation_has_the_table(capsys):
    assert (TOOL["main"](["--check"]), capsys.readouterr().err) == (0, "")


def test_the_set_is_large_and_half_of_it_serves_nothing():
    assert len(ROWS) >= 150
    assert len({row["repo"] for row in ROWS}) >= 15
    assert sum(not row["items"] for row in ROWS) >= len(ROWS) / 2


def test_no_repository_is_in_both_parts():
    assert set(measure.repositories("tuning")).isdisjoint(measure.repositories("held-out"))


def test_labels_are_items_and_places_are_whole():
    known = {item.id for item in catalog.load().items}
    for row in ROWS:
        assert set(row["items"]) <= known
        assert re.fullmatch("[0-9a-f]{40}", row["commit"])
        assert row["path"].endswith(".py")
    places = Counter((row["repo"], row["path"], row["test"]) for row in ROWS)
    assert places.most_common(1)[0][1] == 1


def test_names_are_kept_and_no_source():
    for row in ROWS:
        for key in ("calls", "doc", "fixtures", "names"):
            assert all(re.fullmatch(r"[\w.]+", name) for name in row[key]), (row["test"], key)
            assert row[key] == sorted(row[key])


@pytest.mark.parametrize(
    "count,of,low,high", [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_intervals(count, of, low, high):
    assert measure.wilson(count, of) == pytest.approx((low, high), abs=1e-4)
