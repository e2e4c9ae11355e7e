"""monitor-1: a change in what the system depends on is found, and reaches its owners."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import distributions
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from ...domain.text import clean_line
from .._conclude import Expect, conclude
from .._tables import read_source
from ._lock_files import Locked, read_lock
from ._upstream_fingerprint import differences, upstream_fingerprint

ITEM = "dependency-changes"


class _Change(NamedTuple):
    dependency: str
    recorded: str
    found: str

    def __str__(self) -> str:
        return f"{self.dependency}: {self.found}, recorded {self.recorded}"


def dependency_changes(
    notifier: Callable[[str], object],
    received: Callable[[], Iterable[str]],
    *,
    lock: str | PathLike[str] | None = None,
    installed: Mapping[str, str] | None = None,
    allow_missing: bool = False,
    upstream: Mapping[str, Any] | None = None,
    fingerprints: Any = None,
    max_shift: float = 1.0,
    max_missing_change: float = 0.1,
    timeout_s: float = 5.0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that nothing which the system depends on changed, and that a change would be told.

    Parameters
    ----------
    notifier
        What sends news to the owners; called with a text. Once for each kind of dependency with a
        change made up from what is on record, and once with the real changes, if there are any.
    received
        Returns the texts that arrived at the other end, such as the list that a fake webhook fills.
        Asked again until the made-up change is in one of them.
    lock
        Lock file: `requirements.txt` or constraints with exact pins, `pylock.toml`, `uv.lock` or
        `poetry.lock`. Lines without an exact pin are changes waiting to happen, and fail.
    installed
        Versions by name, of another environment; by default those of this one.
    allow_missing
        Whether what is locked may be not installed, as with constraints.
    upstream
        Data frames of any library, by name of the source.
    fingerprints
        What `upstream_fingerprint` said of each, by the same names: JSON or TOML file, or mapping.
    max_shift
        Largest move of the mean of a number, in standard deviations (the smaller of recorded and
        found).
    max_missing_change
        Largest change of the share of missing values, from 0 to 1.
    timeout_s
        How long a message may take.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a change: dependency, what is recorded, what was found. A silent notifier is one.

    Raises
    ------
    InputError
        If neither a lock nor upstream data is given, or they cannot be read.

    Notes
    -----
    Exact on versions, columns and types. Sees new or lost categories by their number only (up to
    50), and a change of unit that moves a mean by more than `max_shift` standard deviations; means
    of small samples move by chance. A change of meaning within the same numbers is not seen, nor
    is a service behind an API: give a frame of its answers. An installed package that the lock
    does not name is noted. In `uv.lock`, groups and extras are not told apart: use `allow_missing`.

    Examples
    --------
    >>> import pandas as pd
    >>> from pytest_mltestscore import checks
    >>> legs = pd.DataFrame({"km": [1.0, 2.0, 3.0]})
    >>> recorded = {"legs": checks.monitor.upstream_fingerprint(legs)}
    >>> inbox = []
    >>> checks.monitor.dependency_changes(
    ...     inbox.append, lambda: inbox, upstream={"legs": legs * 1000}, fingerprints=recorded
    ... )
    dependency_changes: DOES NOT HOLD - 1 change of 1 dependencies: legs.km: mean 2000 ± 1e+03, \
recorded mean 2 ± 1
      changes = 1  (limit 0)
      dependencies = 1
      simulated changes received = 1  (limit 1)
      dependency  recorded    found
      legs.km     mean 2 ± 1  mean 2000 ± 1e+03
      note: no lock file given, so libraries were not looked at
    """
    if lock is None and upstream is None:
        raise InputError("lock", "is missing; give a lock file, or upstream with fingerprints")
    locked = {} if lock is None else read_lock(Path(lock), "lock")
    versions = _versions() if installed is None else _canonical(installed)
    frames = dict(upstream or {})
    recorded = _recorded(frames, fingerprints)
    found = {name: upstream_fingerprint(frame) for name, frame in frames.items()}
    limits = (max_shift, max_missing_change)
    changes = [
        *_of_libraries(locked, versions, allow_missing),
        *_of_upstream(recorded, found, *limits),
    ]
    drills = _drills(locked, recorded, limits)
    trouble = [] if not changes else _sent(notifier, "; ".join(map(str, changes)))
    silent = [row for drill in drills for row in _drilled(drill, notifier, received, timeout_s)]
    rows = [*changes, *silent, *trouble]
    return conclude(
        "dependency_changes",
        item=ITEM,
        holds=not rows,
        summary=_summary(changes, [*silent, *trouble], len(locked) + len(frames)),
        expect=expect,
        measurements=[
            measurement("changes", len(changes), limit="0"),
            measurement("dependencies", len(locked) + len(frames)),
            measurement(
                "simulated changes received", len(drills) - len(silent), limit=str(len(drills))
            ),
        ],
        table=[
            {"dependency": row.dependency, "recorded": row.recorded, "found": row.found}
            for row in rows
        ],
        notes=list(_notes(locked, versions)),
    )


def _versions() -> dict[str, str]:
    return _canonical({d.name: d.version for d in distributions() if d.name})


