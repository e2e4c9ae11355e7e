"""What tests ran of the code, by coverage.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from os import PathLike
from typing import Any, NamedTuple

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect
from .._tables import read_source
from ._outcomes import Outcome, conclude_outcomes

ITEM = "feature-code-tests"

_COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches", "excluded_lines")


class _File(NamedTuple):
    name: str
    statements: int
    covered_statements: int
    branches: int
    covered_branches: int
    excluded: int

    @property
    def parts(self) -> int:
        return self.statements + self.branches

    @property
    def share(self) -> float:
        """Statements and branches together, as coverage.py counts."""
        return (self.covered_statements + self.covered_branches) / self.parts


def coverage_json(
    file: Mapping[str, Any] | str | PathLike[str],
    *,
    paths: Sequence[str],
    min_share: float = 0.9,
    branches: bool = True,
    item: str = ITEM,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that tests ran the code of features, file by file.

    Parameters
    ----------
    file
        What `coverage json` or `--cov-report=json` wrote: its path, or its content.
    paths
        Files that count, as written in the report; `*` stands for any characters, slashes too, and
        `?` for one. Each must fit at least one file.
    min_share
        Share of statements and branches that must have run, in each file, above 0 to 1.
    branches
        Ask for branches to have been measured, by `--branch` or `--cov-branch`.
    item
        Name of the item that it is evidence for.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a file, those with too little first. Holds if every file has enough.

    Raises
    ------
    InputError
        If it is no such file, branches were not measured, a path fits no file, or none of the files
        has code.

    Notes
    -----
    Lines that a comment excludes are left out, as coverage.py does, and noted. Files without code
    are `not run`. Files that no test imported are in the report only if coverage was told of them,
    by `source`; name them in `paths` to notice that they are missing.

    Cannot see whether the tests assert anything: code that was run was not thereby tested. Cannot
    see how old a file is; measure in the run before.

    Examples
    --------
    >>> from pytest_mltestscore import checks
    >>> measured = {
    ...     "meta": {"branch_coverage": True},
    ...     "files": {
    ...         "src/features.py": {
    ...             "summary": {
    ...                 "num_statements": 40,
    ...                 "covered_lines": 30,
    ...                 "num_branches": 10,
    ...                 "covered_branches": 5,
    ...                 "excluded_lines": 0,
    ...             }
    ...         }
    ...     },
    ... }
    >>> checks.adapters.coverage_json(measured, paths=["src/features*.py"])
    coverage_json: DOES NOT HOLD - 1 of 1 file not passed: src/features.py: 70.0% of 50, below 90%
      files not passed = 1  (limit <= 0)
      files judged = 1
      lowest share = 0.7  (limit >= 0.9)
      file             status  found
      src/features.py  failed  70.0% of 50, below 90%
    """
    paths = listed(paths, "paths", of="patterns")
    if not 0 < min_share <= 1:
        raise InputError("min_share", f"is {min_share}; give a share above 0, to 1")
    table, _ = read_source(file, "file")
    chosen = list(_chosen(table, paths))
    _require_branches(table, branches)
    judged = [f.share for f in chosen if f.parts]
    excluded = sum(f.excluded for f in chosen)
    return conclude_outcomes(
        "coverage_json",
        [_outcome(f, min_share) for f in sorted(chosen, key=lambda f: f.share if f.parts else 1)],
        noun="file",
        item=item,
        expect=expect,
        argument="file",
        measurements=[
            measurement("lowest share", min(judged, default=None), limit=f">= {min_share:g}")
        ],
        notes=[f"{excluded:,} lines are excluded by comments"] if excluded else [],
    )


def _chosen(table: Mapping[str, Any], paths: Sequence[str]) -> Iterator[_File]:
    files = table.get("files")
    if not isinstance(files, Mapping):
        raise InputError("file", "has no files; give what `coverage json` wrote")
    if not files:
        raise InputError("file", "is empty; was any code measured?")
    if not paths:
        raise InputError("paths", f"is empty; give some, such as {next(iter(files))!r}")
    # Reports written on Windows have backslashes.
    names = {str(name).replace("\\", "/"): entry for name, entry in files.items()}
    for pattern in paths:
        if not any(fnmatchcase(name, pattern) for name in names):
            shown = ", ".join(list(names)[:5])
            raise InputError("paths", f"{pattern!r} fits no file of {shown}")
    for name, entry in names.items():
        if any(fnmatchcase(name, pattern) for pattern in paths):
            yield _read(name, entry)


def _read(name: str, entry: Any) -> _File:
    summary = entry.get("summary") if isinstance(entry, Mapping) else None
    if not isinstance(summary, Mapping):
        summary = {}
    # Without branches measured, their counts are left out.
    counts = [summary.get(key, 0 if "branch" in key else None) for key in _COUNTS]
    numbers = [count for count in counts if isinstance(count, int)]
    if len(numbers) < len(counts):
        raise InputError("file", f"has no counts for {name}; give what `coverage json` wrote")
    return _File(name, *numbers)


def _require_branches(table: Mapping[str, Any], branches: bool) -> None:
    meta = table.get("meta")
    measured = isinstance(meta, Mapping) and meta.get("branch_coverage") is True
    if branches and not measured:
        problem = "was measured without branches"
        raise InputError("file", f"{problem}; measure with --branch, or say branches=False")


def _outcome(file: _File, min_share: float) -> Outcome:
    if not file.parts:
        return Outcome(file.name, "not run", "no code")
    found = f"{file.share:.1%} of {file.parts:,}"
    if not file.share >= min_share:
        return Outcome(file.name, "failed", f"{found}, below {min_share:.0%}")
    return Outcome(file.name, "passed", found)
