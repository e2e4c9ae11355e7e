"""What it takes to make each report again from a stored record of a large run.

    python benchmarks/reports.py                   # 300, 3,000 and 50,000 tests; some minutes
    python benchmarks/reports.py --sizes 3000      # a look

The records are of one system whose items nearly all have tests. Some tests have checks with tables,
some were proved, a few failed with long messages, a few needed reruns; there are a baseline, the
trend of a hundred runs, statements, and a test without a tag for every five with one.

`rendered` is a report from a record in memory, and `in all` that and reading the file; both are
medians over rounds in one process. `command` is the whole of
`mlscore report RECORD --type TYPE:FILE`, start of Python and of the templates included.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from published import made_by, publish, table

from pytest_mltestscore import catalog
from pytest_mltestscore.domain.evidence import (
    Attestation,
    CheckEvidence,
    Measurement,
    TestEvidence,
    Waiver,
)
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.record import CI, Generator, Policy, Record, Run, Setting, TrendPoint
from pytest_mltestscore.domain.rubric import Item
from pytest_mltestscore.reporters import REPORTERS, to_json
from pytest_mltestscore.reporters.to_terminal import summaries
from pytest_mltestscore.scoring.card import Evidence, scorecard
from pytest_mltestscore.scoring.diff import baseline_from, yardstick

SYSTEM = "churn"
SIZES = (300, 3_000, 50_000)
TODAY = dt.date(2026, 3, 1)
BEGAN = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
WIDTH = 100
TERMINAL = "term:items"

# One test in so many.
WITH_A_CHECK = 4
WITH_A_TABLE = 8
PROVED = 3
FLAKY = 97
FAILED = 199
UNTAGGED = 5


# Records


def record(tests: int) -> Record:
    """Score a run of so many tagged tests."""
    before = _scored(_evidence(max(tests * 9 // 10, 28)), run="b" * 32, commit="b" * 40)
    baseline = baseline_from(before, "main.json", yardstick(SYSTEM, catalog.load()))
    return _scored(_evidence(tests), run="a" * 32, commit="a" * 40, baseline=baseline)


def _scored(evidence: Evidence, *, run: str, commit: str, **compared: object) -> Record:
    return scorecard(
        rubric=catalog.load(),
        evidence=evidence,
        policy=Policy(require_proof=True),
        config={
            "fail_under": Setting(value=3, origin="ini file"),
            "fail_on_regression": Setting(value="baseline" in compared, origin="command line"),
        },
        run=Run(
            id=run,
            started_at=BEGAN.isoformat(),
            duration_s=1_234.5,
            commit=commit,
            dirty=False,
            branch="main",
            ci=CI(provider="GitHub Actions", url="https://github.com/acme/churn/actions/runs/1"),
            selected=sum(map(len, evidence.tests.values())) + len(evidence.untagged),
            complete=True,
            incomplete_reasons=(),
            versions={"python": "3.12.1", "pytest": "9.0.1"},
            collected=("tests",),
        ),
        system=SYSTEM,
        today=TODAY,
        generator=Generator(name="pytest-mltestscore", version="0.1.0"),
        trend=_trend(),
        **compared,  # type: ignore[arg-type]
    )


def _evidence(tests: int) -> Evidence:
    """Spread tests over all items but two, which people state something of."""
    *served, attested, waived = catalog.load().items
    found: dict[str, list[TestEvidence]] = {item.id: [] for item in served}
    for number in range(tests):
        item = served[number % len(served)]
        found[item.id].append(_test(item, number))
    return Evidence(
        tests=found,
        untagged=[f"tests/unit/test_{n % 50}.py::test_{n}" for n in range(tests // UNTAGGED)],
        attestations=[
            Attestation(
                item=attested.id,
                owner="ML platform",
                date=TODAY - dt.timedelta(days=20),
                expires=TODAY + dt.timedelta(days=10),
                summary="Compared the latency of the last two releases by hand",
                distributed_to="ml-announce",
                link="https://wiki.example.org/latency",
            )
        ],
        waivers=[
            Waiver(
                item=waived.id,
                reason="labels come after a quarter",
                owner="ML platform",
                expires=TODAY + dt.timedelta(days=60),
            )
        ],
    )


def _test(item: Item, number: int) -> TestEvidence:
    module = f"tests/{item.section}/test_{item.name.replace('-', '_')}_{number // 700}.py"
    failed = number % FAILED == FAILED - 1
    return TestEvidence(
        nodeid=f"{module}::TestSlices::test_{item.name}[region-{number:05d}-weekly]",
        outcome="failed" if failed else "passed",
        phase="call" if failed else None,
        duration_s=0.001 * (number % 500),
        flaky=number % FLAKY == 0,
        reruns=int(number % FLAKY == 0),
        message="AssertionError: recall of a region fell\n" + "E   assert 0.61 >= 0.7\n" * 60
        if failed
        else "",
        measurements=(Measurement(name="rows", value=10_000 + number, limit=">= 10000"),),
        checks=(_check(item, number),) if number % WITH_A_CHECK == 0 else (),
        proof=_proof(item) if number % PROVED == 0 else None,
    )


def _check(item: Item, number: int) -> CheckEvidence:
    rows = tuple(
        {
            "slice": f"region = {number}-{n}",
            "rows": 1_000 + n,
            "recall": 0.71 + n / 100,
            "low": 0.69 + n / 100,
            "high": 0.73 + n / 100,
            "verdict": "holds",
        }
        for n in range(10 if number % WITH_A_TABLE == 0 else 0)
    )
    return CheckEvidence(
        name=item.name.replace("-", "_"),
        item=item.name,
        holds=True,
        summary="all of 10 slices have a recall of at least 0.7; the worst is region = 0 with 0.71",
        measurements=(
            Measurement(name="worst recall", value=0.71, limit=">= 0.7"),
            Measurement(name="largest drop", value=0.02, limit="<= 0.05"),
            Measurement(name="undecided slices", value=0, limit="<= 2"),
        ),
        table=rows,
        rows_seen=10_000,
        rows_total=250_000,
        notes=("10,000 of 250,000 rows were looked at, seed 0",),
    )


def _proof(item: Item) -> Proof:
    return Proof(
        trials=tuple(
            Trial(
                fault=fault,
                site="holdout",
                verdict="caught" if n % 3 == 0 else "missed",
                severity="30 % of one column",
                seed=7,
                error_type="AssertionError" if n % 3 == 0 else "",
                origin="tests/model/test_slices.py:31" if n % 3 == 0 else "",
            )
            for n, fault in enumerate(item.faults)
        )
    )


def _trend() -> list[TrendPoint]:
    sections = [section.id for section in catalog.load().sections]
    return [
        TrendPoint(
            started_at=(BEGAN - dt.timedelta(days=100 - n)).isoformat(),
            final=n // 25,
            sections={section: n // 25 + place for place, section in enumerate(sections)},
            commit=f"{n:040x}",
        )
        for n in range(100)
    ]


# Measuring


def renderers() -> dict[str, Callable[[Record], str]]:
    """Return what makes each report of one record, by its name."""

    def terminal(shown: Record) -> str:
        lines = summaries([shown], detail="items", width=WIDTH, encoding="utf-8")
        return "\n".join("".join(span.text for span in line) for line in lines)

    return {**{reporter.name: reporter.render for reporter in REPORTERS}, TERMINAL: terminal}


def rows(tests: int, rounds: int) -> Iterator[str]:
    """Yield what each report of so many tests takes."""
    with tempfile.TemporaryDirectory(prefix="mlscore-bench-") as folder:
        path = Path(folder, "record.json")
        path.write_text(to_json.render(record(tests)), encoding="utf-8")
        readings = [_seconds(lambda: parse(path.read_bytes(), path.name)) for _ in range(rounds)]
        read = median(readings)
        size = path.stat().st_size
        yield f"| reading the record |  | {_ms(read)} |  | {size / 1e6:.2f} MB |"
        (shown,) = parse(path.read_bytes(), path.name)
        for name, render in renderers().items():
            size = len(render(shown).encode(errors="replace"))
            rendered = median(_seconds(partial(render, shown)) for _ in range(rounds))
            command = median(_command(path, name) for _ in range(rounds))
            yield (
                f"| {name} | {_ms(rendered)} | {_ms(read + rendered)} | {_ms(command)}"
                f" | {size / 1e6:.2f} MB |"
            )


def _command(path: Path, name: str) -> float:
    made = name if name == TERMINAL else f"{name}:{path.with_name('report-' + name)}"
    command = [sys.executable, "-m", "pytest_mltestscore.cli", "report", str(path), "--type", made]
    return _seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:,.0f} ms"


def report(sizes: list[int], rounds: int) -> Iterator[str]:
    """Yield the whole report, line by line, as it is measured."""
    yield from ("# What reports cost", "")
    yield made_by("reports.py", "pytest-mltestscore", "msgspec", "jinja2")
    for size in sizes:
        yield from table(
            f"A record of {size:,} tests",
            *("report", "rendered", "in all", "command", "size"),
            rows=rows(size, rounds),
            text=f"Medians of {rounds}." if rounds > 1 else "",
        )


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    publish(report(asked.sizes, asked.rounds), asked.output)


if __name__ == "__main__":
    main()
