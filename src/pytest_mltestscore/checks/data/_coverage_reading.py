"""What coverage.py measured of some files: from its data file, or from its JSON report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from ...domain.errors import InputError
from ...domain.text import clean_line
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
    """Return the JSON report that coverage.py makes of a data file, settings left aside.

    In a process of its own: in this one it would end the measurement of a run under coverage.
    """
    coverage = load("coverage", extra="coverage")
    data = coverage.CoverageData(basename=str(path))
    try:
        data.read()
    except coverage.CoverageException as error:
        raise InputError(argument, f"{path.name} cannot be read: {error}") from error
    names = data.measured_files()
    relative = bool(names) and not any(Path(name).is_absolute() for name in names)
    with tempfile.TemporaryDirectory() as folder:
        out, settings = Path(folder, "coverage.json"), Path(folder, "settings")
        # Settings may exclude what they like; a pragma in the code at least stands where it acts.
        settings.write_text(f"[run]\nrelative_files = {relative}\n", encoding="utf-8")
        options = [f"--rcfile={settings}", f"--data-file={path}", "--show-contexts", "-q"]
        said = _coverage("json", *options, "-o", str(out), *map(str, files))
        if out.is_file():
            return _report(out, argument)
    if "No data to report" in said:
        return {"meta": {"branch_coverage": data.has_arcs()}, "files": {}}
    raise InputError(argument, f"{path.name} cannot be read: {clean_line(said, limit=200)}")


def _coverage(*arguments: str) -> str:
    """Run coverage.py, unmeasured, and return what it said."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    done = subprocess.run(  # noqa: S603 - coverage.py of this very environment
        [sys.executable, "-m", "coverage", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


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
