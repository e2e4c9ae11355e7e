"""What the template of the fleet page needs beside the fleet: rows, levels, bars, sparklines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..domain.counting import count
from ..domain.fleet import BandTally, Fleet, FleetGroup, FleetSystem, ItemTally, SectionTally
from ..domain.record import GateStatus, State
from ._html_words import points
from ._wording import WORST_FIRST

MAX_SYSTEMS = 2_000
"""Rows of the page, over all groups. What is left out is counted there, and whole in CSV."""
MAX_SECTIONS = 8
COMFORTABLE_SECTIONS = 5
LONGEST_TITLE = 15
"""Characters of the title of a section, up to which a table of some sections fits on a screen."""
MAX_ITEMS = 100
MAX_BANDS = 12
MAX_LISTED = 200
LEVELS = 6
"""Shades of the heat table; the bands of the rubric are spread over them."""
OWNERS_SHOWN = 2

SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 80, 28, 3
LEAST_SPAN = 2 / 7
"""Of the highest score: a trend that moves less than this does not fill its height."""
BAR_WIDTH = 240

GATE_WORDS: dict[GateStatus, str] = {
    "failed": "failed",
    "undecided": "undecided",
    "not-evaluated": "not evaluated",
    "not-asked": "none",
    "passed": "passed",
}
GATE_SHAPES: dict[GateStatus, str] = {
    "failed": "failing",
    "undecided": "withheld",
    "not-evaluated": "not-run",
    "not-asked": "missing",
    "passed": "automated",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A score in the heat table."""

    title: str
    score: float | None
    level: int
    low: bool
    """Whether it holds the final score where it is."""


