"""The one place where text from tests, files and the environment is made safe to show.

Node ids, messages and attestations are hostile input: they may hold lone surrogates (which break
encoders), control and ANSI sequences (which move the cursor), or bidirectional overrides (which
reorder what a reader sees). `clean` makes all of them visible instead of active.
"""

from __future__ import annotations

import re

MESSAGE_LIMIT = 2_000
LABEL_LIMIT = 1_000

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls except tab and newline
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, bidirectional, separators
    "\ud800-\udfff\ufffe\uffff]"  # lone surrogates and non-characters
)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clean(text: str, *, limit: int | None = None) -> str:
    r"""Return `text` with nothing in it that an encoder or a terminal would trip over.

    ANSI sequences are dropped; other control characters, lone surrogates and bidirectional
    controls are shown as escapes. With `limit`, the middle of a longer text is cut out.

    >>> clean("\x1b[31mred\x1b[0m \x07 \ud800")
    'red \\x07 \\ud800'
    """
    if text.isascii() and text.isprintable():  # nearly every node id
        return text if limit is None else shorten(text, limit)
    cleaned = _UNSAFE.sub(_visible, _ANSI.sub("", text))
    return cleaned if limit is None else shorten(cleaned, limit)


def clean_line(text: str, *, limit: int = LABEL_LIMIT) -> str:
    r"""Like `clean`, on one line: line breaks and tabs become spaces.

    >>> clean_line("two\nlines")
    'two lines'
    """
    return " ".join(clean(text, limit=limit).split())


def shorten(text: str, limit: int) -> str:
    """Keep head and tail of a text longer than `limit` characters, and say how much was cut.

    >>> shorten("a" * 60, 40)
    'aaaaaaaaaa[... 40 characters cut]aaaaaaaaaa'
    """
    if len(text) <= limit:
        return text
    keep = max((limit - 20) // 2, 1)
    cut = len(text) - 2 * keep
    return f"{text[:keep]}[... {cut} characters cut]{text[-keep:]}"
