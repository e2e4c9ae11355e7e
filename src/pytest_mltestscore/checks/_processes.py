"""Running other programs: with a deadline, in a process group of their own, none left behind.

A program is stopped with all that it started, also when the test is interrupted, and by a guardian
process when the test process itself is killed. Signals go to the one group that was started here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from ..domain.errors import InputError
from ..domain.text import clean_line

STOP_S = 5.0
"""Seconds between asking a program to end and ending it."""

# Waits on a pipe that its starter holds. A byte means that all was stopped; end of file without
# one, that the starter was killed.
_GUARDIAN = """
import os, signal, sys
if not sys.stdin.buffer.read(1):
    try:
        os.killpg(int(sys.argv[1]), signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class Finished(NamedTuple):
    """How a program ended."""

    status: int | None
    """Exit status, negative for a signal; None if it was stopped at the deadline."""
    seconds: float
    said: str
    """The last line that it wrote, cut short."""

    @property
    def trouble(self) -> str:
        """What went wrong, empty if nothing did."""
        if self.status == 0:
            return ""
        how = f"exit status {self.status}" if self.status is not None else "deadline passed"
        said = f": {self.said}" if self.said else ""
        return f"{how} after {self.seconds:.1f} s{said}"


class Program:
    """A program that runs while a `with` block does.

    Parameters
    ----------
    command
        Program and arguments; no shell is involved.
    cwd
        Folder that it runs in; by default the current one.
    env
        Environment variables that are added to those of this process.
    leave_running
        Leave what it started alone if it ended by itself with status 0, as a command that
        deploys does.

    Raises
    ------
    InputError
        If the command is no list of words, or cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        argument: str = "command",
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        leave_running: bool = False,
    ) -> None:
        self._command = words(command, argument)
        self._argument = argument
        self._cwd = cwd
        self._env = {**os.environ, **(env or {})}
        self._leave_running = leave_running

    def __enter__(self) -> Self:
        self._output: IO[bytes] = tempfile.TemporaryFile()
        self._began = time.perf_counter()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own command
                self._command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._output.close()
            raise InputError(self._argument, f"cannot be started: {error}") from error
        try:
            self._guardian = subprocess.Popen(  # noqa: S603 - our own, two lines
                [sys.executable, "-I", "-S", "-c", _GUARDIAN, str(self.pid)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            self._end_group()
            self._output.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Number of the process, and of its group."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the program itself has ended; what it started may still run."""
        if self._process.returncode is not None:
            return True
        # Not reaped, so that the number of the group stays ours until `stop`.
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, timeout_s: float) -> bool:
        """Return whether the program ended within so many seconds."""
        deadline, pause = time.perf_counter() + timeout_s, 0.002
        while not self.ended:
            left = deadline - time.perf_counter()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(2 * pause, 0.05)
        return True

    def stop(self) -> Finished:
        """End the program and all in its group; say how it ended. Further calls do nothing."""
        if self._process.returncode is None:
            in_time = self.ended
            seconds = time.perf_counter() - self._began
            if not in_time:
                self._signal(signal.SIGTERM)
                self.wait(STOP_S)
            status = self._end_group()
            self._finished = Finished(status if in_time else None, seconds, self.last_line())
            self._output.close()
            self._dismiss_guardian()
        return self._finished

    def last_line(self) -> str:
        """Return the last line that was written to standard output or error, cut short."""
        size = os.fstat(self._output.fileno()).st_size
        tail = os.pread(self._output.fileno(), 2_000, max(0, size - 2_000))
        lines = tail.decode("utf-8", "replace").strip().splitlines()
        return clean_line(lines[-1], limit=200) if lines else ""

    def _end_group(self) -> int:
        if self.ended and self._leave_running:
            status = self._process.wait()
            if status == 0:
                return status
        self._signal(signal.SIGKILL)
        return self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _dismiss_guardian(self) -> None:
        with contextlib.suppress(OSError):
            self._guardian.communicate(b".", timeout=STOP_S)


def words(command: Sequence[str], argument: str = "command") -> list[str]:
    """Return a command as a list of words; raise an `InputError` if it is anything else."""
    given: Any = command  # whatever it is said to be
    if isinstance(given, str) or not isinstance(given, Sequence) or not given:
        raise InputError(argument, "is no list of words; give [program, argument, ...]")
    return [os.fspath(word) if isinstance(word, os.PathLike) else str(word) for word in command]


def run_program(
    command: Sequence[str],
    *,
    timeout_s: float,
    argument: str = "command",
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    leave_running: bool = False,
) -> Finished:
    """Run a program to its end or to the deadline; arguments as those of `Program`."""
    program = Program(command, argument=argument, cwd=cwd, env=env, leave_running=leave_running)
    with program:
        program.wait(timeout_s)
        return program.stop()
