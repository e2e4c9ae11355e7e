"""model-6: answers change as they must when the input is changed in a known way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.evidence import Measurement
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._statistics import Interval, require_confidence, wilson_interval
from ._mutants import mutants_of, read_rows
from ._relations import Answers, Limits, Tried, ask, try_relation
from ._votes import repaired_rows, violations, votes_of

ITEM = "slice-quality"

_NAMED_ROWS = 5


class _Judged(NamedTuple):
    tried: Tried
    interval: Interval
    verdict: str
    repaired: set[int] | None


def metamorphic_relations(
    model: Any,
    data: Any,
    *,
    invariant: Mapping[str, Any] | None = None,
    increasing: Mapping[str, Any] | None = None,
    decreasing: Mapping[str, Any] | None = None,
    round_trip: Mapping[str, Any] | None = None,
    label: Any = None,
    features: Sequence[str] | None = None,
    scores: bool = False,
    tolerance: float = 0.0,
    min_change: float = 0.0,
    max_share: float = 0.0,
    mutants: int = 5,
    confidence: float = 0.95,
    max_rows: int = 5_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that answers change as they must when rows are changed in a known way.

    No labels are needed: a relation says how the answer for a changed row, a *mutant*, relates to
    the answer for the row itself (Chen, Cheung and Yiu 1998, arXiv:2002.12543). A relation is
    broken if the share of rows that violate it is above `max_share` by more than chance explains.

    Where the answer must stay the same, a row and its mutants are as many answers to one question.
    Their vote, the majority of labels or the median of numbers, is a repaired answer, and the
    result says how many violated rows it would put in order.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of the rows; called once for the rows and once for
        each mutant of all rows.
    data
        Data frame, array whose first axis is rows, or list of texts. Transforms and model get rows
        in memory: lazy frames of polars as eager ones, tables of DuckDB and PySpark as PyArrow.
    invariant
        Transforms by name after which the answer stays the same. A transform is a function of all
        rows (frame or array) that returns them changed, in order; for texts, of one text. With a
        second argument it is random, is given a `numpy.random.Generator`, and makes `mutants`
        mutants. A hypothesis strategy that draws such functions makes as many.
    increasing, decreasing
        Transforms by name after which the answer rises, or falls, by `min_change` or more. The
        answer is the score of the positive class, where the model has one, and else the number
        that `predict` returns.
    round_trip
        Pairs of transforms by name, there and back. The answer for what comes back is the same.
    label
        Truth, for a report on what the vote does to accuracy: name of a column, or one label a row
        for arrays and texts. Not needed for the verdict.
    features
        Columns that transforms and model see; by default all but the label.
    scores
        Let invariance be of scores for the positive class, within `tolerance`, not of labels.
    tolerance
        How far numbers may differ that must be the same, in the unit of the answer. Rounding of
        1e-9 of the values is always allowed. Labels must be equal.
    min_change
        How far an answer must rise or fall. With 0 it may stay.
    max_share
        Share of a relation's rows that may violate it, from 0 to 1. With 0, none may.
    mutants
        How many mutants of a row random transforms make.
    confidence
        Of the intervals of all relations together, between 0.5 and 1.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of sample, random transforms and drawn ones.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a relation, worst first: rows changed, rows violated, share, its interval, how many
        violated rows the vote repairs (None for directions), verdict (`ok`, `broken`, `unsure`
        above the limit within chance). `details["violations"]` has, by relation, rows with their
        answer, the mutants' answers and the vote; row numbers are those of the sample, if one was
        taken.

    Raises
    ------
    InputError
        For no relation, no rows, missing columns, a transform that raises, returns another number
        of rows or changes none, or a model that raises or answers NaN, on rows or on mutants.

    Notes
    -----
    A row counts for a relation only if a transform changed it. A row is violated if one of its
    mutants is, so more mutants find more. A row is repaired in a relation if its vote agrees with
    all its mutants in that relation. Directions take no part in the vote.

    With `max_share=0` it leaves nothing to chance: one violated row breaks a relation. Cannot see
    whether answers are right: a constant model keeps every invariance, and every direction unless
    `min_change` is above 0. Cannot know whether a transform keeps the meaning of a row.

    Examples
    --------
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> def model(texts):
    ...     return np.array(["good" if "great" in text else "bad" for text in texts])
    >>> checks.model.metamorphic_relations(
    ...     model,
    ...     ["a great film", "great, and short", "too long"],
    ...     invariant={"upper case": str.upper, "full stop": lambda text: text + "."},
    ... )
    metamorphic_relations: DOES NOT HOLD - 1 of 2 relations broken: upper case in 2 of 3 rows (66.7%)
      relations broken = 1  (limit <= 0)
      highest share violated = 0.6667  (limit <= 0)
      rows that a vote can repair = 2
      rows that the vote repairs = 0
      relation    kind       rows  violated  share   low    high    repaired  verdict
      upper case  invariant  3     2         0.6667  0.175  0.9496  0         broken
      full stop   invariant  3     0         0       0      0.6261  0         ok
      note: upper case is violated in rows 0, 1, counted from 0
    """  # noqa: E501 - a result as it prints
    asked = {
        "invariant": dict(invariant or {}),
        "increasing": dict(increasing or {}),
        "decreasing": dict(decreasing or {}),
        "round_trip": dict(round_trip or {}),
    }
    _require_relations(asked)
    _require_numbers(tolerance, min_change, max_share, mutants, confidence)
    rows = read_rows(data, label=label, features=features, max_rows=max_rows, seed=seed)
    before = ask(model, rows.inputs, scores=scores, ordered=bool(increasing or decreasing))
    limits = Limits(tolerance, min_change)
    tried = []
    for argument, relations in asked.items():
        for name, transform in relations.items():
            made = mutants_of(
                transform, rows, wanted=mutants, seed=seed, argument=argument, name=name
            )
            tried.append(
                try_relation(
                    model, made, before, argument=argument, name=name, scores=scores, limits=limits
                )
            )  # fmt: skip
    votes = votes_of(tried, before)
    # Bonferroni: no relation is broken only because many are looked at.
    each = 1 - (1 - confidence) / len(tried)
    judged = [_judge(t, max_share, each, repaired_rows(t, votes, before, tolerance)) for t in tried]
    judged.sort(key=lambda j: (j.verdict != "broken", -j.tried.share))
    broken = [j for j in judged if j.verdict == "broken"]
    return conclude(
        "metamorphic_relations",
        item=ITEM,
        holds=not broken,
        summary=_summary(judged, broken),
        expect=expect,
        measurements=[
            measurement("relations broken", len(broken), limit="<= 0"),
            measurement(
                "highest share violated",
                max(j.tried.share for j in judged),
                limit=f"<= {max_share:g}",
            ),
            *_vote_measurements(judged, votes, before, rows.truth),
        ],
        table=[_row(j) for j in judged],
        rows_seen=rows.seen,
        rows_total=rows.total,
        notes=[*rows.notes, *_notes(judged, before)],
        details={"violations": {t.name: violations(t, votes, before) for t in tried}},
    )


