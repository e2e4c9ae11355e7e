"""What lines for a terminal are made of, and a screen that knows what fits on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ..domain.text import clean_line
from ._cells import cells, cut, cut_middle, wrapped

Style = Literal["plain", "strong", "dim", "good", "warn", "bad"]

LABEL_WIDTH = 9
"""Columns of the labels under the section table, such as `FAILING`, with a blank after them."""

NARROWEST = 40
"""Columns below which lines stay as they are: nobody reads a table there."""

PARAGRAPH = 3
"""Lines that one text may take."""

_COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
"""What CI servers take for a command to them when it is printed: `::error::` at the beginning of a
line (which wrapping may make of any word), and `##vso[...]` and the like anywhere."""


class Span(NamedTuple):
    """A piece of a line that has one style."""

    text: str
    style: Style = "plain"


Line = tuple[Span, ...]


def inert(line: str) -> str:
    """Return a line in which no CI server finds a command.

    >>> inert("::error::owned")
    ': :error::owned'
    """
    return _COMMAND.sub(lambda match: " ".join(match.group()), line)


class Screen:
    """Makes text safe and short for a stream of some width and encoding."""

    def __init__(self, width: int, encoding: str) -> None:
        self.width = max(width, NARROWEST)
        try:
            "".encode(encoding)
        except LookupError:
            encoding = "ascii"
        self.encoding = encoding
        rich = self._holds("\u2588\u2591\u2026")
        self.full, self.hollow, self.mark = "\u2588\u2591\u2026" if rich else ("#", ".", "..")

    def _holds(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def text(self, raw: str) -> str:
        """Return a text on one line, with nothing in it that the stream cannot take."""
        safe = inert(clean_line(raw))
        if self._holds(safe):
            return safe
        return safe.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def cut(self, raw: str, width: int) -> str:
        """Return a text that is at most so wide, its end cut off if need be."""
        return cut(self.text(raw), width, self.mark)

    def cut_middle(self, raw: str, width: int) -> str:
        """Return a text that is at most so wide, its middle cut out if need be."""
        return cut_middle(self.text(raw), width, self.mark)

    def paragraph(self, raw: str, *, indent: int = 0, style: Style = "plain") -> Iterator[Line]:
        """Break a text into a few lines that all begin at `indent`."""
        room = self.width - indent
        lines = wrapped(self.text(raw), room)
        if len(lines) > PARAGRAPH:
            last = lines[PARAGRAPH - 1]
            lines[PARAGRAPH - 1 :] = [cut(f"{last} {self.mark}", room, self.mark)]
        for line in lines:
            yield (Span(" " * indent), Span(line, style)) if indent else (Span(line, style),)

    def labelled(self, label: str, raw: str, style: Style = "plain") -> Iterator[Line]:
        """Put a label in front of a text; further lines stand below the text."""
        first = Span(f"{label:<{LABEL_WIDTH}}", style)
        for line in self.paragraph(raw, indent=LABEL_WIDTH):
            yield (first, *line[1:])
            first = line[0]

    def listed(
        self,
        label: str,
        entries: Sequence[str],
        at_most: int,
        style: Style = "plain",
        separator: str = "; ",
    ) -> Iterator[Line]:
        """Put a label in front of entries that are kept whole; what is too much is counted."""
        room = self.width - LABEL_WIDTH
        shown = [self.cut_middle(e, room - len(separator)) for e in entries[:at_most]]
        if len(entries) > at_most:
            shown.append(f"and {len(entries) - at_most} more")
        first, row = Span(f"{label:<{LABEL_WIDTH}}", style), ""
        for entry in shown:
            longer = f"{row}{separator}{entry}" if row else entry
            if row and cells(longer) + len(separator) > room:
                yield (first, Span(row + separator))
                first, row = Span(" " * LABEL_WIDTH), entry
            else:
                row = longer
        if row:
            yield (first, Span(row))
