"""Training in the past and scoring later: what models of several ages lose on the same rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import require_columns
from .._metrics import Answers, Metric, ask
from .._optional import load

Train: TypeAlias = Callable[[Any, np.ndarray], Any]
"""From features and labels to a model."""

MAX_MODELS = 60
_DRAWS = 100
_DAY_US = 86_400e6
_SHORTER = 0.1
"""The oldest block may be shorter by this share: 30 days are 29 from the first to the last."""


class Plan(NamedTuple):
    """Rows in order of time, cut into blocks of equal length of which the last ends at the end."""

    blocks: list[np.ndarray]
    """Row numbers of each block, the oldest first."""
    window: int
    """Blocks that a model is trained on."""
    step_days: float

    @property
    def models(self) -> range:
        """Blocks before which a model is trained."""
        return range(self.window, len(self.blocks))


class Aged(NamedTuple):
    """What models lose that are older by some blocks, each against a fresh one on the same rows."""

    drops: np.ndarray
    """One value a block that was scored, shape (n_blocks,)."""
    errors: np.ndarray
    """Bootstrap standard errors of these."""

    @property
    def drop(self) -> float:
        """The mean over the blocks; NaN without any."""
        return float(self.drops.mean()) if len(self.drops) else float("nan")

    @property
    def error(self) -> float:
        """The standard error of the mean: of its rows, or of its blocks where those vary more."""
        n = len(self.drops)
        if not n:
            return float("nan")
        of_rows = float(np.sqrt((self.errors**2).sum()) / n)
        return max(of_rows, float(self.drops.std(ddof=1) / np.sqrt(n))) if n >= 3 else of_rows


def days_of(frame: nw.DataFrame[Any], time: str) -> np.ndarray:
    """Return times as days since 1970, shape (n_rows,).

    Raises
    ------
    InputError
        If they are missing, no times, or a mix with and without time zone.
    """
    require_columns(frame, [time])
    series = frame[time]
    if series.dtype == nw.Date:
        series = series.cast(nw.Datetime("us"))
    if series.dtype != nw.Datetime:
        problem = f"column {time!r} is of type {series.dtype}, not of times"
        raise InputError("time", f"{problem}; parse it, with one time zone for all rows")
    if series.null_count():
        raise InputError("time", f"column {time!r} has missing values; drop those rows")
    return series.dt.timestamp("us").to_numpy() / _DAY_US


def plan(days: np.ndarray, step_days: float | None, window_days: float | None) -> Plan:
    """Cut rows into blocks. By default there are twelve, and a model sees four of them.

    Raises
    ------
    InputError
        If the rows span too little time for three models, or so much that there are too many.
    """
    span = float(days.max() - days.min())
    if span == 0:
        raise InputError("time", "is the same in all rows; give rows of several times")
    step = span / 12 if step_days is None else step_days
    if not step > 0:
        raise InputError("step_days", f"is {step_days!r}; give a positive number")
    window = 4 if window_days is None else round(window_days / step)
    if window < 1:
        raise InputError("window_days", f"is shorter than a step of {step:g} days; give more")
    whole = int(span / step + _SHORTER)
    if whole - window < 3:
        problem = f"covers {span:.3g} days, less than a window and three steps of {step:g}"
        raise InputError("time", f"{problem}; give more data, or a smaller step_days")
    if whole - window > MAX_MODELS:
        problem = f"asks for {whole - window} models, more than {MAX_MODELS}"
        raise InputError("step_days", f"{problem}; give a larger one")
    back = (days.max() - days) / step
    back = np.where(back < whole + 1e-9, np.minimum(back, whole - 1e-9), back)  # as it rounds
    number = whole - 1 - np.floor(back).astype(int)
    order = np.argsort(days, kind="stable")
    blocks = [order[number[order] == block] for block in range(whole)]
    return Plan(blocks, window, step)


def train_of(model: Any) -> Train:
    """Return how to train: a function as it is, or the fit of a clone of an estimator.

    Raises
    ------
    InputError
        If it is neither.
    """
    if hasattr(model, "fit"):
        clone = load("sklearn.base", extra="checks").clone
        return lambda X, y: clone(model).fit(X, y)
    if not callable(model):
        problem = f"is of type {type(model).__name__}; give an estimator, or a function of features"
        raise InputError("train", f"{problem} and labels that returns a model")
    return model


class Backtest(NamedTuple):
    """What all models came to."""

    aged: list[Aged]
    """Losses by age in blocks, the first for age 1."""
    fresh: np.ndarray
    """Scores of fresh models."""
    one_class: int
    """Blocks left out, since their rows are of one class and so have no score."""


def backtest(
    train: Train,
    inputs: nw.DataFrame[Any],
    truth: np.ndarray,
    made: Plan,
    measure: Metric,
    *,
    min_rows: int,
    n_jobs: int | None,
    seed: int,
) -> Backtest:
    """Train on each window of blocks, and score on all later ones."""
    joblib = load("joblib", extra="checks")
    answered = joblib.Parallel(n_jobs=n_jobs)(
        joblib.delayed(_answers)(train, inputs, truth, made, first) for first in made.models
    )
    models = dict(zip(made.models, answered, strict=True))
    rng = np.random.default_rng(seed)
    found: dict[int, list[tuple[float, float]]] = {}
    fresh, one_class = [], 0
    for block in made.models:
        if len(made.blocks[block]) < min_rows:
            continue
        scores, draws = _scores(models, made, block, measure, rng)
        if not np.isfinite(scores[-1]) and len(np.unique(truth[made.blocks[block]])) < 2:
            one_class += 1
            continue
        fresh.append(scores[-1])
        drops, spread = scores[-1] - scores[:-1], (draws[:, -1:] - draws[:, :-1]).std(0, ddof=1)
        for place, (drop, error) in enumerate(zip(drops, spread, strict=True)):
            if np.isfinite(drop) and np.isfinite(error):
                found.setdefault(len(drops) - place, []).append((drop, error))
    aged = []
    for age in range(1, len(made.models)):
        pairs = np.array(found.get(age, []), dtype=float).reshape(-1, 2)
        aged.append(Aged(pairs[:, 0], pairs[:, 1]))
    return Backtest(aged, np.array(fresh), one_class)


def _answers(
    train: Train, inputs: nw.DataFrame[Any], truth: np.ndarray, made: Plan, first: int
) -> Answers:
    """Train on the blocks before one, and answer for it and all later ones."""
    known = np.concatenate(made.blocks[first - made.window : first])
    if not len(known):
        raise InputError("time", "leaves a training window without rows; give a longer window_days")
    asked = np.concatenate(made.blocks[first:])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a window that does not converge is scored as it is
        try:
            model = train(inputs[known.tolist()].to_native(), truth[known])
        except Exception as error:  # whatever it is, it is the caller's
            problem = f"raised {type(error).__name__}: {error}"
            raise InputError("train", problem) from error
    # The newest blocks may be small and hold one class only.
    classes = np.unique(truth)
    return ask(model, inputs[asked.tolist()], truth[asked], argument="train", classes=classes)


def _scores(
    models: Mapping[int, Answers],
    made: Plan,
    block: int,
    measure: Metric,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the score of each model on a block, the freshest last, and those of bootstrap draws.

    All models are scored on the same draws, so that differences are paired.
    """
    rows = len(made.blocks[block])
    asked = [first for first in made.models if first <= block]
    starts = {f: sum(len(b) for b in made.blocks[f:block]) for f in asked}

    def scored(places: np.ndarray) -> list[float]:
        return [measure(models[f], starts[f] + places) for f in asked]

    draws = [scored(rng.integers(0, rows, rows)) for _ in range(_DRAWS)]
    return np.array(scored(np.arange(rows))), np.array(draws)
