"""Why runs do not show everything together: what was cut short, left out, or never came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from ..domain.record import PARTIAL_KINDS, Reason, Run, Shard
from .parts import Part, Tests

_SHOWN = 5


def gaps(tests: Tests, recent: Sequence[Part], own: Part | None) -> tuple[Reason, ...]:
    """Return why runs do not show everything together.

    Parameters
    ----------
    tests
        What they show, pooled.
    recent
        Runs that are not older than results may be, the newest first.
    own
        The run that is being scored, one of them; None where only a store is.
    """
    found = {*_cut_short(recent, own), *missing_shards(part.run for part in recent)}
    if own is not None:
        found |= {*_own(tests, recent, own)}
    return tuple(sorted(found))


def _own(tests: Tests, recent: Sequence[Part], own: Part) -> Iterator[Reason]:
    """Yield what the others do not mend of what the run itself left out."""
    # The tests of the files that were not named are known from runs that named none.
    others_know = any(part.run.collected for part in recent)
    for reason in own.run.incomplete_reasons:
        if reason.kind not in PARTIAL_KINDS or (reason.kind == "arguments" and not others_know):
            yield reason
    never = {row.nodeid for rows in tests.values() for row in rows if row.outcome == "not-run"}
    if never and own.run.partial:
        counted = "1 tagged test has" if len(never) == 1 else f"{len(never)} tagged tests have"
        yield Reason(kind="deselected", detail=f"{counted} no result, in this run or the store")


def _cut_short(recent: Sequence[Part], own: Part | None) -> Iterator[Reason]:
    """Yield why runs in the store were cut short that no later run has made good."""
    for position, part in enumerate(recent):
        if part is own or not part.run.cut_short or not part.run.collected:
            continue
        if any(_repeats(later, part) for later in recent[:position]):
            continue
        for reason in part.run.incomplete_reasons:
            if reason.kind not in PARTIAL_KINDS:
                yield replace(reason, detail=f"run of {_when(part)}: {reason.detail}")


def _repeats(later: Part, part: Part) -> bool:
    """Whether a later run looked at all that a run was to look at, and came to its end."""
    same_shard = later.run.shard in (None, part.run.shard)
    done = later.run.complete and later.lists_everything and same_shard
    return done and all(later.covers(folder) for folder in part.run.collected)


def missing_shards(newest_first: Iterable[Run]) -> Iterator[Reason]:
    """Yield which parts of the newest run that announced its parts are not there."""
    runs = [run for run in newest_first if run.shard]
    if not runs or runs[0].shard is None:
        return
    commit, count = runs[0].commit, runs[0].shard.of
    shards = [run.shard for run in runs if run.commit == commit and run.shard]
    came = {shard.number for shard in shards if shard.of == count}
    missing = [str(Shard(number, count)) for number in range(1, count + 1) if number not in came]
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        noun = "shard" if len(missing) == 1 else "shards"
        at = f" of commit {commit[:12]}" if commit else ""
        detail = f"{noun} {', '.join(missing[:_SHOWN])}{more}{at} did not come"
        yield Reason(kind="shard-missing", detail=detail)


def _when(part: Part) -> str:
    return part.moment.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00") + " UTC"
