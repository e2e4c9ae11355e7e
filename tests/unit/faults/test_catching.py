"""What an item's check catches of the item's faults, in the use that its docs show."""

from __future__ import annotations

import importlib

import pytest

import needs

needs.module_at_import("pandas", "sklearn", "fairlearn")


from pytest_mltestscore.catalog import load  # noqa: E402
from pytest_mltestscore.domain.errors import InputError  # noqa: E402
from unit.faults.uses import USES  # noqa: E402

FAULTS = {item.id: item.faults for item in load().items}
TABLE = [(item, name) for item, names in FAULTS.items() for name in names]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Let slow ones be so by a fifth of what they say; the uses have limits to match."""
    for name, delay in {
        "callables.slow_function": 0.02,
        "models.slow_predictions": 0.02,
        "models.slow_rows": 0.0002,
    }.items():
        module = importlib.import_module(f"pytest_mltestscore.faults.{name}")
        monkeypatch.setattr(module, "DELAY_S", delay)


@pytest.mark.parametrize("item", USES)
def test_the_check_is_content_with_its_use(item, use_of):
    use = use_of(item)
    assert use.test(**use.given)


@pytest.mark.parametrize("item, name", TABLE)
def test_the_check_catches_a_fault(item, name, use_of):
    use = use_of(item)
    assert any(catches(use, *tried) for _, *tried in use.tries(name))


def catches(use, injection, damaged):
    try:
        caught = not use.test(**{**use.given, **damaged})
    except InputError:
        caught = True
    assert not (caught and injection.why_not), "what was caught was felt"
    return caught


def test_every_item_has_a_use_and_three_faults():
    assert set(USES) == set(FAULTS)
    assert min(map(len, FAULTS.values())) >= 3
