"""monitor-3: training and serving work out the same feature values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import Frame, require_rows, row_count
from ._drift import Drift, columns_to_compare, drifts, require_distance
from ._feature_paths import columns_on_both, comparable_columns, features_of, tolerances
from ._paired import Difference, Pairing, paired

ITEM = "training-serving-skew"

_ROWS_FOR_DISTRIBUTION = 200


def training_serving_skew(
    training: Any,
    serving: Any,
    *,
    key: str | Sequence[str] | None,
    inputs: Any = None,
    features: Sequence[str] | None = None,
    tolerance: float | Mapping[str, float] = 0.0,
    relative_tolerance: float = 0.0,
    max_share: float = 0.0,
    min_matched: float = 0.9,
    max_psi: float = 0.1,
    confidence: float = 0.95,
    examples: int = 5,
    redact_keys: bool = True,
    max_rows: int = 1_000_000,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that features have the same values on the training and on the serving path.

    Rows are joined on their key, and each feature is compared in each row. Serving rows whose key
    the training path does not know cannot be compared so: if there are 200 of them or more, their
    distribution is compared with the training path's. With `key=None` all is compared that way.

    Parameters
    ----------
    training, serving
        Data frames of feature values with their keys: for serving, a logged sample. Or functions
        of `inputs` that return such frames. Times of logging belong in neither.
    key
        Column, or columns together, that name an example on both paths; each at most once a path.
        None where there is no key.
    inputs
        Data frame handed to `training` and `serving` where they are functions.
    features
        Columns to compare; by default all, and then each must be on both paths.
    tolerance
        Absolute difference of numbers that is no skew; one for all, or by feature. Missing on one
        path only is always skew.
    relative_tolerance
        The same as a share of the training path's value; both are added, as in `numpy.isclose`.
    max_share
        Share of compared rows that may differ in a feature.
    min_matched
        Share of serving rows whose key the training path must know.
    max_psi
        Bound on the population stability index where distributions are compared; above 0.1 is
        often called a small shift, above 0.25 a large one. The index must be above it by more than
        chance explains, at `confidence`, corrected for the number of features (Benjamini and
        Hochberg 1995).
    examples
        Keys of skewed rows to name for each feature.
    redact_keys
        Leave keys out of what is shown and recorded, since a key often names a person. They are in
        `details["skewed_keys"]` always.
    max_rows
        Frames of two different libraries are joined in memory, if they have no more rows than this.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a feature, the most skewed first: rows compared, rows that differ, their share,
        the largest difference. `details["skewed_keys"]` has, for each skewed feature, up to
        `examples` keys as tuples.

    Raises
    ------
    InputError
        For missing columns, frames without rows, or of fewer than 200 without a key, keys that
        occur twice or are missing everywhere, a feature that is of numbers on one path and of
        words on the other, or a function that raises.

    Notes
    -----
    Exact where rows are joined: one row that differs is found, in any size of data. Distributions
    show a PSI of 0.2 from about 1,000 rows on, and cannot show values that are swapped between
    rows, nor columns other than of numbers, words and truth values. Cannot see skew in features
    that are not logged, nor in examples that the sample left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> offline = pd.DataFrame({"ride": [1, 2, 3], "km": [1.0, 2.0, 3.0], "zone": list("aba")})
    >>> online = offline.assign(km=[1.0, 2.0, 3.5])
    >>> checks.monitor.training_serving_skew(offline, online, key="ride", redact_keys=False)
    training_serving_skew: DOES NOT HOLD - 1 of 2 features differ: km in 1 of 3 rows
      serving rows matched = 1  (limit >= 0.9)
      largest share that differs = 0.3333  (limit <= 0)
      features skewed = 1  (limit 0)
      feature  rows  differ  share   largest_difference  keys  verdict
      km       3     1       0.3333  0.5                 3     skewed
      zone     3     0       0                                 ok
    """
    require_distance("psi", max_psi, "max_psi")
    _require_limits(max_share, min_matched, relative_tolerance)
    offline, online = (
        features_of(training, inputs, "training"),
        features_of(serving, inputs, "serving"),
    )
    keys = [] if key is None else [key] if isinstance(key, str) else list(key)
    seen = columns_on_both(offline, online, keys, features)
    require_rows(offline, "training")
    total = require_rows(online, "serving")
    if not keys:
        return _by_distribution(
            offline, online, seen, features is not None, max_psi, confidence, total, expect
        )
    chosen, notes = comparable_columns(offline, online, seen, explicit=features is not None)
    pairing = paired(
        offline,
        online,
        keys,
        chosen,
        tolerance=tolerances(tolerance, chosen),
        relative=relative_tolerance,
        max_rows=max_rows,
        max_share=max_share,
        examples=examples,
    )
    drifted, drift_note = _drift_of_unmatched(pairing, chosen, max_psi, confidence)
    skewed = [d for d in pairing.differences if d.differ > max_share * pairing.matched]
    skewed.sort(key=lambda d: -d.differ)
    matched = pairing.matched / total
    faults = [*_unmatched(matched, min_matched), *_differing(skewed, pairing), *_drifting(drifted)]
    share = max(d.differ for d in pairing.differences) / max(1, pairing.matched)
    return conclude(
        "training_serving_skew",
        item=ITEM,
        holds=not faults,
        summary="; ".join(faults) or _agreement(pairing, max_share),
        expect=expect,
        measurements=[
            measurement("serving rows matched", matched, limit=f">= {min_matched:g}"),
            measurement("largest share that differs", share, limit=f"<= {max_share:g}"),
            measurement("features skewed", len(skewed), limit="0"),
        ],
        table=_table(pairing, skewed, drifted, redact_keys),
        rows_seen=pairing.matched,
        rows_total=total,
        notes=(*notes, *drift_note, *_key_note(skewed, redact_keys)),
        details={"skewed_keys": {d.feature: d.keys for d in skewed}},
    )


