"""The report files of a run: checked at start, a stub until the end, each written on its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pytest

from .. import reporters
from ..domain.errors import ConfigError, nearest
from ..domain.record import Record
from ..reporters import Reporter, destination
from .extensions import extra_reporters
from .options import Effective, effective, located, runs_tests

_OPTIONS_OF_OTHERS = {"--junitxml": "xmlpath", "--html": "htmlpath"}
"""By which other plugins are asked for files that are easily given the same name as ours."""

KEPT_UP_TO = 64 * 1024**2
"""Bytes of an earlier report that are kept in memory while it may have to be put back."""

Detail = Literal["summary", "items", "line", "off"]
"""How much the terminal shows: about a dozen lines, all items, one line, or the verdict alone."""


@dataclass(frozen=True)
class Output:
    """One report and where it goes."""

    reporter: Reporter
    path: str
    """Absolute, since a test may change the working directory; `-` for standard output."""
    shown: str
    """The path as it was typed."""


@dataclass(frozen=True)
class Earlier:
    """What stood in the file of a report before the run."""

    output: Output
    content: bytes | None
    """None where there was no file."""


@dataclass(frozen=True)
class Outputs:
    """All reports of a run."""

    files: tuple[Output, ...]
    detail: Detail

    @property
    def streams(self) -> bool:
        """Whether something goes to a stream or pipe, which may be the screen."""
        return not all(destination.holds_a_file(output.path) for output in self.files)


def read_outputs(config: pytest.Config) -> Outputs:
    """Read `--mlscore-report`, and make sure that every file can be written.

    Raises
    ------
    ConfigError
        For an unknown type, two reports for one file, or a file that cannot be written.
    """
    extra = extra_reporters(config)
    asked = effective(config, "report")
    files: list[Output] = []
    detail: Detail = _detail_by_verbosity(config)
    for spec in asked.value or ():
        kind, _, target = (part.strip() for part in spec.partition(":"))
        if kind == "term":
            detail = _detail(target, asked.label) if target else detail
        else:
            reporter = reporters.find(kind, extra, also=("term",))
            files.append(_output(config, asked, reporter, target or reporter.destination))
    _each_to_its_own_file(config, asked, files)
    # JSON first: the other reports can be made from it again, whatever happens to them.
    files.sort(key=lambda output: output.reporter.name != "json")
    return Outputs(files=tuple(files), detail=detail)


def _output(config: pytest.Config, asked: Effective, reporter: Reporter, target: str) -> Output:
    path = target
    if target != destination.STDOUT:
        path = str(located(config, asked._replace(value=target)))
        path += os.sep if target.endswith(("/", os.sep)) else ""  # a folder, which will be refused
    if not runs_tests(config):  # nothing will be written, so no folder is made
        return Output(reporter, path, target)
    try:
        return Output(reporter, destination.prepare(path), target)
    except ConfigError as error:
        raise ConfigError(f"{asked.label}={reporter.name}:{target}: {error}") from None


def _each_to_its_own_file(config: pytest.Config, asked: Effective, files: list[Output]) -> None:
    taken = {
        os.path.realpath(config.invocation_params.dir / path): option
        for option, name in _OPTIONS_OF_OTHERS.items()
        if (path := config.getoption(name, None))
    }
    for output in files:
        place = output.path if output.path == destination.STDOUT else os.path.realpath(output.path)
        if place in taken:
            raise ConfigError(
                f"{asked.label}: two reports, {taken[place]} and {output.reporter.name}, "
                f"go to {output.shown}; give each its own file"
            )
        taken[place] = output.reporter.name


def _detail(word: str, label: str) -> Detail:
    for detail in get_args(Detail):
        if word == detail:
            return detail  # type: ignore[no-any-return]  # one of the literals, as just seen
    choices = [d for d in get_args(Detail) if d != "summary"]
    closest = nearest(word, choices)
    mend = f"did you mean term:{closest}?" if closest else f"give {', '.join(choices)}"
    raise ConfigError(f"{label}: unknown detail in term:{word}; {mend}")


def _detail_by_verbosity(config: pytest.Config) -> Detail:
    verbosity = config.get_verbosity()
    if getattr(config.option, "no_summary", False):
        return "off"
    return "items" if verbosity > 0 else "line" if verbosity < 0 else "summary"


def write_all(
    outputs: Sequence[Output], record: Record, *, preliminary: bool = False
) -> tuple[list[str], list[str]]:
    """Render and write every report; one that fails keeps no other from being written.

    Nothing `preliminary` goes to a stream or pipe, where it could not be replaced.

    Returns
    -------
    written, problems
        Where one has to look for what was written, and a line for each that was not.
    """
    written, problems = [], []
    for output in outputs:
        if preliminary and not destination.holds_a_file(output.path):
            continue
        try:
            destination.write(output.path, output.reporter.render(record))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a third party's may do anything
            problems.append(
                f"report {output.reporter.name} to {output.shown} failed: "
                f"{type(error).__name__}: {error}"
            )
        else:
            if output.path != destination.STDOUT:
                written.append(output.shown)
    return written, problems


def earlier_reports(outputs: Sequence[Output]) -> list[Earlier]:
    """Read what stands where reports are going to be written.

    Files that are too large or cannot be read are left out, so they will not be put back.
    """
    found: list[Earlier] = []
    for output in outputs:
        content: bytes | None = None
        try:
            if not destination.holds_a_file(output.path):
                continue
            content = destination.content(output.path, limit=KEPT_UP_TO)
        except FileNotFoundError:
            pass
        except OSError:
            continue
        found.append(Earlier(output, content))
    return found


def put_back(reports: Sequence[Earlier]) -> list[str]:
    """Undo what the run has written so far; return a line for each file where that failed."""
    problems: list[str] = []
    for earlier in reports:
        try:
            destination.put_back(earlier.output.path, earlier.content)
        except OSError as error:
            problems.append(
                f"{earlier.output.shown} holds no report of a run and could not be put back:"
                f" {error.strerror or error}"
            )
    return problems
