"""Put a record together: the one function that turns evidence into a scored, gated record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from ..domain.evidence import AcceptedFault, Attestation, TestEvidence, Waiver
from ..domain.notes import skipped_modules
from ..domain.record import (
    UNLISTED_KINDS,
    Baseline,
    Generator,
    ItemScore,
    ItemTexts,
    Policy,
    Pool,
    Record,
    RubricFacts,
    Run,
    Setting,
    TrendPoint,
)
from ..domain.rubric import Item, Rubric, Section
from .accepted import statuses, with_accepted
from .ages import max_age_days
from .diff import recompare
from .freshness import attestation_status, waiver_status
from .gate import GateRules, Judged, decide
from .items import implemented_points, judge, points
from .loosened import with_loosened
from .proof import item_proof
from .steps import next_steps
from .totals import final_score, section_scores


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run showed of one system."""

    tests: Mapping[str, Sequence[TestEvidence]]
    """Item id to one row a test; items without tests may be left out."""
    untagged: Sequence[str] = ()
    attestations: Sequence[Attestation] = ()
    waivers: Sequence[Waiver] = ()
    accepted_faults: Sequence[AcceptedFault] = ()


def scorecard(  # noqa: PLR0913 - the parts of a record, all by keyword
    *,
    rubric: Rubric,
    evidence: Evidence,
    policy: Policy,
    config: Mapping[str, Setting],
    run: Run,
    system: str,
    today: dt.date,
    generator: Generator,
    baseline: Baseline | None = None,
    before: Record | None = None,
    notes: Sequence[str] = (),
    pool: Pool | None = None,
    trend: Sequence[TrendPoint] = (),
) -> Record:
    """Score a run and judge it by the gate that `config` holds.

    The order of tests, attestations, waivers and notes does not matter. Of several accepted faults
    that say the same of a test, the first one gives the reason. The changes of `baseline`
    are worked out here, whatever it holds; what was loosened since is, where the record that it was
    taken from is given as `before`. Of notes, those on modules that skipped themselves are
    read: they explain items without a test.
    """
    unlisted = any(r.kind in UNLISTED_KINDS for r in run.incomplete_reasons)
    attestations = {a.item: attestation_status(a, today) for a in evidence.attestations}
    waivers = {w.item: waiver_status(w, today) for w in evidence.waivers}
    skipped = _skipped_modules(notes, evidence)
    items: list[ItemScore] = []
    implemented: dict[str, float] = {}
    for item in rubric.items:
        found = sorted(evidence.tests.get(item.id, ()), key=lambda t: t.nodeid)
        tests = [with_accepted(test, item.id, evidence.accepted_faults) for test in found]
        attestation = attestations.get(item.id)
        proof = item_proof(tests, item.faults)
        state, reason = judge(
            tests,
            attestation,
            policy=policy,
            in_ci=run.ci is not None,
            unlisted=unlisted,
            skipped_modules=skipped,
            proof=proof,
            max_age_days=max_age_days(policy, item.id, item.section),
        )
        implemented[item.id] = implemented_points(tests, attestation, rubric.credit)
        earned = points(state, rubric.credit)
        items.append(
            ItemScore(
                id=item.id,
                name=item.name,
                section=item.section,
                title=item.title,
                state=state,
                points=earned,
                reason=reason,
                texts=_texts(item, raisable=earned < rubric.credit.automated),
                tests=tuple(tests),
                attestation=attestation,
                waiver=waivers.get(item.id),
                proof=proof,
            )
        )
    sections = section_scores(rubric, items, implemented)
    score = final_score(rubric, sections)
    compared = _compare(baseline, items)
    rules = GateRules.from_config(config)
    record = Record(
        generator=generator,
        rubric=_facts(rubric),
        system=system,
        date=today,
        run=run,
        config=dict(config),
        policy=policy,
        accepted_faults=statuses(
            evidence.accepted_faults,
            {item.id: item.tests for item in items},
            # A module that skipped itself may hold the test that is meant.
            everything_seen=run.complete and not skipped,
        ),
        score=score,
        sections=sections,
        items=tuple(items),
        next_steps=next_steps(items, sections, rubric.credit),
        untagged=tuple(sorted(evidence.untagged)),
        gate=decide(rules, Judged(score, sections, items, compared, policy, run)),
        baseline=compared,
        pool=pool,
        trend=tuple(trend),
        notes=tuple(sorted(set(notes))),
    )
    return with_loosened(record, before) if before else record


def _skipped_modules(notes: Sequence[str], evidence: Evidence) -> list[str]:
    """Return the modules that skipped themselves and of which no part of a run saw a test."""
    found = skipped_modules(notes)
    if not found:
        return []
    seen = {test.nodeid for tests in evidence.tests.values() for test in tests}
    seen |= {*evidence.untagged}
    modules = {nodeid.partition("::")[0] for nodeid in seen}
    return [module for module in found if module not in modules]


def _compare(baseline: Baseline | None, items: Sequence[ItemScore]) -> Baseline | None:
    if baseline is None or baseline.status != "compared":
        return baseline
    return recompare(baseline, items)


def _texts(item: Item, *, raisable: bool) -> ItemTexts:
    texts = ItemTexts(**{name: getattr(item, name) for name in ItemTexts.__struct_fields__})
    return texts if raisable else msgspec.structs.replace(texts, example="")


def _facts(rubric: Rubric) -> RubricFacts:
    return RubricFacts(**{name: getattr(rubric, name) for name in RubricFacts.__struct_fields__})


def rubric_of(record: Record) -> Rubric:
    """Rebuild the rubric that a record was scored by, from the record alone."""
    return Rubric(
        **msgspec.structs.asdict(record.rubric),
        sections=tuple(
            Section(id=s.id, title=s.title, long_title=s.long_title) for s in record.sections
        ),
        items=tuple(
            Item(
                id=i.id,
                name=i.name,
                section=i.section,
                title=i.title,
                **msgspec.structs.asdict(i.texts),
            )
            for i in record.items
        ),
    )
