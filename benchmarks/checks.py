"""What checks on data cost, beside peers and the least that anybody could do, in one run.

    python benchmarks/checks.py                    # a million rows; some minutes on two cores
    python benchmarks/checks.py --rows 20000       # a look

Three jobs on frames of 30 columns (20 of numbers, 5 of whole numbers, 5 of words), made up from a
seed: 60 expectations of a schema, drift between two frames, and scores of 50 slices. Each contender
runs in turn with all others of its job, some rounds long, and its figure is CPU time (all threads)
divided by that of the floor in the same round; medians and ranges are shown. Loading and importing
are left out, by a round that does not count. The floors are a plain pass by hand, without a
verdict, a table of findings or an error message.

What is compared is what a user waits for, not one kernel with another: peers judge by other
statistics: of drift, scipy gives p-values only, and fairlearn's slices have no intervals, where
ours have a bootstrap's.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from published import made_by, publish, table

from pytest_mltestscore import checks
from pytest_mltestscore.checks._schema_gx import load_gx

NUMBERS = [f"number_{n:02}" for n in range(20)]
WHOLES = [f"whole_{n}" for n in range(5)]
WORDS = [f"word_{n}" for n in range(5)]
ALLOWED = [f"value {n}" for n in range(10)]
FAR = 50.0
SLICES = 50

Contenders = Mapping[str, Callable[[], Any]]
"""The first one is the floor."""


def frame(rows: int, seed: int) -> pd.DataFrame:
    """Make a frame up."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {name: rng.normal(size=rows) for name in NUMBERS}
    columns |= {name: rng.integers(0, 50, rows) for name in WHOLES}
    columns |= {name: rng.choice(np.array(ALLOWED, dtype=object), rows) for name in WORDS}
    return pd.DataFrame(columns)


# Validation


def by_polars(data: pl.DataFrame) -> bool:
    """Ask for all 60 expectations in one pass."""
    numbers = [pl.col(c).is_between(-FAR, FAR).all().alias(c) for c in [*NUMBERS, *WHOLES]]
    words = [pl.col(c).is_in(ALLOWED).all().alias(c) for c in WORDS]
    nulls = [pl.col(c).is_null().any().not_().alias(f"{c}?") for c in data.columns]
    return all(data.select(*numbers, *words, *nulls).row(0))


def by_numpy(data: pd.DataFrame) -> bool:
    """Ask for all 60 expectations, column by column."""
    arrays = {c: data[c].to_numpy() for c in [*NUMBERS, *WHOLES]}
    ranges = all(a.min() >= -FAR and a.max() <= FAR for a in arrays.values())
    nulls = not any(np.isnan(a).any() for a in arrays.values())
    return ranges and nulls and all(set(data[c].unique()) <= set(ALLOWED) for c in WORDS)


def our_schema() -> dict[str, Any]:
    """Return the 60 expectations as a schema of ours."""
    bounds: dict[str, Any] = {"min": -FAR, "max": FAR}
    words = {"allowed": ALLOWED}
    return {"columns": dict.fromkeys([*NUMBERS, *WHOLES], bounds) | dict.fromkeys(WORDS, words)}


def pandera_schema(pandera: Any) -> Any:
    """Return the 60 expectations as a schema of pandera."""
    within, among = pandera.Check.in_range(-FAR, FAR), pandera.Check.isin(ALLOWED)
    columns = {c: pandera.Column(checks=within) for c in [*NUMBERS, *WHOLES]}
    return pandera.DataFrameSchema(columns | {c: pandera.Column(checks=among) for c in WORDS})


def great_expectations(data: pd.DataFrame) -> Callable[[], Any]:
    """Return a validation of the 60 expectations, told to say yes or no alone."""
    gx = load_gx()
    gxe = gx.expectations
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite(name="all")
    for column in [*NUMBERS, *WHOLES]:
        suite.add_expectation(
            gxe.ExpectColumnValuesToBeBetween(column=column, min_value=-FAR, max_value=FAR)
        )
    for column in WORDS:
        suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=ALLOWED))
    for column in data.columns:
        suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=column))
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": data})
    return lambda: batch.validate(suite, result_format="BOOLEAN_ONLY")


def validation(data: pd.DataFrame) -> Iterator[tuple[str, Contenders]]:
    """Yield the contenders for polars and for pandas."""
    import pandera.pandas
    import pandera.polars

    in_polars = pl.from_pandas(data)
    for_polars, for_pandas = pandera_schema(pandera.polars), pandera_schema(pandera.pandas)
    yield (
        "60 expectations, polars",
        {
            "floor: polars, one select": lambda: by_polars(in_polars),
            "checks.data.feature_schema": lambda: checks.data.feature_schema(
                in_polars, our_schema()
            ),
            "pandera": lambda: for_polars.validate(in_polars, lazy=True),
        },
    )
    yield (
        "60 expectations, pandas",
        {
            "floor: numpy": lambda: by_numpy(data),
            "checks.data.feature_schema": lambda: checks.data.feature_schema(data, our_schema()),
            "pandera": lambda: for_pandas.validate(data, lazy=True),
            "great-expectations, BOOLEAN_ONLY": great_expectations(data),
        },
    )


# Drift


