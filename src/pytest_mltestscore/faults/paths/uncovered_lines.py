"""Code that no test runs: tests were skipped, or took another branch."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._files import as_given, copied, is_file, rewritten


def _fits(value: Any) -> bool:
    named = isinstance(value, str | Path) and "coverage" in Path(value).name
    return named and Path(value).suffix in (".json", ".coverage", "") and is_file(value)


def _inject(value: Any, rng: np.random.Generator) -> Any:
    with Path(value).open("rb") as file:
        is_data = file.read(6) == b"SQLite"
    return _of_data(value) if is_data else rewritten(value, _of_report)


def _of_data(value: Any) -> Any:
    copy = copied(value)
    copy.chmod(0o600)
    try:
        with closing(sqlite3.connect(copy)) as data:
            data.execute("delete from arc where rowid % 2 = 0")
            data.execute("delete from line_bits where rowid % 2 = 0")
            data.commit()
    except sqlite3.Error as error:
        raise NothingToDamageError(f"it is no coverage data ({error})") from error
    return as_given(copy, value)


def _of_report(text: str) -> str:
    try:
        report = json.loads(text)
        for entry in report["files"].values():
            _forget_half(entry)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NothingToDamageError("it is no report of coverage") from error
    return json.dumps(report)


def _forget_half(entry: dict[str, Any]) -> None:
    """Let every other line and branch that was run count as not run."""
    executed = entry["executed_lines"]
    lost = executed[1::2]
    entry["executed_lines"] = executed[::2]
    entry["missing_lines"] = sorted({*entry["missing_lines"], *lost})
    summary = entry["summary"]
    for name in ("covered_lines", "covered_branches"):
        summary[name] = summary.get(name, 0) // 2
    for line in map(str, lost):
        entry.get("contexts", {}).pop(line, None)


FAULT = Fault(
    name="uncovered_lines",
    damage="lets every other line of copied coverage data count as not run",
    fits=_fits,
    inject=_inject,
)
