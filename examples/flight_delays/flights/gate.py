"""The gate: whether a candidate may serve, judged on a month that it has not learned from.

The bounds are loose against the absolute level, which moves with the season (AUC 0.66 to 0.72),
and tight against the version that serves now, judged on the same flights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

MIN_AUC = 0.62
MAX_AUC_DROP = 0.01
MAX_LOG_LOSS_RISE = 0.01
MAX_BIAS = 0.08
"""Largest gap between mean probability and share of late flights."""
MIN_SLICE_ROWS = 1000
MIN_SLICE_AUC = 0.57
MAX_SLICE_DROP = 0.03
SLICES = ("carrier", "origin")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The verdict, with the reasons against and what was measured."""

    blessed: bool
    reasons: tuple[str, ...]
    metrics: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return what a JSON file can hold."""
        return asdict(self)


def judge(
    late: np.ndarray,
    candidate: np.ndarray,
    incumbent: np.ndarray | None = None,
    slices: Mapping[str, Any] | None = None,
) -> Decision:
    """Decide on a candidate from its probabilities, and the incumbent's, for the same flights.

    Parameters
    ----------
    late
        1 for a late flight, else 0.
    candidate, incumbent
        Probabilities of lateness. Without an incumbent only the absolute bounds count.
    slices
        For each name of a slice, its value at each flight.
    """
    if not np.isfinite(candidate).all() or candidate.min() < 0 or candidate.max() > 1:
        return Decision(blessed=False, reasons=("not all probabilities are in 0 to 1",), metrics={})
    metrics = measure(late, candidate)
    reasons = list(_absolute(metrics))
    if incumbent is not None:
        before = measure(late, incumbent)
        metrics |= {f"incumbent_{name}": value for name, value in before.items()}
        reasons += _relative(metrics, before)
    table = slice_table(late, candidate, incumbent, slices or {})
    reasons += _sliced(table)
    return Decision(blessed=not reasons, reasons=tuple(reasons), metrics=metrics)


def measure(late: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    """Return AUC, log loss and bias."""
    return {
        "auc": float(roc_auc_score(late, probability)),
        "log_loss": float(log_loss(late, probability, labels=[0, 1])),
        "bias": float(np.mean(probability) - np.mean(late)),
    }


def slice_table(
    late: np.ndarray,
    candidate: np.ndarray,
    incumbent: np.ndarray | None,
    slices: Mapping[str, Any],
) -> pd.DataFrame:
    """Return AUC and rows of each slice with at least `MIN_SLICE_ROWS` flights of both kinds."""
    lines = []
    for name, values in slices.items():
        names = np.asarray(values)
        for value in sorted(set(names)):
            here = names == value
            if here.sum() < MIN_SLICE_ROWS or len(np.unique(late[here])) < 2:
                continue
            line = {"slice": f"{name}={value}", "rows": int(here.sum())}
            line["auc"] = float(roc_auc_score(late[here], candidate[here]))
            if incumbent is not None:
                before = float(roc_auc_score(late[here], incumbent[here]))
                line["drop"] = before - line["auc"]
            lines.append(line)
    return pd.DataFrame(lines, columns=["slice", "rows", "auc", "drop"])


def _absolute(metrics: dict[str, float]) -> Iterator[str]:
    if metrics["auc"] < MIN_AUC:
        yield f"AUC {metrics['auc']:.4f} is below {MIN_AUC}"
    if abs(metrics["bias"]) > MAX_BIAS:
        yield f"bias {metrics['bias']:+.4f} is beyond {MAX_BIAS}"


def _relative(metrics: dict[str, float], before: dict[str, float]) -> Iterator[str]:
    drop = before["auc"] - metrics["auc"]
    if drop > MAX_AUC_DROP:
        yield f"AUC is {drop:.4f} below the incumbent's, {MAX_AUC_DROP} is allowed"
    rise = metrics["log_loss"] - before["log_loss"]
    if rise > MAX_LOG_LOSS_RISE:
        yield f"log loss is {rise:.4f} above the incumbent's, {MAX_LOG_LOSS_RISE} is allowed"


def _sliced(table: pd.DataFrame) -> Iterator[str]:
    for line in table.itertuples():
        if line.auc < MIN_SLICE_AUC:
            yield f"{line.slice}: AUC {line.auc:.4f} is below {MIN_SLICE_AUC}"
        if line.drop > MAX_SLICE_DROP:
            yield f"{line.slice}: AUC is {line.drop:.4f} below the incumbent's"
