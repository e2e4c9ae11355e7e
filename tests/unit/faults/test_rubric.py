"""The names of faults in the item files of the rubric."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import needs

needs.module_at_import("numpy", "narwhals")

from pytest_mltestscore.faults import all_faults  # noqa: E402 - needs what was just asked for

ROOT = Path(__file__).parents[3] / "rubric"
ITEMS = {
    path.stem: tomllib.loads(path.read_text("utf-8"))["faults"]
    for path in sorted(ROOT.glob("*/*-*-*.toml"))
}


def test_there_are_28_items():
    assert len(ITEMS) == 28


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_names_three_faults_that_exist(item):
    assert len(ITEMS[item]) >= 3
    assert len(set(ITEMS[item])) == len(ITEMS[item])
    assert set(ITEMS[item]) <= set(all_faults())


def test_every_fault_belongs_to_an_item():
    assert set(all_faults()) == {name for names in ITEMS.values() for name in names}


@pytest.mark.parametrize("name", all_faults())
def test_a_fault_is_the_one_of_its_file(name):
    [path] = (Path(all_faults.__wrapped__.__code__.co_filename).parent).glob(f"*/{name}.py")
    assert path.is_file()


@pytest.mark.parametrize("fault", all_faults().values(), ids=lambda fault: fault.name)
def test_a_damage_is_a_sentence_without_a_subject(fault):
    first = fault.damage.split()[0]
    assert first.endswith("s")
    assert first.islower()
    assert not fault.damage.endswith(".")
