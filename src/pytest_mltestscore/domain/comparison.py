"""A run beside an earlier one: what changed, and what was loosened."""

from __future__ import annotations

from typing import Literal

import msgspec

from .items import Points, State

ProofChange = Literal["lost", "won"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An item whose state, points or proof differ between two records."""

    item: str
    before: State | None
    after: State | None
    points_before: Points
    points_after: Points
    reason: str
    proof: ProofChange | None = None
    """Whether it was proven and is not, or the other way round; None unless it was tried twice."""

    @property
    def gain(self) -> float:
        """Points won; negative for a loss."""
        return self.points_after - self.points_before

    @property
    def proof_in_words(self) -> str:
        """What became of the proof; empty if nothing did."""
        return {"lost": "no longer proven", "won": "now proven", None: ""}[self.proof]


class BaselineItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison needs to know of an item of the baseline."""

    state: State
    points: Points
    proven: bool | None = None
    """None where no test of it was tried with a fault."""


class Loosened(msgspec.Struct, frozen=True, kw_only=True):
    """A bound that was moved since the baseline, without whose move this run would be worse."""

    what: str
    """The bound, such as `fail_under` or `auc limit`."""
    before: str
    after: str
    """Both as people write them; `none` where there is no bound."""
    found: str
    """What this run shows, which the former bound does not allow, such as `0.65`."""
    item: str = ""
    """Id of the item, for bounds of one."""
    test: str = ""
    """Node id of the test, for bounds in tests."""

    @property
    def in_words(self) -> str:
        """What was moved, from where to where, and what is there now.

        >>> Loosened(what="fail_under", before="3", after="2", found="2.5").in_words
        'fail_under 3 -> 2 (now 2.5)'
        """
        about = f"{self.item} {self.what}" if self.item else self.what
        return f"{about} {self.before} -> {self.after} (now {self.found})"


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The record that this one was compared with."""

    source: str
    status: Literal["compared", "missing", "not-comparable"]
    reason: str = ""
    """Why there is no comparison."""
    commit: str | None = None
    final: Points | None = None
    sections: dict[str, float] = {}
    items: dict[str, BaselineItem] = {}
    changes: tuple[Change, ...] = ()
    loosened: tuple[Loosened, ...] = ()
