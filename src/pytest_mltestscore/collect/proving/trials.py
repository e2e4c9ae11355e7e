"""Which faults a test is tried with, where, and how one of them is done to what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from ... import faults
from ...domain.text import clean_line
from .received import Read, Received


class Planned(NamedTuple):
    """One fault at one place."""

    fault: faults.Fault
    root: str
    path: tuple[Any, ...]
    site: str
    seed: int


_TOGETHER = ""
"""The root of all that a test is given at once; its path is of pairs: a name, and its path."""

MAX_SITES = 6
"""Places at which one fault is tried, until it is caught."""


def plan(names: Sequence[str], nodeid: str, received: Received, read: Read) -> list[list[Planned]]:
    """Return what to try on a test: for each fault that fits something, at which places.

    The cheapest faults come first, and of those the ones that are named first. Of what is known to
    be read in part, only those parts are places.
    """
    known = faults.known_faults()
    places = [
        (root, site)
        for root, value in received.items()
        for site in faults.sites_of(value)
        if root not in read or _is_read(site.path, read[root])
    ]
    chosen = sorted((known[name] for name in names), key=lambda fault: fault.cost)
    places += _together(places)
    fitting = (
        [(fault, root, site) for root, site in places if _may_fit(fault, site.value)]
        for fault in chosen
    )
    return [_planned(nodeid, some[:MAX_SITES]) for some in fitting if some]


def _may_fit(fault: faults.Fault, value: Any) -> bool:
    """Whether a fault fits; one that cannot even say so is tried, and its trial says why."""
    try:
        return fault.fits(value)
    except Exception:  # noqa: BLE001 - it is asked about values of any kind
        return True


def _together(places: Sequence[tuple[str, faults.Site]]) -> list[tuple[str, faults.Site]]:
    """Return the place of all values at once, for faults that are about several of them."""
    parts = {site.named(root): (root, *site.path) for root, site in places}
    if len(parts) < 2:
        return []
    values = {site.named(root): site.value for root, site in places}
    return [(_TOGETHER, faults.Site(tuple(parts.items()), faults.Together(values)))]


def _named(root: str, site: faults.Site) -> str:
    if root != _TOGETHER:
        return site.named(root)
    return ", ".join(dict.fromkeys(str(path[0]) for _, path in site.path))


def _is_read(path: tuple[Any, ...], read: Collection[str]) -> bool:
    if not path:
        return False  # the system as a whole
    if path[0] == "options":  # the limits of a check are no data; what stands among them may be
        return len(path) > 2 and f"options.{path[1]}" in read
    return path[0] in read


def _planned(nodeid: str, places: Sequence[tuple[faults.Fault, str, faults.Site]]) -> list[Planned]:
    """Return one trial a place, and then the same with other draws, where something is drawn."""
    found = []
    for draw in range(places[0][0].draws):
        for fault, root, site in places:
            named = clean_line(_named(root, site))
            seed = seed_of(fault.name, named, nodeid, str(draw))
            found.append(Planned(fault, root, site.path, named, seed))
    return found


def seed_of(*words: str) -> int:
    """Return a seed that is the same in every run."""
    return int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:4], "big")


class Injection:
    """Does a planned fault to what a test is given, and tells afterwards why it could not.

    It is called once for each call of the test function: in one re-run, Hypothesis makes many.
    """

    def __init__(self, planned: Planned, *, explains: bool = False) -> None:
        self._planned = planned
        self._explains = explains
        self._effect = faults.Effect()
        self._is_done = False
        self._why_not = "the test did not get as far as its own code"
        self.mistake: Exception | None = None
        """What went wrong in our own code."""
        self.difference = ""
        """What was changed, if that is to be told."""

    @property
    def why_not(self) -> str:
        """Why nothing was damaged, or nobody could feel it; empty once somebody could."""
        return self._effect.why_not if self._is_done else self._why_not

    def __call__(self, received: Received) -> Received:
        """Return what a test is to get instead of what it is given."""
        try:
            return self._instead(received)
        except Exception as error:  # noqa: BLE001 - which would look like one of the test's own
            self.mistake = error
            return {}

    def _instead(self, received: Received) -> Received:
        fault, root, path, _, seed = self._planned
        places = dict(path) if root == _TOGETHER else {root: (root, *path)}
        if missing := next((at[0] for at in places.values() if at[0] not in received), None):
            self._why_not = f"{missing} was not given again"
            return {}
        given = faults.Together.at(places, received)
        value = given if root == _TOGETHER else given.parts[root]
        damaged, self._why_not = faults.injected(fault, value, seed, self._effect)
        if self._why_not:
            return {}
        self._is_done = True
        if self._explains and not self.difference:
            self.difference = faults.difference(value, damaged)
        changed = damaged if root == _TOGETHER else given.instead(root, damaged)
        return changed.put_back(given, places, received)
