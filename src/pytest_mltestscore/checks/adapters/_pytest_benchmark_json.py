"""Timings saved by pytest-benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from os import PathLike
from typing import Any, Literal, TypeAlias

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from .._conclude import Expect
from .._tables import read_source
from ._outcomes import Outcome, conclude_outcomes

ITEM = "computing-performance"

Stat: TypeAlias = Literal["min", "max", "mean", "median", "q1", "q3"]

_MACHINE = ("node", "machine", "processor")


def pytest_benchmark_json(
    file: Mapping[str, Any] | str | PathLike[str],
    *,
    max_seconds: Mapping[str, float] | None = None,
    baseline: Mapping[str, Any] | str | PathLike[str] | None = None,
    max_ratio: float = 1.5,
    stat: Stat = "median",
    item: str = ITEM,
    expect: Expect = "holds",
) -> CheckResult:
    """Hold timings of pytest-benchmark against budgets, or against earlier timings.

    Parameters
    ----------
    file
        What `--benchmark-json` or `--benchmark-autosave` wrote: its path, or its content.
    max_seconds
        Budgets in seconds by full name, such as `"tests/test_predict.py::test_latency"`; `*` and
        `?` are wildcards. Each must fit at least one benchmark.
    baseline
        An earlier file, of the same machine. Every benchmark in it must be in `file` again.
    max_ratio
        Largest ratio of a timing to that in `baseline`, 1 for no slower at all.
    stat
        Which number of each benchmark is judged.
    item
        Name of the item that it is evidence for.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a benchmark with a limit, slow ones first. The result is `volatile`.

    Raises
    ------
    InputError
        If it is no such file, has no benchmark, there is no limit, or a budget fits none.

    Notes
    -----
    Benchmarks without a limit are listed as `not run`. One that is gone since the baseline, or
    whose number is not finite, fails.

    Seconds of two machines cannot be compared: a baseline of another machine is noted, not refused,
    for runners of a CI service are seldom the same. Cannot see noise beyond what the chosen number
    leaves out; take `min` or `median`, not `mean`, on a shared machine.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> saved = {
    ...     "machine_info": {"node": "runner"},
    ...     "benchmarks": [{"fullname": "test_predict.py::test_batch", "stats": {"median": 0.25}}],
    ... }
    >>> checks.adapters.pytest_benchmark_json(saved, max_seconds={"*::test_batch": 0.2})
    pytest_benchmark_json: DOES NOT HOLD - 1 of 1 benchmark not passed: test_predict.py::test_batch: 0.25 s is above 0.2 s
      benchmarks not passed = 1  (limit <= 0)
      benchmarks judged = 1
      benchmark                    status  found
      test_predict.py::test_batch  failed  0.25 s is above 0.2 s
    """  # noqa: E501 - a result as it prints
    budgets = dict(max_seconds or {})
    _require_limits(budgets, baseline, max_ratio)
    table, timings = _read(file, stat, "file")
    before_table, before = ({}, {}) if baseline is None else _read(baseline, stat, "baseline")
    for pattern in budgets:
        if not any(fnmatchcase(name, pattern) for name in timings):
            known = ", ".join(list(timings)[:5])
            raise InputError("max_seconds", f"{pattern!r} fits no benchmark of {known}")
    outcomes = [
        _outcome(name, value, _budget(name, budgets), before.get(name), max_ratio)
        for name, value in timings.items()
    ]
    outcomes += [
        Outcome(name, "failed", "in the baseline, and not in this file")
        for name in before
        if name not in timings
    ]
    return conclude_outcomes(
        "pytest_benchmark_json",
        outcomes,
        noun="benchmark",
        item=item,
        expect=expect,
        argument="file",
        notes=list(_other_machine(table, before_table)) if before else [],
        volatile=True,
    )


def _require_limits(budgets: Mapping[str, float], baseline: Any, max_ratio: float) -> None:
    if not budgets and baseline is None:
        raise InputError("max_seconds", "is empty, and there is no baseline; give a budget")
    for name, seconds in budgets.items():
        if not 0 < seconds < math.inf:
            raise InputError("max_seconds", f"is {seconds} for {name!r}; give seconds above 0")
    if not 0 < max_ratio < math.inf:
        raise InputError("max_ratio", f"is {max_ratio}; give a ratio above 0, such as 1.5")


def _read(source: Any, stat: str, argument: str) -> tuple[Mapping[str, Any], dict[str, float]]:
    """Return a file, and the chosen number of each of its benchmarks in seconds."""
    table, _ = read_source(source, argument)
    benchmarks = table.get("benchmarks")
    if not isinstance(benchmarks, list) or not all(isinstance(b, Mapping) for b in benchmarks):
        raise InputError(argument, "has no list of benchmarks; give what --benchmark-json wrote")
    if not benchmarks:
        raise InputError(argument, "has no benchmark; were they skipped?")
    timings = {str(b.get("fullname") or b.get("name")): _seconds(b, stat) for b in benchmarks}
    return table, timings


def _seconds(benchmark: Mapping[str, Any], stat: str) -> float:
    stats = benchmark.get("stats")
    value = stats.get(stat) if isinstance(stats, Mapping) else None
    # A benchmark that failed has no numbers.
    return float(value) if isinstance(value, int | float) else math.nan


def _budget(name: str, budgets: Mapping[str, float]) -> float | None:
    """Return the tightest budget for a benchmark."""
    return min((s for pattern, s in budgets.items() if fnmatchcase(name, pattern)), default=None)


def _outcome(
    name: str, seconds: float, budget: float | None, before: float | None, max_ratio: float
) -> Outcome:
    if budget is None and before is None:
        return Outcome(name, "not run", "no limit")
    broken = []
    if budget is not None and not seconds <= budget:
        broken.append(f"is above {budget:g} s")
    if before is not None and not 0 < before < math.inf:
        broken.append("has no duration in the baseline")
    elif before is not None and not seconds <= max_ratio * before:
        broken.append(f"is {seconds / before:.3g} times {before:.3g} s before")
    if not 0 < seconds < math.inf and not broken:
        broken.append("is no duration")
    found = " and ".join(broken)
    return Outcome(name, "failed" if broken else "passed", f"{seconds:.3g} s {found}".strip())


def _other_machine(table: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    now, then = (t.get("machine_info") or {} for t in (table, before))
    differ = [key for key in _MACHINE if now.get(key) != then.get(key)]
    brands = [(info.get("cpu") or {}).get("brand_raw") for info in (now, then)]
    if differ or brands[0] != brands[1]:
        yield "the baseline was measured on another machine, so the ratio says little"