def _require_relations(asked: Mapping[str, Mapping[str, Any]]) -> None:
    names = [name for relations in asked.values() for name in relations]
    if not names:
        raise InputError("invariant", "is empty, as are all other relations; give one by its name")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("invariant", f"{twice[0]!r} names two relations; give each its own name")
    for argument, relations in asked.items():
        for name, transform in relations.items():
            is_pair = isinstance(transform, tuple) and len(transform) == 2
            if is_pair != (argument == "round_trip") or isinstance(transform, tuple) != is_pair:
                wanted = "two transforms, there and back" if argument == "round_trip" else "one"
                raise InputError(argument, f"{name!r} has not the right transforms; give {wanted}")


def _require_numbers(
    tolerance: float, min_change: float, max_share: float, mutants: int, confidence: float
) -> None:
    for argument, value in (("tolerance", tolerance), ("min_change", min_change)):
        if not 0 <= value < np.inf:
            raise InputError(argument, f"is {value}; give a number of 0 or more")
    if not 0 <= max_share < 1:
        raise InputError("max_share", f"is {max_share}; give a share from 0 to below 1")
    require_confidence(confidence)
    if mutants < 1:
        raise InputError("mutants", f"is {mutants}; give 1 or more")


def _judge(tried: Tried, max_share: float, confidence: float, repaired: set[int] | None) -> _Judged:
    interval = wilson_interval(int(tried.violated.sum()), tried.rows, confidence)
    if tried.share <= max_share:
        return _Judged(tried, interval, "ok", repaired)
    # Without a share that may be violated, one row is enough: there is no chance in it.
    is_broken = max_share == 0 or interval.low > max_share
    return _Judged(tried, interval, "broken" if is_broken else "unsure", repaired)


