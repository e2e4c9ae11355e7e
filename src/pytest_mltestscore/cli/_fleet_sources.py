"""Where the records of a fleet come from: stores, and folders or files that runs wrote.

Nothing that cannot be read stops the others. It is kept, with its place and the reason.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ..domain.counting import count
from ..domain.errors import MLTestScoreError, StoreError
from ..domain.fleet import LeftOut, Unscored
from ..domain.moments import moment
from ..domain.record import Record, TrendPoint
from ..domain.text import clean_line
from ..scoring.fleet import TREND_POINTS
from ..store import (
    AHEAD,
    Entry,
    Skipped,
    Store,
    begun,
    is_ahead,
    masked,
    open_store,
    short_branch,
)
from ._records import STDIN, label, read_all, refuse_twice_stdin


class Sources:
    """Reads records; what it learns on the way stands in its attributes once all are read.

    Raises ConfigError and MissingDependencyError for a URL that cannot be used.
    """

    def __init__(
        self,
        given: Sequence[str],
        branches: Sequence[str] = (),
        *,
        now: dt.datetime,
        apart_from: Iterable[str] = (),
    ) -> None:
        refuse_twice_stdin(given)
        self._branches = tuple(branches)
        self._now = now
        self._ahead: Counter[str] = Counter()
        self._apart_from = {os.path.realpath(path) for path in apart_from}
        self._opened = [(text, open_store(text) if "://" in text else None) for text in given]
        self._seen_in: dict[str, set[int]] = {}
        self.places = tuple(
            masked(text) if opened else label(text) for text, opened in self._opened
        )
        self.trends: dict[str, list[TrendPoint]] = {}
        """By system, runs before the newest of a store, which were not read."""
        self.unscored: list[Unscored] = []
        self.left_out: list[LeftOut] = []

    def records(self) -> Iterator[Record]:
        """Yield what systems can be shown by: from a store one record of each, else all."""
        for number, (text, opened) in enumerate(self._opened):
            for record in self._of(text, opened):
                self._seen_in.setdefault(record.system, set()).add(number)
                yield record

    @property
    def notes(self) -> list[str]:
        """What a reader should know."""
        runs, systems = self._ahead.total(), len(self._ahead)
        ahead = f"{count(runs, 'run')} of {count(systems, 'system')} passed over: {AHEAD}"
        return [ahead] * bool(runs) + [
            f"{clean_line(system, limit=80)} is in {len(places)} of the sources and was taken for"
            " one system, of which the newest run counts"
            for system, places in sorted(self._seen_in.items())
            if len(places) > 1
        ]

    def _of(self, text: str, opened: Store | None) -> Iterator[Record]:
        if opened is not None:
            yield from self._stored(opened, masked(text), report=True)
        elif text != STDIN and Path(text).is_dir():
            yield from self._folder(text)
        else:
            yield from self._file(text)

    def _folder(self, path: str) -> Iterator[Record]:
        """Read a folder that may be a store, hold records of any name, or both."""
        keys: set[str] = set()
        yield from self._stored(open_store(Path(path).absolute()), label(path), keys=keys)
        for name in _json_files(path):
            whole = str(Path(path, name))
            if name not in keys and os.path.realpath(whole) not in self._apart_from:
                yield from self._file(whole)

    def _file(self, path: str) -> Iterator[Record]:
        try:
            found = read_all([path])
        except MLTestScoreError as error:
            self._leave_out(label(path), str(error))
            return
        for record in found:
            started_at = moment(record.run.started_at)
            if not self._asked_for(record.run.branch):
                self._none_on_branch(record.system)
            elif started_at is not None and is_ahead(started_at, self._now):
                self._not_begun(record.system, 1, started_at)
            else:
                yield record

    def _stored(
        self, store: Store, place: str, *, report: bool = False, keys: set[str] | None = None
    ) -> Iterator[Record]:
        try:
            with store:
                listing = store.entries()
                if keys is not None:
                    keys.update(entry.key for entry in listing.entries)
                if report:
                    self._skip(listing.skipped)
                yield from self._newest(store, listing.entries)
        except StoreError as error:
            self._leave_out(place, str(error))

    def _newest(self, store: Store, entries: Iterable[Entry]) -> Iterator[Record]:
        """Yield the newest complete record of each system; the next one where it cannot be read."""
        waiting = self._candidates(entries)
        while waiting:
            tried = {system: candidates.pop() for system, candidates in waiting.items()}
            torn = []
            for (system, entry), found in zip(
                tried.items(), store.read(tried.values()), strict=True
            ):
                if isinstance(found, Skipped):
                    self._skip([found])
                    torn.append(system)
                else:
                    self._remember(found.record, entry, waiting[system])
                    yield found.record
            self.unscored += [
                Unscored(system=system, reason="no complete run of it can be read")
                for system in torn
                if not waiting[system]
            ]
            waiting = {system: waiting[system] for system in torn if waiting[system]}

    def _candidates(self, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
        """Return complete runs by system, the newest last; systems without any are noted."""
        all_of: dict[str, list[Entry]] = {}
        for entry in entries:
            all_of.setdefault(entry.system, []).append(entry)
        found = {}
        for system, listed in sorted(all_of.items()):
            of_branches = [e for e in listed if self._asked_for(e.branch)]
            asked, ahead = begun(of_branches, self._now)
            found[system] = [e for e in asked if e.completeness == "complete"]
            if ahead:
                self._not_begun(system, ahead, of_branches[-1].started_at, alone=not asked)
            if not of_branches:
                self._none_on_branch(system)
            elif not asked:
                continue
            elif not found[system]:
                last = asked[-1]
                what = last.completeness.replace("-", " ")
                reason = f"its newest run is {what}, and none is complete"
                self.unscored.append(
                    Unscored(system=system, reason=reason, started_at=last.started_at)
                )
        return {system: candidates for system, candidates in found.items() if candidates}

    def _remember(self, record: Record, entry: Entry, older: Sequence[Entry]) -> None:
        """Take the trend from the names of the runs before, which are not read."""
        alike = [
            e
            for e in older
            if (e.yardstick, e.branch) == (entry.yardstick, entry.branch) and e.final is not None
        ]
        ids = [section.id for section in record.sections]
        self.trends.setdefault(record.system, []).extend(
            TrendPoint(
                started_at=each.started_at.isoformat(),
                final=each.final or 0.0,
                sections=dict(zip(ids, each.sections, strict=False)),
                commit=each.commit,
            )
            for each in alike[1 - TREND_POINTS :]
        )

    def _asked_for(self, branch: str | None) -> bool:
        if not self._branches:
            return True
        return branch is not None and any(
            fnmatchcase(branch, pattern) or branch == short_branch(pattern)
            for pattern in self._branches
        )

    def _none_on_branch(self, system: str) -> None:
        patterns = " or ".join(self._branches)
        self.unscored.append(
            Unscored(system=system, reason=f"it has no run on a branch like {patterns}")
        )

    def _not_begun(self, system: str, runs: int, last: dt.datetime, *, alone: bool = True) -> None:
        """Pass over runs of a system, of which there may be others."""
        self._ahead[system] += runs
        if alone:
            reason = f"its newest run was {AHEAD}, and no other is complete"
            self.unscored.append(Unscored(system=system, reason=reason, started_at=last))

    def _skip(self, skipped: Iterable[Skipped]) -> None:
        self.left_out += [LeftOut(place=each.place, reason=each.reason) for each in skipped]

    def _leave_out(self, place: str, reason: str) -> None:
        self.left_out.append(LeftOut(place=place, reason=reason.removeprefix(f"{place}: ")))


def _json_files(folder: str) -> Iterator[str]:
    """Yield the paths of JSON files below a folder, sorted; hidden ones are left out."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".json") and not name.startswith("."):
                yield Path(place, name).relative_to(folder).as_posix()
