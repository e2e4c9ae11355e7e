"""Follow one flight through every step of a prediction, and find where two predictions part.

    python -m flights.trace MODELS STORE LOG LINE

takes a line of the log of served predictions and prints each step.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

from flights import features as ft
from flights.model import LateClassifier
from flights.online import OnlineStore, columns_of
from flights.registry import Registry

STEPS = ("request", "inputs", "features", "encoded", "scores", "probability")


class Trace(NamedTuple):
    """What each step of one prediction gave."""

    request: dict[str, Any]
    """The flight as it was asked for."""
    inputs: dict[str, Any]
    """With what was looked up."""
    features: dict[str, Any]
    encoded: dict[str, float]
    """What the trees see: a category is its place in the vocabulary."""
    scores: list[float]
    """Log-odds after each tree; the last one decides."""
    probability: float


def trace(model: LateClassifier, store: OnlineStore, request: dict[str, Any]) -> Trace:
    """Predict one flight step by step."""
    inputs = store.inputs(request)
    columns = ft.build(columns_of([inputs]))
    matrix = model.encode(columns)
    scores = [float(stage[0]) for stage in model.trees_.staged_decision_function(matrix)]
    return Trace(
        request=request,
        inputs=inputs,
        features={name: column.tolist()[0] for name, column in columns.items()},
        encoded=dict(zip(model.features, matrix[0].tolist(), strict=True)),
        scores=scores,
        probability=1 / (1 + math.exp(-scores[-1])),
    )


def first_difference(one: Trace, two: Trace) -> str | None:
    """Name the first step, and the value in it, at which two traces part; None if nowhere.

    Where two predictions differ and should not, this says where to look.
    """
    for step in STEPS:
        left, right = getattr(one, step), getattr(two, step)
        if isinstance(left, dict):
            for name in left:
                if not _same(left[name], right.get(name)):
                    return f"{step}.{name}"
        elif isinstance(left, list):
            for place, (a, b) in enumerate(zip(left, right, strict=False)):
                if not _same(a, b):
                    return f"{step}[{place}]"
        elif not _same(left, right):
            return step
    return None


def _same(one: Any, two: Any) -> bool:
    both_missing = all(isinstance(v, float) and math.isnan(v) for v in (one, two))
    return both_missing or bool(one == two)


def main() -> None:
    """Print the steps of one logged prediction."""
    models, store, log, line = sys.argv[1:]
    entry = json.loads(Path(log).read_text("utf-8").splitlines()[int(line)])
    model = Registry(Path(models)).load(entry["version"])
    found = trace(model, OnlineStore(Path(store)), entry["flight"])
    for step in STEPS:
        print(f"{step}: {getattr(found, step)}")
    print(f"logged: {entry['probability']}")


if __name__ == "__main__":
    main()
