"""Tables in Markdown of what changed against a baseline."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.record import Change, Loosened
from . import _wording as words
from .markdown_text import Block, escape, table


def changes(title: str, found: Iterable[Change]) -> Block:
    """List items that changed, a row an item."""
    return table(title, ["Item", "Before", "Now", "Points:", "Why"], map(_changed, found))


def loosened(found: Iterable[Loosened]) -> Block:
    """List bounds that were moved, a row a bound."""
    title = "Bounds that were loosened since, to the gain of this run:"
    columns = ["Item", "Bound", "Before", "Now", "Found", "Test"]
    return table(title, columns, map(_loosened, found))


def _changed(change: Change) -> list[str]:
    before = words.STATES[change.before] if change.before else "absent"
    after = words.STATES[change.after] if change.after else "absent"
    after = ", ".join(filter(None, (after, change.proof_in_words)))
    return [escape(change.item), before, after, f"{change.gain:+g}", escape(change.reason)]


def _loosened(bound: Loosened) -> list[str]:
    texts = (bound.item, bound.what, bound.before, bound.after, bound.found, bound.test)
    return [*map(escape, texts)]
