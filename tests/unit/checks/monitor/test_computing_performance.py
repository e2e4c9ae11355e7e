import copy
import json
import time
import tracemalloc

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks._timing import time_calls, time_together  # noqa: E402
from pytest_mltestscore.checks.monitor import (  # noqa: E402
    computing_performance,
    performance_baseline,
)

ROWS = np.ones((200, 50))
TURNS = {"repeats": 3, "clock": time.process_time}


def model(rows):
    return np.tile(np.asarray(rows), 20).sum(axis=1)


def saved(factor=1.0, memory=1_000_000.0, rows=200, training=False):
    """Return a baseline as it would be saved, of numbers that nobody measured."""
    names = ["latency", "batch", *(["training"] if training else [])]
    metrics = {n: {"value": 0.01, "relative": [factor, factor, factor]} for n in names}
    metrics["memory"] = {"value": memory, "relative": [memory]}
    return {
        "report_format": "mlscore-performance",
        "version": 1,
        "measured_at": "2026-01-01T00:00:00+00:00",
        "rows": rows,
        "python": "3.11.7",
        "metrics": metrics,
    }


def judged(**options):
    return computing_performance(
        options.pop("model", model), options.pop("X", ROWS), **{**TURNS, **options}
    )


def verdicts(result):
    return {(row["metric"], row["against"]): row["verdict"] for row in result.table}


def test_a_baseline_is_written_and_read(tmp_path):
    path = tmp_path / "performance.json"
    found = performance_baseline(model, ROWS, path=path, label="1.2", **TURNS)
    assert json.loads(path.read_text()) == found
    assert (found["label"], found["rows"]) == ("1.2", 200)
    result = judged(baseline=path, max_ratio=50)
    assert result
    assert result.volatile
    assert {m.volatile for m in result.measurements} == {True}
    assert len(verdicts(result)) == 3


def test_against_a_baseline_that_was_far_faster_and_smaller():
    result = judged(baseline=saved(1e-6, memory=1.0), max_ratio=1.5)
    assert not result
    assert verdicts(result) == {
        ("latency", "baseline"): "broken",
        ("batch", "baseline"): "broken",
        ("memory", "baseline"): "broken",
    }
    assert "3 of 3 beyond their limits" in result.summary


def test_limits_by_metric():
    limits = {"memory": 1e6}
    assert verdicts(judged(baseline=saved(1e-6, memory=1.0), max_ratio=limits)) == {
        ("memory", "baseline"): "ok"
    }


def test_little_memory_is_no_matter():
    result = judged(model=len_of, baseline=saved(1e6, memory=1.0), max_ratio=1.5)
    assert verdicts(result)["memory", "baseline"] == "ok"


def len_of(rows):
    return [1] * len(rows)


@pytest.mark.parametrize(
    "budget, metric",
    [
        ({"max_latency_ms": 1e-7}, "latency"),
        ({"min_rows_per_s": 1e15}, "batch"),
        ({"max_memory_mb": 0.01}, "memory"),
        ({"max_training_s": 1e-12, "train": lambda: sum(range(100_000))}, "training"),
    ],
)
def test_budgets(budget, metric):
    assert verdicts(judged(**budget)) == {(metric, "budget"): "broken"}
    generous = {k: v if k == "train" else 1e9 / 1e18 ** ("min" in k) for k, v in budget.items()}
    assert judged(**generous)


def test_a_slow_leak_over_the_history():
    now = performance_baseline(model, ROWS, **TURNS)

    def release(place, growth):
        past = copy.deepcopy(now)
        past["measured_at"] = f"2026-01-0{place}T00:00:00+00:00"
        for metric in past["metrics"].values():
            metric["relative"] = [r * growth ** (place - 6) for r in metric["relative"]]
        return past

    leaking = [release(place, 1.5) for place in (3, 1, 2, 5, 4)]
    result = judged(history=leaking)
    assert not result
    assert verdicts(result)["memory", "6 releases"] == "broken"
    assert verdicts(judged(history=[release(p, 1.0) for p in range(1, 6)], max_growth=5)) == {
        ("latency", "6 releases"): "ok",
        ("batch", "6 releases"): "ok",
        ("memory", "6 releases"): "ok",
    }


