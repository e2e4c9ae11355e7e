"""What was asked of proving: how far to go, in which process, and for how long."""

from __future__ import annotations

from math import inf
from typing import NamedTuple


class Terms(NamedTuple):
    """The options of a proof, read and checked."""

    full: bool = False
    """Try every fault wherever it fits. Otherwise a test is done with once it caught one fault of
    each of its items, or was run again `QUICK_RERUNS` times."""
    budget_s: float = inf
    """Seconds that may be spent in all. Controls count, too."""
    isolated: bool = False
    """Run a test with a fault in a process of its own, whatever the fault."""
    only: str = ""
    """Try this fault alone, at every place, and tell what it changed; empty for all faults."""
    validation_errors: tuple[str, ...] = ()
    """Errors of the project's own by which a test says that data is not as it should be."""
