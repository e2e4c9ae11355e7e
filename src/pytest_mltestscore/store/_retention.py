"""Removing what is too old to be kept. Never without being asked, and first without doing it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from ..domain.errors import InputError
from ._ahead import begun
from ._entry import Entry
from ._store import Skipped, Store, in_utc


class Pruned(NamedTuple):
    """What was removed, or would be."""

    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    """What is not ours to remove."""


def prune(
    store: Store,
    *,
    before: dt.datetime,
    system: str | None = None,
    keep: int = 1,
    dry_run: bool = True,
    now: dt.datetime | None = None,
) -> Pruned:
    """Remove the records of runs that started before a time, and return their entries.

    Parameters
    ----------
    store
        Where they are.
    before
        With its time zone.
    system
        Its name. None prunes all.
    keep
        So many of the newest records of each system stay, however old they are.
    dry_run
        Only say what would be removed.
    now
        Runs that began later are none of the newest that stay.

    Raises
    ------
    InputError
        If `before` has no time zone, or `keep` is negative.
    StoreError
        If the place fails.
    """
    if keep < 0:
        raise InputError("keep", f"is {keep}; give a number from 0 up")
    before = in_utc("before", before)
    # Not with `until=before`: which records are the newest is seen among all of them.
    listing = store.entries(system)
    newest_first: dict[str, list[Entry]] = defaultdict(list)
    for entry in reversed(listing.entries if now is None else begun(listing.entries, now)[0]):
        newest_first[entry.system].append(entry)
    kept = {entry.key for entries in newest_first.values() for entry in entries[:keep]}
    old = [e for e in listing.entries if e.started_at < before and e.key not in kept]
    if old and not dry_run:
        store.remove(old)
    return Pruned(tuple(old), listing.skipped)
