"""What scoring costs, beside bare pytest and pytest-html, as ratios measured in one go.

    python benchmarks/overhead.py                        # everything; about half an hour
    python benchmarks/overhead.py --sizes 1000 --pairs 3 --no-instructions

CPU time (user and system) is taken from the operating system for whole processes. Each contender
runs in turn with bare pytest, and the ratio is taken pair by pair, so that a machine that slows
down slows both. Instruction counts come from valgrind's callgrind with a fixed hash seed; the cost
of a test is the slope between 2,000 and 3,000 tests: start-up drops out, and so does the page of
the HTML report, which stops growing well before. They barely depend on what else the machine does,
and are the figures to believe where CPU times differ by a few percent.

Every test of the suite is tagged, which is the dearest case: rows for untagged tests are cheaper.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

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


def environment() -> dict[str, str]:
    """Return an environment in which only named plugins load and every run hashes alike."""
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0"}


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


def instructions(options: list[str], folder: Path) -> int:
    """Count the instructions of one pytest run."""
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    done = subprocess.run(
        [*valgrind, *command(options)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise SystemExit(f"callgrind counted nothing: {done.stderr[-500:]}")
    return int(found[1])


def cpu_table(tests: int, pairs: int) -> Iterator[str]:
    """Yield a row a contender: CPU over bare pair by pair, and peak memory over bare."""
    with suite(tests) as folder:
        measure([], folder)  # compiles the byte code that all later runs share
        for name, options in CONTENDERS.items():
            if name == "bare":
                continue
            couples = [(measure(options, folder), measure([], folder)) for _ in range(pairs)]
            ratios = sorted(ours.cpu_s / bare.cpu_s for ours, bare in couples)
            peak = median(ours.peak_mib for ours, _ in couples)
            bare_peak = median(bare.peak_mib for _, bare in couples)
            spread = f"{ratios[0]:.3f} to {ratios[-1]:.3f}"
            more = f"{peak / bare_peak - 1:+.1%}"
            yield f"| {tests:,} | {name} | {median(ratios):.3f} | {spread} | {peak:.0f} | {more} |"


def instruction_table(small: int = 2_000, large: int = 3_000) -> Iterator[str]:
    """Yield a row a contender: instructions a test over bare."""
    slopes: dict[str, float] = {}
    with suite(small) as few, suite(large) as many:
        for folder in (few, many):
            measure(CONTENDERS["mlscore"], folder)
        for name, options in CONTENDERS.items():
            counts = [instructions(options, folder) for folder in (few, many)]
            slopes[name] = (counts[1] - counts[0]) / (large - small)
            over = slopes[name] / slopes["bare"] - 1
            yield f"| {name} | {slopes[name] / 1e6:.3f} M | {over:+.1%} |"


def import_table() -> Iterator[str]:
    """Yield what importing the plugin costs, beyond pytest itself."""
    code = (
        "import sys, time, pytest; before = set(sys.modules); start = time.process_time_ns();"
        "import pytest_mltestscore.plugin; spent = time.process_time_ns() - start;"
        "new = {m.partition('.')[0] for m in set(sys.modules) - before};"
        "print(spent / 1e6, ' '.join(sorted(new - sys.stdlib_module_names)))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(7)
    ]
    spent = sorted(float(run.stdout.split()[0]) for run in runs)
    modules = " ".join(runs[0].stdout.split()[1:])
    yield f"| {spent[0]:.1f} ms | {median(spent):.1f} ms | {modules} |"


def writing_table(tests: int) -> Iterator[str]:
    """Yield how long rendering and writing the reports of a large run takes."""
    from pytest_mltestscore import reporters
    from pytest_mltestscore.domain.reading import parse
    from pytest_mltestscore.reporters import destination

    with suite(tests) as folder:
        measure(CONTENDERS["mlscore"], folder)
        (record,) = parse((folder / "r.json").read_bytes(), "r.json")
        for name in ("json", "html", "md", "junit"):
            spent = []
            for _ in range(3):
                start = time.process_time()
                destination.write(folder / "again", reporters.find(name).render(record))
                spent.append(time.process_time() - start)
            size = (folder / "again").stat().st_size
            yield f"| {tests:,} | {name} | {min(spent):.2f} s | {size / 1e6:.2f} MB |"


def report(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield the whole report, line by line, as it is measured."""
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("pytest", "pytest-mltestscore", "pytest-html")
    )
    yield "# What scoring costs"
    yield ""
    yield f"Made by `benchmarks/overhead.py` on {platform.python_implementation()} "
    yield f"{platform.python_version()}, {platform.system()}, {os.cpu_count()} cores; {versions}."
    yield ""
    yield "## Importing the plugin, beyond pytest"
    yield ""
    yield "| least CPU | median | new modules outside the standard library |"
    yield "| --- | --- | --- |"
    yield from import_table()
    if arguments.instructions:
        yield ""
        yield "## Instructions a test"
        yield ""
        yield "| contender | instructions a test | over bare |"
        yield "| --- | --- | --- |"
        yield from instruction_table()
    yield ""
    yield "## CPU time and peak memory over bare pytest"
    yield ""
    yield "| tests | contender | CPU ratio, median | range | peak MiB | peak over bare |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for size in arguments.sizes:
        yield from cpu_table(size, arguments.pairs if size < 50_000 else min(arguments.pairs, 2))
    yield ""
    yield "## Rendering and writing reports"
    yield ""
    yield "| tests | report | CPU | size |"
    yield "| --- | --- | --- | --- |"
    yield from writing_table(max(arguments.sizes))


def main() -> None:
    """Measure and print; with --output, keep the figures in a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--instructions", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    lines = []
    for line in report(arguments):
        print(line, flush=True)
        lines.append(line)
    if arguments.output:
        arguments.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
