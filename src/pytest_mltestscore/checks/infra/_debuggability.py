"""infra-5: one example can be followed step by step to the prediction that was served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._conclude import Expect, conclude
from .._frames import (
    collected,
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    require_rows,
    sample_rows,
)
from ._spec_torch import is_module
from ._traces import Step, Tracer, not_finite, numbers, tracer_of

ITEM = "debuggability"


class _Examples(NamedTuple):
    rows: list[Any]
    """Frames or arrays of one row."""
    together: Any
    served: list[Any] | None
    total: int


class _Traced(NamedTuple):
    steps: tuple[Step, ...]
    error: str
    """What stopped the trace; empty if it came to its end."""
    distance: float
    """Between the last step and what was served; NaN if they cannot be compared."""
    same: bool


def debuggability(
    model: Any,
    data: Any,
    *,
    served: Any = None,
    features: Sequence[str] | None = None,
    trace: Callable[[Any], Any] | None = None,
    examples: int = 5,
    tolerance: float = 1e-9,
    min_steps: int = 2,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Follow single examples through every step, and check that the steps lead to what is served.

    Parameters
    ----------
    model
        A pipeline of scikit-learn (with column transformers, and pipelines inside), another
        estimator, a module of torch, a list or mapping of functions that are applied in turn; or
        anything, where `trace` is given.
    data
        Rows to follow: data frame, or array or tensor of shape (n_rows, ...). One row at a time is
        traced.
    served
        What was served for the rows: a column, an array of shape (n_rows,) or (n_rows, n_classes),
        or a function of one row, such as a request to the server. By default the model is asked
        for all rows together.
    features
        Columns that the model sees; by default all but `served`.
    trace
        The project's own: a function of one row that returns a mapping of steps to values, or
        pairs; the prediction comes last.
    examples
        How many rows to follow, drawn at random.
    tolerance
        Of predictions, relative and absolute.
    min_steps
        So many steps must be visible, the prediction among them.
    seed
        Of the rows drawn.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a step: shape, and how many examples are missing or infinite values in it. Values
        are not shown, since they may be personal; `details["traces"]` holds them.

    Raises
    ------
    InputError
        For missing columns, no rows, a model whose steps are not known, or one that cannot be
        asked.

    Notes
    -----
    Sees a row that is answered otherwise alone than among others, a served prediction that the
    steps do not lead to, a step that raises, and names the first step with NaN where the prediction
    is not finite. Steps of a pipeline are run again by their own `transform`; modules of torch are
    watched by hooks, so what functions between them do is not seen. Inside estimators, linear
    contributions, decision functions and stages of boosting are shown. Cannot see how the features
    were made before they came here, unless `trace` does that too.

    Examples
    --------
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> steps = {"scale": lambda rows: rows / 10, "sum": lambda rows: rows.sum(axis=1)}
    >>> result = checks.infra.debuggability(steps, X, served=X.sum(axis=1) / 10)
    >>> result.summary
    'all 5 examples can be followed through 2 steps to what was served'
    """
    if examples < 1:
        raise InputError("examples", f"is {examples}; give 1 or more")
    if not 0 <= tolerance < 1:
        raise InputError("tolerance", f"is {tolerance}; give a number from 0 to below 1")
    chosen = _examples(data, served, features, examples, seed)
    method = _method(model, chosen.served)
    tracer = tracer_of(model, trace, method)
    wanted = chosen.served
    if wanted is None:
        wanted = _asked(model, tracer, served, chosen, method)
    pairs = zip(chosen.rows, wanted, strict=True)
    traced = [_follow(tracer, row, prediction, tolerance) for row, prediction in pairs]
    return _concluded(traced, chosen, min_steps, tolerance, expect)


def _examples(
    data: Any, served: Any, features: Sequence[str] | None, examples: int, seed: int
) -> _Examples:
    column = served if isinstance(served, str) else None
    given = None if served is None or column or callable(served) else np.asarray(served)
    if isinstance(data, np.ndarray) or hasattr(data, "detach"):
        if len(data) == 0:
            raise InputError("data", "has no rows; give some to follow")
        places = _draw(len(data), examples, seed)
        answers = None if given is None else _at(given, places, len(data))
        return _Examples([data[p : p + 1] for p in places], data[places], answers, len(data))
    frame = read_frame(data)
    others = [column] if column else []
    require_columns(frame, others)
    seen = feature_columns(frame, features, *others)
    total = require_rows(frame)
    if given is None:
        rows = sample_rows(frame, examples, seed=seed).frame
        answers = list(column_values(rows, column)) if column else None
    else:
        rows = collected(frame)
        places = _draw(total, examples, seed)
        answers = _at(given, places, total)
        rows = rows[places.tolist()]
    inputs: nw.DataFrame[Any] = rows.select(seen)
    single = [inputs[place : place + 1].to_native() for place in range(len(inputs))]
    return _Examples(single, inputs.to_native(), answers, total)


def _draw(total: int, wanted: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).choice(total, min(wanted, total), replace=False)
    return np.sort(drawn)


def _at(served: np.ndarray, places: np.ndarray, rows: int) -> list[Any]:
    if served.ndim == 0 or len(served) != rows:
        shape = f"has shape {served.shape} for {rows} rows"
        raise InputError("served", f"{shape}; give one prediction a row")
    return list(served[places])


