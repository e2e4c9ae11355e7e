"""The score as a small flat picture: SVG without a font, a script or an address to load."""

from __future__ import annotations

from html import escape

from ..domain.record import Record
from ..domain.text import clean_line
from . import _wording as words
from ._badge import LABEL, badge

HEIGHT = 20
PADDING = 6

LABEL_INK = "#444444"

# Verdana at 11 pixels, roughly. `textLength` makes up for what other fonts do.
_NARROW = dict.fromkeys("fijlrt,./ I", 4.0)
_WIDE = dict.fromkeys("mwMW", 10.0)


def render(record: Record) -> str:
    """Return the record as a picture with the score, or with why there is none."""
    value, ink = badge(record)
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
