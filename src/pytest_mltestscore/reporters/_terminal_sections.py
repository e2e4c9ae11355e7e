"""The table of sections in the terminal: points, a bar, counts by state, and the items if asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..domain.record import ItemScore, Record, SectionScore, State
from . import _wording as words
from ._cells import cells, padded
from ._terminal_screen import Line, Screen, Span, Style

LONGEST_BAR = 20
TITLE_WIDTH = 24
NAME_WIDTH = 24

STYLES: dict[State, Style] = {
    "automated": "good",
    "manual": "good",
    "failing": "bad",
    "withheld": "warn",
    "expired": "warn",
    "skipped": "warn",
}
_SHORT: dict[State, str] = {**words.STATES, "automated": "auto"}
_STATE_WIDTH = max(map(len, words.STATES.values()))
_COLUMNS: tuple[State, ...] = ("automated", "manual")
"""States that have a column of their own; the others follow, as many as fit."""


def sections(record: Record, screen: Screen, *, items: bool) -> Iterator[Line]:
    """Yield a row a section and, if asked, a row an item below it."""
    groups = list(words.by_section(record))
    counts = [words.state_counts(members) for _, members in groups]
    titles = [screen.cut(section.title, TITLE_WIDTH) for section, _ in groups]
    title_width = max(map(cells, titles), default=0)
    bar_width = _bar_width(groups)
    score_width = max((len(f"{s.score:.1f}") for s, _ in groups), default=0)
    columns = {state: _column_width(state, counts) for state in _COLUMNS}
    widths = _item_widths(record, screen)
    for (section, members), title, found in zip(groups, titles, counts, strict=True):
        lowest = section.id in record.score.limiting_sections
        row = [
            Span("  "),
            Span(padded(title, title_width), "strong" if lowest else "plain"),
            Span(f"  {section.score:>{score_width}.1f}  ", "strong" if lowest else "plain"),
        ]
        if screen.width >= title_width + bar_width + 40:
            row += [Span(_bar(section, bar_width, screen)), Span("  ")]
        row += _counts(found, columns, screen, sum(cells(s.text) for s in row))
        yield tuple(row)
        if items:
            yield from _items(members, screen, widths)


def section_row(record: Record, screen: Screen) -> Line:
    """Return all sections in one line, the lowest ones set off; what does not fit is left out."""
    row, room = [Span(" ")], screen.width - 1
    for section in record.sections:
        lowest = section.id in record.score.limiting_sections
        text = f" {screen.cut(section.title, TITLE_WIDTH)} {section.score:.1f} "
        room -= cells(text)
        if room < 0:
            break
        row.append(Span(text, "strong" if lowest else "plain"))
    return tuple(row)


def _bar_width(groups: Sequence[tuple[SectionScore, list[ItemScore]]]) -> int:
    """Two columns an item, so that half a point is seen, unless there are too many items."""
    most = max((len(members) for _, members in groups), default=0)
    return min(2 * most, LONGEST_BAR)


def _bar(section: SectionScore, width: int, screen: Screen) -> str:
    # Rounded down, so that only a full section looks full; but what is there is seen.
    filled = int(section.score / section.max * width) if section.max else 0
    filled = max(filled, 1) if section.score else 0
    return screen.full * filled + screen.hollow * (width - filled)


def _column_width(state: State, counts: Sequence[Mapping[State, int]]) -> int:
    return max((len(_cell(state, c[state])) for c in counts if state in c), default=0)


def _cell(state: State, number: int) -> str:
    return f"{number} {_SHORT[state]}"


def _counts(
    found: Mapping[State, int], columns: Mapping[State, int], screen: Screen, taken: int
) -> Iterator[Span]:
    """Yield the counts by state, as many as fit; the rest is added up as open."""
    room = screen.width - taken
    for state, width in columns.items():
        if width and room >= width:
            cell = _cell(state, found[state]) if state in found else ""
            yield Span(f"{cell:<{width + 2}}")
            room -= width + 2
    rest = [s for s in found if s not in _COLUMNS]
    for kept in range(len(rest), -1, -1):
        spans = [Span(_cell(s, found[s]), STYLES.get(s, "plain")) for s in rest[:kept]]
        folded = sum(found[s] for s in rest[kept:])
        if folded:
            spans.append(Span(f"{folded} open"))
        if sum(cells(s.text) + 2 for s in spans) - 2 <= room:
            break
    else:
        return
    for number, span in enumerate(spans):
        yield span if number == 0 else Span(f"  {span.text}", span.style)


def _item_widths(record: Record, screen: Screen) -> tuple[int, int]:
    """Return the columns for ids and names, the same in all sections."""
    ids = max((cells(screen.cut(i.id, NAME_WIDTH)) for i in record.items), default=0)
    names = max((cells(screen.cut(i.name, NAME_WIDTH)) for i in record.items), default=0)
    return ids, max(min(names, screen.width - ids - _STATE_WIDTH - 8), 0)


def _items(members: Sequence[ItemScore], screen: Screen, widths: tuple[int, int]) -> Iterator[Line]:
    id_width, name_width = widths
    for item in members:
        item_id = padded(screen.cut(item.id, NAME_WIDTH), id_width)
        name = padded(screen.cut(item.name, name_width), name_width)
        head = f"    {item_id}  {name}  "
        state = f"{words.STATES[item.state]:<{_STATE_WIDTH}}"
        row = [Span(head), Span(state, STYLES.get(item.state, "plain"))]
        room = screen.width - cells(head + state) - 2
        if room >= 10:
            row.append(Span(f"  {screen.cut_middle(_reason(item), room)}", "dim"))
        yield tuple(row)


def _reason(item: ItemScore) -> str:
    if item.waiver and item.waiver.in_force:
        return f"waived until {item.waiver.decision.expires}"
    return item.reason
