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
from ._frames import Frame, aggregate, count_where, require_columns
from ._optional import load

Distance: TypeAlias = Literal["psi", "js"]
"""Population stability index, or Jensen-Shannon distance."""

Counts: TypeAlias = Mapping[str, np.ndarray]
"""For each column the rows in each bin, shape (n_bins,); the last bin is of missing values."""

MAX_WORDS = 30
_DIGITS = 9
"""Of the range of a column, to which quantiles are rounded: backends differ in the last digits, and
a row that lies on an edge must fall on the same side everywhere."""


class Step(NamedTuple):
    """Where one bin of numbers ends and the next begins."""

    edge: float
    above: bool
    """Whether the edge itself still belongs to the bin below."""


class Bins(NamedTuple):
    """How the values of one column are cut. The last bin is always that of missing values."""

    column: str
    steps: tuple[Step, ...] | None
    """Ascending. Below the first and above the last lies what the reference never had."""
    words: tuple[str, ...]
    """Values with a bin of their own, where the column is not of numbers; then all others."""

    @property
    def labels(self) -> list[str]:
        """Name the bins to people. Words are values of the data."""
        if self.steps is None:
            return [*self.words, "other values", "missing"]
        if not self.steps:
            return ["any value", "missing"]
        inner = [_between(low, high) for low, high in pairwise(self.steps)]
        return [f"< {self.steps[0].edge:g}", *inner, f"> {self.steps[-1].edge:g}", "missing"]


