"""The report files of a run: checked at start, a stub until the end, each written on its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import pytest

from .. import reporters
from ..domain.errors import ConfigError, nearest
from ..domain.record import Record
from ..reporters import Reporter, destination
from ..reporters.documents import documents, file_of, places
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
    files: tuple[str, ...]
    """Every file that it may come to: with several systems there may be one a system."""

    def shown_as(self, file: str) -> str:
        """Return one of its files as it would have been typed."""
        if file == self.path:
            return self.shown
        folder = self.shown[: len(self.shown) - len(Path(self.path).name)]
        return f"{folder}{Path(file).name}"


@dataclass(frozen=True)
class Earlier:
    """What stood in the file of a report before the run."""

    path: str
    shown: str
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


@dataclass
class Written:
    """What came of writing reports."""

    shown: list[str] = field(default_factory=list)
    """Where one has to look for them."""
    files: list[str] = field(default_factory=list)
    """What was to be written, whether or not that could be done."""
    problems: list[str] = field(default_factory=list)
    """A line for each that was not written."""


def read_outputs(config: pytest.Config, systems: Sequence[str]) -> Outputs:
    """Read `--mlscore-report`, and make sure that every file can be written.

    `systems` are those that may be scored, of which some reports have a file each.

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
            target = target or reporter.destination
            files.append(_output(config, asked, reporter, target, systems))
    _each_to_its_own_file(config, asked, files)
    # JSON first: the other reports can be made from it again, whatever happens to them.
    files.sort(key=lambda output: output.reporter.name != "json")
    return Outputs(files=tuple(files), detail=detail)


def _output(
    config: pytest.Config,
    asked: Effective,
    reporter: Reporter,
    target: str,
    systems: Sequence[str],
) -> Output:
    try:
        path = target = file_of(reporter, target)
    except ConfigError as error:
        raise ConfigError(f"{asked.label}: {error}") from None
    if target != destination.STDOUT:
        path = str(located(config, asked._replace(value=target)))
        path += os.sep if target.endswith(("/", os.sep)) else ""  # a folder, which will be refused
    if not runs_tests(config):  # nothing will be written, so no folder is made
        return Output(reporter, path, target, (path,))
    try:
        path = destination.prepare(path)
        files = places(reporter, systems, path)
        return Output(reporter, path, target, tuple(map(destination.prepare, files)))
    except ConfigError as error:
        raise ConfigError(f"{asked.label}={reporter.name}:{target}: {error}") from None


def _each_to_its_own_file(config: pytest.Config, asked: Effective, files: list[Output]) -> None:
    taken = {
        os.path.realpath(config.invocation_params.dir / path): option
        for option, name in _OPTIONS_OF_OTHERS.items()
        if (path := config.getoption(name, None))
    }
    for output, file in [(o, file) for o in files for file in o.files]:
        place = file if file == destination.STDOUT else os.path.realpath(file)
        if place in taken:
            raise ConfigError(
                f"{asked.label}: two reports, {taken[place]} and {output.reporter.name}, "
                f"go to {output.shown_as(file)}; give each its own file"
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
    outputs: Sequence[Output], records: Sequence[Record], *, preliminary: bool = False
) -> Written:
    """Render and write every report; one that fails keeps no other from being written.

    Nothing `preliminary` goes to a stream or pipe, where it could not be replaced.
    """
    written = Written()
    for output in outputs:
        if preliminary and not destination.holds_a_file(output.path):
            continue
        seen: list[str] = []
        for document in documents(output.reporter, records, output.path):
            written.files.append(document.destination)
            shown = output.shown_as(document.destination)
            try:
                destination.write(document.destination, document.render())
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a third party's may do anything
                written.problems.append(
                    f"report {output.reporter.name} to {shown} failed: "
                    f"{type(error).__name__}: {error}"
                )
            else:
                seen += [shown] if output.path != destination.STDOUT else []
        # A page that leads to the others is all that one has to look for.
        written.shown += seen[-1:] if output.reporter.render_index else seen
    return written


def remove(files: Iterable[str]) -> None:
    """Remove files that nothing was to be said in after all."""
    for file in files:
        with suppress(OSError):
            destination.put_back(file, None)


def earlier_reports(outputs: Sequence[Output]) -> list[Earlier]:
    """Read what stands where reports are going to be written.

    Files that are too large or cannot be read are left out, so they will not be put back.
    """
    found: list[Earlier] = []
    for output, file in [(o, file) for o in outputs for file in o.files]:
        content: bytes | None = None
        try:
            if not destination.holds_a_file(file):
                continue
            content = destination.content(file, limit=KEPT_UP_TO)
        except FileNotFoundError:
            pass
        except OSError:
            continue
        found.append(Earlier(file, output.shown_as(file), content))
    return found


def put_back(reports: Sequence[Earlier]) -> list[str]:
    """Undo what the run has written so far; return a line for each file where that failed."""
    problems: list[str] = []
    for earlier in reports:
        try:
            destination.put_back(earlier.path, earlier.content)
        except OSError as error:
            problems.append(
                f"{earlier.shown} holds no report of a run and could not be put back:"
                f" {error.strerror or error}"
            )
    return problems
