"""What a model answers, as numbers, and what is wrong with them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._optional import load
from ._extremes import Extreme, Rows, known_values

_SUM = 1e-3
"""How far probabilities may be from 1 in sum, as those of float16 are."""


class Finding(NamedTuple):
    """Something that is not stable."""

    part: str
    where: str
    found: str
    limit: str


def method_of(model: Any) -> tuple[str, Callable[[Any], Any]]:
    """Return the method with the finest answers: a label hides what a probability shows.

    Raises
    ------
    InputError
        If there is none, and the model cannot be called.
    """
    for name in ("predict_proba", "decision_function", "predict"):
        if callable(getattr(model, name, None)):
            return name, getattr(model, name)
    if callable(model):
        return "model", model
    problem = f"is of type {type(model).__name__}; give an object with predict, or a function"
    raise InputError("model", problem)


class Refused(Exception):  # noqa: N818 - not every refusal is an error
    """The model raised. Carries the name of the exception; its text may hold data."""


def ask(method: Callable[[Any], Any], X: Any) -> np.ndarray:
    """Return answers, one a row; raise `Refused` if the model does."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # an overflow is judged by what comes out
        try:
            answers = method(X)
        except Exception as error:  # whatever it is, it is the model's
            raise Refused(type(error).__name__) from error
    if callable(getattr(answers, "detach", None)):
        answers = answers.detach().cpu().numpy()
    return np.asarray(answers)


def fault(answers: np.ndarray, rows: int, name: str, limit: float) -> str:
    """Return what is wrong with answers, in words; empty where nothing is."""
    if answers.ndim == 0 or len(answers) != rows:
        return f"shape {answers.shape} for {rows} rows"
    if answers.dtype.kind == "O":
        missing = sum(value is None or value != value for value in answers.ravel().tolist())  # noqa: PLR0124 - NaN
        return f"{missing} missing answers" if missing else ""
    if answers.dtype.kind not in "fiuc":
        return ""
    return _number_fault(answers, limit) or (
        _probability_fault(answers) if name == "predict_proba" else ""
    )


def _number_fault(answers: np.ndarray, limit: float) -> str:
    bad = int((~np.isfinite(answers)).sum())
    if bad:
        return "not finite" if answers.size == 1 else f"{bad} of {answers.size} are not finite"
    largest = float(np.abs(answers).max()) if answers.size else 0.0
    return f"a magnitude of {largest:.3g}" if largest > limit else ""


def _probability_fault(answers: np.ndarray) -> str:
    if answers.min() < 0 or answers.max() > 1:
        return "probabilities outside 0 to 1"
    if answers.ndim == 2 and np.abs(answers.sum(axis=1) - 1).max() > _SUM:
        return "probabilities that do not sum to 1"
    return ""


def judged_extremes(
    name: str, method: Callable[[Any], Any], rows: Rows, cases: Sequence[Extreme]
) -> tuple[list[Finding], int]:
    """Return findings, and how many inputs beyond what was seen were refused."""
    findings, refused = [], 0
    for inside in (True, False):
        some = [case for case in cases if case.inside == inside]
        if _all_well(name, method, rows, some):
            continue
        for case in some:
            try:
                wrong = fault(ask(method, rows.build([case.row])), 1, name, np.inf)
            except Refused as error:
                wrong = f"raised {error}" if inside else ""
                refused += not inside
            if wrong:
                findings.append(Finding("extremes", case.name, wrong, "finite"))
    return findings, refused


def _all_well(
    name: str, method: Callable[[Any], Any], rows: Rows, cases: Sequence[Extreme]
) -> bool:
    """Ask for all at once first, since a model is mostly slow to call and mostly right."""
    if not cases:
        return True
    try:
        answers = ask(method, rows.build([case.row for case in cases]))
    except Refused:
        return False
    return not fault(answers, len(cases), name, np.inf)


def judged_examples(
    name: str, method: Callable[[Any], Any], rows: Rows, examples: int, seed: int
) -> tuple[list[Finding], dict[str, Any] | None]:
    """Search rows within what was seen for one that is not answered; returns the simplest."""
    hypothesis = load("hypothesis", extra="properties")
    errors = load("hypothesis.errors", extra="properties")

    def fails(row: dict[str, Any]) -> bool:
        try:
            return bool(fault(ask(method, rows.build([row])), 1, name, np.inf))
        except Refused:
            return True

    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        row = hypothesis.find(_rows(rows), fails, settings=settings, random=Random(seed))  # noqa: S311 - no secret
    except errors.NoSuchExample:
        return [], None
    where = "a row within what was seen"
    return [Finding("examples", where, "no finite answer", "finite")], dict(row)


def _rows(rows: Rows) -> Any:
    """Return a strategy for rows between the smallest and largest values of each column."""
    st = load("hypothesis.strategies", extra="properties")
    columns = {}
    for column in rows.frame.columns:
        dtype, known = rows.frame.schema[column], known_values(rows.frame, column)
        if known and dtype.is_float():
            columns[column] = st.floats(min(known), max(known))
        elif known and dtype.is_integer():
            columns[column] = st.integers(min(known), max(known))
        else:
            columns[column] = st.sampled_from(sorted(set(known), key=str) or [None])
    return st.fixed_dictionaries(columns)


def judged_batches(
    name: str, method: Callable[[Any], Any], rows: Rows, places: Sequence[int], tolerance: float
) -> Iterator[Finding]:
    """Yield where rows get other answers one by one, or in another order, than all at once."""
    limit = f"within {tolerance:g}"
    try:
        together = ask(method, rows.take(places))
        alone = [ask(method, rows.take([place])) for place in places]
        turned = ask(method, rows.take(list(reversed(places))))
    except Refused as error:
        yield Finding("batch", "one row alone, or other orders", f"raised {error}", "an answer")
        return
    if fault(together, len(places), name, np.inf):
        return  # found and told by the outputs
    for where, answers in (
        ("one row alone", np.concatenate([np.atleast_1d(a) for a in alone])),
        ("rows in reverse", turned[::-1] if turned.ndim else turned),
    ):
        wrong = _unlike(together, answers, tolerance)
        if wrong:
            yield Finding("batch", where, wrong, limit)


def _unlike(one: np.ndarray, other: np.ndarray, tolerance: float) -> str:
    if one.shape != other.shape:
        return f"shape {other.shape} instead of {one.shape}"
    if one.dtype.kind in "fiuc" and other.dtype.kind in "fiuc":
        close = np.isclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)
    else:
        close = one == other
    differ = int((~close.reshape(len(one), -1).all(axis=1)).sum())
    return f"{differ} of {len(one)} rows get another answer" if differ else ""
