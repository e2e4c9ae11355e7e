"""Whether a fault was felt in a re-run, and what it may take of time and memory."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import pytest

import needs

needs.module_at_import("pandas", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for
from sklearn.base import clone  # noqa: E402

from pytest_mltestscore import faults  # noqa: E402
from pytest_mltestscore.collect.proving.trials import Injection, Planned  # noqa: E402
from pytest_mltestscore.faults import _effect  # noqa: E402
from unit.faults import samples  # noqa: E402

KNOWN = faults.all_faults()
ROWS = samples.rows()[["size", "risk"]]
NEVER_CALLED = "the test never called it"
UNCHANGED = "it changed nothing of what was returned"


@pytest.fixture
def effect():
    return faults.Effect()


def damaged(name, value, effect):
    found, why_not = faults.injected(KNOWN[name], value, 1, effect)
    assert why_not == ""
    return found


ON_FUNCTIONS = [
    *("always_false", "always_true", "hungry_function", "idle_function", "null_output"),
    *("raising_function", "slow_function", "unseeded_training", "wrong_output"),
    *("constant_predictions", "random_predictions", "slow_rows", "hungry_predictions"),
]


@pytest.mark.parametrize("name", ON_FUNCTIONS)
def test_a_fault_in_a_function_is_felt_when_it_is_called(name, effect):
    double = damaged(name, samples.double, effect)
    assert effect.why_not == NEVER_CALLED
    if name == "raising_function":
        with pytest.raises(RuntimeError):
            double(np.arange(3.0))
    else:
        double(np.arange(3.0))
    assert effect.why_not == ""


@pytest.mark.parametrize("ask", ["predict", "predict_proba", "decision_function"])
def test_a_fault_in_a_model_is_felt_when_it_is_asked(ask, effect):
    model = damaged("random_predictions", samples.fitted(), effect)
    assert len(model.coef_)
    assert hasattr(model, "predict")
    assert effect.why_not == NEVER_CALLED
    getattr(model, ask)(ROWS)
    assert effect.why_not == ""


def test_a_fault_in_training_is_felt_when_it_is_trained(effect):
    model = damaged("shuffled_training", samples.fitted(), effect)
    model.predict(ROWS)
    assert effect.why_not == NEVER_CALLED
    model.fit(ROWS, samples.rows()["late"])
    assert effect.why_not == ""


def test_what_came_out_as_it_would_have_was_not_felt(effect):
    function = damaged("wrong_output", lambda: "a word", effect)
    assert function() == "a word"
    assert effect.why_not == UNCHANGED
    constant = damaged("constant_predictions", lambda rows: np.zeros(len(rows)), effect)
    constant(ROWS)
    assert effect.why_not == UNCHANGED


def test_training_without_labels_was_not_felt(effect):
    train = damaged("shuffled_training", lambda rows: rows, effect)
    train(ROWS)
    assert effect.why_not == UNCHANGED


def test_what_is_awaited_is_felt_when_it_is_there(effect):
    async def one():
        return 1.0

    function = damaged("wrong_output", one, effect)
    coroutine = function()
    assert effect.why_not == UNCHANGED
    with pytest.raises(StopIteration):  # it waits for nothing, so that no loop is needed
        coroutine.send(None)
    assert effect.why_not == ""


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, clone])
def test_copies_write_to_the_same_effect(way, effect):
    twin = way(damaged("constant_predictions", samples.fitted(), effect))
    assert effect.why_not == NEVER_CALLED
    twin.fit(ROWS, samples.rows()["late"]).predict(ROWS)
    assert effect.why_not == ""


@pytest.mark.parametrize("kind", ["double", "fitted"])
def test_what_another_process_does_is_taken_for_felt(kind, effect):
    value = samples.double if kind == "double" else samples.fitted()
    sent = damaged("constant_predictions", value, effect)
    pickle.dumps(sent)
    assert effect.why_not == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_a_fork_does_is_taken_for_felt(effect):
    damaged("always_true", samples.double, effect)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert effect.why_not == ""


def test_a_model_that_forgets_is_felt_when_it_is_stored(effect):
    model = damaged("forgetful_pickle", samples.fitted(), effect)
    model.predict(ROWS)
    assert effect.why_not == NEVER_CALLED
    pickle.dumps(model)
    assert effect.why_not == ""


def test_a_fault_in_data_is_felt_at_once(effect):
    damaged("drop_column", samples.rows(), effect)
    assert effect.why_not == ""


@pytest.mark.parametrize("name", ["failing_command", "unseeded_command"])
def test_a_fault_in_a_command_is_felt_when_it_is_run(name, effect, tmp_path):
    output = tmp_path / "model"
    write = "import sys; open(sys.argv[1], 'w').write('1')"
    command = damaged(name, [sys.executable, "-c", write, "{output}"], effect)
    assert effect.why_not == "the test never ran it"
    words = [word.replace("{output}", str(output)) for word in command]
    status = subprocess.run(words, capture_output=True, check=False).returncode
    assert (status == 0) is (name == "unseeded_command")
    assert effect.why_not == ""


def test_a_slow_function_is_so_for_two_seconds_in_all(effect, monkeypatch):
    worked = []
    monkeypatch.setattr(_effect, "busy", worked.append)
    for name in ("slow_function", "slow_predictions"):  # as Hypothesis lets a fault be done again
        function = damaged(name, samples.double, effect)
        for _ in range(10_000):
            assert function(2) == 4
    assert sum(worked) == pytest.approx(_effect.MOST_S)
    assert worked[0] == 0.1


def test_a_slow_function_is_so_for_two_seconds_in_each_other_process(effect):
    one, two = (pickle.loads(pickle.dumps(effect)) for _ in range(2))
    assert one is two
    assert one is not effect
    assert pickle.loads(pickle.dumps(faults.Effect())) is not one


def test_a_hungry_function_holds_half_a_gigabyte_at_most(effect, monkeypatch):
    held = []

    def ones(count, dtype):
        held.append(count / 2**20)
        effect.take_memory(64)  # as another thread would meanwhile
        return count

    monkeypatch.setattr(_effect.np, "ones", ones)
    effect.take_memory(64)
    assert held == [64] * 8
    effect.take_memory(64)
    assert len(held) == 16


def test_a_hungry_function_takes_no_more_time_than_a_slow_one(effect, monkeypatch):
    monkeypatch.setattr(_effect.time, "perf_counter", iter(range(100)).__next__)
    monkeypatch.setattr(_effect.np, "ones", lambda count, dtype: held.append(count))
    held = []
    for _ in range(10_000):
        effect.take_memory(64)
    assert len(held) == 2


def test_a_leaking_model_keeps_half_a_gigabyte_at_most(effect, monkeypatch):
    kept = []
    monkeypatch.setattr(_effect.np, "ones", lambda count, dtype: kept.append(count / 2**20))
    model = damaged("leaking_predictions", samples.double, effect)
    for _ in range(10_000):
        assert model(2) == 4
    assert sum(kept) == 512


def injection(name):
    return Injection(Planned(KNOWN[name], "given", (), "given", 1))


def test_an_injection_that_was_done_once_was_done():
    frame = samples.rows()
    change = injection("flip_labels")
    assert change.why_not == "the test did not get as far as its own code"
    assert change({"other": frame}) == {}
    assert change.why_not == "given was not given again"
    assert change({"given": frame[["size"]]}) == {}
    assert change.why_not == "it has no column of two values"
    assert set(change({"given": frame})) == {"given"}
    assert change.why_not == ""
    assert change({"given": frame[["size"]]}) == {}
    assert change.why_not == ""


def test_an_injection_of_a_function_asks_whether_it_was_called():
    change = injection("always_true")
    for _ in range(3):
        function = change({"given": samples.double})["given"]
        assert change.why_not == NEVER_CALLED
    function(1)
    change({"given": samples.double})
    assert change.why_not == ""
