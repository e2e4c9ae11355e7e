"""data-5: personal data is where it may be, guarded, and gone when it was to be deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._frames import Frame, column_names, read_frame, require_columns, require_rows, sample_rows
from ._access import open_files, public_policies
from ._finding import Finding
from ._people import deleted_ids, small_groups, still_there
from ._personal_columns import found_by_name, found_by_value
from ._personal_data import KINDS, Kind, own_kinds

ITEM = "privacy-controls"
Detector: TypeAlias = Literal["patterns", "presidio", "none"]


class _Look(NamedTuple):
    """What was found, where was looked, and at how many rows."""

    findings: list[Finding]
    looked: list[str]
    seen: int | None = None
    total: int | None = None
    notes: tuple[str, ...] = ()


def privacy_controls(
    data: Any = None,
    *,
    allowed: Mapping[str, str] | None = None,
    detector: Detector = "patterns",
    patterns: Mapping[str, str] | None = None,
    analyzer: Any = None,
    quasi_identifiers: Sequence[str] = (),
    k: int = 5,
    subject: str | None = None,
    deleted: Any = None,
    files: Sequence[str | Path] = (),
    allowed_mode: int = 0o600,
    policies: Mapping[str, Any] | None = None,
    max_rows: int = 20_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that data holds no personal data, and that those who may not read it cannot.

    Each part is looked at if it is given: columns and values of `data`, small groups of
    `quasi_identifiers`, people to be `deleted`, modes of `files`, `policies` of buckets. Findings
    are counted and never shown.

    Parameters
    ----------
    data
        Data frame, such as the newest training set or an export.
    allowed
        Columns that may hold personal data, with the reason. What is found there is shown, and not
        held against the result.
    detector
        `"patterns"` knows e-mail addresses, phone numbers, IBANs, card numbers, US social security
        numbers and IP addresses, with their checksums. `"presidio"` asks presidio (extra `pii`;
        about 5 ms a value). `"none"` looks at the names of columns only.
    patterns
        Further kinds: a name and a regular expression each, such as `{"staff": "E[0-9]{6}"}`.
    analyzer
        For `"presidio"`, your own `AnalyzerEngine`. The one by default has no language model, so
        it does not find names of people.
    quasi_identifiers
        Columns that together could single somebody out, such as post code and year of birth. Each
        combination must occur in `k` rows or more (Samarati and Sweeney 1998). Missing values are
        a value. Cut continuous ones into bands first.
    k
        Least rows of a combination.
    subject
        Column that says whom a row is about; needed with `deleted`. Rows in which it is missing
        are findings: nobody knows whom to delete there.
    deleted
        Ids of people who asked to be deleted: a list, array or series of the column's type.
    files
        Files, or folders with all below them. Judged by their own POSIX mode alone: a locked
        folder above does not go along with a copy. Access lists (ACLs) are not seen.
    allowed_mode
        Bits that may be set; 0o640 lets the group read.
    policies
        Access documents by name: the document, its JSON text or its file. S3 (bucket policy,
        access list), Google Cloud Storage (IAM policy, access list) and Azure containers.
    max_rows
        Values are looked for in a sample of so many rows, and the result says so. Groups and
        deleted people are looked for in all rows.
    seed
        Of the sample.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a finding: where, what, how many of what.

    Raises
    ------
    InputError
        If nothing is given to look at, data is empty, columns or files are missing, ids are of
        another type than the column's or the column holds several, or a policy is of no known kind.

    Notes
    -----
    Finds a single e-mail address, IBAN or social security number in the rows it looks at; card
    numbers from two on, if most numbers of that form are valid. Cannot see names of people, health
    or faces, phone numbers without any separator or `+`, numbers in words, or bytes. A name such
    as `email_domain` is taken for personal data: allow it, with the reason. Does not judge who the
    named principals of a policy are.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> rows = pd.DataFrame({"note": ["call me", "write to ada@example.org"], "size": [1, 2]})
    >>> checks.data.privacy_controls(rows)
    privacy_controls: DOES NOT HOLD - 1 finding: e-mail in column note (1 of 2 rows)
      findings = 1  (limit 0)
      where        what    count  of      verdict
      column note  e-mail  1      2 rows  found
      note: looked at: names of 2 columns; values by patterns
    """
    quasi_identifiers = listed(quasi_identifiers, "quasi_identifiers")
    _require_something(data, quasi_identifiers, subject, deleted, files, policies)
    if detector not in get_args(Detector):
        raise InputError("detector", f"{detector!r} is not one of {', '.join(get_args(Detector))}")
    kinds = [*KINDS, *own_kinds(patterns or {})]
    look = _Look([], [])
    if data is not None:
        frame = read_frame(data)
        named = [*(allowed or {}), *quasi_identifiers, *([subject] if subject else [])]
        require_columns(frame, named)
        look = _look_at_columns(frame, allowed or {}, detector, kinds, analyzer, max_rows, seed)
        _look_for_people(look, frame, quasi_identifiers, k, subject, deleted)
    if files:
        look.findings.extend(open_files(files, allowed_mode))
        look.looked.append(f"modes of files ({len(files)} paths)")
    if policies:
        look.findings.extend(public_policies(policies))
        look.looked.append(f"policies ({len(policies)})")
    bad = [f for f in look.findings if not f.allowed]
    reasons = [
        f"column {name} may hold personal data: {why}" for name, why in (allowed or {}).items()
    ]
    return conclude(
        "privacy_controls",
        item=ITEM,
        holds=not bad,
        summary=_summary(bad, look.looked),
        expect=expect,
        measurements=[measurement("findings", len(bad), limit="0")],
        table=[_row(f) for f in sorted(look.findings, key=lambda f: (f.allowed, -f.found))],
        rows_seen=look.seen,
        rows_total=look.total,
        notes=[*look.notes, f"looked at: {'; '.join(look.looked)}", *reasons],
    )


