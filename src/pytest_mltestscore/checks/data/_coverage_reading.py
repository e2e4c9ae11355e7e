"""What coverage.py measured of some files: from its data file, or from its JSON report."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from ...domain.errors import InputError
from .._optional import load

_HOW = "run `coverage run --branch -m pytest`, or pytest with `--cov --cov-branch`"


class FileCoverage(NamedTuple):
    """What was run of one file."""

    covered: int
    """Lines and branches that were run."""
    total: int
    """Lines and branches that there are."""
    executed: frozenset[int]
    missing: tuple[int, ...]
    excluded: int
    """Lines that comments or settings take out of the count."""
    contexts: Mapping[int, tuple[str, ...]]
    """Tests that ran a line, by line; empty where coverage was measured without contexts."""

    @property
    def share(self) -> float:
        """Share of lines and branches that were run; 1 for a file without code."""
        return self.covered / self.total if self.total else 1.0


UNSEEN = FileCoverage(0, 1, frozenset(), (), 0, {})
"""Of a file that the measurement does not know."""


def read_coverage(
    source: str | PathLike[str], files: Sequence[Path], argument: str
) -> dict[Path, FileCoverage]:
    """Return what was measured of files, `UNSEEN` where nothing was.

    Raises
    ------
    InputError
        If the source cannot be read or was measured without branches.
    """
    path = Path(source)
    if not path.is_file():
        raise InputError(argument, f"{path} is no file; {_HOW}")
    with path.open("rb") as file:
        is_data = file.read(6) == b"SQLite"
    report = _report_of_data(path, files, argument) if is_data else _report(path, argument)
    if not report.get("meta", {}).get("branch_coverage"):
        raise InputError(argument, f"{path.name} was measured without branches; {_HOW}")
    known = {Path(name): entry for name, entry in report["files"].items()}
    return {file: _of_file(_entry(file, known, argument)) for file in files}


def _report(path: Path, argument: str) -> dict[str, Any]:
    try:
        report = json.loads(path.read_bytes())
    except ValueError as error:
        problem = f"{path.name} is neither a data file nor a JSON report of coverage"
        raise InputError(argument, problem) from error
    if not isinstance(report, dict) or not isinstance(report.get("files"), dict):
        raise InputError(argument, f"{path.name} is no JSON report of coverage; {_HOW}")
    return report


def _report_of_data(path: Path, files: Sequence[Path], argument: str) -> dict[str, Any]:
    """Return the JSON report that coverage.py makes of a data file, settings left aside."""
    coverage = load("coverage", extra="coverage")
    # Settings may exclude what they like; a pragma in the code at least stands where it acts.
    measured = coverage.Coverage(data_file=str(path), config_file=False)
    try:
        measured.load()
        names = measured.get_data().measured_files()
        if names and not any(Path(name).is_absolute() for name in names):
            measured.set_option("run:relative_files", True)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "coverage.json")
            morfs = [str(file) for file in files]
            measured.json_report(morfs=morfs, outfile=str(out), show_contexts=True)
            return _report(out, argument)
    except coverage.exceptions.NoDataError:
        return {"meta": {"branch_coverage": measured.get_data().has_arcs()}, "files": {}}
    except coverage.CoverageException as error:
        raise InputError(argument, f"{path.name} cannot be read: {error}") from error


def _entry(file: Path, known: Mapping[Path, Any], argument: str) -> Mapping[str, Any] | None:
    """Return what a report says of a file, by its path or, measured elsewhere, by the end of it."""
    exact = [entry for name, entry in known.items() if name.resolve() == file.resolve()]
    if exact:
        return exact[0]
    parts = file.resolve().parts
    alike = [name for name in known if parts[-len(name.parts) :] == name.parts]
    if len(alike) > 1:
        names = ", ".join(map(str, alike))
        raise InputError(argument, f"{file} may be any of {names}; run it from the same folder")
    return known[alike[0]] if alike else None


def _of_file(entry: Mapping[str, Any] | None) -> FileCoverage:
    if entry is None:
        return UNSEEN
    summary = entry["summary"]
    return FileCoverage(
        covered=summary["covered_lines"] + summary.get("covered_branches", 0),
        total=summary["num_statements"] + summary.get("num_branches", 0),
        executed=frozenset(entry["executed_lines"]),
        missing=tuple(entry["missing_lines"]),
        excluded=summary.get("excluded_lines", 0),
        contexts={
            int(line): tuple(name for name in names if name)
            for line, names in entry.get("contexts", {}).items()
        },
    )
