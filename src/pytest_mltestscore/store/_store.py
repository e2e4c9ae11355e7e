"""Writing run records, finding them again, and reading them with nothing taken on trust."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Literal, NamedTuple, Self

from ..domain.errors import InputError, NewerRecordError, RecordError
from ..domain.reading import parse
from ..domain.record import Record
from ..domain.text import clean_line
from ._backend import Backend, Sent, Window
from ._entry import Entry, describe, digest, folder_of, parse_key, unquoted
from ._failures import Failures

Kind = Literal["alien", "torn", "newer", "gone"]


class Skipped(NamedTuple):
    """An object that was passed over, and why. It is still where it was."""

    place: str
    kind: Kind
    """`alien`: no record of ours. `torn`: not what was written. `newer`: of a version that cannot
    be read here. `gone`: removed since it was listed."""
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Listing(NamedTuple):
    """What is in a store."""

    entries: tuple[Entry, ...]
    """In order of time."""
    skipped: tuple[Skipped, ...]


class StoredRecord(NamedTuple):
    """A record with what its name says."""

    entry: Entry
    record: Record


class Store:
    """A place for run records, each an immutable object of its own. `open_store` makes one.

    Nothing is read or written before it is asked for, and no other program is waited for: any
    number of processes may append at once. Every method raises StoreError if the place fails.
    """

    def __init__(self, backend: Backend, url: str) -> None:
        self._backend = backend
        self._failures = Failures(url, backend.mend)
        self.place = self._failures.place
        """The URL, without its password."""

    def __repr__(self) -> str:
        return f"<Store {self.place}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections. The store can still be used, and opens them anew."""
        self._failures.run("closed", self._backend.close)

    def append(self, content: bytes) -> Entry:
        """Store a run record for good, and return its entry.

        The same content again is the same object, so sending it twice does no harm; and if the
        first was damaged since, it mends it.

        Parameters
        ----------
        content
            The JSON of one record, as `--mlscore-report=json` writes it. These bytes are stored.

        Raises
        ------
        RecordError
            If it is not one record that can be read.
        """
        records = parse(content, "the record for the store")
        if len(records) != 1:
            raise RecordError(
                f"the record for the store: holds {len(records)} records; append them one by one"
            )
        sent = Sent(describe(content, records[0]), content, records[0])
        self._failures.run("written", lambda: self._backend.put(sent))
        return sent.entry

    def systems(self) -> list[str]:
        """Return the names of the systems that something was stored for, sorted."""
        found = self._failures.run("read", lambda: list(self._backend.systems()))
        return sorted(name for name in map(_system, found) if name)

    def entries(
        self,
        system: str | None = None,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
    ) -> Listing:
        """List what is there of a system, or of all, without reading a record.

        Parameters
        ----------
        system
            Its name. None lists all.
        since, until
            Only runs that started at or after the first and before the second.

        Raises
        ------
        InputError
            If a time has no time zone.
        """
        window = Window(since and in_utc("since", since), until and in_utc("until", until))
        first = None if system is None else folder_of(system)
        # Sorted as texts, which in one system is by time.
        keys = self._failures.run("read", lambda: sorted(self._backend.keys(first, window)))
        entries: list[Entry] = []
        skipped: list[Skipped] = []
        for key in keys:
            entry = parse_key(key)
            if entry is None or system not in (None, entry.system):
                skipped.append(self._skipped(key, "alien", "is not named like a record of ours"))
            elif window.holds(entry.started_at):
                entries.append(entry)
        if system is None:
            entries.sort(key=lambda entry: (entry.started_at, entry.key))
        return Listing(tuple(entries), tuple(skipped))

    def read(self, entries: Iterable[Entry]) -> Iterator[StoredRecord | Skipped]:
        """Read records, in the order of their entries, each with at most one read.

        What comes is whole, byte for byte what was appended; anything else comes as Skipped.
        """
        rest = iter(entries)
        while some := list(islice(rest, self._backend.at_once)):
            yield from self._read(some)

    def remove(self, entries: Sequence[Entry]) -> None:
        """Remove records for good. Nothing in this package calls it without being asked to."""
        keys = [entry.key for entry in entries]
        self._failures.run("pruned", lambda: self._backend.remove(keys))

    def _read(self, entries: Sequence[Entry]) -> Iterator[StoredRecord | Skipped]:
        keys = [entry.key for entry in entries]
        contents = self._failures.run("read", lambda: self._backend.get(keys))
        for entry in entries:
            content = contents.get(entry.key)
            if content is None:
                yield self._skipped(entry.key, "gone", "was removed since it was listed")
            elif isinstance(content, Exception):
                yield self._skipped(entry.key, "torn", self._failures.reason(content))
            else:
                yield self._checked(entry, content)

    def _checked(self, entry: Entry, content: bytes) -> StoredRecord | Skipped:
        if digest(content) != entry.digest:
            reason = "holds something else than was written; send the record again to mend it"
            return self._skipped(entry.key, "torn", reason)
        try:
            records = parse(content, self._at(entry.key))
            told = [describe(content, record) for record in records]
        except RecordError as error:
            kind: Kind = "newer" if isinstance(error, NewerRecordError) else "alien"
            place = self._at(entry.key)
            return Skipped(place, kind, str(error).removeprefix(f"{place}: "))
        if [_identity(t) for t in told] != [_identity(entry)]:
            return self._skipped(entry.key, "alien", "was renamed: its content is of another run")
        return StoredRecord(entry, records[0])

    def _skipped(self, key: str, kind: Kind, reason: str) -> Skipped:
        return Skipped(self._at(key), kind, reason)

    def _at(self, key: str) -> str:
        return clean_line(f"{self.place.rstrip('/')}/{key}")


def _identity(entry: Entry) -> tuple[str, dt.datetime, str]:
    return entry.system, entry.started_at, entry.run


def _system(folder: str) -> str | None:
    try:
        return unquoted(folder)
    except ValueError:
        return None


def in_utc(argument: str, moment: dt.datetime) -> dt.datetime:
    """Return an argument that is a time in UTC; an InputError if nobody knows when that is."""
    if moment.tzinfo is None:
        raise InputError(argument, "has no time zone; give a time with one, such as UTC")
    return moment.astimezone(dt.UTC)