def _between(low: Step, high: Step) -> str:
    if low.edge == high.edge:
        return f"{low.edge:g}"
    begin, end = "(" if low.above else "[", "]" if high.above else ")"
    return f"{begin}{low.edge:g}, {high.edge:g}{end}"


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
        How many for a column of numbers. A number that fills a bin, and each of up to `MAX_WORDS`
        that are all there is, has one of its own; infinite ones count as beyond all others. Words
        have up to `MAX_WORDS` bins.
    """
    require_columns(frame, columns, argument)
    schema = frame.collect_schema()
    numbers = [c for c in columns if _kind(schema[c]) == "numbers"]
    steps = _steps(frame, numbers, bins)
    return [
        Bins(c, steps[c], ()) if c in steps else Bins(c, None, _frequent(frame, c)) for c in columns
    ]


def _steps(frame: Frame, columns: Sequence[str], bins: int) -> dict[str, tuple[Step, ...]]:
    if not columns:
        return {}
    schema = frame.collect_schema()
    finite = {c: _finite(c, schema[c]).alias(c) for c in columns}
    shares = [float(share) for share in np.linspace(0, 1, bins + 1)]
    if isinstance(frame, nw.DataFrame):
        found = {c: _in_memory(frame.select(finite[c])[c], shares) for c in columns}
    else:
        found = _where_it_is(frame.select(*finite.values()), columns, shares)
    return {
        c: _one_each(frame.lazy().select(finite[c]), c)
        if values <= MAX_WORDS
        else _at_quantiles(quantiles)
        for c, (values, quantiles) in found.items()
    }


def _in_memory(values: nw.Series[Any], shares: Sequence[float]) -> tuple[int, list[float]]:
    """Return the number of different values and the quantiles, by NumPy.

    It sorts a column once, where libraries of frames do it for each quantile.
    """
    different = values.n_unique()
    if different <= MAX_WORDS:
        return different, []
    return different, np.quantile(values.drop_nulls().to_numpy(), shares).tolist()


def _where_it_is(
    frame: nw.LazyFrame[Any], columns: Sequence[str], shares: Sequence[float]
) -> dict[str, tuple[int, list[float]]]:
    """Return the same of each column, in one pass over data that is elsewhere."""
    expressions = [nw.col(c).n_unique().alias(f"{place}_n") for place, c in enumerate(columns)]
    for place, c in enumerate(columns):
        for at, share in enumerate(shares):
            quantile = nw.col(c).quantile(share, interpolation="linear")
            expressions.append(quantile.alias(f"{place}_{at}"))
    found = aggregate(frame, expressions)
    return {
        c: (found[f"{place}_n"], [found[f"{place}_{at}"] for at in range(len(shares))])
        for place, c in enumerate(columns)
    }


def _one_each(frame: nw.LazyFrame[Any], column: str) -> tuple[Step, ...]:
    """Return a bin for each number that there is."""
    known = frame.select(column).filter(~nw.col(column).is_null()).unique().collect()
    edges = sorted({float(value) for value in known[column].to_list()})
    return (*(Step(e, above=False) for e in edges), *(Step(e, above=True) for e in edges[-1:]))


def _at_quantiles(quantiles: Sequence[float]) -> tuple[Step, ...]:
    """Return bins between quantiles, and one for each number that several quantiles fall on."""
    edges = _rounded(quantiles)
    steps = []
    for edge in sorted(set(edges)):
        filled = edges.count(edge) > 1
        if filled or edge != edges[-1]:
            steps.append(Step(edge, above=False))
        if filled or edge == edges[-1]:
            steps.append(Step(edge, above=True))
    return tuple(steps)


def _rounded(quantiles: Sequence[float]) -> list[float]:
    low, high = quantiles[0], quantiles[-1]
    far = np.log10(max(abs(low), abs(high)) / (high - low)) if high > low else 0
    digits = int(np.clip(_DIGITS + np.ceil(far), _DIGITS, 15))
    return [float(f"{q:.{digits}g}") for q in quantiles]


def _finite(column: str, dtype: Any) -> nw.Expr:
    values = _number(column, dtype)
    return nw.when(values.is_finite()).then(values) if dtype.is_float() else values


def _number(column: str, dtype: Any) -> nw.Expr:
    """Return a column of numbers or truth values as one of numbers."""
    if dtype == nw.Boolean:
        return nw.col(column).cast(nw.Int64)
    return nw.col(column).cast(nw.Float64) if dtype.is_decimal() else nw.col(column)


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
    for b in bins:
        wanted = "words" if b.steps is None else "numbers"
        if _kind(schema[b.column]) != wanted:
            problem = f"column {b.column!r} is of type {schema[b.column]}"
            problem = f"{problem}, where the reference has {wanted}"
            raise InputError(argument, f"{problem}; give both the same type")
    clean = frame.lazy().select(*(_clean(b, schema[b.column]) for b in bins))
    expressions = [nw.len().alias("rows")]
    for place, b in enumerate(bins):
        conditions = [nw.col(b.column).is_null(), *_conditions(b)]
        expressions += [count_where(c).alias(f"{place}_{at}") for at, c in enumerate(conditions)]
    found = aggregate(clean, expressions)
    counts = {}
    for place, b in enumerate(bins):
        width = len(b.words) if b.steps is None else len(b.steps)
        missing, *values = (int(found[f"{place}_{at}"] or 0) for at in range(width + 1))
        counts[b.column] = _by_bin(b, missing, values, int(found["rows"]))
    return counts


def _clean(b: Bins, dtype: Any) -> nw.Expr:
    """Return a column in which what is missing is null."""
    if b.steps is None:
        return nw.col(b.column).cast(nw.String)
    values = _number(b.column, dtype)
    return values.fill_nan(None) if dtype.is_float() else values


def _conditions(b: Bins) -> list[nw.Expr]:
    """Return one condition a word, or the steps of a cumulative count of numbers."""
    values = nw.col(b.column)
    if b.steps is None:
        return [values == word for word in b.words]
    return [values > s.edge if s.above else values >= s.edge for s in b.steps]


def _by_bin(b: Bins, missing: int, found: Sequence[int], rows: int) -> np.ndarray:
    present = rows - missing
    if b.steps is None:
        return np.array([*found, present - sum(found), missing])
    falling = [present, *found, 0]
    return np.array([*(before - after for before, after in pairwise(falling)), missing])


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
    any shift: Yurdakul and Naranjo 2020, Statistical properties of the population stability index,
    Journal of Risk Model Validation. That much is taken off. Half a row is added to each bin, since
    a logarithm takes no zero.

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