def _require_something(
    data: Any,
    quasi_identifiers: Sequence[str],
    subject: str | None,
    deleted: Any,
    files: Sequence[str | Path],
    policies: Mapping[str, Any] | None,
) -> None:
    if data is None and not files and not policies:
        raise InputError("data", "is not given, nor are files or policies; give one of them")
    if data is None and (quasi_identifiers or subject or deleted is not None):
        raise InputError("data", "is missing; quasi_identifiers and deleted are looked for in it")
    if isinstance(files, str | Path):
        raise InputError("files", "is one path; give a list of them")
    if (subject is None) != (deleted is None):
        missing = "subject" if subject is None else "deleted"
        raise InputError(missing, "is missing; give both a column and the ids that were deleted")


def _look_at_columns(
    frame: Frame,
    allowed: Mapping[str, str],
    detector: Detector,
    kinds: Sequence[Kind],
    analyzer: Any,
    max_rows: int,
    seed: int,
) -> _Look:
    findings = found_by_name(frame, allowed)
    looked = [f"names of {len(column_names(frame))} columns"]
    if detector == "none":
        rows = require_rows(frame)
        return _Look(findings, looked, rows, rows)
    sample = sample_rows(frame, max_rows, seed=seed)
    found, unseen = found_by_value(sample, detector, kinds, analyzer, allowed)
    looked += [f"values by {detector}", *unseen]
    return _Look([*findings, *found], looked, sample.seen, sample.total, sample.notes)


def _look_for_people(
    look: _Look,
    frame: Frame,
    quasi_identifiers: Sequence[str],
    k: int,
    subject: str | None,
    deleted: Any,
) -> None:
    if quasi_identifiers:
        look.findings.extend(small_groups(frame, quasi_identifiers, k))
        look.looked.append(f"groups by {', '.join(quasi_identifiers)}")
    if subject is not None:
        ids = deleted_ids(deleted, frame, subject)
        look.findings.extend(still_there(frame, subject, ids))
        look.looked.append(f"{len(ids)} deleted ids")


def _row(finding: Finding) -> dict[str, Any]:
    verdict = "allowed" if finding.allowed else "found"
    row = {"where": finding.where, "what": finding.what, "count": finding.found, "of": finding.of}
    return row | {"verdict": verdict}


def _summary(bad: Sequence[Finding], looked: Sequence[str]) -> str:
    if not bad:
        return f"nothing found in {'; '.join(looked)}"
    first = sorted(bad, key=lambda f: -f.found)[:3]
    shown = ", ".join(f"{f.what} in {f.where} ({f.found} of {f.of})" for f in first)
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    return f"{len(bad)} finding{'s' if len(bad) > 1 else ''}: {shown}{more}"
