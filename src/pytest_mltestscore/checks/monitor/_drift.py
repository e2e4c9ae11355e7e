"""Drift of columns against a reference: an effect size above a limit by more than chance gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._frames import Frame
from .._histograms import Bins, Distance, Shift, binnable, count, draw_bins, p_within, shift
from .._statistics import adjusted_p_values, require_confidence

SHOWN_FROM = 20
"""A word is named only if the reference has it in as many rows: a rare one may name a person."""


class Drift(NamedTuple):
    """One column against the reference."""

    column: str
    shift: Shift
    where: str
    """The bin whose share differs most, and both shares."""
    verdict: str
    """`ok`, `drifted`, or `unsure` above the limit within chance."""


def drifts(
    reference: Frame,
    data: Frame,
    columns: Sequence[str],
    *,
    distance: Distance,
    limits: Mapping[str, float],
    confidence: float,
    bins: int = 10,
    arguments: tuple[str, str] = ("reference", "data"),
) -> list[Drift]:
    """Return the drift of each column, the furthest first.

    Each frame needs a row. `columns` are those of `binnable`; `limits` has one for each.
    """
    require_confidence(confidence)
    drawn = draw_bins(reference, columns, bins=bins, argument=arguments[0])
    before = count(reference, drawn, argument=arguments[0])
    after = count(data, drawn, argument=arguments[1])
    shifts = [shift(before[b.column], after[b.column]) for b in drawn]
    chances = [p_within(s, distance, limits[b.column]) for b, s in zip(drawn, shifts, strict=True)]
    adjusted = adjusted_p_values(chances)
    found = []
    for b, s, p in zip(drawn, shifts, adjusted, strict=True):
        beyond = getattr(s, distance) > limits[b.column]
        verdict = "drifted" if beyond and p < 1 - confidence else "unsure" if beyond else "ok"
        where = _where(b, s.furthest, before[b.column], after[b.column])
        found.append(Drift(b.column, s, where, verdict))
    return sorted(found, key=lambda d: (d.verdict != "drifted", -getattr(d.shift, distance)))


def _where(b: Bins, place: int, before: np.ndarray, after: np.ndarray) -> str:
    label = b.labels[place]
    if b.steps is None and place < len(b.words) and before[place] < SHOWN_FROM:
        label = "a rare value"
    return f"{label}: {before[place] / before.sum():.1%} -> {after[place] / after.sum():.1%}"


def require_distance(distance: str, limit: float, argument: str) -> None:
    """Raise an `InputError` for a distance that there is not, or a limit that makes no sense."""
    if distance not in ("psi", "js"):
        raise InputError("distance", f"is {distance!r}; give 'psi' or 'js'")
    highest = 1 if distance == "js" else np.inf
    if not 0 <= limit < highest:
        raise InputError(argument, f"is {limit!r}; give a number from 0 to below {highest}")


def columns_to_compare(
    reference: Frame, data: Frame, columns: Sequence[str], *, explicit: bool, argument: str
) -> tuple[list[str], tuple[str, ...]]:
    """Return the columns that can be compared by distribution, and notes on the others.

    Raises
    ------
    InputError
        If one that was asked for cannot be, or none can; or if one that can be in the reference
        cannot be in the data, as a column that has become all null.
    """
    before, now = binnable(reference, columns), binnable(data, columns)
    lost = next((c for c in before if c not in now), None)
    if lost is not None and not explicit:
        kind = data.collect_schema()[lost]
        problem = f"{lost!r} is of type {kind}, and holds numbers, words or truth values there"
        raise InputError("data", f"{problem}; mend it, or name the columns to compare")
    both = [c for c in before if c in now]
    left = [c for c in columns if c not in both]
    if explicit and left:
        problem = f"{left[0]!r} is not of numbers, words or truth values in both frames"
        raise InputError(argument, f"{problem}; leave it out or convert it")
    if not both:
        raise InputError(argument, "none is of numbers, words or truth values in both frames")
    return both, _notes(left)


def _notes(left: Sequence[Any]) -> tuple[str, ...]:
    if not left:
        return ()
    return (f"not compared, neither numbers nor words: {', '.join(map(str, left[:10]))}",)
