"""Kill scored runs, and check that what they leave behind can be read and does not lie.

    python tools/kill_runs.py                   # 200 rounds, about two minutes
    python tools/kill_runs.py --rounds 1000 --seed 7 --workers 2

Each round starts from the reports of an earlier run that came to its end. Half of the rounds are
killed (SIGKILL) at a random moment, half in the middle of a random step of writing: after opening
the new file, with half of it written, before or after it takes the place of the old one.

After each round every report must parse, and
- be yesterday's only if the session had not begun, and
- say that the run came to its end only if all of its tests had.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from inner_runs import (  # noqa: E402 - found by the line above
    FILES,
    OURS,
    XDIST,
    all_reports,
    command,
    environment,
    strict_json,
    whole,
)

TESTS = 30
SUITE = f"""
import time
import pytest

@pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
@pytest.mark.parametrize("n", range({TESTS}))
def test(n, mlscore):
    mlscore.record("n", n)
    time.sleep(0.005)  # or hardly any run would be killed between its first test and its last
"""
# Kept apart from what is tested: it says how far a run came, and kills it in the midst of writing.
CONFTEST = """
import os, signal
from pathlib import Path
from pytest_mltestscore.reporters import destination

KILL_AT = int(os.environ.get("KILL_AT", "0"))
CONTROLLER = "PYTEST_XDIST_WORKER" not in os.environ

