"""Checks give the same answer on the frames of every library, to nine digits.

The worlds are those of the power cases. PySpark has a tox environment of its own, `spark`.
"""

from __future__ import annotations

import math

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for

from frames import KINDS, to_kind  # noqa: E402
from power.case import all_cases  # noqa: E402

CASES = {name: case for name, case in all_cases().items() if case.convert is not None}


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("name", CASES)
def test_every_frame_gives_the_same_answer(name, kind):
    case = CASES[name]
    needs.module(*case.needs)
    clean = case.world(np.random.default_rng(0))
    assert_same(case.run(clean), case.run(converted(case, clean, kind)))
    damage = case.damages[0]
    bad = damage.inject(clean, damage.sizes[-1], np.random.default_rng(1))
    assert_same(case.run(bad), case.run(converted(case, bad, kind)))


def converted(case, world, kind):
    return case.convert(world, lambda rows: to_kind(kind, rows))


def assert_same(expected, found):
    assert (found.holds, found.rows_total) == (expected.holds, expected.rows_total)
    assert [m.name for m in found.measurements] == [m.name for m in expected.measurements]
    for one, other in zip(expected.measurements, found.measurements, strict=True):
        if isinstance(one.value, float) and not one.volatile:
            assert math.isclose(one.value, other.value, rel_tol=1e-9, abs_tol=1e-9), one.name
        elif not one.volatile:
            assert one.value == other.value, one.name
