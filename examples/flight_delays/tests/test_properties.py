"""Properties of the feature code, on flights that hypothesis makes up."""

from __future__ import annotations

import hypothesis
import numpy as np
import pandas as pd
import pytest
from flights import features as ft
from hypothesis import strategies as st

pytestmark = pytest.mark.mlscore("feature-code-tests")

# Derandomised: a scored run must come out the same each time.
examples = hypothesis.settings(max_examples=60, deadline=None, derandomize=True, database=None)

share = st.one_of(st.just(np.nan), st.floats(0, 1))
number = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6))
flight = st.fixed_dictionaries(
    {
        "day": st.dates(min_value=pd.Timestamp("2013-01-01").date()).map(np.datetime64),
        "carrier": st.sampled_from(["AA", "UA", "ZZ"]),
        "origin": st.sampled_from(["EWR", "JFK", "LGA"]),
        "dest": st.text("ABCXYZ", min_size=3, max_size=3),
        "sched_dep_time": st.builds(
            lambda h, m: h * 100 + m, st.integers(0, 23), st.integers(0, 59)
        ),
        **dict.fromkeys(ft.WEATHER, number),
        "late_yesterday": share,
        "carrier_late_week": share,
    }
)
schedule = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["EWR", "JFK"]),
        st.sampled_from(["AA", "UA"]),
        st.sampled_from([900, 1759, 1800, 2300]),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=40,
)


def columns(flights):
    return {name: [flight[name] for flight in flights] for name in ft.INPUTS}


@examples
@hypothesis.given(st.lists(flight, min_size=1, max_size=8))
def test_a_flight_has_the_same_features_alone_and_in_any_company(build, flights):
    together = build(columns(flights))
    for place, alone in enumerate(flights):
        single = build(columns([alone]))
        for name in ft.FEATURES:
            one, other = single[name][0], together[name][place]
            assert one == other or (pd.isna(one) and pd.isna(other)), name


@examples
@hypothesis.given(flight)
def test_time_features_stay_in_their_ranges(build, one):
    found = build(columns([one]))
    assert 0 <= found["departure_minute"][0] <= 1439
    assert found["weekday"][0] == one["day"].astype(object).weekday()


@examples
@hypothesis.given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_smoothed_share_lies_between_the_prior_and_the_share(smoothed_share, late, others):
    found = smoothed_share(late, late + others)
    raw = late / (late + others) if late + others else 0.25
    assert min(raw, 0.25) <= found <= max(raw, 0.25)


def table_of(lines):
    names = ["day", "origin", "carrier", "sched_dep_time", "late"]
    made = pd.DataFrame(lines, columns=names)
    return made.assign(day=pd.Timestamp("2013-05-01") + pd.to_timedelta(made["day"], unit="D"))


@examples
@hypothesis.given(schedule)
def test_late_yesterday_is_what_counting_by_hand_gives(late_yesterday, lines):
    found = late_yesterday(table_of(lines))
    for value, (day, origin, *_rest) in zip(found, lines, strict=True):
        before = [x[4] for x in lines if x[0] == day - 1 and x[1] == origin and x[3] < 1800]
        expected = sum(before) / len(before) if before else np.nan
        assert value == pytest.approx(expected, nan_ok=True)


@examples
@hypothesis.given(schedule)
def test_carrier_late_week_is_what_counting_by_hand_gives(carrier_late_week, lines):
    found = carrier_late_week(table_of(lines))
    for value, (day, _origin, carrier, *_rest) in zip(found, lines, strict=True):
        week = [x[4] for x in lines if day - 7 <= x[0] < day and x[2] == carrier and x[3] < 1800]
        assert value == pytest.approx(ft.smoothed_share(sum(week), len(week)))
