from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.record import Setting
from pytest_mltestscore.domain.rubric import Band, Credit, Item, Rubric, Section
from pytest_mltestscore.scoring.gate import GateRules
from pytest_mltestscore.scoring.rules import fail_under, requirements, section_floors

ITEMS = ("data-1 schema", "data-2 benefit", "model-1 spec", "model-2 metrics", "model-3 tuned")


def _item(id_and_name: str) -> Item:
    id_, name = id_and_name.split()
    texts = dict.fromkeys(("title", "long_title", "holds", "fails", "why"), name)
    ways = dict.fromkeys(("manual", "automate", "remedy"), name)
    return Item(id=id_, name=name, section=id_.split("-")[0], effort="low", **texts, **ways)


RUBRIC = Rubric(
    id="small",
    version="1",
    title="Small",
    source="",
    aggregate="minimum",
    credit=Credit(manual=0.5, automated=1),
    bands=(Band(key="any", up_to=3, text="any"),),
    sections=(
        Section(id="data", title="Data", long_title="Data"),
        Section(id="model", title="Model", long_title="Model"),
    ),
    items=tuple(_item(text) for text in ITEMS),
)


@pytest.mark.parametrize(
    "value,floor",
    [
        ("0", 0.0),
        ("-0", 0.0),
        (" 3 ", 3.0),
        ("3.", 3.0),
        (".5", 0.5),
        ("2.3", 2.3),
        ("007", 7.0),
        ("3.000", 3.0),
        (7, 7.0),
        (2.5, 2.5),
        (-0.0, 0.0),
    ],
)
def test_fail_under_takes_plain_numbers_in_range(value, floor):
    read = fail_under(value, option="-f", maximum=7)
    assert read == floor
    assert isinstance(read, float)
    assert math.copysign(1, read) == 1


@pytest.mark.parametrize(
    "value,mend",
    [
        ("nan", "give a number from 0 to 7, such as 2.5"),
        ("inf", "give a number from 0 to 7, such as 2.5"),
        ("-Infinity", "give a number"),
        ("", "give a number"),
        ("   ", "give a number"),
        ("three", "give a number"),
        ("1e400", "give a number"),
        ("1e0", "give a number"),
        ("1_0", "give a number"),
        ("\uff13", "give a number"),
        ("0x3", "give a number"),
        ("1.2.3", "give a number"),
        ("3,0", "did you mean 3.0?"),
        ("1,000,0", "give a number"),
        ("-1", "give a number"),
        ("7.5", "give a number"),
        ("9" * 5000, "give a number"),
        ("3.0000000000000000001", "more digits than can be compared exactly"),
        ("6.99999999999999999999", "more digits than can be compared exactly"),
        (math.nan, "is nan; give a number"),
        (math.inf, "is inf; give a number"),
        (-0.5, "is -0.5; give a number"),
        (10**400, "give a number"),
        (True, "is true; give a number"),
        (None, "is None; give a number"),
    ],
)
def test_fail_under_refuses_the_rest_by_option_and_mend(value, mend):
    with pytest.raises(ConfigError, match=r"^-f: is ") as caught:
        fail_under(value, option="-f", maximum=7)
    assert mend in str(caught.value)
    assert len(str(caught.value)) < 160


def test_fail_under_suggests_nothing_out_of_range():
    with pytest.raises(ConfigError, match=r"from 0 to 1, such as 1$"):
        fail_under("2", option="-f", maximum=1)


@given(st.integers(0, 14).map(lambda n: n / 2))
def test_every_reachable_score_can_be_a_floor(score):
    for typed in (score, f"{score:g}", repr(score), f"{score:.3f}"):
        assert fail_under(typed, option="-f", maximum=7) == score


@given(st.text(max_size=20) | st.floats() | st.integers())
def test_fail_under_returns_what_is_in_range_or_refuses(value):
    try:
        floor = fail_under(value, option="-f", maximum=7)
    except ConfigError:
        return
    assert 0 <= floor <= 7
    assert float(value) == floor


def test_section_floors_come_by_id_in_the_order_of_the_rubric():
    floors = section_floors([" Model = 2.5 ", "data=1", "MODEL=2.50"], RUBRIC, "-s")
    assert list(floors.items()) == [("data", 1.0), ("model", 2.5)]
    assert section_floors([], RUBRIC, "-s") == {}


@pytest.mark.parametrize(
    "texts,message",
    [
        (["data"], "-s: is 'data'; give SECTION=N, such as data=2, and once more for each further"),
        (["data=1,model=2"], "-s: is 'data=1,model=2'; give SECTION=N"),
        (["modle=1"], "-s: unknown section 'modle'; did you mean 'model'?"),
        (["fleet=1"], "-s: unknown section 'fleet'; known sections: data, model"),
        (["=1"], "-s: unknown section ''; known sections: data, model"),
        (["data=2.5"], "-s data: is '2.5'; give a number from 0 to 2, such as 2"),
        (["data="], "-s data: is ''; give a number"),
        (["data=1", "data=2"], "-s: section data is given as 1 and as 2; keep one of the two"),
    ],
)
def test_section_floors_refuses(texts, message):
    with pytest.raises(ConfigError) as caught:
        section_floors(texts, RUBRIC, "-s")
    assert str(caught.value).startswith(message)


def test_requirements_are_canonical():
    texts = ["model-2 : Automated , SCHEMA", "data-1:automated,benefit:manual", "data-1"]
    wanted = ("data-1:automated", "data-2:manual", "model-2:automated")
    assert requirements(texts, RUBRIC, "-r") == wanted
    assert requirements(wanted, RUBRIC, "-r") == wanted
    assert requirements([], RUBRIC, "-r") == ()


@pytest.mark.parametrize(
    "text,message",
    [
        ("", "-r: an item is missing; give ITEM[:LEVEL], such as data-1:automated"),
        ("data-1,,data-2", "-r: an item is missing"),
        ("shema", "-r: unknown rubric item 'shema'; did you mean 'schema'?"),
        (":automated", "-r: unknown rubric item ''"),
        ("schema:automatic", "-r: data-1 has the unknown level 'automatic'; did you mean 'auto"),
        ("schema:gold", "-r: data-1 has the unknown level 'gold'; give manual or automated"),
        ("schema:", "-r: data-1 has the unknown level ''; give manual or automated"),
        ("schema:manual:automated", "-r: data-1 has the unknown level 'manual:automated'"),
    ],
)
def test_requirements_refuses(text, message):
    with pytest.raises(ConfigError) as caught:
        requirements([text], RUBRIC, "-r")
    assert str(caught.value).startswith(message)


_TEXTS = st.lists(
    st.tuples(
        st.sampled_from([word for text in ITEMS for word in text.split()]),
        st.sampled_from(["", ":manual", ":automated"]),
    ).map("".join)
)


@given(_TEXTS)
def test_requirements_read_back_as_the_gate_reads_them(texts):
    canonical = requirements(texts, RUBRIC, "-r")
    assert requirements(reversed(texts), RUBRIC, "-r") == canonical
    assert requirements([",".join(texts)] if texts else [], RUBRIC, "-r") == canonical
    rules = GateRules.from_config({"require": Setting(value=list(canonical), origin="")})
    assert [f"{r.item}:{r.level}" for r in rules.require] == list(canonical)
    assert msgspec.convert(msgspec.to_builtins(rules), GateRules) == rules
