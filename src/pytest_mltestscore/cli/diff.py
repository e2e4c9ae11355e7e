"""`mlscore diff`: what changed between two records, item by item."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from ..domain.record import Change, ItemScore, Loosened, Record
from ..domain.text import clean_line
from ..reporters import to_markdown
from ..reporters.markdown_text import Block, assemble, escape, table
from ..scoring.diff import baseline_items, changes, incomparable, newly_ending, yardstick_of
from ..scoring.loosened import loosened
from ._failure import CommandError
from ._output import remark, say
from ._parsing import Subparsers, command
from ._records import add_only_system, add_record, label, read_each, refuse_twice_stdin
from ._text import signed, wrapped


class _Side(NamedTuple):
    """A record, and what it is called."""

    name: str
    record: Record


class _Comparison(NamedTuple):
    """Two comparable records and what changed."""

    old: _Side
    new: _Side
    changes: tuple[Change, ...]
    loosened: tuple[Loosened, ...]

    def item(self, change: Change) -> ItemScore:
        return self.new.record.item(change.item)

    @property
    def unchanged(self) -> int:
        return len(self.new.record.items) - len(self.changes)

    @property
    def sections(self) -> Iterator[tuple[str, str, float, float]]:
        """Id, title, points before and after."""
        before = {s.id: s.score for s in self.old.record.sections}
        for section in self.new.record.sections:
            yield section.id, section.title, before.get(section.id, 0.0), section.score


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "diff",
        run,
        summary="compare two run records item by item",
        details="Only records of the same system, rubric and scoring version can be compared.\n"
        "Proof is compared where both runs tried an item with faults. Bounds that were\n"
        "loosened are listed where the later run would be worse with the former ones.\n"
        "Of files with several systems those that are in both are compared.",
        examples="mlscore diff main.json mlscore.json\n"
        "mlscore diff main.json mlscore.json --format md >> summary.md",
        exits="0   compared, whatever changed",
    )
    add_record(parser, "old", "earlier run record")
    add_record(parser, "new", "later run record")
    parser.add_argument(
        "--format", choices=tuple(_FORMATS), default="text", help="default: %(default)s"
    )
    add_only_system(parser)


def run(args: argparse.Namespace) -> int:
    """Compare the records."""
    refuse_twice_stdin([args.old, args.new])
    old, new = _by_system(args.old, args.system), _by_system(args.new, args.system)
    if len(old) == len(new) == 1:  # other systems cannot be compared, which is then said
        pairs = [(*old.values(), *new.values())]
    else:
        pairs = [(old[system], new[system]) for system in old if system in new]
    where = f"{label(args.old)}, {label(args.new)}"
    if not pairs:
        raise CommandError(f"{where}: no system is in both")
    found = [_compared(label(args.old), label(args.new), *pair) for pair in pairs]
    for system in sorted(old.keys() ^ new.keys()):
        remark(f"{system} is only in {label(args.old if system in old else args.new)}")
    for line in _FORMATS[args.format](found):
        say(line)
    return 0


def _by_system(path: str, system: str | None) -> dict[str, Record]:
    return {record.system: record for record in read_each(path, system)}


def _compared(old_name: str, new_name: str, old: Record, new: Record) -> _Comparison:
    reason = incomparable(yardstick_of(old), yardstick_of(new))
    if reason:
        raise CommandError(f"{old_name}, {new_name}: not comparable: {reason}")
    return _Comparison(
        _Side(old_name, old),
        _Side(new_name, new),
        changes(baseline_items(old), new.items),
        loosened(old, new),
    )


def _apart(
    of_one: Callable[[_Comparison], Iterator[str]], found: Sequence[_Comparison]
) -> Iterator[str]:
    """Yield the lines of each comparison, with an empty one in between."""
    for number, comparison in enumerate(found):
        yield from [""] if number else []
        yield from of_one(comparison)


def _text(found: _Comparison) -> Iterator[str]:
    old, new = found.old.record, found.new.record
    yield from wrapped(f"{new.system}: {found.old.name} -> {found.new.name}", "", "  ")
    rows = [("score", old.score.final, new.score.final)]
    rows += [
        (f"  {clean_line(title)}", before, after) for _, title, before, after in found.sections
    ]
    width = max(len(what) for what, _, _ in rows)
    yield from (_row(*row, width) for row in rows)
    yield from (line for note in _notes(found) for line in wrapped(note, "note: ", "  "))
    for heading, listed in _groups(found.changes):
        yield from ("", f"{heading} ({len(listed)})")
        for change in listed:
            item = found.item(change)
            points = f", {signed(change.gain)}" if change.gain else ""
            yield from wrapped(f"{item.id} {item.name}: {_what(change)}{points}", "  ", "    ")
            yield from wrapped(change.reason, "    ")
    if found.loosened:
        yield from ("", f"loosened ({len(found.loosened)})")
        for bound in found.loosened:
            yield from wrapped(bound.in_words, "  ", "    ")
            yield from wrapped(bound.test, "    ")
    yield from ("", f"{found.unchanged} of {len(new.items)} items unchanged")


def _what(change: Change) -> str:
    if change.proof and change.before == change.after:
        return change.proof_in_words
    states = f"{change.before or 'none'} -> {change.after or 'none'}"
    return ", ".join(filter(None, (states, change.proof_in_words)))


def _row(what: str, before: float, after: float, width: int) -> str:
    return f"{what:<{width}}  {before:>4g} -> {after:>4g}  {signed(after - before)}".rstrip()


def _groups(found: tuple[Change, ...]) -> Iterator[tuple[str, list[Change]]]:
    groups = {
        "lower": [c for c in found if c.gain < 0],
        "higher": [c for c in found if c.gain > 0],
        "same points, other state": [c for c in found if not c.gain and c.before != c.after],
        "proof": [c for c in found if not c.gain and c.before == c.after],
    }
    yield from ((heading, listed) for heading, listed in groups.items() if listed)


def _notes(found: _Comparison) -> Iterator[str]:
    for side in (found.old, found.new):
        reasons = side.record.run.incomplete_reasons
        if reasons:
            yield f"{side.name} is not complete: {'; '.join(r.detail for r in reasons)}"
    for item in newly_ending(found.old.record, found.new.record):
        if item.attestation:
            last = item.attestation.statement.expires
            yield f"{item.id} {item.name} is attested until {last}, which is near now"


def _markdown(found: _Comparison) -> Iterator[str]:
    yield assemble(_blocks(found), to_markdown.LIMIT).rstrip()


def _blocks(found: _Comparison) -> Iterator[Block]:
    old, new = found.old.record, found.new.record
    between = f"{found.old.name} to {found.new.name}"
    yield Block(f"### ML Test Score of {escape(new.system)}, {escape(between)}\n")
    rows = [("**score**", old.score.final, new.score.final)]
    rows += [(escape(title), before, after) for _, title, before, after in found.sections]
    yield table(
        "",
        ("", "Before:", "After:", "Change:"),
        [(name, f"{was:g}", f"{now:g}", signed(now - was)) for name, was, now in rows],
    )
    for note in _notes(found):
        yield Block(f"Note: {escape(note)}\n")
    if found.changes:
        yield table("", ("Item", "Before", "After", "Points:", "Reason"), _item_rows(found))
    if found.loosened:
        columns = ("Item", "Loosened", "Before", "After", "Found", "Test")
        yield table("", columns, _bound_rows(found))
    yield Block(f"{found.unchanged} of {len(new.items)} items unchanged\n")


def _item_rows(found: _Comparison) -> Iterator[tuple[str, ...]]:
    for change in found.changes:
        item = found.item(change)
        yield (
            escape(f"{item.id} {item.name}"),
            change.before or "",
            ", ".join(filter(None, (change.after, change.proof_in_words))),
            signed(change.gain),
            escape(change.reason),
        )


def _bound_rows(found: _Comparison) -> Iterator[tuple[str, ...]]:
    for b in found.loosened:
        yield tuple(map(escape, (b.item, b.what, b.before, b.after, b.found, b.test)))


def _json(found: Sequence[_Comparison]) -> Iterator[str]:
    shown = [_facts_of_comparison(comparison) for comparison in found]
    encoded = msgspec.json.encode(
        shown[0] if len(shown) == 1 else {"systems": shown}, order="sorted"
    )
    yield msgspec.json.format(encoded, indent=2).decode()


def _facts_of_comparison(found: _Comparison) -> dict[str, object]:
    return {
        "system": found.new.record.system,
        "old": _facts(found.old),
        "new": _facts(found.new),
        "sections": [
            {"id": section, "before": before, "after": after}
            for section, _, before, after in found.sections
        ],
        "changes": [
            {**msgspec.structs.asdict(c), "name": found.item(c).name, "gain": c.gain}
            for c in found.changes
        ],
        "loosened": found.loosened,
        "ending": [item.id for item in newly_ending(found.old.record, found.new.record)],
        "unchanged": found.unchanged,
    }


def _facts(side: _Side) -> dict[str, object]:
    run = side.record.run
    return {
        "source": side.name,
        "date": side.record.date,
        "commit": run.commit,
        "complete": run.complete,
        "score": side.record.score.final,
    }


_FORMATS: dict[str, Callable[[Sequence[_Comparison]], Iterator[str]]] = {
    "text": partial(_apart, _text),
    "md": partial(_apart, _markdown),
    "json": _json,
}