def _method(model: Any, served: Sequence[Any] | None) -> str:
    """Return the method whose answers are to be compared: the finest, or that of the served."""
    real = served is None or all(isinstance(np.asarray(s).flat[0], float) for s in served)
    if hasattr(model, "predict_proba") and real:
        return "predict_proba"
    return "predict"


def _asked(model: Any, tracer: Tracer, served: Any, chosen: _Examples, method: str) -> list[Any]:
    """Return what is served: by the function given, else by the model for all rows together."""
    if callable(served):
        return [_called(served, row, "served") for row in chosen.rows]
    if isinstance(model, Mapping | Sequence) or is_module(model):

        def together(rows: Any) -> Any:
            return list(tracer(rows))[-1].value
    else:
        together = getattr(model, method, model)
    answers = numbers(_called(together, chosen.together, "model"))
    if answers.ndim == 0 or len(answers) != len(chosen.rows):
        shape = f"answered with shape {answers.shape} for {len(chosen.rows)} rows"
        raise InputError("model", f"{shape}; give one answer a row")
    return list(answers)


def _called(function: Any, rows: Any, argument: str) -> Any:
    if not callable(function):
        raise InputError(argument, "cannot be called; give served=, what was served for the rows")
    try:
        return function(rows)
    except Exception as error:
        raise InputError(argument, f"raised {type(error).__name__}: {error}") from error


def _follow(tracer: Tracer, row: Any, served: Any, tolerance: float) -> _Traced:
    steps: list[Step] = []
    try:
        steps.extend(tracer(row))
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - it is the finding
        after = steps[-1].name if steps else "the start"
        holes = next((f"; first not finite in {s.name}" for s in steps if not_finite(s.value)), "")
        return _Traced(tuple(steps), f"{type(error).__name__} after {after}{holes}", np.nan, False)
    if not steps:
        raise InputError("trace", "returned no steps; return at least the prediction")
    distance, same = _distance(numbers(steps[-1].value), numbers(served), tolerance)
    return _Traced(tuple(steps), "", distance, same)


def _distance(found: np.ndarray, served: np.ndarray, tolerance: float) -> tuple[float, bool]:
    found, served = found.ravel(), served.ravel()
    if len(found) == 2 and len(served) == 1:
        found = found[1:]  # both classes are traced, and the positive one was served
    if found.shape != served.shape:
        return np.nan, False
    if found.dtype.kind not in "fiub" or served.dtype.kind not in "fiub":
        return np.nan, bool(np.array_equal(found.astype(str), served.astype(str)))
    found, served = found.astype(float), served.astype(float)
    distance = float(np.abs(found - served).max())
    # NaN is never the same: nothing was served that anybody could use.
    return distance, bool(np.allclose(found, served, rtol=tolerance, atol=tolerance))


def _concluded(
    traced: Sequence[_Traced],
    chosen: _Examples,
    min_steps: int,
    tolerance: float,
    expect: Expect,
) -> CheckResult:
    wrong = [t for t in traced if not t.same]
    fewest = min(len(t.steps) for t in traced)
    distances = [t.distance for t in traced if not np.isnan(t.distance)]
    return conclude(
        "debuggability",
        item=ITEM,
        holds=not wrong and fewest >= min_steps,
        summary=_summary(traced, wrong, fewest, min_steps),
        expect=expect,
        measurements=[
            measurement("steps visible", fewest, limit=f">= {min_steps}"),
            measurement("examples that lead to what was served", len(traced) - len(wrong),
                        limit=f"= {len(traced)}"),
            measurement("largest distance", max(distances, default=np.nan),
                        limit=f"<= {tolerance:g}"),
        ],
        table=list(_table(traced)),
        rows_seen=len(traced),
        rows_total=chosen.total,
        details={"traces": tuple(t.steps for t in traced)},
    )  # fmt: skip


def _summary(
    traced: Sequence[_Traced], wrong: Sequence[_Traced], fewest: int, min_steps: int
) -> str:
    count = f"{len(wrong)} of {len(traced)} examples"
    stopped = [t.error for t in wrong if t.error]
    if stopped:
        return f"{count} cannot be followed: {stopped[0]}"
    holes = [t for t in wrong if not_finite(t.steps[-1].value)]
    if holes:
        first = next(step.name for step in holes[0].steps if not_finite(step.value))
        return f"{count} end in a value that is not finite, first in step {clean_line(first)}"
    if wrong:
        far = max((t.distance for t in wrong), key=lambda d: -1 if np.isnan(d) else d)
        how = "another shape or word" if np.isnan(far) else f"up to {far:.3g} away"
        return f"{count} lead elsewhere than to what was served, {how}"
    if fewest < min_steps:
        return f"only {fewest} step is visible, at least {min_steps} wanted; give trace="
    steps = f"{fewest} steps"
    return f"all {len(traced)} examples can be followed through {steps} to what was served"


def _table(traced: Sequence[_Traced]) -> Iterator[Mapping[str, Any]]:
    longest = max(traced, key=lambda t: len(t.steps))
    for place, step in enumerate(longest.steps):
        here = [t.steps[place] for t in traced if len(t.steps) > place]
        yield {
            "step": clean_line(step.name, limit=60),
            "shape": "x".join(map(str, numbers(step.value).shape)) or "one",
            "examples": len(here),
            "not finite in": sum(not_finite(s.value) > 0 for s in here),
        }
