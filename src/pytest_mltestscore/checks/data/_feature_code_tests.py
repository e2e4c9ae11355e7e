"""data-7: all code that computes features is run, by tests that assert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from ._assertions import FoundTest, code_of, find_tests, reached_by
from ._code_search import parsed, python_files
from ._coverage_reading import UNSEEN, FileCoverage, read_coverage

ITEM = "feature-code-tests"

_NO_CONTEXTS = (
    "measured without contexts, so which tests reach a function was not seen;"
    " run pytest with --cov-context=test"
)
_NO_TESTS = "no test files given, so whether tests assert was not seen"


class _Seen(NamedTuple):
    """What is known of one function."""

    name: str
    run: bool
    contexts: frozenset[str]


def feature_code_tests(
    coverage: str | PathLike[str],
    sources: Sequence[str | PathLike[str]],
    *,
    tests: Sequence[str | PathLike[str]] = (),
    min_coverage: float = 0.9,
    exempt: Sequence[str] = (),
    expect: Expect = "holds",
) -> CheckResult:
    """Check that tests run all feature code, its branches included, and that they assert.

    Parameters
    ----------
    coverage
        Data file (`.coverage`) or JSON report of coverage.py, measured with branches. Contexts
        (`--cov-context=test` of pytest-cov, or `dynamic_context = test_function`) let the check see
        which tests reach a function.
    sources
        Files of feature code, or folders of them.
    tests
        Test files, or folders of them.
    min_coverage
        Smallest share of lines and branches that must have been run, for each file, above 0 to 1.
    exempt
        Functions, by name, that need not be run.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a file, least covered first: share run, lines that were not, and functions that no
        test reached (`untested`) or only tests without an assertion (`unasserted`).

    Raises
    ------
    InputError
        For coverage without branches, files that are not there or no Python, or test files without
        a test.

    Notes
    -----
    A file fails below `min_coverage`, and with any function that was never run. A file that was
    not measured counts as not run. With contexts and `tests`, a function that only tests without
    an assertion reach fails it too. Without contexts the check fails if none of the tests asserts,
    and says what it could not see. An assertion is found by syntax: `assert` on other than a
    constant, `raises` and the like, calls named `assert...`, also in functions of the same file.
    Cannot see whether the assertions are about the feature, nor that a line is right because it
    was run; `feature_properties` looks for what breaks it. A function on a single line counts as
    run once its file is imported. Of a data file, settings that exclude
    code are overruled, `pragma` comments are not; the number of lines excluded is shown. The
    measurement must be finished: not one of the run that the check is part of.

    Examples
    --------
    >>> import json, os, pathlib, tempfile
    >>> from pytest_mltestscore import checks
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> code = os.linesep.join(["def speed(km, h):", "    return km / h"])
    >>> _ = (folder / "speed.py").write_text(code)
    >>> summary = {"covered_lines": 1, "num_statements": 2, "num_branches": 0}
    >>> speed = {"summary": summary, "executed_lines": [1], "missing_lines": [2]}
    >>> report = {"meta": {"branch_coverage": True}, "files": {"speed.py": speed}}
    >>> _ = (folder / "coverage.json").write_text(json.dumps(report))
    >>> checks.data.feature_code_tests(folder / "coverage.json", [folder / "speed.py"])
    feature_code_tests: DOES NOT HOLD - 1 of 1 files of feature code lacks tests: speed.py 50% \
