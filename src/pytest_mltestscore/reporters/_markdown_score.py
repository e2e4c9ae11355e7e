"""The sections in Markdown, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.record import Record
from . import _wording as words
from .markdown_text import Block, escape, table


def sections(record: Record) -> Block:
    """Return the table of sections, with what they had in a baseline."""
    baseline = record.baseline
    compared = baseline is not None and baseline.status == "compared"
    rows = []
    for section, items in words.by_section(record):
        lowest = section.id in record.score.limiting_sections
        title = f"**{escape(section.title)}** (lowest)" if lowest else escape(section.title)
        row = [title, f"{section.score:.1f}"]
        if baseline is not None and compared:
            before = baseline.sections.get(section.id)
            row.append("" if before is None else f"{before:.1f}")
        counted = (f"{n} {words.STATES[s]}" for s, n in words.state_counts(items).items())
        rows.append([*row, ", ".join(counted)])
    return table("", ["Section", "Score:", *(["Was:"] if compared else []), "Items"], rows)


def steps(record: Record) -> Iterator[str]:
    """Yield the next steps, each in a line."""
    if words.unfinished(record):  # what to do next is to let the run come to its end
        return
    for step in record.next_steps:
        effect = escape(words.effect(step, record))
        yield f"{escape(step.action)} ({escape(step.item)}; {step.effort} effort, {effect})"
