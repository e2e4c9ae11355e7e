"""What the template needs beside the record: order, counts, bars and what to leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.record import (
    Baseline,
    GateCheck,
    ItemScore,
    Record,
    Score,
    SectionScore,
    State,
)
from ..domain.rubric import Credit
from ._commands import reproduce
from ._html_detail import MAX_ROWS
from ._html_proof import ProofRow
from ._html_proof import rows as proof_rows
from ._html_tests import Evidence, fold
from ._html_trend import TrendView, trend_view
from ._html_words import points
from ._likely_items import Likely, likely_items
from ._svg import Bar, bar
from ._wording import WORST_FIRST, missed_first, unfinished

FIGURE_SPACE = "\u2007"

STEPS = 3
"""Next steps on the first screen."""

OPEN_STATES: frozenset[State] = frozenset({"failing", "withheld", "expired", "skipped"})
"""Items with evidence that earns nothing: what is there needs mending. They start unfolded."""


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item and what to say about it."""

    item: ItemScore
    evidence: Evidence
    reproduce: str
    """What shows the first fault that was missed, if nothing is proven."""
    statement: str
    advice: tuple[tuple[str, str], ...]
    starts_open: bool
    is_next: bool
    """Whether it is among the next steps that the first screen shows."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section, its items in the rubric's order, and its bar."""

    index: int
    section: SectionScore
    items: tuple[ItemView, ...]
    counts: tuple[tuple[State, int], ...]
    bar: Bar
    limits: bool
    before: float | None
    """Its score in the baseline, where there is one to compare with."""


@dataclass(frozen=True, slots=True)
class Page:
    """One record, arranged."""

    record: Record
    unfinished: str
    """Why the score is not the whole truth, in a word or two; empty if it is."""
    sections: tuple[SectionView, ...]
    states: tuple[tuple[State, int], ...]
    """States that occur, most urgent first, with how often."""
    empty: tuple[tuple[State, tuple[int, ...]], ...]
    """States with the sections in which no item has them, for the filters to say so."""
    unmet: tuple[GateCheck, ...]
    baseline: Baseline | None
    """The baseline, if it was compared."""
    trend: TrendView | None
    waived: tuple[ItemScore, ...]
    proofs: tuple[ProofRow, ...]
    """Items of which some test was tried with faults."""
    names: dict[str, str]
    """Item names by id."""
    likely: tuple[Likely, ...]
    """Tests without a tag that have the name of an item in theirs."""
    places: int
    """Decimals that line up the scores of sections: one, unless all of them are whole."""

    def aligned(self, value: float) -> str:
        """Write a score so that it lines up with those above and below it."""
        width = len(f"{self.record.score.max:.{self.places}f}")
        return f"{value:.{self.places}f}".rjust(width, FIGURE_SPACE)


def arrange(record: Record) -> Page:
    """Arrange a record for the page. Linear in the number of tests."""
    compared = record.baseline
    if compared and (compared.status != "compared" or compared.final is None):
        compared = None
    states = Counter(item.state for item in record.items)
    found = [state for state in WORST_FIRST if states[state]]
    sections = tuple(
        _section(index, section, record, compared) for index, section in enumerate(record.sections)
    )
    return Page(
        record=record,
        unfinished=unfinished(record),
        sections=sections,
        states=tuple((state, states[state]) for state in found),
        empty=tuple((state, without) for state in found if (without := _without(state, sections))),
        unmet=tuple(check for check in record.gate.checks if check.ok is not True),
        baseline=compared,
        trend=trend_view(record),
        waived=tuple(item for item in record.items if item.waiver),
        proofs=proof_rows(record),
        names={item.id: item.name for item in record.items},
        likely=tuple(likely_items(record.untagged, record.items)),
        places=int(any(section.score % 1 for section in record.sections)),
    )


def _without(state: State, sections: Sequence[SectionView]) -> tuple[int, ...]:
    return tuple(view.index for view in sections if state not in {s for s, _ in view.counts})


def _section(
    index: int, section: SectionScore, record: Record, compared: Baseline | None
) -> SectionView:
    items = [item for item in record.items if item.section == section.id]
    states = Counter(item.state for item in items)
    credit = record.rubric.credit
    steps = {step.item for step in record.next_steps[:STEPS]}
    return SectionView(
        index=index,
        section=section,
        items=tuple(_item(item, credit, item.id in steps) for item in items),
        counts=tuple((state, states[state]) for state in reversed(WORST_FIRST) if states[state]),
        bar=bar(section, items, credit.automated),
        limits=_limits(section, record.score),
        before=compared.sections.get(section.id) if compared else None,
    )


def _limits(section: SectionScore, score: Score) -> bool:
    """Whether a section holds the score down; a full score is held down by nothing."""
    return section.id in score.limiting_sections and score.final < score.max


def _item(item: ItemScore, credit: Credit, is_next: bool) -> ItemView:
    return ItemView(
        item=item,
        evidence=fold(item.tests, MAX_ROWS),
        reproduce=_reproduce(item),
        statement=_statement(item),
        advice=tuple(_advice(item, credit)),
        starts_open=item.state in OPEN_STATES and not _waits(item),
        is_next=is_next,
    )


def _waits(item: ItemScore) -> bool:
    """Whether nothing is wrong, only not given yet: as after `mlscore init`, where most are so."""
    return item.state == "skipped" and all(test.needs for test in item.tests)


def _reproduce(item: ItemScore) -> str:
    missed = missed_first(item) if item.proof and not item.proof.proven else None
    return reproduce(missed[0].nodeid, missed[1].fault) if missed else ""


def _statement(item: ItemScore) -> str:
    if item.state in ("automated", "manual"):
        return item.texts.holds
    if item.state == "not-run":  # nothing was seen, so neither sentence may be claimed
        return f"Not looked at in this run: {item.texts.long_title}"
    return item.texts.fails


def _advice(item: ItemScore, credit: Credit) -> Sequence[tuple[str, str]]:
    """Return the ways up from here. A red test cannot be attested away, so it must be mended."""
    texts = item.texts
    by_hand = (f"By hand, {_worth(credit.manual)}", texts.manual)
    by_test = (f"Automated, {_worth(credit.automated)}", texts.automate)
    match item.state:
        case "failing":
            return [("To mend it", texts.remedy)]
        case "manual":
            return [by_test]
        case "withheld":
            return [by_hand]
        case "missing" | "expired" | "skipped":
            return [by_hand, by_test]
        case _:
            return []


def _worth(value: float) -> str:
    return f"{points(value)} {'point' if value <= 1 else 'points'}"
