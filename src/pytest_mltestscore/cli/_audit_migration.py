"""`mlscore audit --migrate`: what a suite's own score says, said by our markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.counting import count
from ..domain.text import clean
from ._text import wrapped
from .auditing.changes import Change
from .auditing.migrating import Migration
from .auditing.survey import PassedOver

_MOST_LISTED = 200
_NOTHING = (
    "No test says by a marker, a name, a docstring or a property which item it serves:"
    " there is nothing to migrate. `mlscore audit` shows what tests look like."
)
_DONE = "Nothing to rewrite: all tests whose items the suite itself names have our markers."


def to_text(found: Migration, passed_over: Sequence[PassedOver], *, applied: bool) -> Iterator[str]:
    """Yield the lines of the report: the difference before, and what was written after."""
    if not found.changes:
        yield from wrapped(_DONE if found.named else _NOTHING)
    elif applied:
        yield f"Written: {_sum(found.changes)}"
    else:
        for change in found.changes:
            yield from diff(change)
    if found.by_hand:
        yield from ("", "Left to you")
        yield from _listed([f"{p.path}:{p.line}: {p.what}" for p in found.by_hand])
    if passed_over:
        yield from ("", "Passed over")
        yield from _listed([f"{entry.name}: {entry.why}" for entry in passed_over])
    if found.changes and applied:
        yield from ("", "Now run pytest --mlscore and compare with the old score")
    elif found.changes:
        yield from ("", f"--apply writes this: {_sum(found.changes)}")


def diff(change: Change) -> Iterator[str]:
    """Yield the lines of a difference, safe to show."""
    yield from (clean(line) for line in change.diff())


def _listed(texts: Sequence[str]) -> Iterator[str]:
    for text in texts[:_MOST_LISTED]:
        yield from wrapped(text, "  ", "    ")
    if len(texts) > _MOST_LISTED:
        yield f"  and {len(texts) - _MOST_LISTED:,} more; --format json has all"


def _sum(changes: Sequence[Change]) -> str:
    tests = sum(change.tests for change in changes)
    gone = sum(change.declarations for change in changes)
    parts = [f"{count(tests, 'test')} marked"] if tests else []
    parts += [f"{count(gone, 'marker')} no longer declared"] if gone else []
    return ", ".join((*parts, count(len(changes), "file")))
