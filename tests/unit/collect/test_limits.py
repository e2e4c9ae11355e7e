"""Time limits of re-runs."""

from __future__ import annotations

import signal
import time

import pytest

from pytest_mltestscore.collect.proving import limits
from pytest_mltestscore.collect.proving.limits import at_most, limit_of

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs Unix signals")


def test_an_endless_loop_comes_to_its_end():
    with at_most(0.05) as fired:
        while True:
            pass
    assert fired == ["took longer than 0 s"]


def test_who_catches_exceptions_does_not_go_on():
    went_on = False
    with at_most(0.05) as fired:
        try:
            time.sleep(60)
        except Exception:  # noqa: BLE001 - as tests do
            went_on = True
    assert fired
    assert not went_on


def test_who_catches_everything_is_asked_again(monkeypatch):
    monkeypatch.setattr(limits, "_AGAIN_S", 0.05)
    caught = 0
    with at_most(0.05) as fired:
        while caught < 3:
            try:
                time.sleep(60)
            except BaseException:  # noqa: BLE001 - as bad tests do
                caught += 1
    assert fired == ["took longer than 0 s"]


def test_what_is_fast_enough_is_left_alone():
    before = signal.getsignal(signal.SIGALRM)
    with at_most(60) as fired:
        pass
    assert fired == []
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_other_errors_come_through():
    with pytest.raises(KeyError), at_most(60):
        raise KeyError("km")


def test_a_timer_of_somebody_else_is_left_alone():
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        with at_most(0.001) as fired:
            time.sleep(0.01)
        assert fired == []
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("plain_s, limit_s", [(0.0, 60.0), (1.0, 60.0), (30.0, 600.0)])
def test_a_rerun_may_take_many_times_a_plain_run_and_a_minute_at_least(plain_s, limit_s):
    assert limit_of(plain_s) == limit_s
