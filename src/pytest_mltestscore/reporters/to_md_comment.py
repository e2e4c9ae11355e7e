"""A comment for a pull request: what changed against the baseline, and what the gate asks for.

Where nothing changed and the gate has nothing to say, it is one line; where nothing was compared,
the sections and the next step follow it. The first line of the file is a marker that readers do not
see, by which a bot finds the comment that it made before: `<!-- mlscore:comment SYSTEM -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..domain.record import Baseline, Change, Record
from . import _wording as words
from ._markdown_changes import changes, loosened
from ._markdown_score import sections, steps
from .markdown_text import Block, assemble, code, escape

LIMIT = 30_000
"""Bytes, less than half of what GitHub takes: nobody reads more."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+|--+")
_LONGEST = 60


def render(record: Record) -> str:
    """Return the comment, of at most `LIMIT` bytes; what is cut off is counted."""
    return assemble(_blocks(record), LIMIT)


def marker(system: str) -> str:
    """Return the first line of a comment. Nothing in it can end the HTML comment that it is.

    >>> marker("churn --> x")
    '<!-- mlscore:comment churn___x -->'
    """
    return f"<!-- mlscore:comment {_UNSAFE.sub('_', system)[:_LONGEST]} -->"


def _blocks(record: Record) -> Iterator[Block]:
    compared = _compared(record)
    first = marker(record.system)
    if _is_quiet(record):
        yield from _quiet(record, first, compared)
        return
    yield Block(f"{first}\n### ML Test Score: {words.headline(record)}{_difference(record)}\n")
    yield from _verdict(record)
    if compared is not None:
        yield from _changes(record, compared)
    yield Block(f"{escape(record.system)}{_commit(record)}. {_comparison(record, compared)}\n")


def _compared(record: Record) -> Baseline | None:
    """Return the baseline if a comparison with it says something, as one of a part does not."""
    baseline = record.baseline
    if baseline is None or baseline.status != "compared" or words.unfinished(record):
        return None
    return baseline


def _is_quiet(record: Record) -> bool:
    baseline = _compared(record)
    changed = baseline is not None and (baseline.changes or baseline.loosened)
    if words.unfinished(record) or changed:
        return False
    return record.gate.status in ("passed", "not-asked")


def _quiet(record: Record, first: str, compared: Baseline | None) -> Iterator[Block]:
    """Yield a line; where nothing was compared, for the first time perhaps, where things are."""
    gate = words.GATES[record.gate.status]
    said = f"**ML Test Score** of {escape(record.system)}: {words.headline(record)}, {gate}."
    comparison = _comparison(record, compared)
    if compared is not None:
        yield Block(f"{first}\n{said} {comparison}\n")
        return
    yield Block(f"{first}\n{said}\n")
    yield sections(record)
    yield from (Block(f"Next: {step}\n") for step in islice(steps(record), 1))
    yield Block(f"{comparison}\n")


def _comparison(record: Record, compared: Baseline | None) -> str:
    """Say with what the record was compared, or why it was not."""
    baseline = record.baseline
    if baseline is None:
        return "There is no baseline to compare with."
    commit = f" at {code(baseline.commit[:10])}" if baseline.commit else ""
    source = f"{code(baseline.source)}{commit}"
    if compared is None:
        reason = baseline.reason or "the run does not show everything"
        return f"Not compared with {source}: {escape(reason)}."
    nothing = not (compared.changes or compared.loosened)
    return f"Nothing changed since {source}." if nothing else f"Compared with {source}."


def _difference(record: Record) -> str:
    baseline = _compared(record)
    if baseline is None or baseline.final is None:
        return ""
    return f" ({words.change(baseline.final, record.score.final)})"


def _commit(record: Record) -> str:
    run = record.run
    if not run.commit:
        return ""
    return f" at {code(run.commit[:10])}{' with changes' if run.dirty else ''}"


def _verdict(record: Record) -> Iterator[Block]:
    """Say what became of the run and of the gate, with the conditions that are not met."""
    gate, unfinished = record.gate, words.unfinished(record)
    if unfinished:
        yield Block(f"> **{unfinished.capitalize()}:** {escape(words.reasons(record))}\n")
    label = words.GATES[gate.status].capitalize()
    if gate.status == "not-asked" or unfinished == "in progress":
        return
    if gate.status == "failed":
        unmet = [f"- {escape(c.message)}\n" for c in gate.checks if c.ok is False]
        yield Block(f"**{label}:**\n\n", unmet or [f"- {escape(words.verdict(gate))}\n"])
    elif gate.status == "passed":
        yield Block(f"{label}.\n")
    elif unfinished:  # which is why
        yield Block(f"**{label}.**\n")
    else:
        yield Block(f"**{label}:** {escape(words.verdict(gate))}\n")


def _changes(record: Record, baseline: Baseline) -> Iterator[Block]:
    down = [change for change in baseline.changes if _direction(change) < 0]
    up = [change for change in baseline.changes if _direction(change) > 0]
    level = [change for change in baseline.changes if not _direction(change)]
    for title, found in (("Down", down), ("Up", up), ("Changed", level)):
        if found:
            yield changes(f"**{title}**", found)
    ended = [*_ended(record, baseline)]
    if ended:
        yield Block("Attestations that ended:\n\n", ended)
    if baseline.loosened:
        yield loosened(baseline.loosened)


def _direction(change: Change) -> float:
    """Return whether a change is for the worse or the better; a proof counts where points do not.

    >>> facts = {"item": "data-1", "before": "automated", "after": "automated", "reason": ""}
    >>> _direction(Change(points_before=1, points_after=1, proof="lost", **facts))
    -1.0
    """
    proof = {"lost": -1.0, "won": 1.0, None: 0.0}[change.proof]
    return change.gain or proof


def _ended(record: Record, baseline: Baseline) -> Iterator[str]:
    """Yield attestations that were over in a changed item, and whom to ask."""
    changed = {change.item for change in baseline.changes}
    for item in record.items:
        status = item.attestation
        if item.id in changed and status and status.freshness == "expired":
            name = f"**{escape(item.id)}** {escape(item.name)}"
            yield f"- {name}: {words.standing(status)}, {escape(words.owner(status))}\n"
