"""Text that stays text in Markdown as GitHub and GitLab read it, and documents of bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..domain.text import clean_line

PROSE_LIMIT = 400
CODE_LIMIT = 300

_BREAK = "&#8203;"
"""A zero-width space. Mentions, references and addresses are looked for after escapes are undone,
so only a character in their midst keeps them from becoming links."""

_ACTIVE = re.compile(r"GH-(?=\d)|www\.|:(?=//)|[\\`*_{}\[\]<&|~!$@#^]", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", "|": "&#124;"}
_OPENING = re.compile(r"(\d{1,9})[.)](?:\s|$)|[-+=>]")
"""What would open a list, a quotation or a rule at the beginning of a line."""

_BACKTICKS = re.compile("`+")


def escape(text: str) -> str:
    r"""Return prose that Markdown shows as it is, on one line, for paragraphs and table cells.

    >>> escape("a | *b*\n- c")
    'a &#124; \\*b\\* - c'
    """
    line = clean_line(text, limit=PROSE_LIMIT)
    escaped = _ACTIVE.sub(_escaped, line)
    opening = _OPENING.match(line)
    if opening is None:
        return escaped
    digits = opening[1] or ""
    return f"{digits}\\{escaped[len(digits) :]}"


def _escaped(match: re.Match[str]) -> str:
    found = match.group()
    if found in _ENTITIES:
        return _ENTITIES[found]
    if found in ("@", "#", ":"):
        return found + _BREAK
    if len(found) > 1:  # `GH-` and `www.`
        return found[:-1] + _BREAK + found[-1]
    return f"\\{found}"


def code(text: str) -> str:
    """Return a code span. Not for table cells, where a pipe would end the cell even in code.

    >>> code("a`b``c")
    '```a`b``c```'
    """
    line = clean_line(text, limit=CODE_LIMIT) or "(empty)"
    longest = max(map(len, _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def fenced(line: str, *, indent: int = 0) -> str:
    """Return a block that holds one line of code, whole, below a list entry if it is indented.

    >>> print(fenced("pytest 'a`b'"))
    ```sh
    pytest 'a`b'
    ```
    <BLANKLINE>
    """
    longest = max(map(len, _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(longest + 1, 3)
    return "".join(f"{' ' * indent}{part}\n" for part in (f"{fence}sh", line, fence))


class Block(NamedTuple):
    """A part of a document: what comes first, rows of which some may be left out, and the end."""

    head: str
    rows: Sequence[str] = ()
    tail: str = ""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    """Build a table; a column whose name ends in `:` is aligned to the right."""
    names = [c.removesuffix(":") for c in columns]
    rules = ["---:" if c.endswith(":") else "---" for c in columns]
    head = f"{title}\n\n" if title else ""
    head += f"| {' | '.join(names)} |\n| {' | '.join(rules)} |\n"
    return Block(head, [f"| {' | '.join(row)} |\n" for row in rows])


def assemble(blocks: Iterable[Block], limit: int) -> str:
    """Join blocks, as much of them as fits into `limit` bytes; what is left out is counted."""
    parts: list[str] = []
    room = limit - 200  # for the remarks about what was left out
    blocks_left_out = 0
    for block in blocks:
        room -= len(f"{block.head}{block.tail}".encode()) + 60
        if room < 0:
            blocks_left_out += 1
            continue
        rows, room = _fitting(block.rows, room)
        missing = len(block.rows) - len(rows)
        remark = f"\n*{missing:,} rows left out to keep this short.*\n" if missing else ""
        parts.append(f"{block.head}{''.join(rows)}{remark}{block.tail}")
    if blocks_left_out:
        parts.append(f"*{blocks_left_out:,} more parts left out to keep this short.*\n")
    return "\n".join(parts)


def _fitting(rows: Sequence[str], room: int) -> tuple[list[str], int]:
    fitting = []
    for row in rows:
        size = len(row.encode())
        if size > room:
            break
        room -= size
        fitting.append(row)
    return fitting, room