run, untested speed
      lowest share run = 0.5  (limit >= 0.9)
      functions = 1
      functions untested = 1  (limit 0)
      file      run  lines missing  untested  unasserted  verdict
      speed.py  0.5  2              speed                 bad
      note: no test files given, so whether tests assert was not seen
    """
    if not 0 < min_coverage <= 1:
        raise InputError("min_coverage", f"is {min_coverage}; give a share above 0, up to 1")
    files = python_files(sources, "sources")
    known = _tests(tests)
    measured = read_coverage(coverage, files, "coverage")
    has_contexts = any(any(found.contexts.values()) for found in measured.values())
    spared = listed(exempt, "exempt", of="functions")
    functions = {file: _functions(file, measured[file], spared) for file in files}
    judge = known if has_contexts else []
    rows = [
        _row(file, measured[file], functions[file], judge, min_coverage)
        for file in sorted(files, key=lambda file: measured[file].share)
    ]
    rows.sort(key=lambda row: row["verdict"] == "ok")
    silent = [test.name for test in known if not test.asserts]
    none_asserts = bool(known) and len(silent) == len(known)
    return conclude(
        "feature_code_tests",
        item=ITEM,
        holds=not none_asserts and all(row["verdict"] == "ok" for row in rows),
        summary=_summary(rows, none_asserts),
        expect=expect,
        measurements=[
            measurement(
                "lowest share run",
                min(found.share for found in measured.values()),
                limit=f">= {min_coverage:g}",
            ),
            measurement("functions", sum(map(len, functions.values()))),
            measurement("functions untested", _count(functions, run=False), limit="0"),
        ],
        table=rows,
        notes=list(_notes(measured, known, silent, has_contexts)),
    )


def _tests(paths: Sequence[str | PathLike[str]]) -> list[FoundTest]:
    if not paths:
        return []
    found = find_tests(python_files(paths, "tests"), "tests")
    if not found:
        raise InputError("tests", "has no test function; give files of tests")
    return found


def _functions(file: Path, found: FileCoverage, exempt: Sequence[str]) -> list[_Seen]:
    seen = []
    for name, first, last in code_of(parsed(file, "sources")):
        lines = [line for line in range(first, last + 1) if line in found.executed]
        known = lines or found is UNSEEN or any(first <= m <= last for m in found.missing)
        if known and name not in exempt:  # else all its lines are excluded
            contexts = frozenset(c for line in lines for c in found.contexts.get(line, ()))
            seen.append(_Seen(name, bool(lines), contexts))
    return seen


def _row(
    file: Path,
    found: FileCoverage,
    functions: Sequence[_Seen],
    tests: Sequence[FoundTest],
    min_coverage: float,
) -> dict[str, Any]:
    untested = [f.name for f in functions if not f.run]
    unasserted = [f.name for f in functions if tests and f.run and not _asserted(f, tests)]
    good = found.share >= min_coverage and not untested and not unasserted
    return {
        "file": file.name,
        "run": round(found.share, 4),
        "lines missing": "all" if found is UNSEEN else _ranges(found.missing),
        "untested": ", ".join(untested),
        "unasserted": ", ".join(unasserted),
        "verdict": "ok" if good else "bad",
    }


def _asserted(function: _Seen, tests: Sequence[FoundTest]) -> bool:
    return any(test.asserts for c in function.contexts for test in reached_by(c, tests))


def _ranges(lines: Sequence[int]) -> str:
    """Return `3-5, 9` for 3, 4, 5 and 9."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][-1] + 1:
            parts[-1].append(line)
        else:
            parts.append([line])
    words = [str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts]
    return ", ".join([*words[:8], *(["..."] if len(words) > 8 else [])])


def _count(functions: Mapping[Path, Sequence[_Seen]], *, run: bool) -> int:
    return sum(f.run == run for seen in functions.values() for f in seen)


def _notes(
    measured: Mapping[Path, FileCoverage],
    tests: Sequence[FoundTest],
    silent: Sequence[str],
    has_contexts: bool,
) -> Iterator[str]:
    excluded = sum(found.excluded for found in measured.values())
    if excluded:
        yield f"{excluded} lines are excluded from the measurement"
    if not tests:
        yield _NO_TESTS
    elif not has_contexts:
        yield _NO_CONTEXTS
    if silent:
        shown = ", ".join(silent[:5])
        more = f" and {len(silent) - 5} more" if len(silent) > 5 else ""
        yield f"{len(silent)} of {len(tests)} tests assert nothing: {shown}{more}"


def _summary(rows: Sequence[Mapping[str, Any]], none_asserts: bool) -> str:
    bad = [row for row in rows if row["verdict"] != "ok"]
    if none_asserts and not bad:
        return "feature code is run, but none of the tests asserts anything"
    if not bad:
        return f"tests run {len(rows)} files of feature code, the least {rows[0]['run']:.0%}"
    lacks = "lacks" if len(bad) == 1 else "lack"
    shown = "; ".join(_words(row) for row in bad[:3])
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    return f"{len(bad)} of {len(rows)} files of feature code {lacks} tests: {shown}{more}"


def _words(row: Mapping[str, Any]) -> str:
    named = [f"{key} {row[key]}" for key in ("untested", "unasserted") if row[key]]
    return ", ".join([f"{row['file']} {row['run']:.0%} run", *named])
