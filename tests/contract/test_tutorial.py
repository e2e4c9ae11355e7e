"""Who follows the tutorial sees what stands on the page."""

from __future__ import annotations

import pytest

import needs
from page_session import Session, steady
from pages import ROOT, blocks

PAGE = ROOT / "docs" / "tutorial.md"


ATTEMPTS = 3
"""The page has a limit in milliseconds, which a machine that is busy elsewhere may not keep."""


@pytest.mark.slow
def test_the_tutorial_is_what_happens(tmp_path):
    needs.module("narwhals", "pandas", "scipy", "sklearn")
    for attempt in range(1, ATTEMPTS + 1):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        try:
            follow(folder)
        except AssertionError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def follow(folder):
    """Do what the page says, and compare what it shows."""
    session = Session(folder)
    ended, said = [], ""
    for block in blocks(PAGE):
        session.follow(block)
        if block.language == "sh":
            ended += session.codes
            said += steady(session.said)
    # All went well but the gate that was to fail, and the one after it is the mended one.
    assert [code for code in ended if code] == [10]
    assert ended.index(10) < len(ended) - 2
    # The first page shows the same.
    (shown,) = (b.text for b in blocks(ROOT / "docs" / "index.md") if b.language == "text")
    assert steady(shown) in said
