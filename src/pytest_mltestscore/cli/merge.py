"""`mlscore merge`: put the records of shards together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import msgspec

from ..domain.errors import MergeError, MLTestScoreError
from ..domain.record import Record
from ..reporters import find
from ..reporters.documents import documents
from ..scoring.merge import DOUBTS, merge
from ._destinations import add_output, checked
from ._output import deliver, remark
from ._parsing import Subparsers, command
from ._records import read_all


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "merge",
        run,
        summary="merge the records of parts of one run",
        details="The parts must be of one commit, rubric and configuration. The result is the\n"
        "record that one run of everything would have given, scored as a whole; judge it\n"
        "with `mlscore gate`. Each system is merged from its own parts; with several, the\n"
        "result is one file with a record of each.",
        examples="mlscore merge data.json model.json -o mlscore.json\n"
        "mlscore merge shards/*.json --whole | mlscore gate -",
        exits="0   merged, whatever the score",
    )
    parser.add_argument(
        "records", metavar="RECORD", nargs="+", help="run record, as JSON; - reads standard input"
    )
    add_output(parser, "the merged record")
    parser.add_argument(
        "--whole",
        action="store_true",
        help="vouch that the parts make a whole, although files or node ids were named on their"
        " command lines; tests that are known to be left out still leave it partial",
    )


def run(args: argparse.Namespace) -> int:
    """Merge the records."""
    records = read_all(args.records)
    parts: dict[str, list[Record]] = {}
    for record in records:
        parts.setdefault(record.system, []).append(record)
    # By name, since the order of the parts is not to matter.
    merged = [_merged(parts[system], whole=args.whole) for system in sorted(parts)]
    made = documents(find("json"), merged, args.output)
    [destination] = checked([args.output], sources=args.records)
    deliver(destination, "".join(document.render() for document in made))
    for whole in merged:
        remark(_summary(whole, len(parts[whole.system])))
    for doubt in sorted({note for whole in merged for note in DOUBTS & {*whole.notes}}):
        remark(doubt)
    return 0


def _merged(records: Sequence[Record], *, whole: bool) -> Record:
    try:
        return merge(records, whole=whole)
    except MLTestScoreError:
        raise
    except (
        msgspec.MsgspecError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:  # nothing that a scored run writes
        raise MergeError(
            f"the records cannot be scored again: {error}; they were changed by hand, so run the"
            " tests again"
        ) from None


def _summary(merged: Record, parts: int) -> str:
    reasons = merged.run.incomplete_reasons
    state = "; ".join(r.detail for r in reasons) if reasons else "complete"
    counted = "1 record" if parts == 1 else f"{parts} records"
    score = merged.score
    return (
        f"merged {counted} of {merged.system}: score {score.final:g} of {score.max:g} ({state});"
        f" {merged.gate.verdict}"
    )
