"""What `mlscore history --flaky` says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..domain.counting import count
from ..domain.record import Record
from ..domain.text import clean_line
from ..scoring.flaky import Flaky, flaky
from ..store import AHEAD, Entry, Skipped, Store
from ._text import wrapped

COLUMNS = Flaky._fields


class Found(NamedTuple):
    """The flaky tests of the last runs."""

    system: str
    runs: int
    """Records that were read."""
    first: str
    last: str
    tests: Sequence[Flaky]
    names: dict[str, str]
    """Names of items by id."""
    skipped: int


def look(store: Store, system: str, entries: Sequence[Entry]) -> Found:
    """Read the records of these runs and look for flaky tests."""
    names: dict[str, str] = {}
    skipped = 0

    def records() -> Iterator[Record]:
        nonlocal skipped
        for each in store.read(entries):
            if isinstance(each, Skipped):
                skipped += 1
                continue
            names.update((item.id, item.name) for item in each.record.items)
            yield each.record

    tests = flaky(records())
    days = [entry.started_at.date().isoformat() for entry in entries] or [""]
    runs = len(entries) - skipped
    return Found(system, runs, days[0], days[-1], tests, names, skipped)


def lines(found: Found, ahead: int) -> Iterator[str]:
    """Yield what there is to say, item by item; `ahead` are runs that were not looked at."""
    span = f"{found.first} to {found.last}" if found.first != found.last else found.first
    parts = [found.system, *([span] if span else []), count(found.runs, "run")]
    yield from wrapped(", ".join(parts), "", "  ")
    item = ""
    for test in found.tests:
        if test.item != item:
            item = test.item
            yield ""
            yield from wrapped(f"{item} {found.names.get(item, '')}")
        yield f"  {clean_line(test.nodeid)}"
        yield from wrapped("; ".join(_said(test)), "    ")
    yield ""
    flaky_tests = len({test.nodeid for test in found.tests})
    yield f"{count(flaky_tests, 'flaky test')}" if flaky_tests else "No flaky test was found."
    passed = [f"{count(ahead, 'run')} {AHEAD}"] if ahead else []
    passed += [f"{count(found.skipped, 'object')} that cannot be used"] if found.skipped else []
    if passed:
        yield from wrapped(f"Passed over: {', '.join(passed)}", "", "  ")


def _said(test: Flaky) -> Iterator[str]:
    runs = f"of {count(test.runs, 'run')}"
    if test.both:
        times = count(test.both, "time")
        yield f"failed {test.failed:,} {runs}, {times} on a commit on which it also passed"
    if test.reruns:
        yield f"passed only when tried again in {test.reruns:,} {runs}"


def rows(found: Found) -> list[dict[str, object]]:
    """Return a row a test and item, for programs."""
    return [test._asdict() for test in found.tests]
