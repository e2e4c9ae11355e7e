"""Things to score: small builders, and hypothesis strategies made of them.

The rubric here is written down again, not loaded from `rubric/`: scoring is to be right for any.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pytest_mltestscore.domain.evidence import (
    AcceptedFault,
    Attestation,
    CheckEvidence,
    Measurement,
    Outcome,
    Phase,
    Subtests,
    TestEvidence,
    Waiver,
)
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import (
    CI,
    Baseline,
    Generator,
    Policy,
    Pool,
    Reason,
    ReasonKind,
    Record,
    Run,
    Setting,
)
from pytest_mltestscore.domain.rubric import Band, Credit, Effort, Item, Rubric, Section
from pytest_mltestscore.scoring.card import Evidence, scorecard
from pytest_mltestscore.scoring.fold import WORST_FIRST, Attempts

TODAY = dt.date(2026, 3, 1)
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high")
BLOCKING = ("crashed", "incomplete", "error", "failed")

CREDIT_2017 = Credit(manual=0.5, automated=1.0)
CREDIT_2016 = Credit(manual=1.0, automated=2.0)
BANDS_2017 = (
    Band(key="research", up_to=0.0, text="a research project"),
    Band(key="holes", up_to=1.0, text="serious holes are possible"),
    Band(key="first-pass", up_to=2.0, text="a first pass"),
    Band(key="reasonable", up_to=3.0, text="reasonably tested"),
    Band(key="strong", up_to=5.0, text="strong"),
    Band(key="exceptional", up_to=7.0, text="exceptional"),
)
SECTION_IDS = ("data", "model", "infra", "monitor", "people")

steady = settings(max_examples=int(os.environ.get("MLSCORE_TEST_EXAMPLES", "30")))
"""For every property: quick by day, and a long night may look deeper."""

fixtures_are_shared = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
"""Health checks to suppress where all examples may use one fixture; the first one as everywhere."""


# Builders


def rubric(
    sizes: Sequence[int] = (7, 7, 7, 7),
    *,
    credit: Credit = CREDIT_2017,
    efforts: Mapping[str, Effort] | None = None,
) -> Rubric:
    """Build a rubric with this many items a section; bands scale with the automated credit."""
    efforts = efforts or {}
    factor = credit.automated
    highest = max(7, *sizes) * factor
    bands = [Band(key=b.key, up_to=b.up_to * factor, text=b.text) for b in BANDS_2017[:-1]]
    names = SECTION_IDS[: len(sizes)]
    return Rubric(
        id="paper",
        version="1",
        title="Paper",
        source="somewhere",
        aggregate="minimum",
        credit=credit,
        bands=(*bands, Band(key="exceptional", up_to=highest, text="exceptional")),
        sections=tuple(Section(id=n, title=n.title(), long_title=f"All of {n}") for n in names),
        items=tuple(
            _item(name, number, efforts)
            for name, size in zip(names, sizes, strict=True)
            for number in range(1, size + 1)
        ),
    )


def _item(section: str, number: int, efforts: Mapping[str, Effort]) -> Item:
    id_ = f"{section}-{number}"
    words = ("title", "long_title", "holds", "fails", "why", "manual", "automate", "remedy")
    return Item(
        id=id_,
        name=f"{section}-item-{number}",
        section=section,
        effort=efforts.get(id_, "medium"),
        faults=("nulls", "shuffles"),
        builds_on=(),
        sources=("page 1",),
        example=f"def test_{number}():\n    assert {number}",
        **{word: f"{word} of {id_}" for word in words},
    )


PAPER = rubric()
EDITION_2016 = msgspec.structs.replace(rubric(credit=CREDIT_2016), id="paper-2016")


def row(
    nodeid: str = "tests/test_a.py::test_a", outcome: Outcome = "passed", **facts: Any
) -> TestEvidence:
    """Build the evidence of one test."""
    return TestEvidence(nodeid=nodeid, outcome=outcome, **facts)


def days(number: int) -> dt.date:
    """Return the date so many days after today."""
    return TODAY + dt.timedelta(days=number)


def attestation(item: str = "data-1", *, expires: int = 60, date: int = -30) -> Attestation:
    """Build an attestation whose dates are given in days from today."""
    return Attestation(
        item=item,
        owner="ada",
        date=days(date),
        expires=days(expires),
        summary="looked at it",
        distributed_to="the team",
        link="https://example.org/report",
    )


def waiver(item: str = "data-1", *, expires: int = 60) -> Waiver:
    """Build a waiver that expires so many days from today."""
    return Waiver(item=item, reason="no traffic yet", owner="ada", expires=days(expires))


def reason(kind: ReasonKind, detail: str = "") -> Reason:
    """Build a reason why a run is not whole."""
    return Reason(kind=kind, detail=detail or f"it is {kind}")


def run(*reasons: Reason, **facts: Any) -> Run:
    """Build the facts of a run, complete unless reasons are given."""
    defaults: dict[str, Any] = {
        "id": "run-1",
        "started_at": "2026-03-01T12:00:00+00:00",
        "duration_s": 1.5,
        "commit": "c" * 40,
        "dirty": False,
        "branch": "main",
        "ci": None,
        "selected": 1,
        "complete": not reasons,
        "incomplete_reasons": tuple(sorted(reasons)),
        "versions": {"python": "3.11.7"},
    }
    return Run(**{**defaults, **facts})


def settings_of(**values: Any) -> dict[str, Setting]:
    """Build an effective configuration out of bare values."""
    return {name: Setting(value=value, origin="ini file") for name, value in values.items()}


def score(
    tests: Mapping[str, Sequence[TestEvidence]] | None = None,
    *,
    by: Rubric = PAPER,
    attestations: Sequence[Attestation] = (),
    waivers: Sequence[Waiver] = (),
    accepted_faults: Sequence[AcceptedFault] = (),
    untagged: Sequence[str] = (),
    policy: Policy | None = None,
    config: Mapping[str, Setting] | None = None,
    of: Run | None = None,
    today: dt.date = TODAY,
    baseline: Baseline | None = None,
    before: Record | None = None,
    notes: Sequence[str] = (),
    added: Pool | None = None,
) -> Record:
    """Score some evidence with everything else at its simplest."""
    return scorecard(
        rubric=by,
        evidence=Evidence(
            tests=tests or {},
            untagged=untagged,
            attestations=attestations,
            waivers=waivers,
            accepted_faults=accepted_faults,
        ),
        policy=policy or Policy(),
        config=config or {},
        run=of or run(),
        system="churn",
        today=today,
        generator=Generator(name="pytest-mltestscore", version="0.1.0"),
        baseline=baseline,
        before=before,
        notes=notes,
        pool=added,
    )


def by_sums(*sums: float, rubric: Rubric = PAPER) -> Record:
    """Score a system whose sections have these sums in points of 2017: tests, and attestations."""
    tests: dict[str, list[TestEvidence]] = {}
    statements: list[Attestation] = []
    for section, wanted in zip(rubric.sections, sums, strict=True):
        ids = [item.id for item in rubric.items if item.section == section.id]
        whole = int(wanted)
        tests.update({id_: [row(f"t.py::{id_}")] for id_ in ids[:whole]})
        if wanted > whole:
            statements.append(attestation(ids[whole]))
    return score(tests, by=rubric, attestations=statements)


# Reports


class Report(NamedTuple):
    """What the fold takes of a pytest report."""

    when: str
    outcome: str
    expected_failure: bool = False
    subtest: bool = False
    message: str = ""

    def feed(self, attempts: Attempts, seconds: float = 0.0) -> None:
        attempts.add(
            self.when,
            self.outcome,
            expected_failure=self.expected_failure,
            subtest=self.subtest,
            duration_s=seconds,
            message=self.message,
        )


CRASH = Report("???", "failed")


def fold(reports: Sequence[Report]) -> Attempts:
    """Feed reports to a new account, in their order."""
    attempts = Attempts()
    for report in reports:
        report.feed(attempts)
    return attempts


def _phase(when: str, *endings: str) -> st.SearchStrategy[Report]:
    named = {
        "passed": Report(when, "passed"),
        "failed": Report(when, "failed"),
        "skipped": Report(when, "skipped"),
        "xfailed": Report(when, "skipped", expected_failure=True),
        "xpassed": Report(when, "passed", expected_failure=True),
        "rerun": Report(when, "rerun"),
    }
    return st.sampled_from([named[ending] for ending in endings])


subtests = st.lists(
    st.builds(
        lambda ending: ending._replace(subtest=True),
        _phase("call", "passed", "failed", "skipped", "xfailed", "xpassed"),
    ),
    max_size=3,
)


@st.composite
def attempts_reports(draw: st.DrawFn) -> list[Report]:
    """Reports of one attempt, as pytest sends them; a dead process may cut them off."""
    setup = draw(_phase("setup", "passed", "passed", "passed", "failed", "skipped", "xfailed"))
    reports = [*draw(subtests), setup]
    if setup.outcome == "passed":
        call = _phase("call", "passed", "passed", "failed", "skipped", "xfailed", "xpassed")
        reports += [*draw(subtests), draw(call)]
    reports += [*draw(subtests), draw(_phase("teardown", "passed", "passed", "failed", "xfailed"))]
    ending = draw(st.sampled_from(["whole", "whole", "cut", "crash", "rerun"]))
    if ending != "whole":
        reports = reports[: draw(st.integers(1, len(reports)))]
    if ending == "crash":
        reports.append(CRASH)
    elif ending == "rerun":
        when = "setup" if all(r.subtest for r in reports) else reports[-1].when
        last = reports.pop()._replace(outcome="rerun", expected_failure=False, subtest=False)
        reports.append(last._replace(when=when))
    return reports


@st.composite
def report_sequences(draw: st.DrawFn) -> list[list[Report]]:
    """Attempts at one test; all but the last came to an end, so that the next could begin."""
    attempts = draw(st.lists(attempts_reports(), min_size=1, max_size=3))
    return [
        [*attempt, Report("call", "rerun")] if not _ended(attempt) else attempt
        for attempt in attempts[:-1]
    ] + attempts[-1:]


def _ended(attempt: Sequence[Report]) -> bool:
    last = attempt[-1]
    return last.outcome == "rerun" or last.when == "???" or _is_teardown(last)


def _is_teardown(report: Report) -> bool:
    return report.when == "teardown" and not report.subtest


# Evidence

half_points = st.integers(0, 14).map(lambda halves: halves / 2)
nodeids = st.integers(0, 7).map(lambda number: f"tests/test_{number % 3}.py::test_{number}")

# Few draws a row, so that hypothesis has time for many.
_TEXTS = ("", "a", "é |<b>", "two\nlines \x1b[31m")
_MEASUREMENTS: tuple[tuple[Measurement, ...], ...] = (
    (),
    *((Measurement(name="rows", value=value),) for value in (True, 1, 1.0, -0.0, 0.0, None)),
    (Measurement(name="auc", value=0.5), Measurement(name="ms", value=3, volatile=True)),
)
_CHECKS = (
    (),
    (CheckEvidence(name="schema", holds=True, summary="fine"),),
    (CheckEvidence(name="drift", holds=False, summary="bad", measurements=_MEASUREMENTS[-1]),),
)
_PHASES: dict[Outcome, tuple[Phase | None, ...]] = {
    "crashed": (None,),
    "incomplete": (None,),
    "error": ("setup", "teardown", None),
    "failed": ("call",),
    "xpassed": ("call",),
    "xfailed": ("setup", "call"),
    "skipped": ("setup", "call"),
    "passed": (None,),
    "not-run": (None,),
}
_ENDINGS = [(outcome, phase) for outcome in WORST_FIRST for phase in _PHASES[outcome]]
_PROOFS = (
    None,
    Proof(
        trials=(
            Trial(fault="nulls", site="rows", verdict="missed"),
            Trial(fault="shuffles", site="rows", verdict="caught"),
        )
    ),
    Proof(why="fails without any fault"),
)
_EXTRAS = [
    {
        "duration_s": duration,
        "flaky": reruns > 0,
        "reruns": reruns,
        "note": note,
        "message": note[::-1],
        "subtests": Subtests(total=2, failed=0) if reruns else None,
        "measurements": measured,
        "checks": checked,
        "proof": _PROOFS[reruns],
    }
    for duration, reruns, note, measured, checked in product(
        (0.0, 0.25), (0, 1, 2), _TEXTS, _MEASUREMENTS, _CHECKS
    )
]

_NEEDS = [(), ("model=",), ("model=",), ("rows=",), ("model=", "rows="), ("train= or estimator=",)]


@st.composite
def rows(draw: st.DrawFn, nodeid: str | None = None) -> TestEvidence:
    """Draw the evidence of one test, with all that a row can carry."""
    outcome, phase = draw(st.sampled_from(_ENDINGS))
    extras = {} if outcome == "not-run" else draw(st.sampled_from(_EXTRAS))
    needs = draw(st.sampled_from(_NEEDS)) if outcome == "skipped" else ()
    return row(nodeid or draw(nodeids), outcome, phase=phase, needs=needs, **extras)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    """Draw a rubric of two to four small sections, with efforts and credit of any kind."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    credit = draw(st.sampled_from([CREDIT_2017, CREDIT_2016, Credit(manual=1.0, automated=1.0)]))
    bare = rubric(sizes, credit=credit)
    code = draw(st.integers(0, len(EFFORTS) ** len(bare.items) - 1))
    efforts: dict[str, Effort] = {}
    for item in bare.items:
        code, effort = divmod(code, len(EFFORTS))
        efforts[item.id] = EFFORTS[effort]
    return rubric(sizes, credit=credit, efforts=efforts)


