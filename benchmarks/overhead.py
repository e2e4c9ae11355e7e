"""What scoring costs, beside bare pytest and pytest-html, as ratios measured in one go.

    python benchmarks/overhead.py                     # everything; half an hour on two cores
    python benchmarks/overhead.py --instructions-at 500 1500 --cpu-at 1000 --large 5000  # a look

Instruction counts are the figures to believe: they barely depend on what else the machine does.
They come from valgrind's cachegrind without its caches, with a fixed hash seed, for whole runs.
A run costs a start-up and an amount a test, so each contender runs at two sizes, 1,000 and 10,000
tests, and the line through both gives the two; the total at the larger size stands beside them, and
hides nothing. The sizes lie far apart, since Python's collector walks all objects whenever their
number has grown by a quarter: between 2,000 and 3,000 tests one contender may have a walk more than
the other, between 1,000 and 10,000 each has about ten.

CPU time (user and system) and peak memory are taken from the operating system for whole processes.
For CPU time each contender runs in turn with bare pytest, and the ratio is taken pair by pair, so
that a machine that slows down slows both. Peak memory hardly differs from run to run.

Every test of the suite is tagged, which is the dearest case: rows for untagged tests are cheaper.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from published import made_by, publish, table

TESTS_PER_FILE = 100
ITEMS = [f"{section}-{n}" for section in ("data", "model", "infra", "monitor") for n in range(1, 8)]
OURS = ["-p", "pytest_mltestscore.plugin"]
CONTENDERS = {
    "bare": [],
    "installed, off": OURS,
    "mlscore": [*OURS, "--mlscore", "--mlscore-report=json:r.json", "--mlscore-report=html:r.html"],
    "pytest-html": [
        "-p",
        "pytest_html.plugin",
        "-p",
        "pytest_metadata.plugin",
        "--html=r.html",
        "--self-contained-html",
    ],
}


@dataclass
class Run:
    """One process, as the operating system accounts for it."""

    cpu_s: float
    peak_mib: float


@contextmanager
def suite(tests: int) -> Iterator[Path]:
    """Write a suite of trivial tagged tests to a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="mlscore-bench-"))
    try:
        (folder / "pytest.ini").write_text("[pytest]\nmarkers = mlscore: tag\n", encoding="utf-8")
        for first in range(0, tests, TESTS_PER_FILE):
            body = "\n".join(
                f"@pytest.mark.mlscore({ITEMS[n % len(ITEMS)]!r})\n"
                f"def test_{n}():\n    assert {n} >= 0\n"
                for n in range(first, min(first + TESTS_PER_FILE, tests))
            )
            path = folder / f"test_{first:06}.py"
            path.write_text(f"import pytest\n\n{body}", encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


def command(options: list[str]) -> list[str]:
    """Return how to call pytest with nothing but the given plugins."""
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]


def environment(*, keep_byte_code: bool = True) -> dict[str, str]:
    """Return an environment in which only named plugins load and every run hashes alike.

    Whether byte code is kept is not left to the shell: where it is not, bare pytest spends half of
    its instructions on compiling tests anew, and everything beside it seems cheaper.
    """
    settings = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    kept = {name: value for name, value in os.environ.items() if name not in settings}
    if not keep_byte_code:
        kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0"}


