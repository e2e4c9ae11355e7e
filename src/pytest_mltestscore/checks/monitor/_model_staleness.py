"""monitor-4: neither the model nor anything upstream of it is older than it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError, nearest
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._timestamps import Age, age_limit, age_of, current, days, zone
from ._made_at import made_at

ITEM = "model-staleness"


class _Stage(NamedTuple):
    name: str
    made: dt.datetime
    age: dt.timedelta
    limit: dt.timedelta

    @property
    def stale(self) -> bool:
        return self.age > self.limit


def model_staleness(
    model: Any,
    *,
    max_age: Age | CheckResult,
    stages: Mapping[str, Any] | None = None,
    max_stage_age: Age | Mapping[str, Age] | None = None,
    timezone: str | dt.tzinfo | None = None,
    now: dt.datetime | None = None,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that the served model, and each stage upstream of it, is young enough.

    A model retrained this morning on a table that stopped being filled last month is stale, so
    name the stages: raw data, lookup tables, feature store, the training run.

    Parameters
    ----------
    model
        When the model was made. One of

        - a `datetime`, `date` or text in ISO 8601;
        - a path: the time of last change of a file, or of the newest file in a folder;
        - an entry of a registry with a `creation_timestamp` in milliseconds, as MLflow's model
          versions, or a file's `os.stat_result`;
        - a pair `(where, what)`: a mapping or a `.json` file and a dotted key in it; a `.jsonl`
          log and a key, whose newest value counts; any text log and a compiled regular expression
          whose first group is a time; a data frame of any library and a column of times, whose
          newest counts.
    max_age
        Days, a `timedelta`, or the result of `model.staleness_impact`, which recommends one.
    stages
        Name and time of each upstream stage, given as for `model`.
    max_stage_age
        Limit of all stages, or of each by name; those without one have `max_age`.
    timezone
        Zone of times that carry none. Without it such a time is an error.
    now
        Aware time up to which ages count; by default the clock's.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a stage, the most overdue first: made, age and limit in days. Volatile unless `now`
        is given, since ages grow. `details["ages"]` has each age as a `timedelta`.

    Raises
    ------
    InputError
        For a time that is missing, carries no timezone, or lies more than five minutes in the
        future; for a file, key or column that is not there.

    Notes
    -----
    Exact: finds any age above its limit. The time of a file is when it was last written, which
    a copy or a fresh checkout renews: prefer a time recorded by the training run. Cannot see
    whether a young model was trained on old rows unless the newest row is given as a stage.

    Examples
    --------
    >>> import datetime as dt
    >>> from pytest_mltestscore import checks
    >>> checks.monitor.model_staleness(
    ...     "2026-05-20T08:00+00:00",
    ...     max_age=30,
    ...     stages={"exchange rates": "2026-03-01T00:00+00:00"},
    ...     now=dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC),
    ... )
    model_staleness: DOES NOT HOLD - 1 of 2 ages above the limit: exchange rates 92.3 of 30 days
      model age = 12 days  (limit <= 30)
      exchange rates age = 92.33 days  (limit <= 30)
      stage           made                       age_days  limit_days  verdict
      exchange rates  2026-03-01 00:00:00+00:00  92.33     30          stale
      model           2026-05-20 08:00:00+00:00  12        30          ok
    """
    where = zone(timezone)
    until = current(now, where)
    limit = age_limit(max_age)
    limits = _limits(stages or {}, max_stage_age, limit)
    found = [_stage("model", model, "model", limit, until, where)]
    for name, source in (stages or {}).items():
        found.append(_stage(str(name), source, f"stages[{name!r}]", limits[name], until, where))
    stale = sorted((s for s in found if s.stale), key=lambda s: s.limit / s.age)
    return conclude(
        "model_staleness",
        item=ITEM,
        holds=not stale,
        summary=_summary(found, stale),
        expect=expect,
        measurements=[
            measurement(
                f"{s.name} age",
                round(days(s.age), 3),
                limit=f"<= {days(s.limit):g}",
                unit="days",
                volatile=now is None,
            )
            for s in found
        ],
        table=[
            {
                "stage": s.name,
                "made": s.made.isoformat(" ", "seconds"),
                "age_days": round(days(s.age), 2),
                "limit_days": round(days(s.limit), 2),
                "verdict": "stale" if s.stale else "ok",
            }
            for s in sorted(found, key=lambda s: -(s.age / s.limit))
        ],
        volatile=now is None,
        details={"ages": {s.name: s.age for s in found}},
    )


def _stage(
    name: str,
    source: Any,
    argument: str,
    limit: dt.timedelta,
    now: dt.datetime,
    timezone: dt.tzinfo | None,
) -> _Stage:
    made = made_at(source, argument, timezone)
    return _Stage(name, made, age_of(made, now, argument), limit)


def _limits(
    stages: Mapping[str, Any], given: Age | Mapping[str, Age] | None, default: dt.timedelta
) -> dict[str, dt.timedelta]:
    if not isinstance(given, Mapping):
        limit = default if given is None else age_limit(given, "max_stage_age")
        return dict.fromkeys(stages, limit)
    for name in given:
        if name not in stages:
            closest = nearest(str(name), list(stages))
            hint = f"; did you mean {closest!r}?" if closest else ""
            raise InputError("max_stage_age", f"there is no stage {name!r}{hint}")
    return {
        name: age_limit(given[name], f"max_stage_age[{name!r}]") if name in given else default
        for name in stages
    }


def _summary(found: list[_Stage], stale: list[_Stage]) -> str:
    if not stale:
        oldest = max(found, key=lambda s: s.age / s.limit)
        shown = f"{oldest.name} {days(oldest.age):.3g} of {days(oldest.limit):g} days"
        return f"{_all(len(found))} within the limit, the nearest to it is {shown}"
    shown = ", ".join(f"{s.name} {days(s.age):.3g} of {days(s.limit):g} days" for s in stale[:3])
    more = f" and {len(stale) - 3} more" if len(stale) > 3 else ""
    return f"{len(stale)} of {len(found)} ages above the limit: {shown}{more}"


def _all(count: int) -> str:
    return "the age is" if count == 1 else f"all {count} ages are"
