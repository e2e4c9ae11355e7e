"""infra-4: no model is served unless a check of its quality has let it through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude, unrecorded
from .._frames import (
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._metrics import Metric, Scoring, ask, labels_of, metric
from ._bad_candidates import CONSTANT, SHARES, Spoiled, known_bad, mixed_up, unspoiled

ITEM = "quality-gate"
_KINDS = ("good", "known bad", "sudden drop", "slow decay")

Gate = Callable[..., Any]


class _Tried(NamedTuple):
    kind: str
    candidate: str
    score: float
    drop: float
    """Against the good candidate."""
    blessed: bool
    said: str
    must: str
    """`bless`, `veto`, or empty where either will do."""

    @property
    def wrong(self) -> bool:
        return (self.must == "bless") != self.blessed if self.must else False


def quality_gate(
    gate: Gate,
    candidate: Any,
    data: Any,
    *,
    label: str,
    incumbent: Any = None,
    features: Sequence[str] | None = None,
    scoring: Scoring = "balanced_accuracy",
    max_drop: float = 0.05,
    min_score: float | None = None,
    bad: Mapping[str, Any] | None = None,
    decide: Callable[[Any], bool] | None = None,
    max_rows: int = 20_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that a project's own gate lets a good model pass and no bad one.

    The bad ones are made of the good one: the same answer for all, upside down, NaN, one that
    raises, and answers of which a growing share is mixed up. The latter show two bounds of the
    gate. *Sudden drop*: the worse candidate meets the good incumbent. *Slow decay*: it meets an
    incumbent as bad as itself, so that only an absolute limit can stop it.

    Parameters
    ----------
    gate
        Called with a candidate, or with candidate and incumbent where one is given. It says `True`
        or `False`, a `CheckResult`, or something with `blessed`; or it raises to veto. Each
        candidate is a stand-in with the methods and attributes of the good one.
    candidate
        A model that deserves to be served: anything with `predict`, or a function of the features.
    data
        Data frame of labelled rows on which to measure how bad the bad ones are; the gate's own
        rows are best.
    label
        Column with the truth. No value may be missing.
    incumbent
        The model served today. Needed for gates that compare with it.
    features
        Columns that the model sees; by default all but the label.
    scoring
        Name of a scikit-learn scorer, or a function of truth and predictions; higher is better.
    max_drop
        The gate has to veto candidates that score more than this below the good one.
    min_score
        The gate has to veto candidates below this, however bad the incumbent is. By default only
        one whose answers are all mixed up.
    bad
        Further models that it has to veto, by name, such as one trained on shuffled labels.
    decide
        Reads the gate's answer where it is of another kind: true for a model that may be served.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of the sample and of what is mixed up.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a candidate, wrong decisions first; as measurements the largest drop and the lowest
        score that were blessed.

    Raises
    ------
    InputError
        For missing columns or labels; if the gate raises on the good candidate, or answers in a way
        that is not understood; if no mixing brings the score down by `max_drop`.

    Notes
    -----
    An error in the gate while it looks at a bad candidate counts as a veto, and is shown: nothing
    is served. The good candidate is asked about twice, first and last. Checks of ours inside the
    gate are not recorded. Sees the bounds at the steps of 2, 5, 10, 20, 40, 70 and 100 % mixed-up
    answers. Cannot see what a gate does about single slices, size or latency, nor whether the way
    to production leads through it. A gate that asks row by row is not seen to the bottom: answers
    are mixed within a batch.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"x": np.arange(400) % 2})
    >>> rows["late"] = rows["x"]
    >>> def model(rows):
    ...     return rows["x"].to_numpy()
    >>> def accuracy(candidate):
    ...     return (candidate(rows) == rows["late"]).mean()
    >>> result = checks.infra.quality_gate(
    ...     lambda candidate: accuracy(candidate) > 0.8, model, rows, label="late"
    ... )
    >>> result.summary
    'the gate blessed candidates that score up to 0.11 below the good one; it has to stop at 0.05'
    """
    if not callable(gate):
        raise InputError("gate", f"is of type {type(gate).__name__}; give a function")
    if not 0 < max_drop < np.inf:
        raise InputError("max_drop", f"is {max_drop}; give a number above 0")
    frame = read_frame(data)
    require_columns(frame, [label])
    seen = feature_columns(frame, features, label)
    sample = sample_rows(frame, max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    served = None if incumbent is None else Spoiled(incumbent, unspoiled)
    trial = _Trial(gate, decide, served, sample.frame.select(seen), truth, metric(scoring))
    tried = list(_tried(trial, candidate, max_drop, min_score, bad or {}, seed))
    _require_range(tried, max_drop)
    wrong = [t for t in tried if t.wrong]
    return conclude(
        "quality_gate",
        item=ITEM,
        holds=not wrong,
        summary=_summary(tried, wrong, max_drop, min_score),
        expect=expect,
        measurements=_measurements(tried, trial, max_drop, min_score),
        table=[_row(t) for t in sorted(tried, key=lambda t: (not t.wrong, _KINDS.index(t.kind)))],
        rows_seen=sample.seen,
        rows_total=sample.total,
        notes=[*sample.notes, *_notes(incumbent)],
    )


def _require_range(tried: Sequence[_Tried], max_drop: float) -> None:
    """Raise an `InputError` where bad candidates are no worse than the good one."""
    good, [same] = tried[0].score, [t for t in tried if t.candidate == CONSTANT]
    if same.drop <= 0:
        problem = f"scores {good:.3g}, and so does {CONSTANT}"
        raise InputError("candidate", f"{problem}; give a better one, or another scoring")
    lost = max(t.drop for t in tried if t.kind == "sudden drop")
    if not lost > max_drop:
        problem = f"is {max_drop:g}, and mixing up answers costs {lost:.3g} of {good:.3g} at most"
        raise InputError("max_drop", f"{problem}; give a smaller one, or a better candidate")


class _Trial(NamedTuple):
    gate: Gate
    decide: Callable[[Any], bool] | None
    incumbent: Any
    inputs: nw.DataFrame[Any]
    truth: np.ndarray
    measure: Metric

    def score(self, model: Any) -> float:
        """Return how good a model is, NaN if it cannot be asked."""
        try:
            return self.measure(ask(model, self.inputs, self.truth, argument="candidate"))
        except InputError:
            return float("nan")

    def ask(self, candidate: Any, incumbent: Any) -> tuple[bool, str]:
        """Return whether the gate blesses a candidate; an error counts as a veto."""
        compared = () if self.incumbent is None else (incumbent,)
        try:
            with unrecorded():
                answer = self.gate(candidate, *compared)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is served
            return False, f"raised {type(error).__name__}"
        blessed = bool(self.decide(answer)) if self.decide else _decision(answer)
        return blessed, "blessed" if blessed else "vetoed"


def _decision(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        answer = answer.get("blessed")
    answer = getattr(answer, "blessed", answer)
    if isinstance(answer, bool | np.bool_ | CheckResult):
        return bool(answer)
    # Most objects are true, a decision that says no among them.
    problem = f"answered with a {type(answer).__name__}; give decide=, a function of the answer"
    raise InputError("gate", problem)


def _tried(
    trial: _Trial,
    candidate: Any,
    max_drop: float,
    min_score: float | None,
    bad: Mapping[str, Any],
    seed: int,
) -> Iterator[_Tried]:
    # A candidate that cannot be asked at all is an error here, and not one more bad model.
    good = trial.measure(ask(candidate, trial.inputs, trial.truth, argument="candidate"))
    if not np.isfinite(good):
        raise InputError("candidate", f"scores {good}; give a model whose score is a number")
    stand_in = Spoiled(candidate, unspoiled)
    yield _judged(trial, "good", "the candidate", stand_in, good, "bless")
    if trial.incumbent is not None:
        yield _judged(trial, "good", "the incumbent again", trial.incumbent, good, "bless")
    models = {name: Spoiled(candidate, spoil) for name, spoil in known_bad().items()}
    for name, model in {**models, **bad}.items():
        yield _judged(trial, "known bad", name, model, good, "veto")
    for share in SHARES:
        model = Spoiled(candidate, mixed_up(share, seed))
        name = f"{share:.0%} mixed up"
        found = _judged(trial, "sudden drop", name, model, good, "")
        low = share == SHARES[-1] if min_score is None else found.score < min_score
        worse = found.drop > max_drop or (low and trial.incumbent is None)
        yield found._replace(must="veto" if worse else "")
        if trial.incumbent is not None:
            found = _judged(trial, "slow decay", name, model, good, "", incumbent=model)
            yield found._replace(must="veto" if low else "")
    yield _judged(trial, "good", "the candidate once more", stand_in, good, "bless")


def _judged(
    trial: _Trial,
    kind: str,
    name: str,
    model: Any,
    good: float,
    must: str,
    *,
    incumbent: Any = None,
) -> _Tried:
    blessed, said = trial.ask(model, trial.incumbent if incumbent is None else incumbent)
    if kind == "good" and said.startswith("raised"):
        mend = "it has to judge a stand-in of a good model, which is of no class that it knows"
        raise InputError("gate", f"{said} on {name}; {mend}")
    score = trial.score(model)
    return _Tried(kind, name, score, good - score, blessed, said, must)


def _largest_drop(tried: Sequence[_Tried]) -> float:
    return max((t.drop for t in tried if t.kind == "sudden drop" and t.blessed), default=0.0)


def _lowest_score(tried: Sequence[_Tried]) -> float:
    return min((t.score for t in tried if t.blessed and t.kind != "known bad"), default=np.nan)


def _measurements(
    tried: Sequence[_Tried], trial: _Trial, max_drop: float, min_score: float | None
) -> list[Any]:
    name = trial.measure.name
    limit = "" if min_score is None else f">= {min_score:g}"
    return [
        measurement(
            f"largest drop of {name} blessed", _largest_drop(tried), limit=f"<= {max_drop:g}"
        ),
        measurement(f"lowest {name} blessed", _lowest_score(tried), limit=limit),
        measurement("candidates tried", len(tried)),
    ]


def _row(tried: _Tried) -> Mapping[str, Any]:
    return {
        "kind": tried.kind,
        "candidate": tried.candidate,
        "score": round(tried.score, 4),
        "drop": round(tried.drop, 4),
        "gate": tried.said,
        "has to": tried.must or "either",
        "verdict": "wrong" if tried.wrong else "ok",
    }


def _summary(
    tried: Sequence[_Tried], wrong: Sequence[_Tried], max_drop: float, min_score: float | None
) -> str:
    if not wrong:
        vetoed = sum(t.must == "veto" for t in tried)
        drop = f"largest drop blessed {_largest_drop(tried):.3g}"
        return f"the gate blessed the good candidate and vetoed {vetoed} bad ones; {drop}"
    first = min(wrong, key=lambda t: _KINDS.index(t.kind))
    if first.kind == "good":
        return f"the gate vetoed {first.candidate}, which scores {first.score:.3g}"
    if first.kind == "known bad":
        names = ", ".join(t.candidate for t in wrong if t.kind == "known bad")
        return f"the gate blessed known bad candidates: {names}"
    if first.kind == "sudden drop":
        drop = f"score up to {_largest_drop(tried):.3g} below the good one"
        return f"the gate blessed candidates that {drop}; it has to stop at {max_drop:g}"
    bound = "the answers are all mixed up" if min_score is None else f"it is below {min_score:g}"
    low = f"a score of {_lowest_score(tried):.3g}"
    return f"no absolute limit: the gate blessed {low} against an equal incumbent, though {bound}"


def _notes(incumbent: Any) -> list[str]:
    if incumbent is None:
        return ["no incumbent was given, so a limit against it could not be looked at"]
    return []
