"""The rubric that a command is about."""

from __future__ import annotations

import argparse

from .. import catalog
from ..domain.rubric import Rubric
from ._extensions import extra_rubrics


def add_rubric(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names a rubric."""
    parser.add_argument(
        "--rubric",
        metavar="ID|PATH",
        help=f"id of a shipped rubric (such as {catalog.DEFAULT_ID}-2016) or of a plugin's, or a"
        f" folder with a rubric.toml (default: {catalog.DEFAULT_ID})",
    )


def chosen(args: argparse.Namespace) -> Rubric:
    """Load the rubric that was asked for. Raises RubricError with all that is wrong with it."""
    return catalog.load(args.rubric, extra=extra_rubrics())
