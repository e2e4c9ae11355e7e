"""`mlscore badge`: the score as a small picture."""

from __future__ import annotations

import argparse

from ..reporters import find
from ._destinations import add_output, checked
from ._output import deliver
from ._parsing import Subparsers, command
from ._records import add_record, add_system, read_one


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "badge",
        run,
        summary="draw a badge with the score, as SVG",
        details="Publish the file where a README can point at it; nothing needs to be committed.",
        examples="mlscore badge mlscore.json -o badge.svg",
    )
    add_record(parser, "record")
    add_output(parser, "the badge")
    add_system(parser)


def run(args: argparse.Namespace) -> int:
    """Draw the badge."""
    text = find("badge").render(read_one(args.record, args.system))
    [destination] = checked([args.output], sources=[args.record])
    deliver(destination, text)
    return 0
