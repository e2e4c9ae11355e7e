"""The run record: the JSON of one run of one system, from which every report is made.

Versions
--------
1.0     first

`schema_version` follows semantic versioning on its own: a minor version adds keys, a major one
changes or removes them. Readers ignore keys that they do not know.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from .evidence import AcceptedFault, Attestation, TestEvidence, Waiver
from .rubric import Aggregate, Band, Credit, Effort

SCHEMA_VERSION = "1.0"
SCORING_VERSION = "1"

State = Literal[
    "failing", "automated", "manual", "withheld", "expired", "skipped", "not-run", "missing"
]
"""State of an item; the first that applies, in this order.

An item whose tests were left out is `not-run` even if another of its tests was skipped.
"""

GateStatus = Literal["passed", "failed", "not-asked", "not-evaluated", "undecided"]
"""Verdict over all gate checks.

`not-evaluated`: the run was partial by choice. `undecided`: a gate was asked for, but the run was
cut short, or something that the gate needs is missing, such as a baseline to compare with.
"""

ReasonKind = Literal[
    "deselected",  # partial: tagged tests left out by -k, -m, --deselect, --lf, --sw
    "arguments",  # partial: files or node ids on the command line, so more may exist
    "in-progress",  # the file was written at start; the run never came to its end
    "stopped",  # -x, --maxfail
    "interrupted",  # KeyboardInterrupt
    "exit",  # pytest.exit
    "collection-errors",
    "internal-error",
    "usage-error",
    "worker-lost",  # an xdist worker vanished with work that cannot be named
    "unfinished",  # selected tests without a final report
    "no-tests",
    "shard-missing",  # a part of a run that announced its parts never arrived
    "store",  # the store that was to add evidence could not be read, or not all of it
]
PARTIAL_KINDS: frozenset[ReasonKind] = frozenset({"deselected", "arguments"})
UNLISTED_KINDS: frozenset[ReasonKind] = frozenset(
    {
        "arguments",
        "in-progress",
        "collection-errors",
        "internal-error",
        "usage-error",
        "worker-lost",
        "shard-missing",
        "store",
    }
)
"""Reasons after which tests may exist that this run does not know of."""

Points = Annotated[float, Meta(ge=0, multiple_of=0.5)]


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


class Reason(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Why a run does not show everything."""

    kind: ReasonKind
    detail: str


class CI(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The CI job of a run."""

    provider: str
    url: str = ""
    job: str = ""
    """What the job is called, the same from run to run; empty where the service does not say."""


class Shard(msgspec.Struct, frozen=True, order=True):
    """Which part of a run that is spread over several jobs, counted from 1."""

    number: Annotated[int, Meta(ge=1, le=9999)]
    of: Annotated[int, Meta(ge=1, le=9999)]

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of the run that do not bear on the score."""

    id: str
    started_at: str
    """RFC 3339, UTC."""
    duration_s: float
    commit: str | None
    """Full hash; None outside a git checkout."""
    dirty: bool | None
    branch: str | None
    ci: CI | None
    selected: int
    """Tests that pytest was going to run, tagged or not."""
    complete: bool
    incomplete_reasons: tuple[Reason, ...]
    versions: dict[str, str]
    """Python, pytest and platform."""
    folders: tuple[str, ...] = ()
    """Where it looked for tests, below pytest's root; `.` is all of it. Empty where less was named.
    """
    collected: tuple[str, ...] = ()
    """The same where every tagged test in them is listed here, else empty."""
    shard: Shard | None = None
    """None where the run is the whole."""
    merged_shards: tuple[Shard, ...] = ()
    """Parts that it was put together from."""

    @property
    def partial(self) -> bool:
        """Left something out by choice."""
        return any(r.kind in PARTIAL_KINDS for r in self.incomplete_reasons)

    @property
    def cut_short(self) -> bool:
        """Did not finish what it had set out to do."""
        return any(r.kind not in PARTIAL_KINDS for r in self.incomplete_reasons)


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


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """A move that lifts a limiting section."""

    item: str
    action: str
    gain: Points
    """Points that the item's section gains."""
    effort: Effort
    score_after: Points
    """The final score after this step and those listed before it."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a gate asks for."""

    item: str
    level: Literal["manual", "automated"] = "manual"


class GateCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the gate. `ok` is None where it could not be decided."""

    rule: str
    expected: str
    actual: str
    ok: bool | None
    message: str


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The one verdict that exit code, terminal and every report read."""

    status: GateStatus
    verdict: str
    """The verdict in one line."""
    checks: tuple[GateCheck, ...] = ()
    nudges: tuple[str, ...] = ()
    """Floors that lie below what was reached, each with what they could be raised to."""


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
