"""`mlscore badge`: the score as a small picture, one for each system."""

from __future__ import annotations

import argparse

from ..domain.text import clean_line
from ..reporters import find
from ..reporters.destination import holds_a_file
from ..reporters.documents import documents
from ._destinations import add_output, checked
from ._failure import CommandError
from ._output import deliver
from ._parsing import Subparsers, command
from ._pooling import add_pooling, records_asked
from ._records import add_only_system, add_record


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "badge",
        run,
        summary="draw a badge with the score, as SVG",
        details="Publish the file where a README can point at it; nothing needs to be committed.\n"
        "A file with several systems gives a badge of each, such as badge-churn.svg.\n\n"
        "Without RECORD, what the runs in a store show together of this checkout.",
        examples="mlscore badge mlscore.json -o badge.svg\n"
        "mlscore badge mlscore.json --system churn > churn.svg\n"
        "mlscore badge --store .mlscore -o badge.svg",
        exits="0   written, whatever the score",
    )
    add_record(parser, "record", optional=True)
    add_output(parser, "the badge")
    add_only_system(parser)
    add_pooling(parser)


def run(args: argparse.Namespace) -> int:
    """Draw the badges."""
    sources = [] if args.record is None else [args.record]
    # Asked before anything is read: what cannot be written need not be scored.
    checked([args.output], sources=sources)
    records = records_asked(args)
    if len(records) > 1 and not holds_a_file(args.output):
        names = ", ".join(clean_line(record.system, limit=80) for record in records)
        raise CommandError(
            f"there is a badge for each of {names}; name a file with -o, or choose one with"
            " --system"
        )
    made = documents(find("badge"), records, args.output)
    places = checked([document.destination for document in made], sources=sources)
    for document, place in zip(made, places, strict=True):
        deliver(place, document.render())
    return 0
