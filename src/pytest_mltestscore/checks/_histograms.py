"""Histograms of all columns of a frame in one pass, and how far two of them are apart.

Bins come from a reference: numbers are cut at its quantiles, words are its most frequent values.
Every bin is a conditional sum, so all columns are counted by one `aggregate` on any backend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from ..domain.errors import InputError
from ._frames import Frame, aggregate, count_where, is_missing, require_columns
from ._optional import load

Distance: TypeAlias = Literal["psi", "js"]
"""Population stability index, or Jensen-Shannon distance."""

Counts: TypeAlias = Mapping[str, np.ndarray]
"""For each column the rows in each bin, shape (n_bins,); the last bin is of missing values."""

MAX_WORDS = 30
_DIGITS = 9
"""Edges are rounded to so many significant digits: backends differ in the last ones, and a row that
lies on an edge must fall on the same side everywhere."""


class Bins(NamedTuple):
    """How the values of one column are cut. The last bin is always that of missing values."""

    column: str
    edges: np.ndarray | None
    """Ascending. Below the first and above the last lies what the reference never had."""
    words: tuple[str, ...]
    """Values with a bin of their own, where the column is not of numbers; then all others."""

    @property
    def labels(self) -> list[str]:
        """Name the bins to people. Words are values of the data."""
        if self.edges is None:
            return [*self.words, "other values", "missing"]
        if len(self.edges) == 0:
            return ["any value", "missing"]
        inner = [f"[{low:g}, {high:g})" for low, high in pairwise(self.edges.tolist())]
        if inner:
            inner[-1] = f"{inner[-1][:-1]}]"
        else:
            inner = [f"{self.edges[0]:g}"]
        return [f"< {self.edges[0]:g}", *inner, f"> {self.edges[-1]:g}", "missing"]


def binnable(frame: Frame, columns: Sequence[str]) -> list[str]:
    """Return those columns that hold numbers, words or truth values."""
    schema = frame.collect_schema()
    return [c for c in columns if _kind(schema[c]) is not None]


def _kind(dtype: Any) -> Literal["numbers", "words"] | None:
    if dtype.is_numeric() or dtype == nw.Boolean:
        return "numbers"
    return "words" if dtype in (nw.String, nw.Categorical, nw.Enum) else None


def draw_bins(
    frame: Frame, columns: Sequence[str], *, bins: int = 10, argument: str = "reference"
) -> list[Bins]:
    """Return bins that hold about equal shares of the reference.

    Parameters
    ----------
    columns
        Of numbers, words or truth values, as by `binnable`.
    bins
        How many for a column of numbers, of which fewer are left where values repeat. Infinite
        values count as beyond all others. Words have up to `MAX_WORDS` bins.
    """
    require_columns(frame, columns, argument)
    schema = frame.collect_schema()
    numbers = [c for c in columns if _kind(schema[c]) == "numbers"]
    edges = _quantiles(frame, numbers, bins)
    return [
        Bins(c, edges[c], ()) if c in edges else Bins(c, None, _frequent(frame, c)) for c in columns
    ]


def _quantiles(frame: Frame, columns: Sequence[str], bins: int) -> dict[str, np.ndarray]:
    if not columns:
        return {}
    schema = frame.collect_schema()
    shares = np.linspace(0, 1, bins + 1)
    expressions = [
        _finite(column, schema[column])
        .quantile(float(share), interpolation="linear")
        .alias(f"{place}_{at}")
        for place, column in enumerate(columns)
        for at, share in enumerate(shares)
    ]
    found = aggregate(frame, expressions)
    edges = {}
    for place, column in enumerate(columns):
        values = [found[f"{place}_{at}"] for at in range(len(shares))]
        known = [float(f"{v:.{_DIGITS}g}") for v in values if v is not None and v == v]  # noqa: PLR0124
        edges[column] = np.unique(np.array(known, dtype=float))
    return edges


def _finite(column: str, dtype: Any) -> nw.Expr:
    values = nw.col(column)
    if dtype.is_float():
        return nw.when(values.is_finite()).then(values)
    return values.cast(nw.Float64) if dtype.is_decimal() else values.cast(nw.Int64)


def _frequent(frame: Frame, column: str) -> tuple[str, ...]:
    words = frame.lazy().select(nw.col(column).cast(nw.String).alias("word"))
    counted = words.filter(~nw.col("word").is_null()).group_by("word").agg(nw.len().alias("n"))
    top = counted.sort("n", "word", descending=[True, False]).head(MAX_WORDS).collect()
    return tuple(top["word"].to_list())


def count(frame: Frame, bins: Sequence[Bins], *, argument: str = "data") -> Counts:
    """Count the rows in each bin of each column, in one pass.

    Raises
    ------
    InputError
        If a column is missing, or of another kind than the bins.
    """
    require_columns(frame, [b.column for b in bins], argument)
    schema = frame.collect_schema()
    expressions = [nw.len().alias("rows")]
    for place, b in enumerate(bins):
        dtype = schema[b.column]
        wanted = "words" if b.edges is None else "numbers"
        if _kind(dtype) != wanted:
            problem = f"column {b.column!r} is of type {dtype}, where the reference has {wanted}"
            raise InputError(argument, f"{problem}; give both the same type")
        conditions = [is_missing(b.column, dtype), *_conditions(b, dtype)]
        expressions += [count_where(c).alias(f"{place}_{at}") for at, c in enumerate(conditions)]
    found = aggregate(frame, expressions)
    counts = {}
    for place, b in enumerate(bins):
        width = len(b.words) if b.edges is None else len(b.edges) + (len(b.edges) > 0)
        values = [int(found[f"{place}_{at}"] or 0) for at in range(width + 1)]
        counts[b.column] = _by_bin(b, values[0], values[1:], int(found["rows"]))
    return counts


def _conditions(b: Bins, dtype: Any) -> list[nw.Expr]:
    """Return one condition a word, or the steps of a cumulative count of numbers."""
    if b.edges is None:
        return [nw.col(b.column).cast(nw.String) == word for word in b.words]
    values = nw.col(b.column).cast(nw.Int64) if dtype == nw.Boolean else nw.col(b.column)
    if dtype.is_float():
        values = values.fill_nan(None)
    steps = b.edges.tolist()
    return [*(values >= edge for edge in steps), *(values > edge for edge in steps[-1:])]


def _by_bin(b: Bins, missing: int, found: Sequence[int], rows: int) -> np.ndarray:
    if b.edges is None:
        return np.array([*found, rows - missing - sum(found), missing])
    if len(found) == 0:
        return np.array([rows - missing, missing])
    # `found` falls: at least the first edge, ..., at least the last, above the last. What equals
    # the last edge belongs to the bin below it, where there is one.
    steps = [*found[:-2], found[-1]] if len(b.edges) > 1 else list(found)
    below = [rows - missing - steps[0]]
    return np.array([*below, *(a - z for a, z in pairwise(steps)), steps[-1], missing])


class Shift(NamedTuple):
    """How far the histogram of a column is from that of the reference."""

    psi: float
    """Population stability index, sum of (p - q) ln(p / q), without the part that chance alone
    gives; Siddiqi 2006, Credit Risk Scorecards."""
    js: float
    """Jensen-Shannon distance in bits, 0 to 1, without that part; Lin 1991, doi:10.1109/18.61115,
    and Endres and Schindelin 2003, doi:10.1109/TIT.2003.813506."""
    tv: float
    """Total variation: the share of rows in another bin, as observed."""
    furthest: int
    """The bin whose share differs most."""
    raw: Mapping[Distance, float]
    """Both in nats, with the part by chance; Jensen-Shannon squared and scaled like the first."""
    bins: int
    """How many are not empty."""
    chance: float
    """1 / rows of the reference + 1 / rows seen."""


def shift(reference: np.ndarray, seen: np.ndarray) -> Shift:
    """Compare two histograms of the same bins, each of at least one row.

    Where both are samples of one population, the index divided by `chance` follows a chi-squared
    distribution with bins - 1 degrees of freedom, so it is `chance * (bins - 1)` on average without
    any shift: Yurdakul and Naranjo 2020, doi:10.21314/JRMV.2020.227. That much is taken off. Half a
    row is added to each bin, since a logarithm takes no zero.

    >>> import numpy as np
    >>> round(shift(np.array([500, 500]), np.array([300, 700])).psi, 3)
    0.167
    """
    used = (reference + seen) > 0
    p, q = _shares(seen[used]), _shares(reference[used])
    chance = 1 / reference.sum() + 1 / seen.sum()
    by_chance = chance * (int(used.sum()) - 1)
    psi = float(np.sum((p - q) * np.log(p / q)))
    middle = (p + q) / 2
    divergence = float(np.sum(p * np.log(p / middle) + q * np.log(q / middle))) / 2
    distances = np.abs(seen / seen.sum() - reference / reference.sum())
    return Shift(
        psi=float(max(0.0, psi - by_chance)),
        # Near 0 the divergence is an eighth of the index, and so is what chance adds.
        js=float(np.sqrt(max(0.0, divergence - by_chance / 8) / np.log(2))),
        tv=float(distances.sum() / 2),
        furthest=int(distances.argmax()),
        raw={"psi": psi, "js": 8 * divergence},
        bins=int(used.sum()),
        chance=float(chance),
    )


def _shares(counts: np.ndarray) -> np.ndarray:
    raised = counts + 0.5
    return raised / raised.sum()


def p_within(found: Shift, distance: Distance, limit: float) -> float:
    """Return the chance of such a distance, or a larger one, where the true one is `limit`.

    By the non-central chi-squared distribution around the limit, which fits as long as the shift is
    not gross; a gross one leaves no doubt.
    """
    if found.bins < 2:
        return 1.0
    bound = limit if distance == "psi" else 8 * limit**2 * np.log(2)
    statistic, centre = found.raw[distance] / found.chance, bound / found.chance
    freedom = found.bins - 1
    stats = load("scipy.stats", extra="checks")
    if centre == 0:
        return float(stats.chi2.sf(statistic, freedom))
    if centre > 1e4:  # where it is all but normal, and slow to work out
        spread = np.sqrt(2 * (freedom + 2 * centre))
        return float(stats.norm.sf((statistic - freedom - centre) / spread))
    return float(stats.ncx2.sf(statistic, freedom, centre))