class Counting:
    '''Stands in for the module `os`, and counts the steps of writing.'''

    steps = 0

    def __getattr__(self, name):
        return getattr(os, name)

    def _reached(self):
        self.steps += 1
        return self.steps == KILL_AT

    def open(self, *args):
        descriptor = os.open(*args)
        if self._reached():
            os.kill(os.getpid(), signal.SIGKILL)
        return descriptor

    def write(self, descriptor, data):
        if self._reached():
            os.write(descriptor, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return os.write(descriptor, data)

    def replace(self, *args):
        if self._reached():
            os.kill(os.getpid(), signal.SIGKILL)
        os.replace(*args)
        if self._reached():
            os.kill(os.getpid(), signal.SIGKILL)

if CONTROLLER:
    destination.os = Counting()
    ENDED = set()

    def pytest_sessionstart():
        Path("begun").touch()

    def pytest_runtest_logreport(report):
        if report.when == "teardown":
            ENDED.add(report.nodeid)
            if len(ENDED) == TESTS:
                Path("ended").touch()

    def pytest_unconfigure():
        Path("steps").write_text(str(destination.os.steps))
"""


class Clean(NamedTuple):
    """An undisturbed run."""

    seconds: float
    steps: int
    reports: dict[str, bytes]


class Round(NamedTuple):
    """What a killed run left."""

    killed: bool
    came_to: str
    problems: list[str]


def start(folder: Path, workers: int, kill_at: int = 0) -> subprocess.Popen[bytes]:
    """Start a scored run in a process group of its own."""
    options = ["-n", str(workers)] if workers else []
    plugins = [OURS, XDIST] if workers else [OURS]
    options += ["--mlscore", *all_reports(), "--mlscore-fail-under=1", "-p", "no:cacheprovider"]
    return subprocess.Popen(
        command(*options, plugins=plugins),
        cwd=folder,
        env=environment(
            KILL_AT=str(kill_at),
            TMPDIR=str(folder),  # where folders for workers are left behind
            COVERAGE_PROCESS_START=None,
            COVERAGE_PROCESS_CONFIG=None,
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def run_clean(folder: Path, workers: int) -> Clean:
    """Run without killing, and return how long it took and what it wrote."""
    seconds = []
    for _ in range(2):  # the first one compiles
        began = time.perf_counter()
        ret = start(folder, workers).wait(timeout=120)
        seconds.append(time.perf_counter() - began)
        if ret:
            sys.exit(f"the undisturbed run in {folder} ended with {ret}")
    steps = int((folder / "steps").read_text(encoding="utf-8"))
    return Clean(seconds[-1], steps, {n: (folder / n).read_bytes() for n in FILES.values()})


def kill_once(folder: Path, clean: Clean, workers: int, rng: random.Random, *, step: bool) -> Round:
    """Kill one run and judge what it leaves."""
    for path in folder.glob(".mlscore-*.tmp"):
        path.unlink()
    for name in ("begun", "ended", "steps"):
        (folder / name).unlink(missing_ok=True)
    for name, data in clean.reports.items():
        (folder / name).write_bytes(data)
    kill_at = rng.randint(1, clean.steps) if step else 0
    process = start(folder, workers, kill_at)
    try:
        process.wait(timeout=120 if step else rng.uniform(0, 1.05 * clean.seconds))
    except subprocess.TimeoutExpired:
        pass
    finally:
        kill_group(process)
    return judge(folder, clean, process.returncode == -signal.SIGKILL)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a run with its workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def judge(folder: Path, clean: Clean, killed: bool) -> Round:
    """Look at every report of a run that is over."""
    begun, ended = ((folder / name).exists() for name in ("begun", "ended"))
    came_to = "its tests had ended" if ended else "in the midst" if begun else "not begun"
    problems = []
    for kind, name in FILES.items():
        path = folder / name
        try:
            says_whole = whole(kind, path)
        except Exception as error:  # noqa: BLE001 - whatever a parser says to it
            problems.append(f"{name} cannot be read: {type(error).__name__}: {error}")
            continue
        old = path.read_bytes() == clean.reports[name]
        if old and begun:
            problems.append(f"{name} is yesterday's, though the session had begun")
        if says_whole and not old and not ended:
            problems.append(f"{name} says that the run came to its end, which it did not")
        if not killed and not says_whole:
            problems.append(f"{name} is not whole, though nothing was killed")
    problems += record_problems(folder / FILES["json"])
    return Round(killed, came_to, problems)


def record_problems(path: Path) -> list[str]:
    """A record that calls itself complete holds every test; any other one decides no gate."""
    record = strict_json(path.read_text(encoding="utf-8"))
    if not record["run"]["complete"]:
        status = record["gate"]["status"]
        return [] if status == "undecided" else [f"the gate of an unfinished run is {status}"]
    outcomes = [test["outcome"] for test in record["items"][0]["tests"]]
    return [] if outcomes == ["passed"] * TESTS else [f"a complete record with {outcomes}"]


def main() -> int:
    """Run the rounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200, help="how often to kill (200)")
    parser.add_argument("--seed", type=int, default=None, help="repeat the same moments and steps")
    parser.add_argument("--workers", type=int, default=0, help="run over this many xdist workers")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    rng = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="mlscore-kills-"))
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    conftest = CONFTEST.replace("TESTS", str(TESTS))
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    # Every report names the system, so those of yesterday cannot be taken for those of today.
    (folder / "mlscore.toml").write_text('system = "yesterday"', encoding="utf-8")
    clean = run_clean(folder, options.workers)
    (folder / "mlscore.toml").write_text('system = "today"', encoding="utf-8")
    print(f"seed {seed}; undisturbed: {clean.seconds:.2f} s, {clean.steps} steps of writing")
    seen: Counter[str] = Counter()
    for number in range(options.rounds):
        done = kill_once(folder, clean, options.workers, rng, step=number % 2 == 1)
        seen[f"killed, {done.came_to}" if done.killed else "not killed in time"] += 1
        if done.problems:
            print(f"round {number + 1}, {done.came_to}; see {folder}")
            print("\n".join(f"  {problem}" for problem in done.problems))
            return 1
    shutil.rmtree(folder)
    for name, times in sorted(seen.items()):
        print(f"{times:5}  {name}")
    print(f"{options.rounds} rounds: every report can be read, and none says more than is true")
    return 0


if __name__ == "__main__":
    sys.exit(main())
