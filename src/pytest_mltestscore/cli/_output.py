"""Standard output and standard error, whatever they are connected to."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from ..domain.text import clean, clean_line
from ..reporters.destination import STDOUT, write
from ..reporters.to_terminal import Line
from ._failure import CommandError


def make_tolerant() -> None:
    """Let no character stop a command: what a stream cannot encode is shown as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str = "") -> None:
    """Print one line of our own making; text from records must have been cleaned."""
    put(f"{line}\n")


def put(text: str, *, flush: bool = False) -> None:
    """Write text to standard output as it is.

    A reader that went away, as `head` does, has seen enough: the command goes on in silence, so
    that its exit code stays the one it would have had.
    """
    if sys.stdout is None:  # closed before we were started
        return
    try:
        sys.stdout.write(text)
        if flush:
            sys.stdout.flush()
    except OSError as error:
        _give_up(error)


def deliver(destination: str, text: str | bytes) -> None:
    """Write a whole report to a file, or to standard output for `-`, text always as UTF-8.

    Raises
    ------
    CommandError
        If it cannot be written; a file that was there is then unchanged.
    """
    try:
        write(destination, text)
    except OSError as error:
        if destination != STDOUT:
            raise CommandError(f"{destination}: cannot be written: {_reason(error)}") from error
        _give_up(error)


def flush() -> None:
    """Send what was printed on its way, so that a full disk is an error and not a surprise."""
    put("", flush=True)


def plain(line: Line) -> str:
    """Return a line of the terminal report without its styles."""
    return "".join(span.text for span in line)


def stdout_encoding() -> str:
    """Return what standard output can hold."""
    return getattr(sys.stdout, "encoding", None) or "ascii"


def complain(kind: str, message: str) -> None:
    """Print `mlscore: <kind>: <message>` to standard error; further lines are set in."""
    first, *others = clean(message).splitlines() or [""]
    lines = [f"mlscore: {kind}: {first}", *(f"  {line}" for line in others)]
    if sys.stderr is not None:
        print("\n".join(lines), file=sys.stderr)


def remark(message: str) -> None:
    """Print one line about what was done to standard error, out of the way of a pipe."""
    if sys.stderr is not None:
        print(f"mlscore: {clean_line(message)}", file=sys.stderr)


def _give_up(error: OSError) -> None:
    """Point standard output at nothing, or Python would complain about it once more at its end."""
    if sys.stdout is not None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
    if not isinstance(error, BrokenPipeError):
        raise CommandError(f"standard output: cannot be written: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
