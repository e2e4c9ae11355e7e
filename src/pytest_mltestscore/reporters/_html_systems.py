"""What the page that leads to several systems shows of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ..domain.counting import count
from ..domain.record import GateStatus, Record
from . import _wording as words
from ._html_page import Page, arrange

WORST_FIRST: tuple[GateStatus, ...] = (
    "failed",
    "undecided",
    "not-evaluated",
    "passed",
    "not-asked",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A system and where its page is."""

    record: Record
    page: Page
    address: str
    """Relative to the page, so that both can be moved together."""

    @property
    def reasons(self) -> str:
        """Why the score is not the whole truth."""
        return words.reasons(self.record)


def entries(systems: Sequence[tuple[Record, str]]) -> list[Entry]:
    """Arrange systems, each with the name of its file."""
    return [Entry(record, arrange(record), f"./{quote(file)}") for record, file in systems]


def worst(records: Sequence[Record]) -> GateStatus:
    """Return the verdict that a reader has to see first."""
    return min((r.gate.status for r in records), key=WORST_FIRST.index)


def headline(records: Sequence[Record]) -> str:
    """Say in a line how the systems stand."""
    if all(words.unfinished(record) == "in progress" for record in records):
        return "No result yet"
    gates = Counter(record.gate.status for record in records)
    if gates["not-asked"] == len(records):
        lowest = min(record.score.final for record in records)
        return f"{count(len(records), 'system')}, the lowest score is {words.points(lowest)}"
    listed = (
        (gates["failed"], "failed"),
        (gates["undecided"], "undecided"),
        (gates["not-evaluated"], "not evaluated"),
        (gates["passed"], "passed"),
        (gates["not-asked"], "without a gate"),
    )
    said = ", ".join(f"{number} {what}" for number, what in listed if number)
    return f"{count(len(records), 'system')}: {said}"