def _require_limits(max_share: float, min_matched: float, relative_tolerance: float) -> None:
    if not 0 <= max_share < 1:
        raise InputError("max_share", f"is {max_share!r}; give a share from 0 to below 1")
    if not 0 <= min_matched <= 1:
        raise InputError("min_matched", f"is {min_matched!r}; give a share from 0 to 1")
    if not 0 <= relative_tolerance < 1:
        problem = f"is {relative_tolerance!r}; give a number from 0 to below 1"
        raise InputError("relative_tolerance", problem)


def _by_distribution(
    training: Frame,
    serving: Frame,
    features: Sequence[str],
    explicit: bool,
    max_psi: float,
    confidence: float,
    total: int,
    expect: Expect,
) -> CheckResult:
    chosen, notes = columns_to_compare(
        training, serving, features, explicit=explicit, argument="features"
    )
    thin = min(total, row_count(training))
    if thin < _ROWS_FOR_DISTRIBUTION:
        problem = f"is missing, and {thin} rows are too few to compare distributions"
        raise InputError("key", f"{problem}; give a key, or {_ROWS_FOR_DISTRIBUTION} rows")
    found = _drifts(training, serving, chosen, max_psi, confidence)
    faults = _drifting(found)
    return conclude(
        "training_serving_skew",
        item=ITEM,
        holds=not faults,
        summary="; ".join(faults) or f"no distribution of {len(found)} features is shifted",
        expect=expect,
        measurements=[
            measurement("largest PSI", found[0].shift.psi, limit=f"<= {max_psi:g}"),
            measurement("features skewed", sum(d.verdict == "drifted" for d in found), limit="0"),
        ],
        table=[
            {
                "feature": d.column,
                "psi": round(d.shift.psi, 4),
                "total_variation": round(d.shift.tv, 4),
                "where": d.where,
                "verdict": {"drifted": "skewed"}.get(d.verdict, d.verdict),
            }
            for d in found
        ],
        rows_seen=total,
        rows_total=total,
        notes=("no key: values are not compared, only their distributions", *notes),
    )


