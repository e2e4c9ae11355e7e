"""The `mlscore` command: all that can be done with run records and sources, without pytest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from ..domain.errors import MLTestScoreError
from ._output import complain, flush, make_tolerant
from ._parsing import USER_ERROR, Parser

__all__ = ["main"]

COMMANDS = (
    "init",
    "list",
    "explain",
    "report",
    "gate",
    "diff",
    "merge",
    "badge",
    "history",
    "fleet",
    "audit",
)
"""Modules of this package. Each declares itself with `add` and does its work in `run`."""

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one `mlscore` command and return its exit code.

    Parameters
    ----------
    argv
        The arguments behind `mlscore`; those of the process if left out.
    """
    make_tolerant()
    try:
        typed = sys.argv[1:] if argv is None else [*argv]
        args = _parser(*typed[:1]).parse_args(typed)
        code: int = args.run(args)
        flush()
    except SystemExit as done:  # argparse after `--help` and `--version`
        return int(done.code or 0)
    except MLTestScoreError as error:
        complain("error", str(error))
        return USER_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser of the command that is typed first, or of all if none is.

    Other commands need not be imported to run one, which is most of what a short one takes.
    """
    parser = Parser(
        prog="mlscore",
        description="Read, judge, compare and merge ML Test Score run records, without pytest.\n"
        "`pytest --mlscore --mlscore-report=json:FILE` writes a record; `init` sets a\n"
        "repository up.",
        epilog="`mlscore COMMAND --help` describes a command, with examples and exit codes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"mlscore {version('pytest-mltestscore')}"
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [command] if command in COMMANDS else COMMANDS:
        import_module(f".{name}", __name__).add(subparsers)
    return parser
