"""How commands are declared, so that every help page has a description, an example, exit codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from ._failure import CommandError

Subparsers = Any
"""What `ArgumentParser.add_subparsers` returns; argparse keeps the type to itself."""

USER_ERROR = 2

_ERROR_EXIT = f"{USER_ERROR}   wrong options, or a file that cannot be read or written"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are raised, so that they look like all our errors."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        raise CommandError(f"{message} (see `{self.prog} --help`)")


def command(
    subparsers: Subparsers,
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    summary: str,
    details: str = "",
    examples: str,
    exits: str = "0   done",
) -> argparse.ArgumentParser:
    """Add a command and return its parser. Texts are printed as they are, so keep lines short."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.\n\n{details}".strip(),
        epilog=_epilog(examples, exits),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _epilog(examples: str, exits: str) -> str:
    codes = f"{exits}\n{_ERROR_EXIT}"
    return f"examples:\n{_indent(examples)}\n\nexit codes:\n{_indent(codes)}"


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
