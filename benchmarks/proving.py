"""What a proof costs, as multiples of the plain run of an example, measured in one go.

    python benchmarks/proving.py                   # a quarter of an hour on two cores
    python benchmarks/proving.py --rounds 1        # a look

Each round runs the example plainly, proves it with nothing remembered, once more at once, and anew
on two processes. A ratio is taken within its round, so that a machine that slows down slows all
of it. Seconds are those that pass, start and end of pytest included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from published import made_by, publish, table

EXAMPLE = Path(__file__).parents[1] / "examples" / "credit_default"
QUICK = ["--mlscore-prove"]
KINDS = {
    "plain run": [],
    "proved": [*QUICK, "--cache-clear"],
    "proved again, nothing changed": QUICK,
    "proved on two processes": [*QUICK, "--cache-clear", "-n", "2"],
}


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    publish(_measured(asked.rounds), asked.output)


def _measured(rounds: int) -> Iterator[str]:
    yield from ("# What a proof costs", "")
    yield made_by("proving.py", "pytest", "pytest-mltestscore", "scikit-learn")
    with tempfile.TemporaryDirectory(prefix="mlscore-bench-") as name:
        folder = Path(name, "example")
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".pytest_cache"))
        _seconds(folder, [])  # builds what is built once
        taken = [{kind: _seconds(folder, o) for kind, o in KINDS.items()} for _ in range(rounds)]
        trials = _trials(folder)
    yield from table(
        "The credit example, over its plain run",
        "run",
        "seconds, median",
        "times the plain run, median",
        "range",
        rows=(_row(kind, taken) for kind in KINDS),
        text=f"{trials} trials in all, besides one or two runs of each test without a fault.",
    )


def _row(kind: str, taken: list[dict[str, float]]) -> str:
    ratios = [one[kind] / one["plain run"] for one in taken]
    seconds = median(one[kind] for one in taken)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    return f"| {kind} | {seconds:.1f} | {median(ratios):.2f} | {spread} |"


def _seconds(folder: Path, options: list[str]) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "--mlscore"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--mlscore-report=json:record.json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return time.perf_counter() - began


def _trials(folder: Path) -> int:
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    tests = {t["nodeid"]: t for item in record["items"] for t in item.get("tests", ())}
    return sum(len(test.get("proof", {}).get("trials", ())) for test in tests.values())


if __name__ == "__main__":
    main()
