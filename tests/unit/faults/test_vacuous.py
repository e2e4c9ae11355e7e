"""No fault of an item is caught by a test that says nothing about the item."""

from __future__ import annotations

from pathlib import Path

import pytest

import needs

needs.module_at_import("pandas", "sklearn", "fairlearn")

import narwhals as nw  # noqa: E402 - needs what was just asked for
import numpy as np  # noqa: E402

from pytest_mltestscore import faults  # noqa: E402
from pytest_mltestscore.catalog import load  # noqa: E402

KNOWN = faults.all_faults()
TABLE = [(item.id, name) for item in load().items for name in item.faults]
OF_COUNT_OR_COLUMNS = {
    *(("data-1", name) for name in ("drop_column", "rename_column", "duplicate_rows")),
    ("data-1", "empty_frame"),
    ("data-4", "lost_entry"),
    ("data-5", "personal_column"),
    ("data-5", "open_policy"),
    ("model-2", "lost_rows"),
    ("model-3", "lost_rows"),
    ("model-4", "lost_rows"),
    ("model-3", "unfinished_search"),
    ("monitor-2", "lost_rows"),
}
"""Where numbers or names are what the item asks about."""


@pytest.mark.parametrize("item, name", TABLE)
def test_a_vacuous_test_passes_with_the_fault(item, name, use_of):
    use = use_of(item)
    tried = list(use.tries(name))
    assert tried
    for planned, _, instead in tried:
        for root, value in instead.items():
            path = planned.path if planned.root else ()
            damaged = faults.part_at(value, path)
            given = faults.part_at(use.given[root], path)
            assert damaged is not None
            assert isinstance(damaged, type(given))
            assert callable(damaged) == callable(given)
            if (item, name) not in OF_COUNT_OR_COLUMNS:
                assert outline(damaged) == outline(given)


def outline(value):
    """What a test of no more than shapes, names and existence looks at."""
    native = nw.from_native(value, pass_through=True)
    if isinstance(native, nw.DataFrame):
        return native.shape, native.columns
    if isinstance(value, np.ndarray):
        return value.shape
    if isinstance(value, str | Path) and Path(value).exists():
        return Path(value).name, Path(value).is_dir() or Path(value).stat().st_size > 0
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, list | tuple) and name_of_program(value) is None:
        return len(value)
    return None


def name_of_program(value):
    words = all(isinstance(word, str) for word in value)
    return value[0] if value and words and Path(value[0]).exists() else None


@pytest.mark.parametrize(
    "item, name",
    [(i, n) for i, n in TABLE if i in ("model-5", "model-6", "model-7") and KNOWN[n].fits(len)],
)
def test_the_shape_of_answers_stays(item, name, use_of):
    given = use_of(item).given
    model, rows = given.get("model"), given.get("rows", given.get("test"))
    damaged = KNOWN[name].inject(model, np.random.default_rng(11))
    assert np.shape(damaged(rows)) == np.shape(model(rows))
