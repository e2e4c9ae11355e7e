"""Work in a child process that shares all that is in memory, and takes nothing along if it dies."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

Work = Callable[[], bytes]
_HEAD = 8
"""Bytes of the length that goes before an answer."""
_groups: list[int] = []
"""In a child: the group of processes that it belongs to."""


class ChildDiedError(Exception):
    """A child process ended without an answer; the text says how."""


def can_fork() -> bool:
    """Whether there are child processes that start with all that is in memory."""
    return hasattr(os, "fork") and sys.platform != "win32"


def in_child(work: Work, seconds: float) -> bytes:
    """Return what a function returns in a child process.

    Raises
    ------
    ChildDiedError
        If it raises, crashes, or takes longer than so many seconds.
    """
    child = _started(work)
    try:
        return _answer(child, seconds)
    finally:
        _end(child)


class Spare:
    """A child that waits with things as they are now, to do its work only if it is asked to.

    Leaving the `with` block ends it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._child: _Child | None = None
        self._bell = -1

    def __enter__(self) -> Spare:
        if not can_fork():
            return self
        waiting, self._bell = os.pipe()

        def wait_and_work() -> bytes:
            os.close(self._bell)  # or it would wait for itself
            return self._work() if os.read(waiting, 1) else b""

        try:
            self._child = _started(wait_and_work)
        except OSError:  # too little memory, or too many processes: it has to do without
            os.close(self._bell)
        finally:
            os.close(waiting)
        return self

    def answer(self, seconds: float) -> bytes | None:
        """Let the child do its work; None if there is no child, or it died or took too long."""
        if self._child is None:
            return None
        os.write(self._bell, b"!")
        with contextlib.suppress(ChildDiedError):
            return _answer(self._child, seconds)
        return None

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            os.close(self._bell)
            _end(self._child)


class _Child(NamedTuple):
    pid: int
    answer: int


def _started(work: Work) -> _Child:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python warns that threads are not copied: what hangs for it is killed in time.
        warnings.simplefilter("ignore")
        try:
            pid = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
    if pid:
        os.close(writing)
        return _Child(pid, reading)
    try:
        faulthandler.disable()  # a crash is told by who waits for the answer
        if not _groups:  # what it starts ends with it, its own children included
            os.setpgid(0, 0)
            _groups.append(os.getpid())
        os.close(reading)
        _one_thread()
        data = work()
        _write(writing, len(data).to_bytes(_HEAD, "big") + data)
    finally:
        os._exit(0)  # nothing of what the parent does at its end


def _one_thread() -> None:
    """Keep OpenMP and BLAS from waiting for threads that stayed behind in the parent."""
    library = sys.modules.get("threadpoolctl")
    if library is not None:
        library.threadpool_limits(1)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _answer(child: _Child, seconds: float) -> bytes:
    end = time.monotonic() + seconds
    size = int.from_bytes(_read(child, _HEAD, end, seconds), "big")
    return _read(child, size, end, seconds)


def _read(child: _Child, size: int, end: float, seconds: float) -> bytes:
    """Read so many bytes, not up to the end: what a test left running may keep the pipe open."""
    data = b""
    while len(data) < size:
        left = max(end - time.monotonic(), 0)
        ready, _, _ = select.select([child.answer], [], [], left)
        if not ready:
            raise ChildDiedError(f"took longer than {seconds:.0f} s in a process of its own")
        part = os.read(child.answer, size - len(data))
        if not part:
            raise ChildDiedError(_cause_of_death(child))
        data += part
    return data


def _cause_of_death(child: _Child) -> str:
    info = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    if info is not None and info.si_code in (os.CLD_KILLED, os.CLD_DUMPED):
        return f"crashed a process of its own ({signal.Signals(info.si_status).name})"
    return "ended a process of its own"


def _end(child: _Child) -> None:
    os.close(child.answer)
    for kill in (os.killpg, os.kill):  # the group is there once the child has made it
        with contextlib.suppress(OSError):
            kill(child.pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child.pid, 0)
