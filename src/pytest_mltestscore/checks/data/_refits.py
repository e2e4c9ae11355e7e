"""Scores of a model with and without groups of features, fold by fold, on the same rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._metrics import Metric, ask
from .._optional import load

Method: TypeAlias = Literal["drop", "relearn", "permutation"]

NOISE = "random noise"
_SHUFFLES = 5
"""Of each group and fold, where a shuffle costs no fit."""

_TAG = 0x6D6C73


class Split(NamedTuple):
    """Row numbers to fit on and to score on."""

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Experiment:
    """What every refit shares."""

    model: Any
    """An estimator with `fit`, or a function of features and labels that returns a model."""
    features: nw.DataFrame[Any]
    truth: np.ndarray
    groups: Mapping[str, Sequence[str]]
    measure: Metric
    method: Method
    seed: int

    def scores(self, splits: Sequence[Split], n_jobs: int | None) -> dict[str, np.ndarray]:
        """Return the score with all features minus that without a group, shape (n_splits,).

        One more group is `NOISE`, a column of random numbers that is among all features.
        """
        joblib = load("joblib", extra="checks")
        jobs = [joblib.delayed(job)(self, split, n) for n, split in enumerate(splits)
                for job in self._jobs()]  # fmt: skip
        found: dict[str, list[float]] = {}
        for part in joblib.Parallel(n_jobs=n_jobs)(jobs):
            for name, score in part:
                found.setdefault(name, []).append(score)
        whole = np.array(found.pop(""))
        return {name: whole - np.array(values) for name, values in found.items()}

    def _jobs(self) -> Iterator[Callable[[Experiment, Split, int], list[tuple[str, float]]]]:
        if self.method == "permutation":
            yield _shuffled
            return
        for name in ("", *self.groups, NOISE):
            yield _Refit(name)

    def rows(self, number: int) -> nw.DataFrame[Any]:
        """Return the features with the column of noise, another one for each split."""
        noise = self.rng(number).normal(size=len(self.features))
        return self.features.with_columns(
            nw.new_series(NOISE, noise, nw.Float64(), backend=self.features.implementation)
        )

    def members(self, name: str) -> Sequence[str]:
        """Return the columns of a group."""
        return [NOISE] if name == NOISE else self.groups[name]

    def fit(self, rows: nw.DataFrame[Any], train: np.ndarray, without: str = "") -> Any:
        """Fit a copy of the model on some rows."""
        X, y = rows[train.tolist()].to_native(), self.truth[train]
        try:
            if not hasattr(self.model, "fit"):
                return self.model(X, y)
            return _seeded_copy(self.model, self.seed).fit(X, y)
        except Exception as error:  # whatever it is, it is the model's
            what = f"fit raised {type(error).__name__}: {error}"
            if without and self.method == "drop":
                hint = 'give method="relearn", which shuffles columns in place of dropping them'
                what = f"without {without}, {what}; if it needs all its columns, {hint}"
            raise InputError("model", what) from error

    def score(self, model: Any, rows: nw.DataFrame[Any], test: np.ndarray) -> float:
        """Score a fitted model on some rows."""
        return self.measure(ask(model, rows[test.tolist()], self.truth[test]))

    def shuffled(
        self, rows: nw.DataFrame[Any], name: str, rng: np.random.Generator
    ) -> nw.DataFrame[Any]:
        """Return rows in which a group's columns are shuffled, all in the same way.

        By row number, as `sample(fraction=1)` leaves the order as it is on some backends.
        """
        order = rng.permutation(len(rows)).tolist()
        return rows.with_columns(*(rows[c][order].alias(c) for c in self.members(name)))

    def rng(self, number: int, *more: int) -> np.random.Generator:
        """Return the source of chance of one split, or of one group in it."""
        # The tag comes last: without it this would be the stream of `default_rng(seed)`, by which
        # a column of the user's may have been made. Zeros at the end do not count.
        return np.random.default_rng([self.seed, number, *more, _TAG])


@dataclass(frozen=True)
class _Refit:
    """One fit without one group; an object and no closure, so that other processes can have it."""

    name: str

    def __call__(self, e: Experiment, split: Split, number: int) -> list[tuple[str, float]]:
        rows = e.rows(number)
        if self.name and e.method == "drop":
            rows = rows.drop(*e.members(self.name))
        elif self.name:
            rows = e.shuffled(rows, self.name, e.rng(number, _place(e, self.name)))
        model = e.fit(rows, split.train, without=self.name)
        return [(self.name, e.score(model, rows, split.test))]


def _shuffled(e: Experiment, split: Split, number: int) -> list[tuple[str, float]]:
    """Fit once, and score with each group shuffled."""
    rows = e.rows(number)
    model = e.fit(rows, split.train)
    seen = rows[split.test.tolist()]
    everything = np.arange(len(seen))
    tested = Experiment(e.model, seen, e.truth[split.test], e.groups, e.measure, e.method, e.seed)
    found = [("", tested.score(model, seen, everything))]
    for name in (*e.groups, NOISE):
        rng = e.rng(number, _place(e, name))
        scores = [
            tested.score(model, e.shuffled(seen, name, rng), everything) for _ in range(_SHUFFLES)
        ]
        found.append((name, float(np.mean(scores))))
    return found


def _place(e: Experiment, name: str) -> int:
    return [*e.groups, NOISE].index(name)


def _seeded_copy(model: Any, seed: int) -> Any:
    """Return an unfitted copy. Its randomness is the same in every fit, as far as it has names."""
    copy = load("sklearn.base", extra="checks").clone(model, safe=False)
    if hasattr(copy, "get_params"):
        unset = {
            name: seed
            for name, value in copy.get_params().items()
            if name.rpartition("__")[2] == "random_state" and value is None
        }
        if unset:
            copy.set_params(**unset)
    return copy


def splits_of(
    cv: Any, truth: np.ndarray, *, classify: bool, repeats: int, seed: int
) -> list[Split]:
    """Return the folds of a splitter of scikit-learn, or shuffled and repeated ones of a number.

    Raises
    ------
    InputError
        If the rows cannot be split so.
    """
    selection = load("sklearn.model_selection", extra="checks")
    kind = selection.RepeatedStratifiedKFold if classify else selection.RepeatedKFold
    try:
        numbered = isinstance(cv, int)
        splitter = kind(n_splits=cv, n_repeats=repeats, random_state=seed) if numbered else cv
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a class that is not in every fold
            found = [Split(*pair) for pair in splitter.split(np.zeros(len(truth)), truth)]
    except Exception as error:  # a splitter says what it lacks in its own words
        raise InputError("cv", f"cannot split the rows: {error}") from error
    if len(found) < 2:
        raise InputError("cv", "makes one split only; an interval needs two or more")
    return found
