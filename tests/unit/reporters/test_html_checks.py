"""Tables of checks: their columns, and what of them is drawn."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import check_tables as tables
from pytest_mltestscore.domain.evidence import CheckEvidence, Measurement
from pytest_mltestscore.reporters._html_bounds import bound
from pytest_mltestscore.reporters._html_checks import arrange_table
from pytest_mltestscore.reporters._html_columns import alarming, columns


def arranged(check, rows=50, drawn=True):
    return arrange_table(check, rows, drawn)


def with_table(*rows, measurements=()):
    return CheckEvidence(
        name="c", holds=True, summary="s", table=rows, measurements=tuple(measurements)
    )


@pytest.mark.parametrize("check", tables.CHECKS, ids=lambda check: check.name)
def test_the_order_of_columns_is_that_of_their_names_alone(check):
    shuffler = random.Random(0)

    def shuffled(row):
        names = shuffler.sample(sorted(row), len(row))
        return {name: row[name] for name in names}

    assert arranged(replace(check, table=tuple(map(shuffled, check.table)))) == arranged(check)


def test_columns_read_as_the_checks_write_them():
    assert [arranged(check).names for check in (tables.SLICES, tables.CALIBRATION)] == [
        ("slice", "rows", "score", "low", "high", "verdict"),
        ("number", "of", "rows", "value", "low", "high", "limit", "verdict"),
    ]


def test_columns_that_nobody_knows_come_between():
    found = columns([{"verdict": "ok", "zeta": 1, "alpha": 2, "words": "x", "slice": "a"}])
    assert found.names == ("slice", "words", "alpha", "zeta", "verdict")


@pytest.mark.parametrize(
    "cells, numeric",
    [
        ((1, 2.5), True),
        ((1, None), True),
        ((1, "nan"), True),
        (("nan", ""), True),
        (("1", 2), False),
        ((True, 2), False),
        ((None, ""), False),
    ],
)
def test_a_column_is_of_numbers_if_nothing_else_is_in_it(cells, numeric):
    assert bool(columns([{"a": cell} for cell in cells]).numeric) == numeric


@pytest.mark.parametrize(
    "limit, places",
    [
        ("<= 0.1", (0.1,)),
        (">= 1,200", (1200.0,)),
        ("> -1e-3", (-0.001,)),
        ("within 0.05", (-0.05, 0.05)),
        ("2 to 10", (2.0, 10.0)),
        ("0.0459", (0.0459,)),
        (30, (30.0,)),
        ("", ()),
        ("finite", ()),
        ("<= 1e400", ()),
        ("<= 0.1 of rows", ()),
        (None, ()),
        (True, ()),
        (float("inf"), ()),
        ("9" * 5_000, ()),
    ],
)
def test_bounds(limit, places):
    assert bound(limit).places == places


def test_verdicts_that_a_reader_looks_for():
    assert [line.alarming for line in arranged(tables.SLICES).lines] == [True, False, False, False]
    assert not alarming({"verdict": "not judged"})
    assert not alarming({})


# What is drawn


def uprights(path):
    return [float(x) for x in re.findall(r"M([\d.]+) 0h1v16", path)]


def test_intervals_with_the_limit_that_the_smallest_is_held_against():
    found = arranged(tables.SLICES)
    assert found.key == "line: interval; mark: score; upright: limit"
    drawn = [line.drawn for line in found.lines]
    assert [bool(path) for path in drawn] == [True, True, True, False]
    places = {uprights(path)[0] for path in drawn if path}
    assert len(places) == 1, "one scale, so the limit is in one place"
    mark = float(re.search(r"M([\d.]+) 8l4-4", drawn[0])[1]) + 4
    assert mark < places.pop(), "a weak slice is left of it"


def test_a_limit_is_taken_only_of_a_number_that_is_about_the_column():
    other = Measurement(name="serving rows matched", value=0.2, limit=">= 0.9")
    assert arranged(replace(tables.SKEW, measurements=(other,))).key == ""
    assert arranged(tables.SKEW).key == "bar: share; upright: limit"


def test_rows_with_the_same_limit_share_a_scale_and_others_do_not():
    auc, bias, *bins = arranged(tables.CALIBRATION).lines
    assert len(uprights(auc.drawn)) == 1
    assert len(uprights(bias.drawn)) == 2
    assert uprights(bias.drawn)[0] < 10, "both ends of the scale are limits"
    assert not any(line.drawn for line in bins), "they are in the chart"


def test_calibration_is_a_chart_of_observed_over_predicted():
    figure = arranged(tables.CALIBRATION).figure
    assert figure.label == "share positive, observed over predicted"
    assert figure.marks.count("M") == 3
    diagonal = [float(n) for n in re.findall(r"[\d.]+", figure.rule)]
    assert (diagonal[0], diagonal[3]) == (min(diagonal[::2]), min(diagonal[1::2]))
    assert {label.text for label in figure.labels} == {"0", "0.986"}


def test_decay_is_a_curve_with_its_band_and_its_limit():
    found = arranged(tables.DECAY)
    assert found.figure.label == "loss over age days"
    assert found.figure.marks.count("M") == 4
    assert found.figure.band.count("L") == 7
    assert found.figure.rule.startswith("M")
    assert (found.key, {line.drawn for line in found.lines}) == ("", {""})
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", found.figure.line)]
    assert heights == sorted(heights, reverse=True), "more loss is higher up"
    unknown = replace(tables.DECAY, measurements=())
    assert arranged(unknown).figure.rule == ""


def test_two_points_are_no_curve():
    few = replace(tables.DECAY, table=tables.DECAY.table[:2])
    assert arranged(few).figure is None
    assert all(line.drawn for line in arranged(few).lines)


def test_shares_before_and_now():
    rows, km, zone = arranged(tables.SHIFTED).lines
    assert (rows.drawn, arranged(tables.SHIFTED).key) == (
        "",
        "hollow bar: share before; full bar: share now",
    )
    now = re.compile(r"M5 9h([\d.]+)v6")
    before = re.compile(r"M5 1h([\d.]+)v6")
    assert float(now.search(km.drawn)[1]) > float(before.search(km.drawn)[1])
    assert float(now.search(zone.drawn)[1]) == 110, "the largest share is as long as there is room"


def test_numbers_of_different_kinds_are_each_drawn_to_their_own_limit():
    over, under = arranged(tables.LATENCY).lines
    assert uprights(over.drawn) == uprights(under.drawn)
    lengths = [float(re.match(r"M5 5h([\d.]+)", line.drawn)[1]) for line in (over, under)]
    assert lengths == [96.8, 29.1]


def test_ages_against_limits():
    stages = with_table(
        {"stage": "model", "age_days": 92.0, "limit_days": 30.0, "verdict": "stale"},
        {"stage": "rates", "age_days": 0.0, "limit_days": 30.0, "verdict": "ok"},
    )
    drawn = [line.drawn for line in arranged(stages).lines]
    assert [path.split("v")[0] for path in drawn] == ["M5 5h110", "M5 5h1"]


def test_a_table_of_words_is_not_drawn():
    found = arranged(tables.PLAIN)
    assert (found.key, found.figure, {line.drawn for line in found.lines}) == ("", None, {""})
    assert found.lines[0].cells == ("shape of predict", "(500,), (1,) for one row", "ok")


def test_drawings_may_be_left_out():
    found = arranged(tables.DECAY, drawn=False)
    assert (found.key, found.figure, len(found.lines)) == ("", None, 4)


def test_rows_may_be_left_out_and_the_scale_stays():
    found = arranged(tables.SLICES, rows=1)
    assert (len(found.lines), found.left, found.summary) == (1, 3, "Table, 4 rows")
    assert found.lines[0] == arranged(tables.SLICES).lines[0]


def test_how_much_of_the_data_was_seen():
    assert arranged(tables.SLICES).seen == "2,969 of 6,000 rows of data looked at"
    assert arranged(tables.PLAIN).seen == ""


def test_cells_without_a_value_are_blank():
    assert arranged(tables.SLICES).lines[3].cells == ("region=west", "12", "", "", "", "thin")


# Nothing that a table may hold makes a drawing that is none

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0, -1, 1e308, -1e308, 5e-324, 1e99, "nan", "10% -> 20%", "999% -> 0%", "x"]),
    st.text(max_size=8),
)
NAMES = st.sampled_from(
    ["age days", "low", "high", "value", "score", "loss", "share", "psi", "limit", "found", "of"]
)
LIMITS = st.sampled_from(
    ["<= 1", ">= 0", "within 1e99", "0", "1e308 to 2", "", "-0.0", "<= 1e-300"]
)


@settings(max_examples=300)
@given(
    st.lists(st.dictionaries(NAMES, ODD), max_size=6),
    st.lists(st.tuples(NAMES, ODD, LIMITS), max_size=3),
)
def test_any_table_can_be_arranged(rows, measured):
    measurements = [
        Measurement(name=name, value=value, limit=limit) for name, value, limit in measured
    ]
    found = arranged(with_table(*rows, measurements=measurements))
    assert len(found.lines) == len(rows)
    figure = found.figure
    numbers = [line.drawn for line in found.lines]
    if figure:
        numbers += [figure.axes, figure.band, figure.line, figure.rule, figure.marks]
    for path in numbers:
        assert not re.search(r"[^-MLHVhvlz\d. e]|nan|inf", path)
        assert all(abs(float(n)) < 1_000 for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", path))
