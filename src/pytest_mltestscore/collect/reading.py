"""What a pytest report says, in builtins. Reports of dead workers lack half their attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..domain.text import MESSAGE_LIMIT, clean, clean_line
from .shipping import ATTRIBUTE

_PHASES = frozenset(("setup", "call", "teardown"))
_TELLING = frozenset(("wasxfail", "context", ATTRIBUTE))
_SKIP_PREFIX = "Skipped: "
_NOTE_LIMIT = 300


def is_plain_pass(report: pytest.TestReport) -> bool:
    """Whether the report says no more than that a phase of a test passed."""
    said = vars(report)
    return report.outcome == "passed" and report.when in _PHASES and _TELLING.isdisjoint(said)


def is_expected_failure(report: pytest.TestReport) -> bool:
    """Whether the report is about an `xfail`. The mark is that the attribute exists, even empty."""
    return hasattr(report, "wasxfail")


def is_subtest(report: pytest.TestReport) -> bool:
    """Whether the report is about a subtest: pytest's own since 9.0, or of pytest-subtests."""
    return hasattr(report, "context") and type(report).__name__.lower() == "subtestreport"


def worker_of(report: pytest.TestReport) -> str:
    """Return the id of the xdist worker that ran the test; empty in a run of one process."""
    return str(getattr(report, "worker_id", ""))


def message_of(report: pytest.TestReport, mask: Callable[[str], str]) -> str:
    """Return what went wrong, in few lines: never a traceback, locals or captured output.

    Secrets are masked before the text is cut, since half a secret would not be found.
    """
    if report.outcome != "failed":
        return ""
    longrepr: Any = report.longrepr
    crash = getattr(longrepr, "reprcrash", None)
    text = getattr(crash, "message", None) or (str(longrepr) if longrepr is not None else "")
    return clean(mask(text.strip()), limit=MESSAGE_LIMIT)


def note_of(report: pytest.TestReport, mask: Callable[[str], str]) -> str:
    """Return the reason that a skip or an expected failure gave, secrets masked."""
    if report.outcome == "failed":
        return ""
    reason = getattr(report, "wasxfail", None)
    if reason is None and report.outcome == "skipped":
        longrepr = report.longrepr
        reason = longrepr[2] if isinstance(longrepr, tuple) else longrepr
        reason = str(reason or "").removeprefix(_SKIP_PREFIX)
        if report.when == "teardown":
            reason = f"skipped in teardown: {reason}"
    if not reason:
        return ""
    return clean_line(mask(str(reason)).removeprefix("reason: "), limit=_NOTE_LIMIT)
