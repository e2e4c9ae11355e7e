"""data-6: new features reach production soon."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...provenance import today
from .._conclude import Expect, conclude
from ._lead_times import LeadTime, from_git, from_table

ITEM = "feature-velocity"


def feature_velocity(
    history: Any,
    *,
    features: str | Mapping[str, str | Sequence[str]] | None = None,
    releases: str = "*",
    started: str = "started",
    released: str = "released",
    name: str | None = None,
    max_days: float = 60.0,
    quantile: float = 0.8,
    min_features: int = 5,
    window_days: float = 730.0,
    now: dt.datetime | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that features ship soon after they were begun.

    A quantile of the lead times, in days, must not be over the limit. A feature that is not
    released yet counts with its age as soon as that is over the limit; younger ones are left out.

    Parameters
    ----------
    history
        A folder in a git repository, or a data frame of dates with one row a feature.
    features
        For git: the files of each feature by its name, or a pattern such as
        `"src/features/*.py"`, where each file is a feature.
    releases
        For git: pattern of the tags that are releases, such as `"v*"`.
    started, released
        Columns of dates or times; both with a time zone or both without. Null in `released` means
        not yet.
    name
        Column with the names of features; by default they are numbered.
    max_days
        Limit of the lead time. The paper's yardstick for very efficient teams is one to two
        months.
    quantile
        Which share of the features must be as quick as that, 0 to 1; 1 judges the slowest.
    min_features
        From fewer nothing is concluded.
    window_days
        Features begun earlier than this many days ago say nothing of today, and are left out.
    now
        A moment with a time zone; by default `SOURCE_DATE_EPOCH` or the clock.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a feature, slowest first.

    Raises
    ------
    InputError
        If the folder is no repository or a shallow clone, no tag is a release, a feature has no
        commit, dates are missing, mixed or in the wrong order, or there are too few features.

    Notes
    -----
    From git, a feature begins with the first commit to its files, by the author's clock, and ships
    with the first tag that contains that commit. Work before the first commit is not seen; where
    branches are squashed, that is all work on the branch. A tag that was never deployed counts as
    a release. Exact: the numbers are facts about these features, and no estimate for others.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> from pytest_mltestscore import checks
    >>> begun = pd.date_range("2030-01-01", periods=6, freq="30D")
    >>> rows = pd.DataFrame({"started": begun, "released": begun + pd.Timedelta(days=20)})
    >>> now = dt.datetime(2030, 12, 31, tzinfo=dt.UTC)
    >>> print(checks.data.feature_velocity(rows, max_days=30, now=now).summary)
    80 % of 6 features shipped within 20 days (limit 30)
    """
    _require_limits(max_days, quantile, min_features, window_days)
    moment = _moment(now)
    if isinstance(history, str | Path):
        if features is None:
            raise InputError("features", 'is missing; give a pattern such as "src/features/*.py"')
        everything = from_git(Path(history), features, releases)
    else:
        everything = from_table(history, started, released, name)
    _require_past(everything, moment)
    recent = [f for f in everything if f.started >= moment - dt.timedelta(days=window_days)]
    judged = [f for f in recent if f.released or f.days(moment) > max_days]
    if len(judged) < min_features:
        problem = f"{len(judged)} were released in the last {window_days:g} days"
        hint = f"give {min_features}, a longer window_days or a lower min_features"
        raise InputError("features", f"{problem}, too few to conclude from; {hint}")
    days = np.array([f.days(moment) for f in judged])
    reached = float(np.quantile(days, quantile))
    return conclude(
        "feature_velocity",
        item=ITEM,
        holds=reached <= max_days,
        summary=_summary(judged, reached, max_days, quantile),
        expect=expect,
        measurements=[
            measurement(
                f"days, quantile {quantile:g}", reached, limit=f"<= {max_days:g}", unit="d"
            ),
            measurement("days, median", float(np.median(days)), unit="d"),
            measurement("features", len(judged), limit=f">= {min_features}"),
        ],
        table=[_row(f, moment, max_days) for f in sorted(recent, key=lambda f: -f.days(moment))],
        notes=_notes(everything, recent, judged, window_days),
    )


def _require_limits(
    max_days: float, quantile: float, min_features: int, window_days: float
) -> None:
    if not max_days > 0:
        raise InputError("max_days", f"is {max_days}; give more than 0")
    if not 0 < quantile <= 1:
        raise InputError("quantile", f"is {quantile}; give more than 0 and at most 1")
    if not min_features >= 1:
        raise InputError("min_features", f"is {min_features}; give 1 or more")
    if not window_days > 0:
        raise InputError("window_days", f"is {window_days}; give more than 0")


def _moment(now: dt.datetime | None) -> dt.datetime:
    if now is None:
        return today(None, os.environ)
    if now.tzinfo is None:
        raise InputError("now", "has no time zone; give one, such as datetime.UTC")
    return now.astimezone(dt.UTC)


def _require_past(features: Sequence[LeadTime], now: dt.datetime) -> None:
    backwards = sum(f.released is not None and f.released < f.started for f in features)
    if backwards:
        raise InputError("history", f"{backwards} features were released before they were started")
    tomorrow = now + dt.timedelta(days=1)  # dates without a zone may be ahead of UTC
    future = sum(max(f.started, f.released or f.started) > tomorrow for f in features)
    if future:
        raise InputError("history", f"{future} features have dates in the future; leave plans out")


def _row(feature: LeadTime, now: dt.datetime, max_days: float) -> dict[str, Any]:
    days = feature.days(now)
    slow = days > max_days
    waiting = "stuck" if slow else "waiting"
    return {
        "feature": feature.name,
        "started": feature.started.date().isoformat(),
        "released": feature.released.date().isoformat() if feature.released else "not yet",
        "release": feature.release,
        "days": round(days, 1),
        "verdict": waiting if not feature.released else "slow" if slow else "ok",
    }


def _summary(judged: Sequence[LeadTime], reached: float, max_days: float, quantile: float) -> str:
    stuck = sum(f.released is None for f in judged)
    waiting = f", {stuck} of them not released yet" if stuck else ""
    share = f"{quantile * 100:g} % of {len(judged)} features"
    if reached <= max_days:
        return f"{share} shipped within {reached:.3g} days (limit {max_days:g}){waiting}"
    return f"{share} need up to {reached:.4g} days, more than {max_days:g}{waiting}"


def _notes(
    everything: Sequence[LeadTime],
    recent: Sequence[LeadTime],
    judged: Sequence[LeadTime],
    window_days: float,
) -> list[str]:
    notes = []
    if len(everything) > len(recent):
        old = len(everything) - len(recent)
        notes.append(f"{old} features begun more than {window_days:g} days ago are left out")
    if len(recent) > len(judged):
        young = len(recent) - len(judged)
        notes.append(f"{young} features are not released and younger than the limit: left out")
    return notes
