"""`mlscore gate`: judge a stored record, by its own rules or by others."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ..domain.errors import RecordError
from ..domain.record import Baseline, Gate, GateCheck, Record, Setting
from ..domain.text import clean_line
from ..reporters.evidence_words import from_others
from ..reporters.to_terminal import verdict_lines
from ..scoring import rules
from ..scoring.card import rubric_of
from ..scoring.gate import (
    GATE_FAILED,
    GATE_UNDECIDED,
    GateRules,
    Judged,
    decide,
    exit_code,
    worst_exit,
)
from ._baselines import baselines
from ._failure import CommandError
from ._output import complain, plain, say, stdout_encoding
from ._parsing import Subparsers, command
from ._pooling import add_pooling, records_from_store
from ._records import (
    add_only_system,
    add_record,
    label,
    read_each,
    refuse_twice_stdin,
)
from ._text import WIDTH, wrapped

KNOWN_RULES = frozenset({*GateRules.__struct_fields__, "max_waivers"})
_WORDS = {True: "ok", False: "FAILED", None: "open"}


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "gate",
        run,
        summary="judge a run record and exit by the verdict",
        details="The record is judged by the rules that it was made with. An option replaces\n"
        "the rule of its name; the others stay. The last line is the verdict. Of a file\n"
        "with several systems each is judged, and the worst verdict comes last.\n\n"
        "Without RECORD, what the runs in a store show together of this checkout is\n"
        "scored and judged by the options, with the statements and the policy of\n"
        "the checkout. No test is run.",
        examples="mlscore gate mlscore.json\n"
        "mlscore gate mlscore.json --fail-under=2 --require=canary:automated\n"
        "mlscore gate mlscore.json --baseline=main.json --fail-on-regression\n"
        "mlscore gate --store .mlscore --fail-under=2\n"
        "mlscore gate --store .mlscore --baseline=branch:main --fail-on-regression",
        exits="0   passed, not asked for, or not evaluated (partial by choice)\n"
        f"{GATE_FAILED}  failed\n"
        f"{GATE_UNDECIDED}  asked for and cannot be decided",
    )
    add_record(parser, "record", optional=True)
    parser.add_argument("--fail-under", metavar="N", help="the score must be at least N")
    parser.add_argument(
        "--fail-under-section",
        metavar="SECTION=N",
        action="append",
        help="the section must have at least N points, such as data=4; repeatable",
    )
    parser.add_argument(
        "--fail-under-proof",
        metavar="SHARE",
        help="this share of the automated items must be proven, from 0 to 1",
    )
    parser.add_argument(
        "--require",
        metavar="ITEM[:LEVEL]",
        action="append",
        help="the item must be at least manual, or automated with ITEM:automated; repeatable, or"
        " with commas",
    )
    parser.add_argument(
        "--baseline",
        metavar="FILE|branch:NAME|commit:HASH",
        help="compare with this record, not with the one of the run; or with the newest complete"
        " run in the store of a branch or commit",
    )
    for name, text in (
        ("fail-on-regression", "no item may earn less than in the baseline"),
        (
            "strict",
            "also fail on expired statements, flaky tests and loosened bounds; decide or exit 11",
        ),
    ):
        parser.add_argument(
            f"--{name}", action=argparse.BooleanOptionalAction, default=None, help=text
        )
    add_only_system(parser)
    add_pooling(parser)


def run(args: argparse.Namespace) -> int:
    """Judge the record, or each of several systems."""
    records, baseline_of = _records(args), baselines(args)
    judged = [_judge(record, baseline_of, where, args) for record, where in records]
    for _, lines in judged:
        for line in lines:
            say(line)
        if len(judged) > 1:
            say()
    code = worst_exit(exit_code(record.gate.status) for record, _ in judged)
    for verdict in verdict_lines(
        [record for record, _ in judged],
        exit_code=code,
        width=WIDTH,
        encoding=stdout_encoding(),
    ):
        say(plain(verdict))
    return code


def _judge(
    record: Record,
    baseline_of: Callable[[Record], Baseline | None],
    where: str,
    args: argparse.Namespace,
) -> tuple[Record, list[str]]:
    """Return a record with its verdict, and the lines that explain it."""
    _refuse_unknown_rules(record, where)
    config = {**record.config, **_typed(args, record)}
    baseline = baseline_of(msgspec.structs.replace(record, config=config))
    judged = Judged(
        record.score, record.sections, record.items, baseline, record.policy, record.run
    )
    gate = _decided(config, judged, where)
    if args.record is None and not gate.checks:
        raise CommandError("there is nothing to judge by; give a condition, such as --fail-under=2")
    if config == record.config and baseline == record.baseline and gate != record.gate:
        complain(
            "warning",
            f"{where}: its own verdict is {record.gate.verdict!r}, which is not what its content"
            " gives; it is judged anew",
        )
    shown = msgspec.structs.replace(record, gate=gate)
    return shown, list(_lines(gate, config, record, baseline))


def _records(args: argparse.Namespace) -> list[tuple[Record, str]]:
    """Return what is to be judged, and what to call it."""
    if args.record is None:
        return [(r, r.pool.store if r.pool else "") for r in records_from_store(args)]
    if args.baseline is not None:
        refuse_twice_stdin([args.record, args.baseline])
    return [(r, label(args.record)) for r in read_each(args.record, args.system)]


def _refuse_unknown_rules(record: Record, where: str) -> None:
    """Judging by fewer rules than the run did would pass what the run had failed."""
    for check in record.gate.checks:
        if check.rule not in KNOWN_RULES:
            raise RecordError(
                f"{where}: it was judged by the rule {clean_line(check.rule, limit=80)!r}, which"
                " this version does not know; update pytest-mltestscore"
            )


def _typed(args: argparse.Namespace, record: Record) -> dict[str, Setting]:
    """Return the rules given as options, in the form in which a record holds them."""
    rubric = rubric_of(record)
    typed: dict[str, Any] = {}
    if args.fail_under is not None:
        typed["fail_under"] = rules.fail_under(
            args.fail_under, option="--fail-under", maximum=rubric.section_maximum
        )
    if args.fail_under_section is not None:
        typed["fail_under_section"] = rules.section_floors(
            args.fail_under_section, rubric, "--fail-under-section"
        )
    if args.fail_under_proof is not None:
        typed["fail_under_proof"] = rules.fail_under(
            args.fail_under_proof, option="--fail-under-proof", maximum=1
        )
    if args.require is not None:
        typed["require"] = list(rules.requirements(args.require, rubric, "--require"))
    for name in ("fail_on_regression", "strict"):
        if getattr(args, name) is not None:
            typed[name] = getattr(args, name)
    return {name: Setting(value=value, origin="mlscore gate") for name, value in typed.items()}


def _decided(config: dict[str, Setting], judged: Judged, where: str) -> Gate:
    """Judge by rules that, in a stored record, may be anything."""
    try:
        return decide(GateRules.from_config(config), judged)
    except (msgspec.MsgspecError, ValueError, TypeError, AttributeError) as error:
        problem = clean_line(str(error), limit=200)
        raise RecordError(
            f"{where}: config: unusable gate rule: {problem}; score again, or give the rule as an"
            " option"
        ) from None


def _lines(
    gate: Gate, config: dict[str, Setting], record: Record, baseline: Baseline | None
) -> Iterator[str]:
    yield _heading(record)
    for text in from_others(record):
        yield from wrapped(text, "store: ", "  ")
    if baseline is not None:
        yield from wrapped(_about(baseline), "baseline: ", "  ")
        for bound in baseline.loosened:
            yield from wrapped(bound.in_words, "loosened: ", "  ")
    for check in gate.checks:
        origin = config[check.rule].origin if check.rule in config else "policy"
        yield from _check_lines(check, origin)
    for nudge in gate.nudges:
        yield from wrapped(nudge, "  floor   ", " " * 10)
    if not gate.checks:
        yield from wrapped("no conditions: give some, such as --fail-under=2")
    if record.pool is not None:
        yield from _doubts(record)


def _doubts(record: Record) -> Iterator[str]:
    """Yield what a person should know of the evidence before the verdict."""
    for item in record.items:
        if item.state == "withheld":
            yield from wrapped(f"{item.id}: {item.reason}", "  withheld  ", " " * 12)
    for note in record.notes:
        yield from wrapped(note, "note: ", "  ")


def _heading(record: Record) -> str:
    commit = f", commit {record.run.commit[:12]}" if record.run.commit else ""
    return clean_line(f"{record.system}, {record.date}{commit}")


def _about(baseline: Baseline) -> str:
    if baseline.status != "compared":
        return f"{baseline.source}: no comparison, {baseline.reason}"
    lower = sum(change.gain < 0 for change in baseline.changes)
    return f"{baseline.source}: {lower} of {len(baseline.items)} items earned more there"


def _check_lines(check: GateCheck, origin: str) -> Iterator[str]:
    start = f"  {_WORDS[check.ok]:<6}  "
    blank = " " * len(start)
    said = check.message.removesuffix(f": {check.actual}")  # a list of names, not twice
    yield from wrapped(f"{check.rule} ({origin}): {said}", start, blank)
    yield from wrapped(f"expected {check.expected}, found {check.actual}", blank)
