"""Taking time, as slow code does: by the clock on the wall and by that of the processor."""

from __future__ import annotations

import time


def busy(seconds: float) -> None:
    """Work for so long. Sleeping would not count where the time of the process is measured."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
