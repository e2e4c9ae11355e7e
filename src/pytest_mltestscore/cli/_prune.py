"""What `mlscore history --prune` says and does."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from ..domain.counting import count
from ..domain.text import clean_line
from ..store import Entry, Pruned, Store, prune
from ._text import wrapped

LISTED = 50
"""Systems that are listed."""


def carry_out(
    store: Store,
    *,
    before: dt.datetime,
    system: str | None,
    keep: int,
    really: bool,
    now: dt.datetime | None = None,
) -> Iterator[str]:
    """Yield what goes, and what became of it. Nothing is removed unless it really shall be."""
    pruned = prune(store, before=before, system=system, keep=keep, dry_run=not really, now=now)
    entries = pruned.entries
    began = f"began before {before:%Y-%m-%d %H:%M} UTC"
    yield from wrapped(f"{store.place}: {count(len(entries), 'record')} of runs that {began}")
    yield from _by_system(entries)
    yield from _kept(pruned, keep)
    if not entries:
        yield "There is nothing to remove."
    elif really:
        yield f"removed {count(len(entries), 'record')}"
    else:
        yield "nothing was removed; add --yes"


def _by_system(entries: tuple[Entry, ...]) -> Iterator[str]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:  # in order of time
        groups[entry.system].append(entry)
    for system in sorted(groups)[:LISTED]:
        first, *_, last = groups[system] * 2
        span = f"{first.started_at:%Y-%m-%d} to {last.started_at:%Y-%m-%d}"
        yield f"  {len(groups[system]):>7,}  {span}  {clean_line(system)}"
    if len(groups) > LISTED:
        yield f"  and {count(len(groups) - LISTED, 'more system')}"


def _kept(pruned: Pruned, keep: int) -> Iterator[str]:
    if keep == 0:
        yield "Not even the newest record of a system stays."
    elif keep == 1:
        yield "The newest record of each system stays, however old."
    else:
        yield f"The {keep:,} newest records of each system stay, however old."
    if pruned.skipped:
        yield f"{count(len(pruned.skipped), 'object is', 'objects are')} not ours to remove."
