"""The run record: the JSON of one run of one system, from which every report is made.

Versions
--------
1.0     first

`schema_version` follows semantic versioning on its own: a minor version adds keys, a major one
changes or removes them. Readers ignore keys that they do not know.

Parts of a record have modules of their own; here are all of them by name.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from .comparison import Baseline, BaselineItem, Change, Loosened, ProofChange
from .items import (
    AcceptedFaultStatus,
    AttestationStatus,
    Freshness,
    ItemProof,
    ItemScore,
    ItemTexts,
    Points,
    State,
    WaiverStatus,
)
from .rubric import Aggregate, Band, Credit, Effort
from .run import CI, PARTIAL_KINDS, UNLISTED_KINDS, Reason, ReasonKind, Run, Shard
from .verdict import Gate, GateCheck, GateStatus, Requirement

__all__ = [
    "CI",
    "COMMAND_LINE",
    "PARTIAL_KINDS",
    "SCHEMA_VERSION",
    "SCORING_VERSION",
    "UNLISTED_KINDS",
    "AcceptedFaultStatus",
    "AttestationStatus",
    "Baseline",
    "BaselineItem",
    "Change",
    "Freshness",
    "Gate",
    "GateCheck",
    "GateStatus",
    "Generator",
    "ItemProof",
    "ItemScore",
    "ItemTexts",
    "Loosened",
    "NextStep",
    "Points",
    "Policy",
    "Pool",
    "ProofChange",
    "Reason",
    "ReasonKind",
    "Record",
    "Requirement",
    "RubricFacts",
    "Run",
    "Score",
    "SectionScore",
    "Setting",
    "Shard",
    "Source",
    "State",
    "TrendPoint",
    "WaiverStatus",
]

SCHEMA_VERSION = "1.0"
SCORING_VERSION = "1"


class Generator(msgspec.Struct, frozen=True, kw_only=True):
    """The program that wrote the record."""

    name: str
    version: str


class RubricFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What scoring needs of the rubric, so that a record can be scored again without it."""

    id: str
    version: str
    title: str
    source: str
    aggregate: Aggregate
    credit: Credit
    bands: tuple[Band, ...]


COMMAND_LINE = "command line"
"""Origin of a setting typed for one run; that of others is the file that they stand in."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The effective value of an option, and where it came from."""

    value: Any
    origin: str


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Opt-in rules of the project, beyond the paper."""

    require_ci: bool = False
    """Withhold the automated credit from runs outside CI."""
    require_proof: bool = False
    """Withhold the automated credit from items of which no test was seen to fail for a fault."""
    max_waivers: int | None = None
    """More waivers than this fail the gate."""
    max_age_days: dict[str, float] = {}
    """Item or section id, or `default`, to the age up to which a passed test of another run counts.
    """
    min_runs: int = 1
    """Withhold the automated credit until a test of the item has passed in so many runs."""
    commits: Literal["ancestors", "any"] = "ancestors"
    """Runs of which commits count beside this one: those in its history, or all."""
    branches: tuple[str, ...] = ()
    """Patterns of the branches whose runs count beside those of the own branch; empty for all."""
    window_days: float = 90.0
    """How far back a store is looked at."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The headline."""

    final: Points
    implemented: Points
    """The literal paper: credit for having a test that runs, whatever it finds."""
    max: Points
    band: Band
    limiting_sections: tuple[str, ...]
    """Ids of the sections that hold the score where it is."""


class SectionScore(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of a section's item points."""

    id: str
    title: str
    long_title: str
    score: Points
    implemented: Points
    max: Points


class NextStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A move that lifts a limiting section."""

    item: str
    action: str
    gain: Points
    """Points that the item's section gains."""
    elsewhere: dict[str, Points] = {}
    """Points that other sections gain by the same move."""
    also: tuple[str, ...] = ()
    """Other items that earn by the same move: their tests lack nothing else."""
    provides: tuple[str, ...] = ()
    """Arguments of `MLSystem` that the move adds. What the tests then say, nobody knows yet."""
    effort: Effort
    score_after: Points
    """The final score after this step and those listed before it."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a store from which results of tests were taken."""

    run: str
    started_at: str
    """RFC 3339, UTC."""
    commit: str | None
    branch: str | None
    ci: CI | None
    tests: int
    """Tests whose results, or proofs, are of this run."""
    shard: Shard | None = None


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """What a store added to a run, or gave where there was no run."""

    store: str
    """Its URL, without its password."""
    sources: tuple[Source, ...]
    """In order of time."""
    left_out: dict[str, int] = {}
    """Why records in the store did not count, and how many each."""
    own_reasons: tuple[Reason, ...] = ()
    """Why the run itself does not show everything; `run.incomplete_reasons` are of the whole."""


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier score."""

    started_at: str
    """RFC 3339, UTC."""
    final: Points
    sections: dict[str, float]
    commit: str | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one system. See the published schema `record.schema.json`."""

    report_format: Literal["mlscore"] = "mlscore"
    schema_version: str = SCHEMA_VERSION
    scoring_version: str = SCORING_VERSION
    generator: Generator
    rubric: RubricFacts
    system: str
    date: dt.date
    """The UTC date by which expiry was judged."""
    run: Run
    config: dict[str, Setting]
    policy: Policy
    accepted_faults: tuple[AcceptedFaultStatus, ...] = ()
    score: Score
    sections: tuple[SectionScore, ...]
    items: tuple[ItemScore, ...]
    next_steps: tuple[NextStep, ...]
    untagged: tuple[str, ...]
    """Node ids of selected tests that serve no item."""
    gate: Gate
    baseline: Baseline | None = None
    pool: Pool | None = None
    """None where a run was scored by itself."""
    trend: tuple[TrendPoint, ...] = ()
    """Scores of the complete runs before this one, the oldest first."""
    notes: tuple[str, ...] = ()
    """What a person should know of this run, such as tags that matched nothing. A run fact."""
    extra: dict[str, Any] = {}

    def item(self, item_id: str) -> ItemScore:
        """Return the item with this id; raises KeyError if the record has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)