def _summary(judged: Sequence[_Judged], broken: Sequence[_Judged]) -> str:
    if not broken:
        rows = min(j.tried.rows for j in judged)
        return f"none of {len(judged)} relations broken, each tried on {rows} rows or more"
    shown = ", ".join(
        f"{j.tried.name} in {int(j.tried.violated.sum())} of {j.tried.rows} rows"
        f" ({j.tried.share:.1%})"
        for j in broken[:3]
    )
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    return f"{len(broken)} of {len(judged)} relations broken: {shown}{more}"


def _vote_measurements(
    judged: Sequence[_Judged],
    votes: Mapping[int, Any],
    before: Answers,
    truth: np.ndarray | None,
) -> Iterator[Measurement]:
    """Yield what the vote repairs, and with the truth, whether it repairs to the right answer."""
    if not votes:
        return
    left = {
        row
        for j in judged
        if j.repaired is not None
        for row in np.flatnonzero(j.tried.violated).tolist()
        if row not in j.repaired
    }
    yield measurement("rows that a vote can repair", len(votes))
    yield measurement("rows that the vote repairs", len(votes) - len(left))
    if truth is not None and before.are_classes:
        rows = list(votes)
        right = int((before.equal[rows] == truth[rows]).sum())
        voted = sum(bool(votes[row] == truth[row]) for row in rows)
        yield measurement("of these rows right, by the model", right)
        yield measurement("of these rows right, by the vote", voted)
    elif truth is not None and truth.dtype.kind in "biuf" and before.equal.dtype.kind in "biuf":
        rows = list(votes)
        error = np.abs(before.equal[rows].astype(float) - truth[rows])
        voted_error = np.abs(np.array([votes[row] for row in rows], dtype=float) - truth[rows])
        yield measurement("mean error of these rows, by the model", error.mean())
        yield measurement("mean error of these rows, by the vote", voted_error.mean())


def _row(judged: _Judged) -> dict[str, Any]:
    tried = judged.tried
    return {
        "relation": tried.name,
        "kind": tried.argument.replace("_", " "),
        "rows": tried.rows,
        "violated": int(tried.violated.sum()),
        "share": round(tried.share, 4),
        "low": round(judged.interval.low, 4),
        "high": round(judged.interval.high, 4),
        "repaired": None if judged.repaired is None else len(judged.repaired),
        "verdict": judged.verdict,
    }


def _notes(judged: Sequence[_Judged], before: Answers) -> Iterator[str]:
    for j in judged:
        rows = np.flatnonzero(j.tried.violated).tolist()
        if rows:
            named = ", ".join(map(str, rows[:_NAMED_ROWS]))
            more = f" and {len(rows) - _NAMED_ROWS} more" if len(rows) > _NAMED_ROWS else ""
            yield f"{j.tried.name} is violated in rows {named}{more}, counted from 0"
    answers = before.equal if before.ordered is None else before.ordered
    if len(answers) > 1 and len(np.unique(answers)) == 1:
        yield "the model answers the same for all rows, so an answer that stays shows little"