@dataclass(frozen=True, slots=True)
class Spark:
    """A line of scores."""

    path: str
    end: int
    """Where it ends, from above."""
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A system."""

    system: FleetSystem
    level: int
    cells: tuple[Cell, ...]
    spark: Spark | None
    owners: tuple[str, ...]
    """Those who are shown."""
    more_owners: int


@dataclass(frozen=True, slots=True)
class BandRow:
    """A band with the systems in it."""

    tally: BandTally
    words: str
    level: int
    width: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar of an item."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item over all systems."""

    tally: ItemTally
    section: str
    segments: tuple[Segment, ...]
    words: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Systems that can be compared, arranged."""

    group: FleetGroup
    columns: tuple[SectionTally, ...]
    rows: tuple[Row, ...]
    cut: int
    """Systems that are not shown."""
    bands: tuple[BandRow, ...]
    sections: tuple[tuple[SectionTally, float], ...]
    """Each with the width of its bar."""
    items: tuple[ItemRow, ...]
    states: tuple[State, ...]
    """Those that occur, the best first."""
    spreads: bool
    """Whether it takes more room than a screen has."""


def arrange(fleet: Fleet) -> list[GroupView]:
    """Arrange the groups of a fleet, as far as the page has room."""
    views, room = [], MAX_SYSTEMS
    for group in fleet.groups:
        view = _group(group, room)
        room -= len(view.rows)
        views.append(view)
    return views


def _group(group: FleetGroup, room: int) -> GroupView:
    columns = group.sections[:MAX_SECTIONS]
    titles = {section.id: section.title for section in group.sections}
    occurring = {state for item in group.items for state in item.states}
    most = max((band.systems for band in group.bands), default=0) or 1
    return GroupView(
        group=group,
        columns=columns,
        rows=tuple(_row(system, group, columns) for system in group.systems[:room]),
        cut=max(len(group.systems) - room, 0),
        bands=tuple(
            BandRow(band, words, _spread(number, len(group.bands)), _px(band.systems / most))
            for number, (band, words) in enumerate(_ranges(group.bands))
        )[:MAX_BANDS],
        sections=tuple((s, _px(s.mean / s.max) if s.max else 0.0) for s in columns),
        items=tuple(_item(i, titles[i.section]) for i in group.items[:MAX_ITEMS]),
        states=tuple(state for state in reversed(WORST_FIRST) if state in occurring),
        spreads=len(columns) > COMFORTABLE_SECTIONS
        or any(len(section.title) > LONGEST_TITLE for section in columns),
    )


def _row(system: FleetSystem, group: FleetGroup, columns: Sequence[SectionTally]) -> Row:
    return Row(
        system=system,
        level=_level(system.score, group),
        cells=tuple(_cell(section, system, group) for section in columns),
        spark=_spark(system, group.max),
        owners=system.owners[:OWNERS_SHOWN],
        more_owners=len(system.owners[OWNERS_SHOWN:]),
    )


def _cell(section: SectionTally, system: FleetSystem, group: FleetGroup) -> Cell:
    score = system.sections.get(section.id)
    low = section.id in system.limiting_sections and system.score < group.max
    return Cell(section.title, score, 0 if score is None else _level(score, group), low)


def _level(score: float, group: FleetGroup) -> int:
    """Return the shade of a score: that of the band which a final score of it has."""
    tops = [band.up_to for band in group.bands]
    number = sum(score > top for top in tops[:-1])
    return _spread(number, len(tops))


def _spread(number: int, of: int) -> int:
    return round(number * (LEVELS - 1) / (of - 1)) if of > 1 else LEVELS - 1


def _ranges(ladder: Sequence[BandTally]) -> Iterator[tuple[BandTally, str]]:
    lower = ""
    for band in ladder:
        top = points(band.up_to)
        yield band, f"above {lower}, up to {top}" if lower else top
        lower = top


def _spark(system: FleetSystem, highest: float) -> Spark | None:
    """Draw the scores as steps, each run as wide as the others; two runs at least."""
    scores = [*(point.final for point in system.trend), system.score]
    if len(scores) < 2:
        return None
    heights = _heights(scores, highest * LEAST_SPAN)
    step = max(SPARK_WIDTH // len(scores), 1)
    parts, flat = [f"M0 {heights[0]}"], step
    for before, height in pairwise(heights):
        if height != before:
            parts.append(f"h{flat}v{height - before}")
            flat = 0
        flat += step
    return Spark("".join([*parts, f"h{flat}"]), heights[-1], _spark_words(scores))


def _spark_words(scores: Sequence[float]) -> str:
    first, last = points(scores[0]), points(scores[-1])
    lowest, highest = points(min(scores)), points(max(scores))
    words = f"from {first} to {last} in {count(len(scores), 'run')}"
    return f"{words}, between {lowest} and {highest}" if lowest != highest else words


def _heights(scores: Sequence[float], span: float) -> list[int]:
    """Return how far from above each score is drawn, the whole height for `span` at least."""
    span = max(span, max(scores) - min(scores)) or 1.0
    lowest = min(scores) - (span - (max(scores) - min(scores))) / 2
    room = SPARK_HEIGHT - 2 * SPARK_MARGIN
    return [round(SPARK_MARGIN + room * (1 - (score - lowest) / span)) for score in scores]


def _item(tally: ItemTally, section: str) -> ItemRow:
    states = [state for state in reversed(WORST_FIRST) if state in tally.states]
    words = ", ".join(f"{tally.states[s]:,} {s.replace('-', ' ')}" for s in states)
    return ItemRow(tally, section, tuple(_segments(tally)), words)


_KINDS: dict[str, tuple[State, ...]] = {
    "full": ("automated",),
    "half": ("manual",),
    "bad": ("failing",),
    "idle": ("withheld", "expired", "skipped", "not-run"),
}
"""Missing is what is left of the bar."""


def _segments(tally: ItemTally) -> Iterator[Segment]:
    x = 0.0
    for kind, states in _KINDS.items():
        width = _px(sum(tally.states.get(s, 0) for s in states) / tally.systems)
        if width:
            yield Segment(kind, round(x, 1), width)
        x += width


def _px(share: float) -> float:
    """Return a share of a bar, rounded to what a screen can show."""
    return round(share * BAR_WIDTH, 1)
