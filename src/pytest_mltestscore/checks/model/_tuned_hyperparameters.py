"""model-3: the hyperparameters were searched for, and the search can be believed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from ._search_edges import OUTER, beats_inside, still_rises
from ._search_results import Trials, default_of, read_trials

ITEM = "tuned-hyperparameters"

_LAST = 3
"""The last of so many parts of a search must not gain any more."""


class _Finding(NamedTuple):
    question: str
    found: str
    wanted: str
    verdict: str
    """`ok`, `broken`, or `unknown`, which breaks nothing and becomes a note."""


def tuned_hyperparameters(
    search: Any,
    *,
    model: Any = None,
    score: str | None = None,
    parameters: Sequence[str] | None = None,
    greater_is_better: bool = True,
    min_trials: int = 20,
    tunable: Sequence[str] = (),
    natural_limits: Sequence[str] = (),
    default_score: float | None = None,
    tolerance: float | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check the evidence that hyperparameters were tuned.

    Five questions are asked of the trials. Enough of them ended. Every wanted hyperparameter was
    varied. The best value of a number is not at an end of its searched range, where a wider search
    would find better ones. The last third of the search gained nothing that matters. The best trial
    beats the defaults, and the model in use has its values.

    Parameters
    ----------
    search
        A fitted `GridSearchCV`, `RandomizedSearchCV` or other search of scikit-learn, its
        `cv_results_`, an Optuna study of one objective, or a data frame with one row a trial in the
        order they were run, such as `mlflow.search_runs(...)` or `study.trials_dataframe()`.
    model
        The model in use: an estimator, or a mapping of hyperparameters. It may have the values of
        any trial that is as good as the best one. Names match in full or without their prefix:
        `C` is `classifier__C`.
    score
        Key or column with the score. Needed for a frame; by default `mean_test_score` of
        scikit-learn, or the metric that `refit` names.
    parameters
        Columns of a frame that are hyperparameters; by default those that begin with `params.`,
        `params_` or `param_`. Values that are missing, or in text, are read as MLflow writes them.
    greater_is_better
        Of a frame. The others know it.
    min_trials
        Trials that ended with a score.
    tunable
        Hyperparameters that must have been tried with two values or more.
    natural_limits
        Hyperparameters whose range cannot be widened, such as a share of 1. They may be at an edge.
    default_score
        What the defaults score, measured as the trials were. Without it a trial with the defaults
        is looked for, in searches of scikit-learn.
    tolerance
        Differences in score that do not matter. By default one standard error of the best trial
        where the folds are known (Breiman et al. 1984), and never less than 0.3 times what
        the best trial gains over the median one.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a question: what was found, what is wanted, verdict. `details["best"]` has the
        hyperparameters of the best trial.

    Raises
    ------
    InputError
        For a search that was not run, a missing score or column, or a model without any of the
        hyperparameters.

    Notes
    -----
    A best value at an edge is a finding if it beats all values inside by more than the tolerance,
    or if a quadratic surface through the better half of the trials still rises there (p < 0.001):
    the best of many trials with a useless hyperparameter lies at an edge one time in ten.

    Sees an optimum outside the range in 40 trials of two hyperparameters. Cannot see whether
    trials were scored on the right data, nor a hyperparameter that nobody names in `tunable`. Of
    successive halving, only the last round can be compared, and only that is read. Of a grid,
    order means nothing and its last third is not asked for. Categories have no edge. Without
    evidence of a search, `random_search` makes one.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> runs = pd.DataFrame({"params.depth": range(1, 25)})
    >>> runs["metrics.auc"] = 0.7 + 0.01 * runs["params.depth"]
    >>> checks.model.tuned_hyperparameters(runs, score="metrics.auc", model={"depth": 24})
    tuned_hyperparameters: DOES NOT HOLD - 2 of 4 questions fail: edge of depth, plateau
      trials = 24  (limit >= 20)
      best score = 0.94
      gain of the last third = 0.08  (limit <= 0.0345)
      question       found                  wanted           verdict
      edge of depth  24 in 1 to 24, rising  inside           broken
      plateau        last third gains 0.08  at most 0.0345   broken
      trials         24                     at least 20      ok
      model          equals the best trial  a trial as good  ok
      note: not asked: whether the defaults are beaten; give default_score
    """
    if min_trials < 1:
        raise InputError("min_trials", f"is {min_trials}; give at least 1")
    trials = read_trials(
        search, score=score, parameters=parameters, greater_is_better=greater_is_better
    )
    slack = _slack(trials, tolerance)
    findings = [
        _budget(trials, min_trials),
        *_varied(trials, listed(tunable, "tunable", of="names")),
        *_edges(trials, listed(natural_limits, "natural_limits", of="names"), slack),
        _plateau(trials, slack),
        _defaults(trials, default_score),
        *_same(trials, model, slack),
    ]
    broken = [f for f in findings if f.verdict == "broken"]
    judged = [f for f in findings if f.verdict != "unknown"]
    return conclude(
        "tuned_hyperparameters",
        item=ITEM,
        holds=not broken,
        summary=_summary(broken, judged, trials),
        expect=expect,
        measurements=[
            measurement("trials", len(trials.scores), limit=f">= {min_trials}"),
            measurement("best score", trials.sign * trials.scores[trials.best]),
            measurement("gain of the last third", _last_gain(trials), limit=f"<= {slack:.3g}"),
        ],
        table=[f._asdict() for f in sorted(judged, key=lambda f: f.verdict != "broken")],
        notes=_notes(trials, findings, model),
        details={"best": dict(trials.params[trials.best])},
    )


