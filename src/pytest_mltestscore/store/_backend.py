"""What a place must be able to do to hold run records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from ..domain.record import Record
from ._entry import Entry


class Sent(NamedTuple):
    """A record on its way into a store."""

    entry: Entry
    content: bytes
    record: Record


class Window(NamedTuple):
    """A span of time, from its first moment until just before its last; None is without end."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def holds(self, moment: dt.datetime) -> bool:
        """Whether a moment lies in it."""
        after = self.since is None or self.since <= moment
        return after and (self.until is None or moment < self.until)

    def meets(self, month: str) -> bool:
        """Whether part of a month, such as `2026-11`, lies in it."""
        after = self.since is None or self.since.date().isoformat()[:7] <= month
        return after and (self.until is None or month <= self.until.date().isoformat()[:7])


class Backend(Protocol):
    """A place for run records. It knows names and bytes, and nothing of what they mean.

    Whatever it raises is told to people as a failure of the store.
    """

    mend: str
    """What a person can do when the place fails."""
    at_once: int
    """How many records `get` is asked for together."""

    def put(self, sent: Sent) -> None:
        """Store a record under its key in one step, for good when this returns.

        What is there under this key already is the same content, or is no good.
        """
        ...

    def systems(self) -> Iterable[str]:
        """Return the first parts of all keys."""
        ...

    def keys(self, system: str | None, window: Window) -> Iterable[str]:
        """Return the names of all objects of a system, or of all, that may lie in a window.

        Names that are not ours are among them; so may be names outside of the window.
        """
        ...

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes | Exception]:
        """Return the contents of objects, or why one alone cannot be read; none of what is gone.

        No more than `SIZE_LIMIT` and one byte is read of each.
        """
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are gone already are no error."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
