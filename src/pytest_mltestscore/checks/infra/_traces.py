"""The values that one example passes through on its way to a prediction, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from ._spec_torch import is_module


class Step(NamedTuple):
    """What came out of a step. The last one of a trace is the prediction."""

    name: str
    value: Any


Tracer = Callable[[Any], Iterator[Step]]
"""Takes one row, as the model takes many, and yields what comes out of each step."""


def tracer_of(model: Any, trace: Callable[[Any], Any] | None, method: str) -> Tracer:
    """Return how to trace a model.

    Parameters
    ----------
    trace
        The project's own, where it has one.
    method
        What an estimator is asked for, such as `predict_proba`.

    Raises
    ------
    InputError
        If the model is of no kind whose steps are known.
    """
    if trace is not None:
        return lambda row: _given(trace(row))
    if hasattr(model, "steps") and hasattr(model, "named_steps"):
        return lambda row: _pipeline(model, row, method)
    if is_module(model):
        return lambda row: _module(model, row)
    if isinstance(model, Mapping):
        return lambda row: _functions(list(model.items()), row)
    if isinstance(model, Sequence) and not isinstance(model, str):
        named = [(getattr(f, "__name__", f"step {n}"), f) for n, f in enumerate(model, 1)]
        return lambda row: _functions(named, row)
    if hasattr(model, "predict"):
        return lambda row: _estimator(model, "", row, method)
    problem = f"is of type {type(model).__name__}, whose steps are not known"
    raise InputError("model", f"{problem}; give a pipeline, a list of functions, or trace=")


def _given(trace: Any) -> Iterator[Step]:
    pairs = trace.items() if isinstance(trace, Mapping) else trace
    try:
        yield from (Step(str(name), value) for name, value in pairs)
    except (TypeError, ValueError):
        problem = "returned no steps; return a mapping of names to values, the prediction last"
        raise InputError("trace", problem) from None


def _functions(named: Sequence[tuple[str, Any]], row: Any) -> Iterator[Step]:
    value = row
    for name, function in named:
        value = function(value)
        yield Step(str(name), value)


def _pipeline(pipeline: Any, row: Any, method: str) -> Iterator[Step]:
    """Run the steps of a pipeline of scikit-learn one by one, by their public methods."""
    value = row
    for name, step in pipeline.steps[:-1]:
        if step is None or isinstance(step, str):  # passthrough
            continue
        value = step.transform(value)
        yield from _columns(name, step, value)
        yield Step(name, value)
    name, last = pipeline.steps[-1]
    yield from _estimator(last, f"{name}.", value, method)


def _columns(name: str, step: Any, value: Any) -> Iterator[Step]:
    """Yield the parts of what a `ColumnTransformer` made, by the transformer that made them."""
    for part, places in getattr(step, "output_indices_", {}).items():
        if places.stop > places.start:
            columns = value.iloc[:, places] if hasattr(value, "iloc") else value[:, places]
            yield Step(f"{name}.{part}", columns)


def _estimator(model: Any, place: str, row: Any, method: str) -> Iterator[Step]:
    """Yield what is inside an estimator, where it is known, and its answer."""
    if hasattr(model, "steps") and hasattr(model, "named_steps"):
        yield from (Step(f"{place}{s.name}", s.value) for s in _pipeline(model, row, method))
        return
    coefficients = getattr(model, "coef_", None)
    if isinstance(coefficients, np.ndarray) and hasattr(model, "intercept_"):
        yield Step(f"{place}contributions", np.asarray(row) * coefficients)
    staged = getattr(model, "staged_decision_function", None) or (
        None if hasattr(model, "predict_proba") else getattr(model, "staged_predict", None)
    )
    if staged is not None:
        for number, value in enumerate(staged(row), 1):
            yield Step(f"{place}stage {number}", value)
    if hasattr(model, "decision_function") and method != "decision_function":
        yield Step(f"{place}decision_function", model.decision_function(row))
    yield Step(f"{place}{method}", getattr(model, method)(row))


def _module(module: Any, row: Any) -> Iterator[Step]:
    """Record what comes out of each innermost module of torch, in the order they are called."""
    found: list[Step] = []
    handles = []
    for name, part in module.named_modules():
        if not list(part.children()):
            # The name is bound now, not when the hook runs.
            def hook(_: Any, __: Any, value: Any, name: str = name) -> None:
                found.append(Step(name or "module", value))

            handles.append(part.register_forward_hook(hook))
    training = module.training
    module.eval()
    try:
        output = module(row)
    finally:
        module.train(training)
        for handle in handles:
            handle.remove()
    yield from (Step(step.name, numbers(step.value)) for step in found)
    yield Step("output", numbers(output))


def numbers(value: Any) -> np.ndarray:
    """Return a value as an array: tensors, sparse matrices, frames, numbers, words."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "toarray"):
        value = value.toarray()
    return np.asarray(value)


def not_finite(value: Any) -> int:
    """Return how many numbers of a value are missing or infinite."""
    array = numbers(value)
    if array.dtype.kind in "fc":
        return int((~np.isfinite(array)).sum())
    if array.dtype.kind == "O":
        return sum(v is None or v != v for v in array.ravel().tolist())  # noqa: PLR0124 - NaN
    return 0
