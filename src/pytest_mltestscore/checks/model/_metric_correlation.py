"""model-2: what is measured offline goes with what is measured in production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import require_rows
from .._optional import load
from .._statistics import CONFIDENCE, Interval, require_confidence
from ._release_pairs import Pairs, changes, complete_pairs, read_releases, require_variation

ITEM = "metric-correlation"

_FEWEST = 6
"""Of five, even perfect agreement has an interval that holds 0."""


def metric_correlation(
    releases: Any,
    *,
    offline: str = "offline",
    online: str = "online",
    release: str | None = None,
    time: str | None = None,
    method: Literal["spearman", "kendall"] = "spearman",
    direction: Literal["positive", "negative"] = "positive",
    min_correlation: float = 0.0,
    min_releases: int = 10,
    confidence: float = CONFIDENCE,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that an offline metric goes with an online one over past releases or A/B tests.

    Holds if the lower end of the interval of the rank correlation is above `min_correlation`, and
    there are `min_releases` releases or more.

    Parameters
    ----------
    releases
        One row a release or A/B test: a data frame, the path of a CSV file, or a mapping of
        columns to arrays. Rows without one of the metrics are left out, and the result says so.
    offline, online
        Columns of numbers: the metric of the holdout, such as log loss, and what it is to foretell
        in production, such as the click rate or the lift of an A/B test.
    release
        Column with names for the table; otherwise rows are numbered.
    time
        Column with the order of the releases. Where it is given, the *changes* from one release to
        the next are compared. Give it unless the rows are differences already, as the lifts of A/B
        tests are: two metrics that both rise over the years correlate without any connection.
    method
        `"spearman"` or `"kendall"`. Both are shown, this one is judged.
    direction
        `"negative"` where a lower value of one metric is better, as with a loss: the sign of the
        correlation is turned.
    min_correlation
        At least 0 and below 1. By default it is enough that the direction is sure.
    min_releases
        At least 6. With fewer than ten releases, even a true correlation of 0.8 is told from none
        only every second time, and one odd release decides.
    confidence
        Of the two-sided interval.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a release, with the ranks of both metrics, the largest disagreement first.

    Raises
    ------
    InputError
        For missing columns, a metric that is no number, is infinite or constant, releases at
        the same time, or times with and without time zone.

    Notes
    -----
    The intervals are those of Bonett and Wright (2000, doi:10.1007/BF02294183) for Spearman and of
    Fieller, Hartley and Pearson (1957, doi:10.1093/biomet/44.3-4.470) for Kendall, on Fisher's
    scale. Perfect agreement counts as one exchange of neighbours less, since nothing that finite
    data show is certain. Over normal pairs, n from 6 to 30, the lower end was above the truth in up
    to 3 % of cases for Spearman (2.5 % are meant), in up to 8 % for Kendall at a correlation of
    0.95, and in up to 25 % for a percentile bootstrap, which is why there is none here.

    Sees a correlation of 0.8 over 15 releases nine times in ten. Cannot see whether the offline
    metric *causes* anything, nor releases that were never shipped because it was bad, which
    makes the correlation look smaller. Successive changes share a release, so their interval is
    widened by their autocorrelation.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> auc = [0.71, 0.72, 0.74, 0.73, 0.75, 0.76, 0.78, 0.77, 0.79, 0.81]
    >>> lift = [0.1, 0.0, 0.3, 0.2, 0.4, 0.3, 0.5, 0.6, 0.7, 0.6]
    >>> checks.model.metric_correlation({"offline": auc, "online": lift}, min_correlation=0.5)
    ... # doctest: +ELLIPSIS
    metric_correlation: holds - spearman 0.927 [0.635, 0.987] over 10 releases, above 0.5
      spearman = 0.9268
      lower end = 0.635  (limit > 0.5)
      upper end = 0.9872
      kendall = 0.7957
      releases = 10  (limit >= 10)
      release  offline  online  offline rank  online rank  apart
      row 6    0.76     0.3     6             4.5          1.5
    ...
    """
    _require_limits(method, direction, min_correlation, min_releases, confidence)
    frame = read_releases(releases)
    rows = require_rows(frame, "releases")
    pairs, missing = complete_pairs(frame, offline, online, release, time)
    if time is not None:
        pairs = changes(pairs)
    require_variation(pairs, offline, online)
    sign = 1.0 if direction == "positive" else -1.0
    turned = pairs._replace(online=sign * pairs.online)
    coefficients = _coefficients(turned)
    value, n = coefficients[method], len(pairs.names)
    independent = n if time is None else turned.independent()
    interval = _interval(method, value, n, independent, confidence)
    enough = n >= min_releases
    unit = "releases" if time is None else "changes between releases"
    other = next(name for name in coefficients if name != method)
    return conclude(
        "metric_correlation",
        item=ITEM,
        holds=enough and interval.low > min_correlation,
        summary=_summary(method, value, interval, n, min_releases, min_correlation, unit),
        expect=expect,
        measurements=[
            measurement(method, value),
            measurement("lower end", interval.low, limit=f"> {min_correlation:g}"),
            measurement("upper end", interval.high),
            measurement(other, coefficients[other]),
            measurement(unit, n, limit=f">= {min_releases}"),
        ],
        table=list(_table(pairs, turned)),
        rows_seen=rows - missing,
        rows_total=rows,
        notes=_notes(missing, time, direction),
    )


