"""The uses of the items' checks, each made once for a file of tests."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def use_of(tmp_path_factory):
    """Return a function that makes the use of an item's check, or gives the one it made."""
    from unit.faults.uses import USES

    made = {}

    def use(item):
        if item not in made:
            made[item] = USES[item](tmp_path_factory.mktemp(item))
        return made[item]

    return use
