"""Where an item stands, with all that led there."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .evidence import AcceptedFault, Attestation, TestEvidence, Waiver
from .rubric import Effort

State = Literal[
    "failing", "automated", "manual", "withheld", "expired", "skipped", "not-run", "missing"
]
"""State of an item; the first that applies, in this order.

An item whose tests were left out is `not-run` even if another of its tests was skipped.
"""

Points = Annotated[float, Meta(ge=0, multiple_of=0.5)]


class ItemTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What to tell people about an item, so that a report needs no rubric."""

    long_title: str
    holds: str
    fails: str
    why: str
    manual: str
    automate: str
    remedy: str
    effort: Effort
    builds_on: tuple[str, ...]
    sources: tuple[str, ...]
    faults: tuple[str, ...] = ()
    example: str = ""
    """A test module to paste and adapt. Empty where the item has its full credit already."""


class ItemProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the tests of an item did about the faults that belong to it, each at its best."""

    caught: int
    missed: int
    no_verdict: int
    accepted: int = 0
    """Missed by tests that may miss them."""

    @property
    def proven(self) -> bool:
        """Whether some test was seen to fail for a fault."""
        return self.caught > 0


Freshness = Literal["fresh", "expiring", "expired", "future"]


class AttestationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An attestation, or why it no longer counts."""

    statement: Attestation
    freshness: Freshness
    days_left: int
    """Whole days until its last day; negative after it."""

    @property
    def in_force(self) -> bool:
        """Whether it counts today."""
        return self.freshness in ("fresh", "expiring")


class WaiverStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A waiver, or why it no longer counts."""

    decision: Waiver
    freshness: Freshness
    days_left: int

    @property
    def in_force(self) -> bool:
        """Whether it silences the item's gates today."""
        return self.freshness in ("fresh", "expiring")


class AcceptedFaultStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a project says that tests may miss, and whether it still has to."""

    statement: AcceptedFault
    tests: int
    """Tests that missed the fault in this run, and may."""
    stale: str = ""
    """Why the statement is of no use any more; empty if it is, or if that is not known."""


class ItemScore(msgspec.Struct, frozen=True, kw_only=True):
    """State and points of one item, with all that led there."""

    id: str
    name: str
    section: str
    title: str
    state: State
    points: Points
    reason: str
    texts: ItemTexts
    tests: tuple[TestEvidence, ...] = ()
    attestation: AttestationStatus | None = None
    waiver: WaiverStatus | None = None
    proof: ItemProof | None = None
    """None where no test of it was tried with a fault."""
