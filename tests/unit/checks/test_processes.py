import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytest_mltestscore import InputError
from pytest_mltestscore.checks._processes import Program, run_program

SLEEPER = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
FOREVER = SLEEPER + "; import time; time.sleep(60)"


def python(code):
    return [sys.executable, "-c", code]


def gone(pid, within_s=5.0):
    """Whether a process has ended or is about to."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
            if stat.rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def pid_said_by(program):
    deadline = time.monotonic() + 10
    while not program.last_line() and time.monotonic() < deadline:
        time.sleep(0.01)
    return int(program.last_line())


def test_the_end_of_a_program_is_told():
    finished = run_program(python("print('one'); print('two'); raise SystemExit(3)"), timeout_s=30)
    assert (finished.status, finished.said) == (3, "two")
    assert finished.trouble.startswith("exit status 3 after ")
    assert run_program(["true"], timeout_s=30).trouble == ""


def test_at_the_deadline_all_that_it_started_ends():
    with Program(python(FOREVER)) as program:
        child = pid_said_by(program)
        assert not program.wait(0.05)
        finished = program.stop()
    assert finished.status is None
    assert "deadline passed" in finished.trouble
    assert gone(child)


def test_what_an_ended_program_left_behind_ends_too():
    with Program(python(SLEEPER)) as program:
        child = pid_said_by(program)
        assert program.wait(30)
    assert gone(child)


def test_what_a_deployment_started_stays():
    finished = run_program(python(SLEEPER), timeout_s=30, leave_running=True)
    assert finished.trouble == ""
    child = int(finished.said)
    try:
        assert not gone(child, within_s=0.2)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_program_that_ignores_being_asked_is_ended(monkeypatch):
    monkeypatch.setattr("pytest_mltestscore.checks._processes.STOP_S", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    with Program(python(deaf + "; time.sleep(60)")) as program:
        pid_said_by(program)
    assert gone(program.pid)


def test_an_exception_in_the_block_ends_the_program():
    with pytest.raises(ZeroDivisionError), Program(["sleep", "60"]) as program:
        raise ZeroDivisionError
    assert gone(program.pid)


def test_a_killed_starter_takes_the_program_along(tmp_path):
    code = (
        "import time\n"
        "from pytest_mltestscore.checks._processes import Program\n"
        "with Program(['sleep', '60']) as program:\n"
        "    print(program.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True) as starter:
        child = int(starter.stdout.readline())
        assert not gone(child, within_s=0.1)
        starter.kill()
    assert gone(child)


@pytest.mark.parametrize(
    "command, words",
    [("ls -l", "is no list of words"), ([], "is no list"), (["no-such-program"], "cannot be")],
)
def test_commands_that_cannot_be_started(command, words):
    with pytest.raises(InputError, match=words):
        run_program(command, timeout_s=1)
