"""All systems of an organisation at a glance: what is left of their run records beside each other.

Only scores of one rubric and scoring version can be compared, so systems stand in groups of these.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from .record import CI, GateStatus, State, TrendPoint

FLEET_VERSION = "1.0"
"""Of the JSON of a fleet, as `SCHEMA_VERSION` is of a record."""

DEFAULT_TITLE = "ML Test Score of all systems"


class ItemState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a system stands with an item."""

    id: str
    section: str
    state: State
    points: float


class FleetSystem(msgspec.Struct, frozen=True, kw_only=True):
    """A system, as its newest complete run shows it."""

    system: str
    run: str
    """Id of that run."""
    started_at: dt.datetime
    """UTC."""
    age_days: int
    """Whole days since then."""
    stale: bool
    score: float
    band: str
    """Key of its band."""
    sections: dict[str, float]
    limiting_sections: tuple[str, ...]
    gate: GateStatus
    verdict: str
    change: float | None
    """Against the complete run before; None where there is none."""
    trend: tuple[TrendPoint, ...]
    """The complete runs before, the oldest first."""
    owners: tuple[str, ...]
    branch: str | None
    commit: str | None
    ci: CI | None
    items: tuple[ItemState, ...]

    @property
    def failing(self) -> int:
        """How many items are failing."""
        return sum(item.state == "failing" for item in self.items)


class ItemTally(msgspec.Struct, frozen=True, kw_only=True):
    """An item across the systems of a group."""

    id: str
    name: str
    title: str
    section: str
    states: dict[State, int]
    """How many systems are in each state; those that do not occur are left out."""
    mean_points: float
    """Over the systems that have the item."""

    @property
    def systems(self) -> int:
        """How many systems have the item."""
        return sum(self.states.values())


class SectionTally(msgspec.Struct, frozen=True, kw_only=True):
    """A section across the systems of a group."""

    id: str
    title: str
    max: float
    mean: float
    limits: int
    """How many systems it holds where they are."""


class BandTally(msgspec.Struct, frozen=True, kw_only=True):
    """A band of the score across the systems of a group."""

    key: str
    text: str
    up_to: float
    systems: int
    below: int
    """How many systems have less than this band."""


class FleetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Systems whose scores can be compared."""

    rubric: str
    rubric_version: str
    rubric_title: str
    scoring_version: str
    max: float
    """The highest score."""
    median: float
    stale: int
    gates: dict[GateStatus, int]
    """How many systems have each verdict; those that do not occur are left out."""
    bands: tuple[BandTally, ...]
    sections: tuple[SectionTally, ...]
    """In the order of the rubric."""
    weakest_section: str
    """Id of the one with the lowest mean, as a share of what it can have."""
    items: tuple[ItemTally, ...]
    """The weakest first."""
    systems: tuple[FleetSystem, ...]
    """The lowest score first."""


class Unscored(msgspec.Struct, frozen=True, kw_only=True):
    """A system without a complete run, and why."""

    system: str
    reason: str
    started_at: dt.datetime | None = None
    """When its newest run of any kind was, in UTC."""


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read, and why."""

    place: str
    reason: str


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """All systems, arranged."""

    fleet_format: Literal["mlscore-fleet"] = "mlscore-fleet"
    fleet_version: str = FLEET_VERSION
    title: str = DEFAULT_TITLE
    now: dt.datetime
    """UTC; by it ages are told."""
    stale_after_days: float
    branches: tuple[str, ...] = ()
    """Patterns of the branches that were looked at; empty for all."""
    sources: tuple[str, ...] = ()
    """Where records were looked for."""
    groups: tuple[FleetGroup, ...]
    """The largest first."""
    unscored: tuple[Unscored, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def systems(self) -> int:
        """How many systems have a score."""
        return sum(len(group.systems) for group in self.groups)
