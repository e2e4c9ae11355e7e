"""Reporters turn a run record into text. They compute nothing and read nothing else.

A new reporter is a module `to_<format>.py` with a function `render`, and one line in `REPORTERS`.
What several systems of one run come to is laid down in `documents`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ..domain.errors import ConfigError, nearest
from ..domain.text import clean_line

if TYPE_CHECKING:
    from ..domain.record import Record


class Reporter(NamedTuple):
    """A format that a record can be written in."""

    name: str
    """What people type: `--mlscore-report=NAME`."""
    destination: str
    """The file written to if none is named; `-` for standard output."""
    help: str
    """One line for `--help`."""
    render: Callable[[Record], str]
    render_all: Callable[[Sequence[Record]], str] | None = None
    """Puts several systems into one document; without it there is a document a system."""
    render_index: Callable[[Sequence[tuple[Record, str]]], str] | None = None
    """Makes the page that leads to the documents of several systems, each with its file name."""
    render_sheet: Callable[[Sequence[Record]], str] | None = None
    """Makes the style sheet beside the pages. The destination is then a folder for all of them."""


def _ours(name: str, destination: str, text: str, *more: str) -> Reporter:
    """Build a reporter whose module, with all that it imports, is loaded when it is first used.

    `more` are the other fields of `Reporter` for which the module has a function.
    """

    def called(function: str) -> Callable[..., str]:
        def render(*args: Any) -> str:
            rendered: str = getattr(import_module(f".to_{module}", __name__), function)(*args)
            return rendered

        return render

    module = {"md": "markdown"}.get(name, name.replace("-", "_"))
    others = {function: called(function) for function in more}
    return Reporter(name, destination, text, called("render"), **others)


REPORTERS: tuple[Reporter, ...] = (
    _ours("html", "mlscore.html", "one page that needs no script and no network", "render_index"),
    _ours(
        "html-dir",
        "mlscore-html",
        "that page and its style sheet, in a folder, as Jenkins wants it",
        "render_index",
        "render_sheet",
    ),
    _ours(
        "json",
        "mlscore.json",
        "the run record, from which all other reports can be made",
        "render_all",
    ),
    _ours("md", "mlscore.md", "Markdown, such as for the summary of a CI job", "render_all"),
    _ours("md-comment", "mlscore-comment.md", "Markdown with what changed, for a pull request"),
    _ours(
        "github", "-", "annotations: workflow commands, for a step of a GitHub job", "render_all"
    ),
    _ours(
        "junit",
        "mlscore-junit.xml",
        "JUnit XML with a test case an item and one for the gate",
        "render_all",
    ),
    _ours("ctrf", "mlscore-ctrf.json", "Common Test Report Format, with the same cases as junit"),
    _ours("badge", "mlscore.svg", "a small picture with the score, for a README"),
    _ours("badge-json", "mlscore-badge.json", "the badge as JSON, for the endpoint of shields.io"),
    _ours(
        "prometheus", "mlscore.prom", "metrics, such as for Prometheus' node exporter", "render_all"
    ),
)
"""All reporters of this package, in the order in which help lists them."""


def find(name: str, extra: Sequence[Reporter] = (), *, also: Sequence[str] = ()) -> Reporter:
    """Return the reporter of this name.

    Parameters
    ----------
    name
        The name as it was typed.
    extra
        Reporters of other packages.
    also
        Names that the caller handles itself, such as `term`; they are listed in the message.

    Raises
    ------
    ConfigError
        If there is none, or if two reporters share a name.

    >>> find("jsn")
    Traceback (most recent call last):
    pytest_mltestscore.domain.errors.ConfigError: unknown report 'jsn'; did you mean 'json'? ...
    """
    known: dict[str, Reporter] = {}
    for reporter in (*REPORTERS, *extra):
        if reporter.name in known or reporter.name in also:
            raise ConfigError(
                f"there are two reporters named {reporter.name!r};"
                " uninstall or rename the one that a plugin adds"
            )
        known[reporter.name] = reporter
    if name in known:
        return known[name]
    choices = [*also, *known]
    closest = nearest(name, choices)
    hint = f"did you mean {closest!r}? " if closest else ""
    shown = clean_line(name, limit=80)
    raise ConfigError(f"unknown report {shown!r}; {hint}Known reports: {', '.join(choices)}")