reasons = st.builds(
    Reason,
    kind=st.sampled_from(
        [
            "deselected",
            "arguments",
            "in-progress",
            "stopped",
            "interrupted",
            "exit",
            "collection-errors",
            "internal-error",
            "usage-error",
            "worker-lost",
            "unfinished",
            "no-tests",
            "shard-missing",
            "store",
        ]
    ),
    detail=st.sampled_from(["one", "two"]),
)


def runs(*, whole: bool = False) -> st.SearchStrategy[Run]:
    """Draw the facts of a run."""
    return st.builds(
        lambda found, ci, dirty: run(*found, ci=ci, dirty=dirty),
        st.just([]) if whole else st.lists(reasons, max_size=2, unique=True),
        st.sampled_from([None, CI(provider="GitHub")]),
        st.sampled_from([None, False, True]),
    )


def policies() -> st.SearchStrategy[Policy]:
    """Draw the policy of a project."""
    allowed = st.one_of(st.none(), st.integers(0, 2))
    return st.builds(Policy, require_ci=st.booleans(), max_waivers=allowed)


@st.composite
def configs(draw: st.DrawFn, by: Rubric) -> dict[str, Setting]:
    """Draw gate rules that the rubric can have."""
    floors = st.one_of(half_points, st.floats(0, 7))
    ids = [item.id for item in by.items]
    levels = st.sampled_from(["", ":manual", ":automated"])
    wanted = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    return settings_of(
        fail_under=draw(st.one_of(st.none(), floors)),
        fail_under_section={
            s.id: draw(floors) for s in draw(st.lists(st.sampled_from(by.sections), max_size=2))
        },
        require=[id_ + draw(levels) for id_ in wanted],
        fail_on_regression=draw(st.booleans()),
        strict=draw(st.booleans()),
    )


