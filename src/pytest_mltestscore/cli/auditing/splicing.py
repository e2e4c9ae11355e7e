"""Changing stretches of a Python source by the places that its tree gives, byte for byte.

A tree counts columns in bytes of UTF-8, whatever the file's own encoding is, and lines as Python
does, which is not as `str.splitlines` does.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLANK = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of characters, and what comes in its place."""

    start: int
    end: int
    text: str


class Text:
    """A source as characters, and where the nodes of its tree stand in it."""

    def __init__(self, source: bytes) -> None:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        self._bom = source.startswith(codecs.BOM_UTF8)
        self._encoding = "utf-8" if self._bom else encoding
        body = source.removeprefix(codecs.BOM_UTF8)
        self.text = body.decode(self._encoding)
        self._lines = _LINE.findall(self.text)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def of(self, node: ast.expr | ast.stmt) -> str:
        """Return what stands there for a node."""
        return self.text[slice(*self._span(node))]

    def replacing(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        """Put a text where a node is."""
        return Edit(*self._span(node), text)

    def removing(self, node: ast.expr | ast.stmt, before: str = "") -> Edit | None:
        """Take the lines of a node away, or return None if anything else stands on them.

        `before` is what belongs to the node in front of it, such as the `@` of a decorator.
        """
        start, end = self._span(node)
        first = self._starts[node.lineno - 1]
        last = self._starts[(node.end_lineno or node.lineno)]
        head, tail = self.text[first:start], self.text[end:last]
        if not _BLANK.fullmatch(head.rstrip().removesuffix(before)) or tail.strip(" \t\r\n"):
            return None
        if before and not head.rstrip().endswith(before):
            return None
        return Edit(first, last, "")

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Return the source with these edits, of which none may touch another."""
        parts, at = [], 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            if edit.start < at:
                raise ValueError("two changes touch each other")
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        text = "".join((*parts, self.text[at:]))
        return (codecs.BOM_UTF8 if self._bom else b"") + text.encode(self._encoding)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._at(node.lineno, node.col_offset), self._at(end_line, end_column)

    def _at(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode())
