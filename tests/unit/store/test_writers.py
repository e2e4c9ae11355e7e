"""What many writers at once leave in a store, and what those leave that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "store_writers.py"


def run(*arguments):
    """Run the program that has writers, which must be without threads, as this process is not."""
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_of_64_writers_at_once_none_loses_a_record(place):
    """PostgreSQL has fewer connections than that, so some must wait for theirs."""
    run("many", place, 64, 1)


@pytest.mark.slow
def test_writers_that_are_killed_leave_no_torn_record(place):
    assert "20 rounds, seed 7: " in run("kill", place, 20, 7)
