"""The credit example's README says which items the suite shows, and which it does not."""

from __future__ import annotations

import re
from pathlib import Path

import suite_parts
from pytest_mltestscore.catalog import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "credit_default"


def test_the_readme_says_what_the_suite_shows_and_what_is_missing():
    rubric = load()
    text = (EXAMPLE / "README.md").read_text("utf-8").partition("## What is shown")[2]
    named = [name for group in re.findall(r"\(([\w, -]+)\)", text) for name in group.split(", ")]
    missing = {rubric.find(name).id for name in named}
    shown = suite_parts.described(EXAMPLE / "tests" / "test_suite.py", rubric).shown
    assert shown == {item.id for item in rubric.items} - missing
    assert f"The suite alone shows {len(shown)} items" in text


def test_there_is_no_test_beside_the_suite():
    assert [path.name for path in EXAMPLE.glob("tests/test_*.py")] == ["test_suite.py"]