def _drifts(
    training: Frame, serving: Frame, features: Sequence[str], max_psi: float, confidence: float
) -> list[Drift]:
    return drifts(
        training,
        serving,
        features,
        distance="psi",
        limits=dict.fromkeys(features, max_psi),
        confidence=confidence,
        arguments=("training", "serving"),
    )


def _drift_of_unmatched(
    pairing: Pairing, features: Sequence[str], max_psi: float, confidence: float
) -> tuple[list[Drift], tuple[str, ...]]:
    rows = row_count(pairing.unmatched)
    if rows == 0:
        return [], ()
    if rows < _ROWS_FOR_DISTRIBUTION:
        return [], (f"{rows} serving rows have no partner and were not compared",)
    chosen, _ = columns_to_compare(
        pairing.training, pairing.unmatched, features, explicit=False, argument="features"
    )
    note = f"{rows} serving rows have no partner; only their distributions were compared"
    return _drifts(pairing.training, pairing.unmatched, chosen, max_psi, confidence), (note,)


def _unmatched(matched: float, min_matched: float) -> list[str]:
    if matched >= min_matched and matched > 0:
        return []
    return [f"{matched:.1%} of serving rows have a partner, at least {min_matched:.1%} wanted"]


def _differing(skewed: Sequence[Difference], pairing: Pairing) -> list[str]:
    if not skewed:
        return []
    shown = ", ".join(f"{d.feature} in {d.differ} of {pairing.matched} rows" for d in skewed[:3])
    more = f" and {len(skewed) - 3} more" if len(skewed) > 3 else ""
    return [f"{len(skewed)} of {len(pairing.differences)} features differ: {shown}{more}"]


def _drifting(found: Sequence[Drift]) -> list[str]:
    drifted = [d for d in found if d.verdict == "drifted"]
    if not drifted:
        return []
    shown = ", ".join(f"{d.column} PSI {d.shift.psi:.3g} ({d.where})" for d in drifted[:3])
    more = f" and {len(drifted) - 3} more" if len(drifted) > 3 else ""
    return [f"{len(drifted)} of {len(found)} distributions are shifted: {shown}{more}"]


def _agreement(pairing: Pairing, max_share: float) -> str:
    beyond = f" in more than {max_share:.2%} of them" if max_share else ""
    return f"no feature of {len(pairing.differences)} differs{beyond}, in {pairing.matched} rows"


def _table(
    pairing: Pairing, skewed: Sequence[Difference], drifted: Sequence[Drift], redact: bool
) -> list[dict[str, Any]]:
    shifts = {d.column: d for d in drifted}
    bad = {d.feature for d in skewed} | {d.column for d in drifted if d.verdict == "drifted"}
    rows = []
    order = sorted(pairing.differences, key=lambda d: (d.feature not in bad, -d.differ))
    for d in order:
        row: dict[str, Any] = {
            "feature": d.feature,
            "rows": pairing.matched,
            "differ": d.differ,
            "share": round(d.differ / max(1, pairing.matched), 4),
            "largest_difference": "" if d.largest is None else float(d.largest),
        }
        if drifted:
            row["psi_unmatched"] = (
                round(shifts[d.feature].shift.psi, 4) if d.feature in shifts else ""
            )
        if not redact:
            row["keys"] = ", ".join("/".join(map(str, key)) for key in d.keys)
        rows.append({**row, "verdict": "skewed" if d.feature in bad else "ok"})
    return rows


def _key_note(skewed: Sequence[Difference], redact: bool) -> tuple[str, ...]:
    if not skewed or not redact:
        return ()
    return ('keys are left out here: see details["skewed_keys"], or redact_keys=False',)
