"""How long one re-run may take: a fault may turn a loop of the test into an endless one."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

LEAST_S = 60.0
_TIMES = 20
_AGAIN_S = 1.0


class TookTooLongError(BaseException):
    """Ends a re-run; no `Exception`, so that a test which catches those does not go on."""


def limit_of(plain_s: float) -> float:
    """Return the seconds that a re-run with a fault may take, by those of one without."""
    return max(LEAST_S, _TIMES * plain_s)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[list[str]]:
    """Interrupt what runs inside after so many seconds, quietly; the list then says so.

    Works where signals do, in the main thread of a Unix process, and only between two steps of
    Python: what hangs in native code has to run in a child process.
    """
    fired: list[str] = []
    if not _has_a_free_timer():
        yield fired
        return

    def interrupt(*_: Any) -> None:
        fired[:] = [f"took longer than {seconds:.0f} s"]
        raise TookTooLongError(fired[0])

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)  # a bare `except` may swallow one
    try:
        yield fired
        signal.setitimer(signal.ITIMER_REAL, 0)
    except TookTooLongError:
        pass  # as the list says
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _has_a_free_timer() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )
