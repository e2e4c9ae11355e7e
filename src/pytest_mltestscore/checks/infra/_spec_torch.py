"""Tests of a model specification that is a module of torch. Nothing here imports torch itself."""

from __future__ import annotations

import copy
import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...domain.errors import InputError
from ._spec_findings import Finding, judged, tiny_rows

Loss = Callable[[Any, Any], Any]
"""Takes output and labels, and returns a tensor of one number."""


def is_module(spec: Any) -> bool:
    """Whether something is a module of torch, which is imported then."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(spec, torch.nn.Module)


def torch_findings(
    spec: Any,
    X: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    *,
    optimizer: Callable[[Any], Any] | None,
    steps: int,
    tiny: int,
    least_fit: float,
    seed: int,
) -> Iterator[Finding]:
    """Yield what tests of a module find; copies are trained, the module itself never is.

    Batches go to the module's own device and floating-point type.
    """
    torch = sys.modules["torch"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        batch = _tensors(torch, spec, X, y)
        make = optimizer or (lambda parameters: torch.optim.Adam(parameters, lr=1e-2))
        yield from _outputs(torch, spec, batch)
        yield from _one_step(copy.deepcopy(spec), batch, loss, make)
        places = tiny_rows(X, y, tiny, seed)
        few = _tensors(torch, spec, X[places], y[places])
        yield _overfits(copy.deepcopy(spec), few, loss, make, steps, least_fit)
        yield _restored(torch, spec, batch)


def _tensors(torch: Any, spec: Any, X: np.ndarray, y: np.ndarray) -> tuple[Any, Any]:
    first = next(iter(spec.parameters()), None)
    if first is None:
        raise InputError("spec", "has no parameters; give a module that learns")
    like = {"device": first.device, "dtype": first.dtype}
    inputs, labels = torch.from_numpy(np.array(X)), torch.from_numpy(np.array(y))
    inputs = inputs.to(**like) if inputs.is_floating_point() else inputs.to(first.device)
    labels = labels.to(**like) if labels.is_floating_point() else labels.long().to(first.device)
    return inputs, labels


def _call(spec: Any, inputs: Any) -> Any:
    try:
        return spec(inputs)
    except Exception as error:
        raise InputError("spec", f"forward raised {type(error).__name__}: {error}") from error


def _evaluated(torch: Any, spec: Any, inputs: Any) -> Any:
    training = spec.training
    spec.eval()
    try:
        with torch.no_grad():
            return _call(spec, inputs)
    finally:
        spec.train(training)


def _outputs(torch: Any, spec: Any, batch: tuple[Any, Any]) -> Iterator[Finding]:
    answers = _evaluated(torch, spec, batch[0])
    alone = _evaluated(torch, spec, batch[0][:1])
    rows, found = len(batch[0]), tuple(answers.shape)
    passed = found[:1] == (rows,) and tuple(alone.shape) == (1, *found[1:])
    shapes = f"{found}, {tuple(alone.shape)} for one row"
    yield judged("shape of output", passed, shapes, f"({rows}, ...)")
    holes = int((~torch.isfinite(answers)).sum())
    yield judged("finite answers", holes == 0, f"{holes} not finite", "0")


def _step(spec: Any, batch: tuple[Any, Any], loss: Loss, optimizer: Any) -> float:
    optimizer.zero_grad()
    value = _loss(loss, _call(spec, batch[0]), batch[1])
    value.backward()
    optimizer.step()
    return float(value.detach())


def _loss(loss: Loss, answers: Any, labels: Any) -> Any:
    try:
        return loss(answers, labels)
    except Exception as error:
        raise InputError("loss", f"raised {type(error).__name__}: {error}") from error


def _one_step(spec: Any, batch: tuple[Any, Any], loss: Loss, make: Any) -> Iterator[Finding]:
    spec.eval()  # without dropout, so that two losses can be compared
    optimizer = make(spec.parameters())
    before = _step(spec, batch, loss, optimizer)
    idle = [
        name
        for name, value in spec.named_parameters()
        if value.requires_grad and (value.grad is None or not value.grad.abs().sum() > 0)
    ]
    after = float(_loss(loss, _call(spec, batch[0]), batch[1]).detach())
    found = f"{before:.4g}, then {after:.4g}"
    yield judged("one step lowers the loss", after < before, found, "falls")
    shown = ", ".join(idle[:5]) or "none"
    yield judged("gradients reach all parameters", not idle, f"without: {shown}", "none without")


def _overfits(
    spec: Any, few: tuple[Any, Any], loss: Loss, make: Any, steps: int, least: float
) -> Finding:
    spec.eval()
    optimizer = make(spec.parameters())
    losses = [_step(spec, few, loss, optimizer) for _ in range(steps)]
    share = 1 - losses[-1] / losses[0] if losses[0] else float("nan")
    found = f"{share:.1%} of the loss is gone after {steps} steps"
    return judged(f"overfits {len(few[0])} rows", share >= least, found, f">= {least:.1%}")


def _restored(torch: Any, spec: Any, batch: tuple[Any, Any]) -> Finding:
    """Save a checkpoint, and load it into a copy whose weights were overwritten."""
    checkpoint = io.BytesIO()
    torch.save(spec.state_dict(), checkpoint)
    checkpoint.seek(0)
    other = copy.deepcopy(spec)
    with torch.no_grad():
        for value in other.parameters():
            value.fill_(0.5)
    other.load_state_dict(torch.load(checkpoint, weights_only=True))
    one, two = (_evaluated(torch, model, batch[0]) for model in (spec, other))
    same = bool(torch.equal(one, two))
    said = "equal" if same else "other answers"
    return judged("restores to equal answers", same, said, "equal")
