"""Columns that hold personal data, by their name and by what is in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from .._frames import Frame, Sample, column_values
from ._finding import Finding
from ._personal_data import (
    KINDS,
    LONGEST,
    Kind,
    count_by_pattern,
    count_by_presidio,
    kind_by_name,
    presidio_analyzer,
)


def found_by_name(frame: Frame, allowed: Mapping[str, str]) -> list[Finding]:
    """Return columns whose name speaks of personal data."""
    found = []
    for column, dtype in frame.collect_schema().items():
        kind = kind_by_name(column)
        if kind is not None and dtype != nw.Boolean:  # `has_phone` holds no phone
            found.append(Finding(f"name {column}", kind, 1, "1 column", column in allowed))
    return found


def found_by_value(
    sample: Sample, detector: str, kinds: Sequence[Kind], analyzer: Any, allowed: Mapping[str, str]
) -> tuple[list[Finding], list[str]]:
    """Return what is found in the values, and what could not be looked at."""
    if detector == "presidio" and analyzer is None:
        analyzer = presidio_analyzer()
    findings, unseen = [], []
    for column in sample.frame.columns:
        dtype = sample.frame[column].dtype
        if dtype == nw.Binary:
            unseen.append(f"not the bytes in {column}")
        if dtype.is_temporal() or dtype in (nw.Boolean, nw.Binary):
            continue
        values = _texts(sample.frame, column)
        counts = count_by_pattern(values, kinds if analyzer is None else kinds[len(KINDS) :])
        if analyzer is not None:
            counts |= count_by_presidio(values, analyzer)
        findings += [
            Finding(f"column {column}", kind, n, f"{sample.seen} rows", column in allowed)
            for kind, n in counts.items()
        ]
        if any(len(text) == LONGEST for text in values):
            unseen.append(f"only the first {LONGEST:,} characters in {column}")
    return findings, unseen


def _texts(frame: nw.DataFrame[Any], column: str) -> Counter[str]:
    """Return distinct values as texts, with their counts. Nested values are looked into as well."""
    counts: Counter[str] = Counter()
    for value, n in Counter(map(_text, column_values(frame, column).tolist())).items():
        if value:
            counts[value[:LONGEST]] += n
    return counts


def _text(value: Any) -> str:
    if isinstance(value, float):  # integers with gaps are floats in pandas
        return str(int(value)) if value.is_integer() else ""
    return "" if value is None else str(value)
