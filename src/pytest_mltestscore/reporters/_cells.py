"""Text that fits: the columns that it takes in a terminal, and ways of making it shorter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def cells(text: str) -> int:
    r"""Return how many columns a terminal takes for a line of text.

    >>> cells("abc"), cells("\u6f22\u5b57"), cells("e\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, width: int) -> str:
    """Fill up with blanks on the right."""
    return text + " " * (width - cells(text))


def _head(text: str, width: int) -> str:
    taken = 0
    for position, character in enumerate(text):
        taken += _cells_of(character)
        if taken > width:
            return text[:position]
    return text


def cut(text: str, width: int, mark: str) -> str:
    """Cut the end of a text that is too long.

    >>> cut("a long sentence", 8, "..")
    'a long..'
    """
    if cells(text) <= width:
        return text
    return _head(text, max(width - len(mark), 0)).rstrip() + mark


def cut_middle(text: str, width: int, mark: str) -> str:
    """Cut the middle of a text that is too long; the end of a node id tells most.

    >>> cut_middle("tests/model/test_slices.py::test_recall", 24, "..")
    'tests/mo..y::test_recall'
    """
    if cells(text) <= width:
        return text
    room = max(width - len(mark), 2)
    tail = _head(text[::-1], room * 3 // 5 + 1)[::-1]
    return _head(text, room - cells(tail)) + mark + tail


def wrapped(text: str, width: int) -> list[str]:
    """Break a text at blanks into lines that fit; a longer word is broken too.

    >>> wrapped("one two three", 8), wrapped("abcdefghij", 4)
    (['one two', 'three'], ['abcd', 'efgh', 'ij'])
    """
    lines: list[str] = []
    for word in _pieces(text.split(), max(width, 2)):
        if lines and cells(lines[-1]) + 1 + cells(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pieces(words: Iterable[str], width: int) -> Iterable[str]:
    for word in words:
        rest = word
        while cells(rest) > width:
            piece = _head(rest, width)
            # CI servers take a line that begins with two colons, as in node ids, for a command.
            while rest[len(piece) :].startswith("::") and len(piece) > 1:
                piece = piece[:-1]
            yield piece
            rest = rest[len(piece) :]
        yield rest