class Case(NamedTuple):
    """All that a scorecard is made of."""

    by: Rubric
    tests: dict[str, list[TestEvidence]]
    attestations: list[Attestation]
    waivers: list[Waiver]
    accepted_faults: list[AcceptedFault]
    untagged: list[str]
    policy: Policy
    config: dict[str, Setting]
    of: Run
    notes: list[str]

    def score(self, **changed: Any) -> Record:
        return score(**{**self._asdict(), **changed})


@st.composite
def cases(draw: st.DrawFn, *, whole: bool = False) -> Case:
    """Draw evidence for a small rubric; a test that serves several items has one row."""
    by = draw(rubrics())
    ids = [item.id for item in by.items]
    found = draw(st.lists(rows(), max_size=8, unique_by=lambda r: r.nodeid))
    if whole:
        found = [r for r in found if r.outcome != "not-run"]
    tests: dict[str, list[TestEvidence]] = {}
    for one in found:
        for id_ in draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)):
            tests.setdefault(id_, []).append(one)
    some = st.lists(st.sampled_from(ids), max_size=3, unique=True)
    ends = st.sampled_from([-1, 0, 14, 15])
    return Case(
        by=by,
        tests=tests,
        attestations=[
            attestation(id_, expires=draw(ends), date=draw(st.sampled_from([-30, 1, 2])))
            for id_ in draw(some)
        ],
        waivers=[waiver(id_, expires=draw(ends)) for id_ in draw(some)],
        accepted_faults=[
            AcceptedFault(fault=fault, reason="a reason", item=id_)
            for id_ in draw(some)
            for fault in draw(st.sampled_from([("nulls",), ("nulls", "shuffles")]))
        ],
        untagged=draw(st.lists(st.sampled_from(["u.py::a", "u.py::b"]), unique=True)),
        policy=draw(policies()),
        config=draw(configs(by)),
        of=draw(runs(whole=whole)),
        notes=draw(st.lists(st.sampled_from(["one", "two"]), unique=True)),
    )
