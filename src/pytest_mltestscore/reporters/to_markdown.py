"""The score as Markdown, such as for the summary of a CI job: problems first, all items last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.counting import count
from ..domain.evidence import TestEvidence
from ..domain.proof import Trial
from ..domain.record import GateCheck, ItemProof, ItemScore, Record
from . import _wording as words
from ._commands import reproduce
from ._markdown_changes import changes, loosened
from ._markdown_score import sections, steps
from ._trend import ARROW, trend
from .evidence_words import from_others
from .markdown_text import Block, assemble, code, escape, fenced, table
from .sparkline import sparkline

LIMIT = 900_000
"""Bytes. GitHub drops a job summary of more than 1 MiB without a word."""

TESTS_AN_ITEM = 5
TREND_WIDTH = 30

_OK = {True: "ok", False: "**FAILED**", None: "unknown"}


def render(record: Record, *, limit: int = LIMIT) -> str:
    """Return the record as Markdown of at most `limit` bytes; what is cut off is counted."""
    return assemble(_blocks(record), limit)


def render_all(records: Sequence[Record], *, limit: int = LIMIT) -> str:
    """Return several systems as one document of at most `limit` bytes, an overview first."""
    overview = assemble([_overview(records)], limit)
    room = (limit - len(overview.encode())) // max(len(records), 1) - 1
    parts = (assemble(_blocks(record, record.system), max(room, 1)) for record in records)
    return "\n".join([overview, *parts])


def _overview(records: Sequence[Record]) -> Block:
    """Build a row a system. Sections have a column each where all systems have the same."""
    titles = [[section.title for section in record.sections] for record in records]
    shared = titles[0] if all(of == titles[0] for of in titles) else []
    rows = []
    for record in records:
        known = words.unfinished(record) != "in progress"
        points = [f"{s.score:.1f}" if known else "" for s in record.sections] if shared else []
        gate = words.GATES[record.gate.status]
        rows.append(
            [
                escape(record.system),
                f"**{words.headline(record)}**",
                *points,
                f"**{gate}**" if gate.startswith("GATE") else gate,
            ]
        )
    columns = ["System", "Score", *(f"{escape(title)}:" for title in shared), "Gate"]
    return table("## ML Test Score", columns, rows)


def _blocks(record: Record, system: str = "") -> Iterator[Block]:
    yield _headline(record, system)
    if words.unfinished(record) != "in progress":  # nothing else in the record is known yet
        yield sections(record)
        yield from _failing(record)
        yield from _attention(record)
        yield from _proof(record)
        yield from _next_steps(record)
        yield from _changes(record)
        yield from _gate(record)
        yield from _store(record)
        yield from _notes(record)
        yield _all_items(record)
    yield _colophon(record)


def _headline(record: Record, system: str) -> Block:
    gate = record.gate
    lines = [f"## {escape(system) or 'ML Test Score'}: {words.headline(record)}\n"]
    unfinished = words.unfinished(record)
    if unfinished:
        lines.append(f"> **{unfinished.capitalize()}:** {escape(words.reasons(record))}\n")
    if gate.status == "not-asked":
        lines.append("No gate was asked for.\n")
    else:
        label = words.GATES[gate.status].capitalize()
        lines.append(f"**{label}:** {escape(words.verdict(gate))}\n")
    if not unfinished:
        lines.append(f"**Level:** {escape(record.score.band.text)}\n")
    found = trend(record)
    if found is not None:
        drawn = sparkline(found.finals, TREND_WIDTH)
        lines.append(f"**Trend:** {drawn} {escape(found.in_words(ARROW))}\n")
    return Block("\n".join(lines))


def _failing(record: Record) -> Iterator[Block]:
    items = words.in_state(record, "failing")
    if items:
        yield Block("### Failing\n\n", [_failing_item(i) for i in items])


def _failing_item(item: ItemScore) -> str:
    tests = words.blocking(item)
    share = f": {len(tests):,} of {count(len(item.tests), 'test')}" if tests else ""
    lines = [f"- {_name(item)}{share}\n"]
    for test in tests[:TESTS_AN_ITEM]:
        said = f"  - {code(test.nodeid)} {words.outcome(test)}"
        message = test.message.strip().splitlines()
        lines.append(f"{said}: {code(message[0])}\n" if message else f"{said}\n")
    if len(tests) > TESTS_AN_ITEM:
        lines.append(f"  - and {count(len(tests) - TESTS_AN_ITEM, 'more test')}\n")
    return "".join(lines)


def _attention(record: Record) -> Iterator[Block]:
    rows = [
        f"- {_name(i)}: {words.STATES[i.state]}, {escape(i.reason)}\n"
        for i in words.in_state(record, "withheld", "skipped", "not-run")
        if i.tests
    ]
    rows += [
        f"- {_name(i)}: {what} {words.standing(s)}, {escape(words.owner(s))}\n"
        for i, what, s in words.ending(record)
    ]
    rows += [
        f"- {_name(i)}: {code(t.nodeid)} is flaky, {count(t.reruns, 're-run')}\n"
        for i, t in words.flaky(record)
    ]
    if rows:
        yield Block("### Needs attention\n\n", rows)


def _proof(record: Record) -> Iterator[Block]:
    tried = words.tried(record)
    if not tried:
        return
    title = f"### Proof\n\n{words.seen_to_fail(record)} when damage was planted."
    title += f" {words.judged(record)}."
    rows = [
        [
            _name(item),
            *(f"{number}" for number in (proof.caught, proof.missed, proof.accepted)),
            escape(_missed(item, proof)),
        ]
        for item, proof in tried
    ]
    yield table(title, ["Item", "Caught:", "Missed:", "Accepted:", "Which were missed"], rows)
    again = [_again(item, *missed) for item, missed in words.open_questions(record)]
    if again:
        yield Block("To see what was missed:\n\n", again)
    accepted = [
        f"- {escape(words.accepted(s.statement))}: {escape(s.statement.reason)}\n"
        for s in record.accepted_faults
    ]
    if accepted:
        yield Block("Accepted faults:\n\n", accepted)


def _again(item: ItemScore, test: TestEvidence, trial: Trial) -> str:
    command = reproduce(test.nodeid, trial.fault) or "# the name of the test cannot be typed"
    return f"- {_name(item)}:\n\n{fenced(command, indent=2)}"


def _missed(item: ItemScore, proof: ItemProof) -> str:
    missed = [t.fault for t in words.trials_of(item) if t.verdict == "missed"]
    return ", ".join(missed) if proof.proven else words.unproven(item)


def _next_steps(record: Record) -> Iterator[Block]:
    rows = [f"1. {line}\n" for line in steps(record)]
    if rows:
        how = "\n`mlscore explain ITEM` says how: a test to paste, an attestation to fill in.\n"
        yield Block("### Next steps\n\n", rows, how)


def _changes(record: Record) -> Iterator[Block]:
    baseline = record.baseline
    if baseline is None:
        return
    source = code(baseline.source)
    if baseline.status != "compared" or baseline.final is None:
        yield Block(f"### Changes\n\nNot compared with {source}: {escape(baseline.reason)}\n")
        return
    commit = f" at {code(baseline.commit[:10])}" if baseline.commit else ""
    difference = words.change(baseline.final, record.score.final)
    title = (
        f"### Changes\n\nThe score was {words.points(baseline.final)} in {source}{commit}:"
        f" {difference}."
    )
    if baseline.changes:
        yield changes(title, baseline.changes)
    else:
        yield Block(f"{title} No item changed.\n")
    if baseline.loosened:
        yield loosened(baseline.loosened)


def _gate(record: Record) -> Iterator[Block]:
    if record.gate.checks:
        columns = ["", "Condition", "Expected", "Found", "In words"]
        yield table("### Gate", columns, map(_checked, record.gate.checks))
    if record.gate.nudges:
        rows = [f"- {escape(nudge)}\n" for nudge in record.gate.nudges]
        yield Block("Floors that can be raised:\n\n", rows)


def _checked(check: GateCheck) -> list[str]:
    texts = (check.rule, check.expected, check.actual, check.message)
    return [_OK[check.ok], *map(escape, texts)]


def _store(record: Record) -> Iterator[Block]:
    lines = [f"- {escape(text)}\n" for text in from_others(record)]
    if lines:
        yield Block("### Results of other runs\n\n", lines)


def _notes(record: Record) -> Iterator[Block]:
    rows = [f"- {escape(note)}\n" for note in words.notes(record)]
    if record.untagged:
        number = count(len(record.untagged), "test serves", "tests serve")
        rows.append(f"- {number} no item\n")
    if rows:
        yield Block("### Notes\n\n", rows)


def _all_items(record: Record) -> Block:
    def worst_first(item: ItemScore) -> int:
        return words.WORST_FIRST.index(item.state)

    rows = (
        [
            escape(i.id),
            escape(i.name),
            words.STATES[i.state],
            words.points(i.points),
            escape(_reason(i)),
        ]
        for i in sorted(record.items, key=worst_first)
    )
    listed = table("", ["Item", "Name", "State", "Points:", "Reason"], rows)
    number = count(len(record.items), "item")
    head = f"<details><summary>All {number}, worst first</summary>\n\n{listed.head}"
    return Block(head, listed.rows, "\n</details>\n")


def _reason(item: ItemScore) -> str:
    if item.waiver and item.waiver.in_force:
        decision = item.waiver.decision
        return f"{item.reason}; waived until {decision.expires}: {decision.reason}"
    return item.reason


def _colophon(record: Record) -> Block:
    run = record.run
    facts = [escape(record.system)]
    if run.commit:
        facts.append(f"commit {code(run.commit[:10])}{' with changes' if run.dirty else ''}")
    if run.branch:
        facts.append(f"branch {code(run.branch)}")
    facts.append(f"{escape(record.rubric.title)}, version {escape(record.rubric.version)}")
    facts.append(f"{escape(record.generator.name)} {escape(record.generator.version)}")
    facts.append(str(record.date))
    return Block(f"{' - '.join(facts)}\n")


def _name(item: ItemScore) -> str:
    return f"**{escape(item.id)}** {escape(item.name)}"
