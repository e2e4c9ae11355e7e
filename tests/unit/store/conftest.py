"""One place of each kind, empty, for what must hold for all of them."""

from __future__ import annotations

import pytest

from pytest_mltestscore.store import open_store


@pytest.fixture(params=["folder"])
def place(request) -> str:
    """The URL of an empty store, for each kind."""
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture
def folder_place(tmp_path) -> str:
    """A folder that does not exist yet."""
    return str(tmp_path / "scores")


@pytest.fixture
def store(place):
    """An empty store of each kind."""
    with open_store(place) as opened:
        yield opened
