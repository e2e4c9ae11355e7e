"""Which faults a test is tried with, where, and how one of them is done to what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from ... import faults
from .received import Read, Received


class Planned(NamedTuple):
    """One fault at one place."""

    fault: faults.Fault
    root: str
    path: tuple[Any, ...]
    site: str
    seed: int


MAX_SITES = 6
"""Places at which one fault is tried, until it is caught."""


def plan(names: Sequence[str], nodeid: str, received: Received, read: Read) -> list[list[Planned]]:
    """Return what to try on a test: for each fault that fits something, at which places.

    The cheapest faults come first, and of those the ones that are named first. Of what is known to
    be read in part, only those parts are places.
    """
    known = faults.all_faults()
    places = [
        (root, site)
        for root, value in received.items()
        for site in faults.sites_of(value)
        if root not in read or _is_read(site.path, read[root])
    ]
    chosen = sorted((known[name] for name in names), key=lambda fault: fault.cost)
    fitting = (
        [(fault, root, site) for root, site in places if fault.fits(site.value)] for fault in chosen
    )
    return [_planned(nodeid, some[:MAX_SITES]) for some in fitting if some]


def _is_read(path: tuple[Any, ...], read: Collection[str]) -> bool:
    if not path:
        return False  # the system as a whole
    if path[0] == "options" and len(path) > 1:
        return f"options.{path[1]}" in read
    return path[0] in read


def _planned(nodeid: str, places: Sequence[tuple[faults.Fault, str, faults.Site]]) -> list[Planned]:
    """Return one trial a place, and then the same with other draws, where something is drawn."""
    found = []
    for draw in range(places[0][0].draws):
        for fault, root, site in places:
            named = site.named(root)
            seed = seed_of(fault.name, named, nodeid, str(draw))
            found.append(Planned(fault, root, site.path, named, seed))
    return found


def seed_of(*words: str) -> int:
    """Return a seed that is the same in every run."""
    return int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:4], "big")


class Injection:
    """Does a planned fault to what a test is given, and tells afterwards why it could not."""

    def __init__(self, planned: Planned, *, explains: bool = False) -> None:
        self._planned = planned
        self._explains = explains
        self.why_not = "the test did not get as far as its own code"
        """Why nothing was damaged; empty once it was."""
        self.difference = ""
        """What was changed, if that is to be told."""

    def __call__(self, received: Received) -> Received:
        """Return what a test is to get instead of what it is given."""
        fault, root, path, _, seed = self._planned
        if root not in received:
            self.why_not = self.why_not and f"{root} was not given again"
            return {}
        part = faults.part_at(received[root], path)
        damaged, self.why_not = faults.injected(fault, part, seed)
        if self.why_not:
            return {}
        if self._explains and not self.difference:
            self.difference = faults.difference(part, damaged)
        return {root: faults.with_part(received[root], path, damaged)}
