"""What a test records on its way into the sink."""

from __future__ import annotations

import pytest

from pytest_mltestscore.domain.checkresult import CheckResult
from pytest_mltestscore.domain.sink import Sink, current_sink, measurement, open_sink, push_check

SECRET = "correct-horse"


def masked(text):
    return text.replace(SECRET, "***")


@pytest.fixture
def sink():
    """Open a sink that hides a secret, and the one that was open before afterwards."""
    before = current_sink()
    opened = Sink(masked)
    open_sink(opened)
    yield opened
    open_sink(before)


@pytest.fixture
def _no_sink(sink):
    open_sink(None)


@pytest.mark.usefixtures("_no_sink")
def test_without_a_sink_measurements_are_built_as_they_are():
    assert measurement(SECRET, SECRET).value == SECRET
    result = CheckResult(name="rows", holds=False, summary=SECRET)
    assert push_check(result) is result


@pytest.mark.parametrize("place", range(60))
def test_no_part_of_a_secret_survives_a_cut(sink, place):
    text = "x" * (440 + place) + SECRET + "y" * 2000
    found = measurement(text, text, limit=text, unit=text)
    push_check(CheckResult(name=text, holds=True, summary=text))
    (check,) = sink.checks
    for seen in (found.name, found.value, found.limit, found.unit, check.name, check.summary):
        assert len(seen) <= 1100
        assert "corr" not in seen


def test_a_repr_is_masked_before_it_is_cut(sink):
    assert "corr" not in measurement("object", ["x" * 80 + SECRET + "y" * 200]).value


def test_numbers_are_left_alone(sink):
    assert measurement("rows", 20_000).value == 20_000
