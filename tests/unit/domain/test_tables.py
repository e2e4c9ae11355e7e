"""Tables from files: good ones become structs, bad ones yield every problem at once."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.tables import parse_toml, read_table, shown


class Inner(msgspec.Struct, frozen=True):
    key: str
    up_to: float


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    text: str = ""
    count: int = 0
    number: float = 0.0
    flag: bool = False
    day: dt.date = dt.date(2030, 1, 1)
    moment: dt.datetime = dt.datetime(2030, 1, 1)  # noqa: DTZ001  a local TOML time
    effort: Literal["low", "medium", "high"] = "low"
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    words: tuple[str, ...] = ()
    lists: list[tuple[int, ...]] = []
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    limits: dict[str, float] = {}
    maybe: int | None = None
    either: int | str = 0
    any: Any = None


class Demanding(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    bound: Annotated[float, msgspec.Meta(ge=0)]
    inner: Inner
    tags: tuple[str, ...]
    either: int | str


class Ordered(msgspec.Struct, frozen=True):
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("first is above last")


def problems_of(struct_type: type[msgspec.Struct], table: object, **kwargs: Any) -> list[str]:
    problems: list[str] = []
    result = read_table(struct_type, table, where="a.toml", problems=problems, **kwargs)
    assert (result is None) == bool(problems)
    return problems


def test_a_good_table_becomes_a_struct() -> None:
    toml = """
        text = "x"
        number = 1
        day = 2031-02-03
        words = ["a", "b"]
        lists = [[1], [2, 3]]
        inner = {key = "k", up_to = 1}
        limits = {auc = 0.5}
        maybe = 3
        either = "e"
        any = [{x = 1}]
        [[inners]]
        key = "m"
        up_to = 2.5
    """
    problems: list[str] = []
    read = read_table(Everything, tomllib.loads(toml), where="a.toml", problems=problems)
    assert problems == []
    assert read == Everything(
        text="x",
        number=1.0,
        day=dt.date(2031, 2, 3),
        words=("a", "b"),
        lists=[(1,), (2, 3)],
        inner=Inner("k", 1.0),
        limits={"auc": 0.5},
        maybe=3,
        either="e",
        any=[{"x": 1}],
        inners=(Inner("m", 2.5),),
    )
    assert isinstance(read.number, float)


def test_absent_keys_take_their_defaults() -> None:
    problems: list[str] = []
    read = read_table(Everything, {}, where="a.toml", problems=problems)
    assert read == Everything()
    assert read.lists is not Everything().lists


def test_null_is_fine_where_it_is_allowed() -> None:
    assert problems_of(Everything, {"inner": None, "maybe": None}) == []


@pytest.mark.parametrize(
    "table, expected",
    [
        ({"text": 5}, "text: is 5; give text in quotes"),
        ({"text": dt.date(2030, 1, 2)}, "text: is 2030-01-02; give text in quotes"),
        ({"text": True}, "text: is true; give text in quotes"),
        ({"count": 1.5}, "count: is 1.5; give a whole number"),
        ({"count": False}, "count: is false; give a whole number"),
        ({"number": "0.7"}, "number: is '0.7'; give a number"),
        ({"number": float("nan")}, "number: is nan; give a finite number"),
        ({"maybe": float("-inf")}, "maybe: is -inf; give a finite number"),
        ({"flag": 1}, "flag: is 1; give true or false"),
        (
            {"day": dt.datetime(2030, 1, 1)},  # noqa: DTZ001  a local TOML time
            "day: is 2030-01-01T00:00:00; give a date such as 2030-12-31, without a time of day",
        ),
        ({"day": "soon"}, "day: is 'soon'; give a date such as 2030-12-31, without a time of day"),
        ({"moment": "soon"}, "moment: is 'soon'; give a date with a time of day"),
        (
            {"effort": "hihg"},
            "effort: is 'hihg'; give one of 'low', 'medium', 'high'; did you mean 'high'?",
        ),
        ({"effort": "x"}, "effort: is 'x'; give one of 'low', 'medium', 'high'"),
        ({"effort": 1}, "effort: is 1; give one of 'low', 'medium', 'high'"),
        ({"share": 1.5}, "share: is 1.5; Expected `float` <= 1.0"),
        ({"words": "abc"}, "words: is 'abc'; give a list of text in quotes"),
        ({"words": ["a", 2]}, "words #2: is 2; give text in quotes"),
        ({"lists": [[1], ["x"]]}, "lists #2 #1: is 'x'; give a whole number"),
        ({"inner": "x"}, "inner: is 'x'; give a table"),
        ({"inner": {"key": "k"}}, "inner: up_to: missing; give a number"),
        ({"inners": {"key": "k"}}, "inners: is {'key': 'k'}; give a list of a table"),
        ({"inners": [{"key": "k", "up_to": "1"}]}, "inners #1: up_to: is '1'; give a number"),
        ({"limits": {"auc": "x"}}, "limits: auc: is 'x'; give a number"),
        ({"limits": 3}, "limits: is 3; give a table"),
        ({"either": [1]}, "either: is [1]; Expected `int | str`, got `array`"),
        ({"effrot": "low"}, "effrot: unknown key; did you mean 'effort'?"),
        ({"\x1b[31m": 1}, "unknown key; known keys: text, count"),
    ],
)
def test_each_problem_names_key_value_and_mend(table: dict[str, Any], expected: str) -> None:
    (problem,) = problems_of(Everything, table)
    assert problem.startswith("a.toml: ")
    assert expected in problem
    assert "\x1b" not in problem


def test_all_problems_are_reported_together() -> None:
    table = {"titel": "x", "bound": -1, "inner": {"key": 1}, "tags": ["a", 1]}
    assert problems_of(Demanding, table) == [
        "a.toml: titel: unknown key; did you mean 'title'?",
        "a.toml: title: missing; give text in quotes",
        "a.toml: bound: is -1; Expected `float` >= 0.0",
        "a.toml: inner: key: is 1; give text in quotes",
        "a.toml: inner: up_to: missing; give a number",
        "a.toml: tags #2: is 1; give text in quotes",
        "a.toml: either: missing; give a whole number or text in quotes",
    ]


def test_missing_keys_say_what_to_give() -> None:
    assert problems_of(Demanding, {}) == [
        "a.toml: title: missing; give text in quotes",
        "a.toml: bound: missing; give a number",
        "a.toml: inner: missing; give a table",
        "a.toml: tags: missing; give a list of text in quotes",
        "a.toml: either: missing; give a whole number or text in quotes",
    ]


def test_given_fields_must_not_stand_in_the_table() -> None:
    problems: list[str] = []
    table = {"up_to": 1.0}
    read = read_table(Inner, table, where="a.toml", problems=problems, given={"key": "k"})
    assert read == Inner("k", 1.0)
    assert problems_of(Inner, {"key": "x", "up_to": 1.0}, given={"key": "k"}) == [
        "a.toml: key: follows from elsewhere; remove it"
    ]


def test_a_struct_that_refuses_its_values_is_a_problem() -> None:
    assert problems_of(Ordered, {"first": 2, "last": 1}) == ["a.toml: first is above last"]


def test_something_else_than_a_table() -> None:
    assert problems_of(Inner, [1]) == ["a.toml: is [1]; give a table"]


@pytest.mark.parametrize(
    "value, limit",
    [("a" * 10_000, 80), ([[["x"] * 99] * 99] * 99, 2_000), (-(16**9_000), 80)],
    ids=["text", "nested", "digits"],
)
def test_shown_is_short(value: object, limit: int) -> None:
    assert len(shown(value)) <= limit


def test_shown_survives_deep_nesting() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"a": deep}
    assert "..." in shown(deep)


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"a = \n", "a.toml: not valid TOML: Invalid value (at line 1, column 5)"),
        (
            b"a = 1\nb",
            "a.toml: not valid TOML: Expected '=' after a key in a key/value pair (at the ",
        ),
        (b"a = 1\nb = \n\n", "a.toml: not valid TOML: Invalid value (at line 2, column 5)"),
        (b"\na = [\n1", "a.toml: not valid TOML: Unclosed array (at the end, line 3, column 2)"),
        (b"a = 1\nb = '\xff'", "a.toml: byte 11 (line 2) is not UTF-8; save the file as UTF-8"),
        (b"a = " + b"[" * 5_000, "a.toml: not valid TOML: nested too deeply"),
        (b"a = " + b"9" * 5_000, "a.toml: not valid TOML: an integer has thousands of digits"),
    ],
)
def test_toml_that_cannot_be_parsed(content: bytes, expected: str) -> None:
    problems: list[str] = []
    assert parse_toml(content, where="a.toml", problems=problems) is None
    (problem,) = problems
    assert problem.startswith(expected)


def test_toml_that_can() -> None:
    problems: list[str] = []
    for start in (b"", b"\xef\xbb\xbf"):
        content = start + "a = 'é'".encode()
        assert parse_toml(content, where="a.toml", problems=problems) == {"a": "é"}
    assert problems == []


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(Everything.__struct_fields__) | st.text(), _values))
def test_any_table_gives_a_struct_or_problems(table: dict[str, Any]) -> None:
    problems_of(Everything, table)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_give_a_dict_or_one_problem(content: bytes) -> None:
    problems: list[str] = []
    parsed = parse_toml(content, where="a.toml", problems=problems)
    assert (parsed is None) == (len(problems) == 1)
