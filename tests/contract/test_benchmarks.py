"""The benchmark of checks still runs, every contender agrees, and its figures are kept."""

import importlib.util
from pathlib import Path

import pytest

import needs

needs.module_at_import("fairlearn", "pandas", "pandera", "polars", "scipy")

ROOT = Path(__file__).parents[2]
ROWS = 2_000


@pytest.fixture(scope="module")
def benchmark():
    needs.module("great_expectations")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        spec = importlib.util.spec_from_file_location("benchmark", ROOT / "benchmarks/checks.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def jobs(benchmark):
    before, after = benchmark.frame(ROWS, 0), benchmark.frame(ROWS, 1)
    yield from benchmark.validation(before)
    yield from benchmark.drift(before, after)
    yield from benchmark.slices(ROWS)


def test_every_contender_runs_and_finds_nothing_wrong(benchmark):
    before = benchmark.frame(ROWS, 0)
    for title, contenders in jobs(benchmark):
        for name, work in contenders.items():
            found = work()
            verdict = getattr(found, "success", getattr(found, "holds", found))
            if isinstance(verdict, bool):
                assert verdict, f"{title}: {name}"
            else:  # numbers by column or slice, or the frame that was found valid
                assert len(verdict) in (len(before.columns), benchmark.SLICES, ROWS)


def test_every_contender_is_in_the_figures_that_are_kept(benchmark):
    kept = (ROOT / "benchmarks" / "checks.md").read_text(encoding="utf-8")
    for title, contenders in jobs(benchmark):
        assert f"## {title}\n" in kept
        assert all(f"| {name} |" in kept for name in contenders)
