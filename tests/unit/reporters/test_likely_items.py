"""Tests without a tag that are named like an item."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import sample_records
from pytest_mltestscore.reporters._likely_items import likely_items

ITEMS = sample_records.mixed().items


def guess(nodeid, items=ITEMS):
    return [likely.item.id for likely in likely_items([nodeid], items)]


@pytest.mark.parametrize(
    "nodeid, item",
    [
        ("tests/test_feature_schema.py::test_rows", "data-1"),
        ("tests/test_a.py::TestFeatureSchema::test_rows", "data-1"),
        ("tests/test_features.py::test_the_schema_holds", "data-1"),
        ("tests/test_serving.py::test_rollback", "infra-7"),
        ("tests/test_a.py::test_quality_of_each_slice[north]", "model-6"),
        ("test_a.py::test_model_staleness", "monitor-4"),
    ],
)
def test_the_whole_name_of_an_item(nodeid, item):
    assert guess(nodeid) == [item]


@pytest.mark.parametrize(
    "nodeid",
    [
        "tests/feature/schema/test_a.py::test_rows",
        "tests/test_schema.py::test_rows",
        "tests/test_a.py::test_rows[feature-schema]",
        "tests/test_cli.py::test_help",
        "",
        "::",
        "\u202e\ud800[",
        "x" * 100_000,
    ],
)
def test_less_than_that_is_nothing(nodeid):
    assert guess(nodeid) == []


def test_the_longest_name_wins():
    first, second, *_ = ITEMS
    items = [replace(first, name="staleness"), replace(second, name="model-staleness")]
    assert guess("t.py::test_model_staleness", items) == [second.id]
    assert guess("t.py::test_staleness", items) == [first.id]


def test_items_without_words_are_never_meant():
    assert guess("t.py::test_1", [replace(ITEMS[0], name="1")]) == []