def _slack(trials: Trials, tolerance: float | None) -> float:
    if tolerance is not None:
        if not tolerance >= 0:
            raise InputError("tolerance", f"is {tolerance!r}; give a number from 0 up")
        return tolerance
    gain = float(trials.scores.max() - np.median(trials.scores))
    return max(0.3 * gain, float(np.nan_to_num(trials.errors[trials.best])))


def _budget(trials: Trials, min_trials: int) -> _Finding:
    n = len(trials.scores)
    return _Finding("trials", str(n), f"at least {min_trials}", _verdict(n >= min_trials))


def _verdict(good: bool) -> str:
    return "ok" if good else "broken"


def _varied(trials: Trials, tunable: Sequence[str]) -> Iterator[_Finding]:
    for name in tunable:
        known = _named(name, trials.names)
        values = {repr(p[known]) for p in trials.params if known in p}
        found = f"{len(values)} values tried"
        yield _Finding(f"values of {name}", found, "at least 2", _verdict(len(values) > 1))


def _edges(trials: Trials, natural: Sequence[str], slack: float) -> Iterator[_Finding]:
    best, ranges = trials.params[trials.best], trials.ranges()
    for name, searched in ranges.items():
        if name not in best:
            continue
        at = searched.place(best[name])
        end = 1 if at > 0.5 else 0
        found = f"{_word(best[name])} in {searched.low:g} to {searched.high:g}"
        nearby = abs(at - end) <= (0 if searched.values else OUTER)
        if not nearby:
            yield _Finding(f"edge of {name}", found, "inside", "ok")
        elif name in natural or len(searched.values) == 2:
            # Of two values, one is the best and both are at an end.
            yield _Finding(f"edge of {name}", f"{found}, cannot be wider", "any", "ok")
        else:
            rising = beats_inside(trials, name, searched, end, slack) or still_rises(
                trials, name, ranges, end
            )
            found = f"{found}, rising" if rising else f"{found}, within chance"
            yield _Finding(f"edge of {name}", found, "inside", _verdict(not rising))


def _last_gain(trials: Trials) -> float:
    """Return what the last third of the trials adds to the best score before it."""
    before = len(trials.scores) - len(trials.scores) // _LAST
    if trials.exhaustive or before == len(trials.scores):
        return 0.0
    best = trials.scores[:before].max()
    return float(max(0.0, trials.scores[before:].max() - best))


def _plateau(trials: Trials, slack: float) -> _Finding:
    if trials.exhaustive:
        return _Finding("plateau", "", "", "unknown")
    gain = _last_gain(trials)
    found, wanted = f"last third gains {gain:.3g}", f"at most {slack:.3g}"
    return _Finding("plateau", found, wanted, _verdict(gain <= slack))


