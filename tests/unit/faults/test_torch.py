"""Faults of tensors, of modules of torch, and of functions of them."""

from __future__ import annotations

import copy
import pickle

import pytest

import needs

needs.module_at_import("numpy", "narwhals")
needs.optional("torch")

import numpy as np  # noqa: E402 - needs what was just asked for
import torch  # noqa: E402

from pytest_mltestscore import faults  # noqa: E402
from pytest_mltestscore.collect.proving.trials import Injection, plan  # noqa: E402

KNOWN = faults.all_faults()
ROWS = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 9.0]])
LATE = torch.tensor([0, 1, 1, 0])
ON_MODULES = [
    *("constant_predictions", "group_biased", "hungry_predictions", "leaking_predictions"),
    *("miscalibrated", "nan_predictions", "nan_weights", "nondeterministic_predictions"),
    *("random_predictions", "slice_degraded", "slow_predictions", "slow_rows"),
    *("stale_predictions", "untrained_weights"),
]
UNCHANGED = {"hungry_predictions", "leaking_predictions", "slow_predictions", "slow_rows"}


@pytest.fixture
def module():
    torch.manual_seed(3)
    layers = (torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid())
    return torch.nn.Sequential(*layers)


def damaged(name, value, effect=None):
    found, why_not = faults.injected(KNOWN[name], value, 1, effect or faults.Effect())
    assert why_not == ""
    return found


def answers(model):
    with torch.no_grad():
        return model(ROWS).numpy()


def test_these_faults_fit_a_module(module):
    assert [name for name, fault in KNOWN.items() if fault.fits(module)] == ON_MODULES


@pytest.mark.parametrize("name", ON_MODULES)
def test_a_module_stays_as_it_is_and_its_double_answers_otherwise(name, module, monkeypatch):
    monkeypatch.setattr("pytest_mltestscore.faults._effect.busy", lambda seconds: None)
    before = {key: weights.clone() for key, weights in module.state_dict().items()}
    effect = faults.Effect()
    double = damaged(name, module, effect)
    assert isinstance(double, torch.nn.Sequential)
    assert list(double.state_dict()) == list(before)
    found = answers(double)
    assert found.shape == (4, 1)
    assert np.array_equal(found, answers(module)) is (name in UNCHANGED)
    assert effect.why_not == ""
    double(ROWS).sum().backward()
    torch.optim.SGD(double.parameters(), lr=1.0).step()
    assert all(torch.equal(weights, before[key]) for key, weights in module.state_dict().items())


@pytest.mark.parametrize("ask", ["__call__", "forward"])
def test_a_fault_in_a_module_is_felt_when_it_is_asked(ask, module):
    effect = faults.Effect()
    double = damaged("constant_predictions", module, effect)
    double.eval()
    assert len(list(double.parameters())) == 4
    assert effect.why_not == "the test never called it"
    assert len(set(getattr(double, ask)(ROWS).flatten().tolist())) == 1
    assert effect.why_not == ""


@pytest.mark.parametrize("way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_of_a_module_are_damaged_too(way, module):
    twin = way(damaged("constant_predictions", module))
    assert len(np.unique(answers(twin))) == 1


def test_a_damaged_module_can_be_trained(module):
    double = damaged("nondeterministic_predictions", module)
    optimizer = torch.optim.SGD(double.parameters(), lr=0.5)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy(double(ROWS)[:, 0].clip(0, 1), LATE.float())
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_numbers_that_a_function_returns_are_changed_as_tensors():
    found = damaged("wrong_output", lambda rows: rows * 2)(ROWS)
    assert torch.equal(found, ROWS * 3 + 1)
    whole = damaged("wrong_output", lambda rows: LATE)(ROWS)
    assert torch.equal(whole, LATE + 1)
    assert damaged("null_output", lambda rows: rows.bfloat16())(ROWS).dtype == torch.bfloat16


def test_training_that_gives_another_module_each_time(module):
    train = damaged("unseeded_training", lambda: module)
    assert not np.array_equal(answers(train()), answers(train()))


@pytest.mark.parametrize("name", ["nan_array", "rescaled_array", "shuffled_array"])
def test_a_tensor_is_damaged_in_a_copy(name):
    before = ROWS.clone()
    found = damaged(name, ROWS)
    assert found.dtype == ROWS.dtype
    assert not torch.equal(found, ROWS)
    assert torch.equal(ROWS, before)


@pytest.mark.parametrize("labels", [LATE, LATE[:, None]])
def test_labels_leak_into_a_tensor(labels):
    given = {"X": ROWS, "y": labels}
    [planned] = plan(["leaked_target"], "test", given, {})
    found = Injection(planned[0])(given)["X"]
    assert any(torch.equal(column, LATE.float()) for column in found.T)