def psi_by_hand(before: pd.DataFrame, after: pd.DataFrame) -> list[float]:
    """Return the population stability index of each column, on 10 bins."""
    found = []
    for column in before.columns:
        old, new = before[column].to_numpy(), after[column].to_numpy()
        if column in WORDS:
            shares = [pd.Series(a).value_counts(normalize=True).sort_index() for a in (old, new)]
        else:
            edges = np.unique(np.quantile(old, np.linspace(0, 1, 11))[1:-1])
            counts = (np.bincount(np.searchsorted(edges, a), minlength=10) for a in (old, new))
            shares = [np.maximum(c, 0.5) / len(old) for c in counts]
        p, q = (np.asarray(s) for s in shares)
        found.append(float(((q - p) * np.log(q / p)).sum()))
    return found


def scipy_tests(before: pd.DataFrame, after: pd.DataFrame) -> list[float]:
    """Return the p-value of each column, by Kolmogorov and Smirnov, or by chi-squared."""
    from scipy.stats import chi2_contingency, ks_2samp

    found = []
    for column in before.columns:
        old, new = before[column], after[column]
        if column in WORDS:
            table = np.array([s.value_counts().sort_index().to_numpy() for s in (old, new)])
            found.append(float(chi2_contingency(table).pvalue))
        else:
            found.append(float(ks_2samp(old.to_numpy(), new.to_numpy()).pvalue))
    return found


def drift(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[str, Contenders]]:
    """Yield the contenders."""
    polars = pl.from_pandas(before), pl.from_pandas(after)
    yield (
        "Drift of 30 columns",
        {
            "floor: PSI on 10 bins, numpy": lambda: psi_by_hand(before, after),
            "checks.monitor.data_invariants, pandas": lambda: checks.monitor.data_invariants(
                after, reference=before
            ),
            "checks.monitor.data_invariants, polars": lambda: checks.monitor.data_invariants(
                polars[1], reference=polars[0]
            ),
            "scipy: ks_2samp and chi2": lambda: scipy_tests(before, after),
        },
    )


# Slices


def slices(rows: int) -> Iterator[tuple[str, Contenders]]:
    """Yield the contenders: scores of one prediction in 50 slices."""
    from fairlearn.metrics import MetricFrame
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, precision_score

    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, rows)
    predicted = np.where(rng.random(rows) < 0.8, truth, 1 - truth)
    group = rng.choice(np.array([f"group {n:02}" for n in range(SLICES)], dtype=object), rows)
    data = pl.DataFrame({"group": group, "predicted": predicted, "truth": truth})
    metrics = {f.__name__: f for f in (accuracy_score, balanced_accuracy_score, precision_score)}

    def by_hand() -> pl.DataFrame:
        hit = pl.col("predicted") == pl.col("truth")
        positive = pl.col("truth") == 1
        return data.group_by("group").agg(
            hit.mean().alias("accuracy"),
            ((hit & positive).sum() / positive.sum()).alias("recall"),
            ((hit & ~positive).sum() / (~positive).sum()).alias("specificity"),
        )

    def ours(max_rows: int) -> Any:
        return checks.model.slice_quality(
            lambda rows: rows["predicted"].to_numpy(),
            data,
            label="truth",
            slices=["group"],
            features=["predicted"],
            min_score=0.75,
            max_rows=max_rows,
        )

    yield (
        f"Scores of {SLICES} slices",
        {
            "floor: polars, group_by": by_hand,
            "checks.model.slice_quality, 200,000 rows": lambda: ours(200_000),
            "checks.model.slice_quality, all rows": lambda: ours(rows),
            "fairlearn.metrics.MetricFrame": lambda: (
                MetricFrame(
                    metrics=metrics, y_true=truth, y_pred=predicted, sensitive_features=group
                ).by_group
            ),
        },
    )


# Measuring


def cpu(work: Callable[[], Any]) -> float:
    """Return the CPU seconds that a piece of work takes, all threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def rows_of(contenders: Contenders, rounds: int) -> Iterator[str]:
    """Run all contenders in turn and yield a row for each."""
    for work in contenders.values():
        work()
    spent = [{name: cpu(work) for name, work in contenders.items()} for _ in range(rounds)]
    floor = next(iter(contenders))
    for name in contenders:
        ratios = sorted(one[name] / one[floor] for one in spent)
        seconds = median(one[name] for one in spent)
        spread = f"{ratios[0]:.3g} to {ratios[-1]:.3g}"
        yield f"| {name} | {seconds:.3f} s | {median(ratios):.3g} | {spread} |"


def report(rows: int, rounds: int) -> Iterator[str]:
    """Yield the whole report, line by line, as it is measured."""
    packages = ("polars", "pandas", "pandera", "great-expectations", "scipy", "fairlearn")
    yield from ("# What checks on data cost", "")
    made = made_by("checks.py", *packages)
    yield f"{made} {rows:,} rows of 30 columns, {rounds} rounds."
    before, after = frame(rows, 0), frame(rows, 1)
    for make in (lambda: validation(before), lambda: drift(before, after), lambda: slices(rows)):
        for title, contenders in make():
            yield from table(
                title,
                *("contender", "CPU, median", "over the floor", "range"),
                rows=rows_of(contenders, rounds),
            )


def main() -> None:
    """Measure and print; with --output, keep the figures in a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    publish(report(given.rows, given.rounds), given.output)


if __name__ == "__main__":
    main()
