"""What an item's check catches of the item's faults, in the use that its docs show."""

from __future__ import annotations

import importlib

import pytest

import needs

needs.module_at_import("pandas", "sklearn", "fairlearn")


from pytest_mltestscore import faults  # noqa: E402
from pytest_mltestscore.catalog import load  # noqa: E402
from pytest_mltestscore.domain.errors import InputError  # noqa: E402
from unit.faults.uses import USES  # noqa: E402

KNOWN = faults.all_faults()
FAULTS = {item.id: item.faults for item in load().items}
NOT_IN_USE = {
    ("data-2", "worse_metrics"),
    ("infra-6", "wrong_output"),
    ("model-5", "worse_metrics"),
    ("model-6", "worse_metrics"),
    ("model-7", "worse_metrics"),
    ("monitor-6", "worse_metrics"),
    ("monitor-7", "miscalibrated"),
    ("monitor-7", "random_predictions"),
}
"""For tests that are written by hand: the item's check takes nothing of that structure."""
TABLE = [(i, name) for i, names in FAULTS.items() for name in names if (i, name) not in NOT_IN_USE]


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
    assert any(catches(use, *place) for place in use.damaged(KNOWN[name]))


def catches(use, root, site, damaged):
    instead = faults.with_part(use.given[root], site.path, damaged)
    try:
        return not use.test(**{**use.given, root: instead})
    except InputError:
        return True


@pytest.mark.parametrize("item", FAULTS)
def test_three_faults_of_an_item_are_caught_by_its_check(item):
    assert sum(entry == item for entry, _ in TABLE) >= 3


def test_what_is_not_in_use_is_so(use_of):
    fitting = {(i, name) for i, name in NOT_IN_USE if next(use_of(i).damaged(KNOWN[name]), None)}
    assert fitting <= {("infra-6", "wrong_output")}
