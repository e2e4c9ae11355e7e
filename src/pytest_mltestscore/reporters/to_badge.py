"""The score as a small flat picture: SVG without a font, a script or an address to load."""

from __future__ import annotations

from html import escape

from ..domain.record import Record
from ..domain.text import clean_line
from . import _wording as words

LABEL = "ML Test Score"

HEIGHT = 20
PADDING = 6

LABEL_INK = "#444444"
UNKNOWN_INK = "#616161"
BAND_INKS = ("#b3261e", "#a83f00", "#805300", "#5a6400", "#2b7530", "#00695c")
"""From the lowest band to the highest; white text on each has a contrast of more than 4.5."""

# Verdana at 11 pixels, roughly. `textLength` makes up for what other fonts do.
_NARROW = dict.fromkeys("fijlrt,./ I", 4.0)
_WIDE = dict.fromkeys("mwMW", 10.0)


def render(record: Record) -> str:
    """Return the record as a picture with the score, or with why there is none."""
    value, certain = _value(record)
    ink = _ink(record) if certain else UNKNOWN_INK
    left, right = _width(LABEL), _width(value)
    title = _escaped(_title(record))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:g}" height="{HEIGHT}"'
        f' role="img" aria-label="{title}">\n'
        f"<title>{title}</title>\n"
        f'<rect width="{left + right:g}" height="{HEIGHT}" rx="3" fill="{LABEL_INK}"/>\n'
        f'<path d="M{left:g} 0h{right - 3:g}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3:g}z"'
        f' fill="{ink}"/>\n'
        '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\n'
        f"{_text(LABEL, 0, left)}\n{_text(value, left, right)}\n"
        "</g>\n</svg>\n"
    )


def _value(record: Record) -> tuple[str, bool]:
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


def _title(record: Record) -> str:
    gate = words.GATES[record.gate.status].lower()
    unfinished = words.unfinished(record)
    said = "" if unfinished else f"; {record.score.band.text.rstrip('.')}"
    return f"{LABEL} of {record.system}: {words.headline(record)}{said}; {gate}"


def _width(text: str) -> float:
    inner = sum(_NARROW.get(c) or _WIDE.get(c) or 6.7 for c in text)
    return inner + 2 * PADDING


def _text(text: str, x: float, width: float) -> str:
    length = width - 2 * PADDING
    return f'<text x="{x + PADDING:g}" y="14" textLength="{length:g}">{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    return escape(clean_line(text))
