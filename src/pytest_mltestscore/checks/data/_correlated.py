"""Features that say much the same, found in a sample, so that they are judged together.

Of two twins, each looks useless beside the other, by refits as by permutation. Together they show
what they are worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import column_values
from .._optional import load

ROWS = 5_000
"""More rows do not move a correlation that matters here."""
_BINS = 10
_CATEGORIES = 50
"""The most frequent ones are told apart; V is biased upwards where there are many."""


def feature_groups(
    frame: nw.DataFrame[Any],
    features: Sequence[str],
    declared: Mapping[str, Sequence[str]],
    threshold: float,
    seed: int,
) -> dict[str, list[str]]:
    """Return groups by name: those declared first, then clusters and single features in order.

    Two numeric features are compared by the absolute rank correlation (Spearman; missing values
    take the median), all other pairs by Cramer's V with numbers cut at their deciles. Clusters are
    those of average linkage: features are together whose association is `threshold` on average.
    """
    taken = _declared(declared, features)
    free = [f for f in features if f not in taken]
    groups = {name: list(members) for name, members in declared.items()}
    for members in _clusters(frame, free, threshold, seed):
        groups[" + ".join(members)] = members
    return groups


def _declared(declared: Mapping[str, Sequence[str]], features: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for name, members in declared.items():
        if isinstance(members, str) or not members:
            raise InputError("groups", f"{name!r} has no list of features; give one")
        for member in members:
            if member not in features:
                raise InputError("groups", f"{name!r} names {member!r}, which is no feature")
            if member in taken:
                raise InputError("groups", f"{member!r} is in two groups; leave it in one")
            taken.add(member)
    return taken


def _clusters(
    frame: nw.DataFrame[Any], features: Sequence[str], threshold: float, seed: int
) -> list[list[str]]:
    if len(features) < 2 or threshold >= 1:
        return [[feature] for feature in features]
    hierarchy = load("scipy.cluster.hierarchy", extra="checks")
    distance = load("scipy.spatial.distance", extra="checks")
    apart = 1 - _association(frame, features, seed)
    tree = hierarchy.linkage(distance.squareform(apart, checks=False), method="average")
    labels = hierarchy.fcluster(tree, t=1 - threshold, criterion="distance")
    members: dict[int, list[str]] = {}
    for feature, label in zip(features, labels.tolist(), strict=True):
        members.setdefault(label, []).append(feature)
    return list(members.values())


def _association(frame: nw.DataFrame[Any], features: Sequence[str], seed: int) -> np.ndarray:
    """Return how much each pair of features says the same, shape (n, n), 0 to 1."""
    if len(frame) > ROWS:
        places = np.random.default_rng(seed).choice(len(frame), ROWS, replace=False)
        frame = frame[np.sort(places).tolist()]
    numbers = {f: _numbers(frame, f) for f in features if frame[f].dtype.is_numeric()}
    codes = {f: _codes(frame, f, numbers.get(f)) for f in features}
    ranks = {f: _ranks(values) for f, values in numbers.items()}
    found = np.eye(len(features))
    for (i, one), (j, other) in combinations(enumerate(features), 2):
        if one in ranks and other in ranks:
            value = abs(float(ranks[one] @ ranks[other]))
        else:
            value = _cramers_v(codes[one], codes[other])
        found[i, j] = found[j, i] = min(value, 1.0)
    return found


def _numbers(frame: nw.DataFrame[Any], feature: str) -> np.ndarray:
    values = column_values(frame, feature).astype(float)
    values[~np.isfinite(values)] = np.nan
    known = values[~np.isnan(values)]
    return np.nan_to_num(values, nan=float(np.median(known)) if len(known) else 0.0)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks with mean 0 and length 1, so that a product is Spearman's; 0 if constant."""
    ranks = load("scipy.stats", extra="checks").rankdata(values)
    ranks -= ranks.mean()
    length = np.linalg.norm(ranks)
    return ranks / length if length else ranks


def _codes(frame: nw.DataFrame[Any], feature: str, numbers: np.ndarray | None) -> np.ndarray:
    if numbers is not None:
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, _BINS + 1)[1:-1]))
        return np.searchsorted(edges, numbers, side="right")
    words = [str(value) for value in column_values(frame, feature).tolist()]
    _, codes, counts = np.unique(words, return_inverse=True, return_counts=True)
    if len(counts) <= _CATEGORIES:
        return codes
    frequent = np.argsort(-counts, kind="stable")[:_CATEGORIES]
    return np.where(np.isin(codes, frequent), codes, -1)


def _cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    contingency = load("scipy.stats.contingency", extra="checks")
    counts = contingency.crosstab(one, other).count
    if min(counts.shape) < 2:
        return 0.0
    return float(contingency.association(counts, method="cramer"))
