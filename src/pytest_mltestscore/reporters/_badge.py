"""What a badge says of a record and in which colour, whatever draws it."""

from __future__ import annotations

from typing import NamedTuple

from ..domain.record import Record
from . import _wording as words

LABEL = "ML Test Score"

UNKNOWN_INK = "#616161"
BAND_INKS = ("#b3261e", "#a83f00", "#805300", "#5a6400", "#2b7530", "#00695c")
"""From the lowest band to the highest; white text on each has a contrast of more than 4.5."""


class Badge(NamedTuple):
    """The right side of a badge."""

    text: str
    ink: str
    """As `#rrggbb`."""


def badge(record: Record) -> Badge:
    """Return the score in the colour of its band; grey where that is not all there is to say."""
    text, certain = _text(record)
    return Badge(text, _ink(record) if certain else UNKNOWN_INK)


def _text(record: Record) -> tuple[str, bool]:
    """Return what the badge says, and whether that is all there is to say."""
    score = f"{words.points(record.score.final)} / {words.points(record.score.max)}"
    match words.unfinished(record):
        case "in progress":
            return "in progress", False
        case "cut short":
            return f"at least {score}", False
        case "":
            undecided = record.gate.status == "undecided"
            return (f"{score}, undecided", False) if undecided else (score, True)
        case unfinished:
            return f"{score}, {unfinished}", False


def _ink(record: Record) -> str:
    """Choose a colour by the place of the band among the rubric's bands, whatever their names."""
    bands = [b.key for b in record.rubric.bands]
    if record.score.band.key not in bands:
        return UNKNOWN_INK
    place = bands.index(record.score.band.key)
    return BAND_INKS[round(place * (len(BAND_INKS) - 1) / max(len(bands) - 1, 1))]
