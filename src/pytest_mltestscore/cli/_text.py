"""Laying out text in 80 columns, whatever the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..domain.text import clean_line

WIDTH = 80
_LONGEST = 10_000


def wrapped(text: str, indent: str = "", hang: str | None = None) -> Iterator[str]:
    """Yield the lines of one paragraph; `hang` is the indent of all but the first line.

    Words are never broken, so that addresses can be copied: a longer one sticks out.

    >>> list(wrapped("one two", "- ", "  "))
    ['- one two']
    """
    yield from textwrap.wrap(
        clean_line(text, limit=_LONGEST),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hang is None else hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def signed(points: float) -> str:
    """Return a difference of points with its sign, or an empty string for none.

    >>> signed(0.5), signed(-1.0), signed(0.0)
    ('+0.5', '-1', '')
    """
    return f"{points:+g}" if points else ""