def test_a_short_history_is_not_judged():
    result = judged(history=[saved()], max_memory_mb=1e6)
    assert result.notes[0] == "no trend: 1 past releases, at least 4 wanted"
    with pytest.raises(InputError, match="has 1 entries; give 4"):
        judged(history=[saved()])


def test_another_python_is_noted():
    baseline = {**saved(1e6, memory=1e9), "python": "2.7.18"}
    assert judged(baseline=baseline).notes[0].startswith("the baseline is of Python 2.7.18")


def test_what_was_measured_is_a_baseline_itself():
    train = {"train": lambda: sum(range(1_000))}
    found = judged(max_memory_mb=1e6, **train).details["performance"]
    assert found.metrics["training"].value >= 0
    assert found.rows == 200


@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_every_library(kind):
    data = to_kind(kind, pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))
    assert judged(model=lambda rows: np.zeros(_length(rows)), X=data, max_memory_mb=1e6)


def _length(rows):
    return rows.shape[0]


def test_only_the_features_are_shown_to_the_model():
    data = pd.DataFrame({"a": [1.0, 2.0], "late": [0, 1]})

    def sees_one(rows):
        assert list(rows) == ["a"]
        return np.zeros(len(rows))

    assert judged(model=sees_one, X=data, features=["a"], max_memory_mb=1e6)
    with pytest.raises(InputError, match="has no column 'speed'"):
        judged(model=sees_one, X=data, features=["speed"], max_memory_mb=1e6)


def test_memory_is_measured_beside_a_tracer_that_runs_already():
    tracemalloc.start()
    try:
        assert not judged(max_memory_mb=0.01)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def fails(*_):
    raise ZeroDivisionError("no")


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({}, "baseline", "write one by performance_baseline"),
        ({"baseline": "no/such.json"}, "baseline", "there is no file 'no/such.json'"),
        ({"baseline": {"metrics": {}}}, "baseline", "is no performance baseline"),
        ({"baseline": {**saved(), "version": 9}}, "baseline", "of this version"),
        ({"baseline": saved(float("nan"))}, "baseline", "the numbers of latency are not usable"),
        ({"baseline": saved(rows=7)}, "baseline", "with 7 rows, now there are 200"),
        ({"baseline": saved(), "train": lambda: None}, "baseline", "has no training"),
        ({"baseline": saved(), "max_ratio": float("nan")}, "max_ratio", "is nan"),
        ({"baseline": saved(), "max_ratio": {"speed": 2}}, "max_ratio", "no metric 'speed'"),
        ({"max_latency_ms": 0}, "max_latency_ms", "is 0"),
        ({"max_training_s": 1}, "train", "is missing"),
        ({"max_memory_mb": 1, "train": fails}, "train", "raised ZeroDivisionError"),
        ({"max_memory_mb": 1, "model": fails}, "model", "raised ZeroDivisionError"),
        ({"max_memory_mb": 1, "model": lambda rows: 1}, "model", "returned shape ()"),
        ({"max_memory_mb": 1, "model": 7}, "model", "is of type int"),
        ({"max_memory_mb": 1, "X": ROWS[:0]}, "X", "has no rows"),
        ({"max_memory_mb": 1, "X": pd.DataFrame({"a": []})}, "X", "has no rows"),
        ({"max_memory_mb": 1, "X": [1]}, "X", "is of type list"),
        ({"max_memory_mb": 1, "features": ["a"]}, "features", "and X is an array"),
        ({"max_memory_mb": 1, "repeats": 2}, "repeats", "give 3 or more"),
        ({"max_memory_mb": 1, "confidence": 1}, "confidence", "from 0.5 to below 1"),
        ({"history": [saved()] * 4, "max_growth": -1}, "max_growth", "is -1"),
        ({"history": [saved(rows=7)]}, "history[0]", "with 7 rows"),
    ],
)
def test_bad_input_is_named(options, argument, words):
    with pytest.raises(InputError) as caught:
        judged(**options)
    assert words in str(caught.value)
    assert caught.value.argument == argument


def test_turns_beside_one_yardstick():
    calls = []
    found = time_together([lambda: calls.append(1), lambda: calls.append(2)], repeats=3)
    assert calls == [1, 2] * 4
    assert [len(t.ratios) for t in found] == [3, 3]
    assert time_calls(lambda: None, repeats=3).ratios
