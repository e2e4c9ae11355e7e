from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest

import needs
from pytest_mltestscore import catalog
from pytest_mltestscore.domain.asked import ASKED, lacking
from pytest_mltestscore.domain.mlsystem import MLSystem

ITEMS = catalog.load().items


def typed(item, *parts, **options):
    given = dict.fromkeys(parts, object())
    return [word for word, _ in lacking(MLSystem(**given, options={item: options}), item)]


def test_every_item_is_asked_for_parts_that_there_are_or_for_options():
    assert list(ASKED) == [item.name for item in ITEMS]
    for asked in ASKED.values():
        assert {*asked.parts, *asked.one_of} <= MLSystem.parts().keys()
        assert asked.parts or asked.options
        assert not asked.instead or asked.options


@pytest.mark.parametrize("item", ASKED)
def test_who_has_all_of_it_lacks_nothing(item):
    asked = ASKED[item]
    for one in asked.one_of or ("name",):
        assert typed(item, *asked.parts, one, some=1) == []
        for part in asked.parts:
            others = [name for name in asked.parts if name != part]
            assert typed(item, *others, one, some=1) == [f"{part}="]


def test_one_of_several_is_enough():
    assert typed("staleness-impact", "train_data", "label", "time") == ["train= or estimator="]
    assert typed("staleness-impact", "train_data", "label", "time", "estimator") == []


@pytest.mark.parametrize("item", [name for name, asked in ASKED.items() if asked.options])
def test_options_are_lacking_unless_a_part_stands_in_for_them(item):
    asked = ASKED[item]
    [wanted] = typed(item, *asked.parts)
    assert wanted.startswith(f"options={{'{item}': {{...}}}} with {asked.options}")
    if asked.instead:
        assert typed(item, *asked.parts, asked.instead) == []


@pytest.mark.parametrize("item", [i for i in ITEMS if ASKED[i.name].options], ids=lambda i: i.name)
def test_options_that_are_asked_for_are_arguments_of_the_check(item):
    needs.module("narwhals", "numpy")
    checks = import_module(f"pytest_mltestscore.checks.{item.section}")
    known = inspect.signature(getattr(checks, item.name.replace("-", "_"))).parameters
    named = re.findall(r"(\w+)=", ASKED[item.name].options)
    assert named
    assert set(named) <= known.keys()


def test_a_number_whose_name_says_no_unit_is_asked_for_with_it():
    assert typed("model-staleness", "trained_at") == [
        "options={'model-staleness': {...}} with max_age= (days)"
    ]


def test_the_part_that_stands_in_for_options_is_named_with_them():
    [wanted] = typed("computing-performance", "model", "test_data")
    assert wanted.endswith(" with max_latency_ms= or the like (or give performance_baseline=)")