def _require_limits(
    method: str, direction: str, min_correlation: float, min_releases: int, confidence: float
) -> None:
    if method not in ("spearman", "kendall"):
        raise InputError("method", f"is {method!r}; give 'spearman' or 'kendall'")
    if direction not in ("positive", "negative"):
        raise InputError("direction", f"is {direction!r}; give 'positive' or 'negative'")
    if not 0 <= min_correlation < 1:
        problem = f"is {min_correlation!r}; give a number from 0 to below 1"
        raise InputError("min_correlation", f"{problem}, with direction='negative' where it falls")
    if min_releases < _FEWEST:
        raise InputError("min_releases", f"is {min_releases}; give at least {_FEWEST}")
    require_confidence(confidence)


def _coefficients(pairs: Pairs) -> dict[str, float]:
    stats = load("scipy.stats", extra="checks")
    return {
        "spearman": float(stats.spearmanr(pairs.offline, pairs.online).statistic),
        "kendall": float(stats.kendalltau(pairs.offline, pairs.online).statistic),
    }


def _interval(method: str, value: float, n: int, independent: float, confidence: float) -> Interval:
    """Return the interval of a rank correlation, by its variance on Fisher's scale."""
    stats = load("scipy.stats", extra="checks")
    freedom = independent - (3 if method == "spearman" else 4)
    if freedom <= 0:
        return Interval(-1.0, 1.0)
    # What an exchange of two neighbours in a perfect order costs.
    step = 12 / (n * (n * n - 1)) if method == "spearman" else 4 / (n * (n - 1))
    value = float(np.clip(value, step - 1, 1 - step))
    variance = (1 + value**2 / 2 if method == "spearman" else 0.437) / freedom
    half = float(stats.norm.ppf((1 + confidence) / 2)) * np.sqrt(variance)
    centre = np.arctanh(value)
    return Interval(float(np.tanh(centre - half)), float(np.tanh(centre + half)))


def _table(pairs: Pairs, turned: Pairs) -> Iterator[Mapping[str, Any]]:
    rank = load("scipy.stats", extra="checks").rankdata
    first, second = rank(turned.offline), rank(turned.online)
    for place in np.argsort(-np.abs(first - second), kind="stable"):
        yield {
            "release": pairs.names[place],
            "offline": float(pairs.offline[place]),
            "online": float(pairs.online[place]),
            "offline rank": float(first[place]),
            "online rank": float(second[place]),
            "apart": float(abs(first[place] - second[place])),
        }


def _summary(
    method: str,
    value: float,
    interval: Interval,
    n: int,
    min_releases: int,
    min_correlation: float,
    unit: str,
) -> str:
    found = f"{method} {value:.3g} {interval} over {n} {unit}"
    if n < min_releases:
        return f"{found}: at least {min_releases} are needed"
    sure = interval.low > min_correlation
    return f"{found}, {'above' if sure else 'not surely above'} {min_correlation:g}"


def _notes(missing: int, time: str | None, direction: str) -> list[str]:
    notes = []
    if missing:
        notes.append(f"{missing} rows without one of the metrics are left out")
    if time is None:
        notes.append(
            "values are compared as they are, so a common trend over time would count; time=... "
            "compares changes"
        )
    if direction == "negative":
        notes.append("a falling relation is meant: correlations have their sign turned")
    return notes
