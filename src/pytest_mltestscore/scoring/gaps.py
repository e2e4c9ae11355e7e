"""Why runs do not show everything together: what was cut short, left out, or never came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from ..domain.record import PARTIAL_KINDS, Reason, Run, Shard
from .parts import Part, Tests

_SHOWN = 5
_NAMED = 40
"""Digits of a commit that the entry of a store has."""


Came = frozenset[tuple[str | None, Shard]]
"""Parts of runs, each with its commit."""


def gaps(
    tests: Tests, recent: Sequence[Part], own: Part | None, came: Came = frozenset()
) -> tuple[Reason, ...]:
    """Return why runs do not show everything together.

    Parameters
    ----------
    tests
        What they show, pooled.
    recent
        Runs that are not older than results may be, the newest first.
    own
        The run that is being scored, one of them; None where only a store is.
    came
        Shards that are known to have come, besides those of `recent`.
    """
    found = {*_cut_short(tests, recent, own), *_missing_shards(recent, came)}
    if own is not None:
        found |= {*_own(tests, recent, own)}
    return tuple(sorted(found))


def _own(tests: Tests, recent: Sequence[Part], own: Part) -> Iterator[Reason]:
    """Yield what the others do not mend of what the run itself left out."""
    # The tests of the files that were not named are known from runs that named none.
    others_know = any(part.run.collected for part in recent)
    for reason in own.run.incomplete_reasons:
        if reason.kind == "no-tests" and own.tests:  # all were left out by choice
            continue
        if reason.kind not in PARTIAL_KINDS or (reason.kind == "arguments" and not others_know):
            yield reason
    never = {row.nodeid for rows in tests.values() for row in rows if row.outcome == "not-run"}
    if never and own.run.partial:
        counted = "1 tagged test has" if len(never) == 1 else f"{len(never)} tagged tests have"
        yield Reason(kind="deselected", detail=f"{counted} no result, in this run or the store")


def _cut_short(tests: Tests, recent: Sequence[Part], own: Part | None) -> Iterator[Reason]:
    """Yield why runs in the store were cut short that later runs have not made good."""
    latest = _latest(recent)
    existing = {row.nodeid for rows in tests.values() for row in rows}
    for position, part in enumerate(recent):
        reasons = _interruptions(part)
        if part is own or not reasons:
            continue
        open_tests = {
            row.nodeid for rows in part.tests.values() for row in rows if row.outcome == "not-run"
        } & existing
        seen_since = all(nodeid in latest and latest[nodeid] > part.moment for nodeid in open_tests)
        if seen_since and any(_repeats(later, part) for later in recent[:position]):
            continue
        for reason in reasons:
            yield replace(reason, detail=f"run of {_when(part)}: {reason.detail}")


def _latest(recent: Sequence[Part]) -> dict[str, dt.datetime]:
    """Return when each test last ran."""
    latest: dict[str, dt.datetime] = {}
    for part in reversed(recent):
        rows = (row for found in part.tests.values() for row in found)
        latest.update({row.nodeid: part.moment for row in rows if row.outcome != "not-run"})
    return latest


def _interruptions(part: Part) -> list[Reason]:
    """Return why a run did not come to its end. A job that has no test yet has nothing to end."""
    return [
        reason
        for reason in part.run.incomplete_reasons
        if reason.kind not in PARTIAL_KINDS and reason.kind != "no-tests"
    ]


def _repeats(later: Part, part: Part) -> bool:
    """Whether a later run looked where a run was to look, and came to its end."""
    if _interruptions(later) or later.run.shard not in (None, part.run.shard):
        return False
    places = part.run.folders or {
        row.nodeid.partition("::")[0] for rows in part.tests.values() for row in rows
    }
    seen = {row.nodeid.partition("::")[0] for rows in later.tests.values() for row in rows}
    return all(later.looked_in(place) or place in seen for place in places)


def _missing_shards(recent: Sequence[Part], came: Came) -> Iterator[Reason]:
    """Yield which parts never came, unless a later run looked at everything by itself."""
    newest = next((n for n, part in enumerate(recent) if part.run.shard), None)
    if newest is None:
        return
    part = recent[newest]
    for later in recent[:newest]:
        if later.run.complete and all(later.looked_in(place) for place in part.run.folders):
            return
    yield from missing_shards((part.run for part in recent), came)


def missing_shards(newest_first: Iterable[Run], came: Came = frozenset()) -> Iterator[Reason]:
    """Yield which parts of the newest run that announced its parts are not there."""
    runs = [(run.commit, shard) for run in newest_first for shard in shards_of(run)]
    if not runs:
        return
    commit, count = runs[0][0], runs[0][1].of
    there = {shard for of, shard in runs if of == commit}
    there |= {shard for of, shard in came if of == (commit and commit[:_NAMED])}
    every = (Shard(number, count) for number in range(1, count + 1))
    missing = [str(shard) for shard in every if shard not in there]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        noun = "shard" if len(missing) == 1 else "shards"
        at = f" of commit {commit[:12]}" if commit else ""
        detail = f"{noun} {', '.join(missing[:_SHOWN])}{more}{at} did not come"
        yield Reason(kind="shard-missing", detail=detail)


def shards_of(run: Run) -> tuple[Shard, ...]:
    """Return which parts of a whole a run is: none, one, or those that were merged."""
    return run.merged_shards or ((run.shard,) if run.shard else ())


def _when(part: Part) -> str:
    return part.moment.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00") + " UTC"
