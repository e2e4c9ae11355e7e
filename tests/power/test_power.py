"""Every check finds planted damage and leaves clean worlds alone. A few seeds; see `case.py`."""

from __future__ import annotations

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

from power.case import alarms, all_cases, detects  # noqa: E402 - needs what was just asked for

CASES = all_cases()
SEEDS = range(3)
ALL_DAMAGES = [(name, d.name) for name, case in CASES.items() for d in case.damages]


@pytest.mark.parametrize("name", CASES)
def test_a_clean_world_raises_no_alarm(name):
    needs.module(*CASES[name].needs)
    assert [alarms(CASES[name], seed) for seed in SEEDS] == [False] * len(SEEDS)


@pytest.mark.parametrize("name, damage", ALL_DAMAGES)
def test_damage_of_the_documented_size_is_found(name, damage):
    case = CASES[name]
    needs.module(*case.needs)
    [found] = [d for d in case.damages if d.name == damage]
    size = max(found.sizes)  # a few seeds say little about smaller ones: the table does
    assert found.documented in found.sizes
    assert [detects(case, found, size, seed) for seed in SEEDS] == [True] * len(SEEDS)


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_three_damages_of_growing_size(name):
    damages = CASES[name].damages
    assert len({d.name for d in damages}) == len(damages) >= 3
    for damage in damages:
        assert list(damage.sizes) == sorted(set(damage.sizes))