def _canonical(versions: Mapping[str, str]) -> dict[str, str]:
    return {str(canonicalize_name(name)): version for name, version in versions.items()}


def _recorded(frames: Mapping[str, Any], fingerprints: Any) -> dict[str, Mapping[str, Any]]:
    if not frames:
        return {}
    if fingerprints is None:
        raise InputError("fingerprints", "is missing; record them by upstream_fingerprint")
    table, where = read_source(fingerprints, "fingerprints")
    for name, entry in table.items():
        columns = entry.get("columns") if isinstance(entry, Mapping) else None
        if not isinstance(columns, Mapping) or not all(map(_is_column, columns.values())):
            problem = f"{where}: {name}: is no fingerprint; record it by upstream_fingerprint"
            raise InputError("fingerprints", problem)
    return dict(table)


def _is_column(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or not {"kind", "missing"} <= set(entry):
        return False
    return ("mean" in entry) == ("std" in entry)


def _of_libraries(
    locked: Mapping[str, Locked], versions: Mapping[str, str], allow_missing: bool
) -> Iterator[_Change]:
    for name, entry in sorted(locked.items()):
        current = versions.get(name)
        if not entry.versions:
            yield _Change(name, f"{entry.written}, which is no pin", current or "not installed")
        elif current is None:
            if not allow_missing:
                yield _Change(name, _either(entry), "not installed")
        elif not any(_same(current, version) for version in entry.versions):
            yield _Change(name, _either(entry), current)


def _either(entry: Locked) -> str:
    return " or ".join(sorted(entry.versions))


def _same(one: str, other: str) -> bool:
    try:
        # A pin without a local part, such as +cpu, is met by any.
        first, second = Version(one), Version(other)
        return first == second or (second.local is None and Version(first.public) == second)
    except InvalidVersion:
        return one == other


def _of_upstream(
    recorded: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, Mapping[str, Any]],
    max_shift: float,
    max_missing: float,
) -> Iterator[_Change]:
    for name in sorted({*recorded, *found}):
        if name not in found:
            yield _Change(name, "a fingerprint", "not looked at: no data given")
        elif name not in recorded:
            yield _Change(name, "no fingerprint", "data")
        else:
            for column, before, now in differences(
                recorded[name], found[name], max_shift, max_missing
            ):
                yield _Change(clean_line(f"{name}.{column}", limit=120), before, now)


def _drills(
    locked: Mapping[str, Locked],
    recorded: Mapping[str, Mapping[str, Any]],
    limits: tuple[float, float],
) -> list[_Change]:
    """Return a made-up change for each kind of dependency, found as a real one would be."""
    drills: list[_Change] = []
    if locked:
        name = min(locked)
        pinned = {name: Locked(name, frozenset(["1.0"]), "")}
        drills += _of_libraries(pinned, {name: "1.0.1"}, allow_missing=False)
    if recorded:
        name = min(recorded)
        columns = {**recorded[name]["columns"], "simulated": {"kind": "text", "missing": 0.0}}
        changed = {name: {"columns": columns}}
        drills += _of_upstream({name: recorded[name]}, changed, *limits)
    return drills


def _drilled(
    drill: _Change,
    notifier: Callable[[str], object],
    received: Callable[[], Iterable[str]],
    timeout_s: float,
) -> list[_Change]:
    """Send a made-up change; return nothing if it arrived."""
    token = uuid.uuid4().hex[:12]  # so that no message of an earlier run passes for this one
    trouble = _sent(notifier, f"[simulated change {token}] {drill}")
    if trouble:
        return trouble
    end = time.monotonic() + timeout_s
    while True:
        texts = received()
        texts = [texts] if isinstance(texts, str) else texts
        if any(token in str(text) for text in texts):
            return []
        if time.monotonic() >= end:
            return [_Change("notifier", f"told of {drill.dependency}", "silent: nothing arrived")]
        time.sleep(0.02)


def _sent(notifier: Callable[[str], object], message: str) -> list[_Change]:
    try:
        notifier(message)
    except Exception as error:  # noqa: BLE001 - whatever it is, the news did not travel
        problem = clean_line(f"raised {type(error).__name__}: {error}", limit=200)
        return [_Change("notifier", "told", problem)]
    return []


def _notes(locked: Mapping[str, Locked], versions: Mapping[str, str]) -> Iterator[str]:
    if not locked:
        yield "no lock file given, so libraries were not looked at"
        return
    others = sorted(set(versions) - set(locked))
    if others:
        shown = f"{', '.join(others[:5])}{', ...' if len(others) > 5 else ''}"
        yield f"{len(others)} installed packages are not in the lock: {shown}"


def _summary(changes: Sequence[_Change], trouble: Sequence[_Change], total: int) -> str:
    if not changes and not trouble:
        return f"{total} dependencies are as recorded, and a simulated change was received"
    parts = []
    if changes:
        shown = "; ".join(map(str, changes[:3]))
        more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
        word = "change" if len(changes) == 1 else "changes"
        parts.append(f"{len(changes)} {word} of {total} dependencies: {shown}{more}")
    if trouble:
        parts.append(f"the notifier {trouble[0].found}")
    return "; ".join(parts)