def measure(options: list[str], folder: Path) -> Run:
    """Run pytest once and return what it used."""
    with Path(os.devnull).open("wb") as sink:
        process = subprocess.Popen(
            command(options), cwd=folder, env=environment(), stdout=sink, stderr=sink
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(options) or 'bare pytest'} exited with {process.returncode}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def instructions(options: list[str], suite_folder: Path, *, keep_byte_code: bool = True) -> int:
    """Count the instructions of one pytest run in a copy of the suite."""
    # Names of one length, since paths are hashed, cut and compared in every test.
    with tempfile.TemporaryDirectory(prefix="mlscore-bench-") as copy:
        shutil.copytree(suite_folder, copy, dirs_exist_ok=True)
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
        done = subprocess.run(
            [*valgrind, f"--cachegrind-out-file={os.devnull}", *command(options)],
            cwd=copy,
            env=environment(keep_byte_code=keep_byte_code),
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if found is None or done.returncode != 0:
        raise SystemExit(f"nothing was counted: {done.stdout[-500:]}{done.stderr[-500:]}")
    return int(found[1].replace(",", ""))


def count_all(
    small: int, large: int, jobs: int, *, keep_byte_code: bool
) -> dict[str, tuple[int, int]]:
    """Count the instructions of every contender at both sizes, `jobs` runs at a time."""
    with suite(small) as few, suite(large) as many, ThreadPoolExecutor(jobs) as pool:
        if keep_byte_code:
            for folder in (few, many):
                measure(CONTENDERS["mlscore"], folder)  # compiles what all copies share
        # The long ones first, or the last of them would run alone.
        counted = {
            (name, folder): pool.submit(
                instructions, options, folder, keep_byte_code=keep_byte_code
            )
            for folder in (many, few)
            for name, options in CONTENDERS.items()
        }
        return {
            name: (counted[name, few].result(), counted[name, many].result()) for name in CONTENDERS
        }


def cpu_table(tests: int, pairs: int) -> Iterator[str]:
    """Yield a row a contender: CPU over bare, pair by pair."""
    with suite(tests) as folder:
        measure(CONTENDERS["mlscore"], folder)  # compiles the byte code that all later runs share
        for name, options in CONTENDERS.items():
            if name == "bare":
                continue
            couples = [(measure(options, folder), measure([], folder)) for _ in range(pairs)]
            ratios = sorted(ours.cpu_s / bare.cpu_s for ours, bare in couples)
            spread = f"{ratios[0]:.3f} to {ratios[-1]:.3f}"
            yield f"| {tests:,} | {name} | {median(ratios):.3f} | {spread} |"


def memory_table(folder: Path, jobs: int) -> Iterator[str]:
    """Yield a row a contender: peak memory over bare. The reports stay in the folder."""
    with ThreadPoolExecutor(jobs) as pool:
        started = {n: pool.submit(measure, o, folder) for n, o in CONTENDERS.items()}
        runs = {name: run.result() for name, run in started.items()}
    bare = runs["bare"].peak_mib
    for name, run in runs.items():
        yield f"| {name} | {run.peak_mib:.0f} | {run.peak_mib / bare - 1:+.1%} |"


def instruction_table(
    small: int, large: int, jobs: int, *, keep_byte_code: bool = True
) -> Iterator[str]:
    """Yield a row a contender: instructions a test, of the start-up, and of the whole run."""
    counts = count_all(small, large, jobs, keep_byte_code=keep_byte_code)
    slopes = {name: (many - few) / (large - small) for name, (few, many) in counts.items()}
    for name, (few, many) in counts.items():
        slope = slopes[name]
        yield (
            f"| {name} | {slope / 1e6:.3f} M | {slope / slopes['bare'] - 1:+.2%} "
            f"| {(few - small * slope) / 1e9:.2f} G "
            f"| {many / 1e9:.2f} G | {many / counts['bare'][1] - 1:+.2%} |"
        )


def import_table() -> Iterator[str]:
    """Yield what importing the plugin costs, beyond pytest itself."""
    code = (
        "import sys, time, pytest; before = set(sys.modules); start = time.process_time_ns();"
        "import pytest_mltestscore.plugin; spent = time.process_time_ns() - start;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before};"
        "print(spent / 1e6, ' '.join(sorted(new - sys.stdlib_module_names)))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(7)
    ]
    spent = sorted(float(run.stdout.split()[0]) for run in runs)
    modules = " ".join(runs[0].stdout.split()[1:])
    yield f"| {spent[0]:.1f} ms | {median(spent):.1f} ms | {modules} |"


def writing_table(folder: Path) -> Iterator[str]:
    """Yield how long rendering and writing the reports of a large run takes."""
    from pytest_mltestscore import reporters
    from pytest_mltestscore.domain.reading import parse
    from pytest_mltestscore.reporters import destination

    (record,) = parse((folder / "r.json").read_bytes(), "r.json")
    for name in ("json", "html", "md", "junit"):
        spent = []
        for _ in range(3):
            start = time.process_time()
            destination.write(folder / "again", reporters.find(name).render(record))
            spent.append(time.process_time() - start)
        size = (folder / "again").stat().st_size
        yield f"| {name} | {spent[0]:.2f} s | {min(spent):.2f} s | {size / 1e6:.2f} MB |"


def report(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the whole report, line by line, as it is measured."""
    yield from ("# What scoring costs", "")
    yield made_by("overhead.py", "pytest", "pytest-mltestscore", "pytest-html")
    yield from table(
        "Importing the plugin, beyond pytest",
        *("least CPU", "median", "new modules outside the standard library"),
        rows=import_table(),
    )
    small, large = arguments.instructions_at
    yield from table(
        f"Instructions, by whole runs of {small:,} and {large:,} tests",
        *("contender", "a test", "over bare", "start and end", f"{large:,} tests", "over bare"),
        rows=instruction_table(small, large, arguments.jobs),
        text=(
            "Every test is tagged, and JSON and HTML are written. `a test` is the slope between\n"
            "the two sizes, `start and end` what is left of a run without any test."
        ),
    )
    yield from table(
        "Instructions in a new checkout",
        *("contender", "a test", "over bare", "start and end", f"{large:,} tests", "over bare"),
        rows=instruction_table(small, large, arguments.jobs, keep_byte_code=False),
        text="The same where no byte code is kept, as in most CI: pytest compiles all tests anew.",
    )
    yield from table(
        "CPU time over bare pytest",
        *("tests", "contender", "ratio, median", "range"),
        rows=(row for size in arguments.cpu_at for row in cpu_table(size, arguments.pairs)),
    )
    with suite(arguments.large) as folder:
        measure(["--collect-only"], folder)  # compiles the byte code that all runs share
        yield from table(
            f"Peak memory with {arguments.large:,} tests",
            *("contender", "MiB", "over bare"),
            rows=memory_table(folder, arguments.jobs),
        )
        yield from table(
            f"Rendering and writing the reports of {arguments.large:,} tests",
            *("report", "CPU, first time", "least of three", "size"),
            rows=writing_table(folder),
        )


def main() -> None:
    """Measure and print; with --output, keep the figures in a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--instructions-at", type=int, nargs=2, default=[1_000, 10_000], metavar=("SMALL", "LARGE")
    )
    parser.add_argument("--cpu-at", type=int, nargs="*", default=[1_000, 10_000], metavar="TESTS")
    parser.add_argument("--pairs", type=int, default=3, help="runs of each contender for CPU time")
    parser.add_argument("--large", type=int, default=50_000, help="tests, for memory and writing")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time, but for CPU time"
    )
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    publish(report(arguments), arguments.output)


if __name__ == "__main__":
    main()