def _defaults(trials: Trials, default_score: float | None) -> _Finding:
    best = trials.sign * float(trials.scores[trials.best])
    reached = _score_of_defaults(trials) if default_score is None else default_score
    if reached is None:
        return _Finding("defaults", "", "", "unknown")
    found = f"{best:.4g} against {reached:.4g}"
    good = trials.sign * (best - reached) >= 0
    return _Finding("defaults", found, "not worse than defaults", _verdict(good))


def _score_of_defaults(trials: Trials) -> float | None:
    if trials.estimator is None:
        return None
    defaults = {name: default_of(trials.estimator, name) for name in trials.names}
    if inspect.Parameter.empty in map(type, defaults.values()):
        return None
    for params, score in zip(trials.params, trials.scores, strict=True):
        if all(_equal(params.get(name), value) for name, value in defaults.items()):
            return trials.sign * float(score)
    return None


def _same(trials: Trials, model: Any, slack: float) -> Iterator[_Finding]:
    """Compare the model in use with the best trial, or with any other that is as good."""
    if model is None:
        return
    used = _hyperparameters(model)
    pairs = {name: _named(name, list(used), missing="") for name in trials.names}
    shared = {name: known for name, known in pairs.items() if known}
    if not shared:
        problem = f"has none of the hyperparameters {', '.join(trials.names[:5])}"
        raise InputError("model", f"{problem}; give the model that was tuned, or a mapping")
    order = np.argsort(-trials.scores, kind="stable")
    as_good = [n for n in order if trials.scores[n] >= trials.scores[order[0]] - slack]
    for n in as_good:
        params = trials.params[n]
        if all(_equal(used[known], params.get(name)) for name, known in shared.items()):
            found = "equals the best trial" if n == trials.best else "equals a trial as good"
            yield _Finding("model", found, "a trial as good", "ok")
            return
    best = trials.params[trials.best]
    apart = [name for name, known in shared.items() if not _equal(used[known], best.get(name))]
    shown = ", ".join(
        f"{name}={_word(used[shared[name]])}, best {_word(best.get(name))}" for name in apart[:3]
    )
    yield _Finding("model", shown, "a trial as good", "broken")


def _hyperparameters(model: Any) -> Mapping[str, Any]:
    if isinstance(model, Mapping):
        return model
    if hasattr(model, "get_params"):
        return dict(model.get_params())
    problem = f"is of type {type(model).__name__}; give an estimator with get_params, or a mapping"
    raise InputError("model", problem)


def _named(name: str, known: Sequence[str], missing: str | None = None) -> str:
    """Return the name that is meant among known ones, of which one may have a prefix."""
    if name in known:
        return name
    short = name.rpartition("__")[2]
    found = [other for other in known if other.rpartition("__")[2] == short]
    if len(found) == 1:
        return found[0]
    return name if missing is None else missing


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same, also where one went through text."""
    if one is None or other is None:
        return one is other
    try:
        return bool(np.isclose(float(one), float(other), rtol=1e-6, atol=0))
    except (TypeError, ValueError):
        return str(one) == str(other)


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _summary(broken: Sequence[_Finding], judged: Sequence[_Finding], trials: Trials) -> str:
    if broken:
        names = ", ".join(f.question for f in broken[:4])
        more = f" and {len(broken) - 4} more" if len(broken) > 4 else ""
        return f"{len(broken)} of {len(judged)} questions fail: {names}{more}"
    return f"none of {len(judged)} questions about {len(trials.scores)} trials fails"


def _notes(trials: Trials, findings: Sequence[_Finding], model: Any) -> list[str]:
    notes = []
    if trials.failed:
        notes.append(f"{trials.failed} further trials have no comparable score and are left out")
    unknown = {f.question for f in findings if f.verdict == "unknown"}
    if "defaults" in unknown:
        notes.append("not asked: whether the defaults are beaten; give default_score")
    if model is None:
        notes.append("not asked: whether the model in use has the best values; give model")
    constant = [n for n in trials.names if len({repr(p.get(n)) for p in trials.params}) == 1]
    if constant:
        notes.append(f"tried with one value only: {', '.join(constant[:10])}")
    return notes
