"""Run records in a database: SQLite or PostgreSQL, by SQLAlchemy."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, create_engine, delete, event, make_url, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ._backend import Sent, Window
from ._entry import digest
from ._migrations import MIGRATIONS, upgrade, version
from ._tables import ITEM, RECORD, RUN, SECTION, item_rows, packed, run_row, section_rows, unpacked

T = TypeVar("T")

PATIENCE_S = 120.0
"""How long a database may be too busy for us: thousands of jobs may want it at once."""
LONGEST_PAUSE_S = 2.0

_BUSY_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57P03"})
"""Serialisation failure, deadlock, too many connections, lock not available, starting up."""
# Before there is a connection there is no state, only a text.
_BUSY_TEXTS = re.compile(
    "too many clients|too many connections|connection slots|no more connections"
    "|database system is starting up|database is locked"
)
_SEVERAL = 500
"""Keys in one statement. SQLite takes no more than some thousands."""


class Database:
    """Tables in a database, made when something is first stored."""

    at_once = 256

    def __init__(self, url: str) -> None:
        place = _with_defaults(make_url(url))
        self.mend = _MENDS[place.get_backend_name()]
        self._file = Path(place.database or "").absolute() if _is_sqlite(place) else None
        if self._file:
            # Absolute, so that it stays right when a test changes the working directory.
            place = place.set(database=str(self._file))
        # No pool: a connection that is kept is one that other jobs cannot have. No parameters in
        # errors: these are what is being stored.
        self._engine = create_engine(place, poolclass=NullPool, hide_parameters=True)
        if self._file:
            event.listen(self._engine, "connect", _leave_transactions_to_us)
            event.listen(self._engine, "begin", _begin)
        self._current = False

    def put(self, sent: Sent) -> None:
        """Insert the rows of a record in one transaction."""
        _patiently(lambda: self._put(sent))

    def systems(self) -> list[str]:
        """Return the names that runs have in the column `system`."""
        return self._read(lambda c: list(c.scalars(select(RUN.c.system).distinct())), [])

    def keys(self, system: str | None, window: Window) -> list[str]:
        """Return the keys of runs in a window."""
        wanted = select(RUN.c.key)
        if system is not None:
            wanted = wanted.where(RUN.c.system == system)
        if window.since is not None:
            wanted = wanted.where(RUN.c.started_at >= window.since)
        if window.until is not None:
            wanted = wanted.where(RUN.c.started_at < window.until)
        return self._read(lambda c: list(c.scalars(wanted)), [])

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Read and unpack the contents of records."""
        joined = RUN.join(RECORD, RUN.c.id == RECORD.c.run_id)
        wanted = select(RUN.c.key, RECORD.c.content).select_from(joined).where(RUN.c.key.in_(keys))

        def contents(connection: Connection) -> dict[str, bytes]:
            return {key: unpacked(data) for key, data in connection.execute(wanted)}

        return self._read(contents, {})

    def remove(self, keys: Sequence[str]) -> None:
        """Delete the rows of records."""
        for start in range(0, len(keys), _SEVERAL):
            _patiently(partial(self._remove, keys[start : start + _SEVERAL]))

    def close(self) -> None:
        """Let go of what the engine holds."""
        self._engine.dispose()

    def _put(self, sent: Sent) -> None:
        with self._writing() as connection:
            insert = insert_sqlite if self._file else insert_postgresql
            row = insert(RUN).values(run_row(sent)).on_conflict_do_nothing(index_elements=["key"])
            run_id = connection.execute(row.returning(RUN.c.id)).scalar()
            if run_id is None:
                _mend(connection, sent)
                return
            for table, rows in (
                (SECTION, section_rows(sent, run_id)),
                (ITEM, item_rows(sent, run_id)),
                (RECORD, [{"run_id": run_id, "content": packed(sent.content)}]),
            ):
                if rows:
                    connection.execute(table.insert(), rows)

    def _remove(self, keys: Sequence[str]) -> None:
        with self._writing() as connection:
            ids = list(connection.scalars(select(RUN.c.id).where(RUN.c.key.in_(keys))))
            for table in (RECORD, ITEM, SECTION):
                connection.execute(delete(table).where(table.c.run_id.in_(ids)))
            connection.execute(delete(RUN).where(RUN.c.id.in_(ids)))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that finds all tables."""
        with self._engine.connect().execution_options(mlscore_begin="BEGIN IMMEDIATE") as opened:
            with opened.begin():
                if not self._current and version(opened).number < len(MIGRATIONS):
                    upgrade(opened)
                yield opened
            self._current = True

    def _read(self, function: Callable[[Connection], T], nothing: T) -> T:
        # To look for something must not make a file, or tables.
        if self._file and not self._file.exists():
            return nothing
        return _patiently(lambda: self._read_once(function, nothing))

    def _read_once(self, function: Callable[[Connection], T], nothing: T) -> T:
        with self._engine.connect() as connection:
            found = version(connection).number
            if found == 0:
                return nothing
            if found >= len(MIGRATIONS):
                return function(connection)
        with self._writing() as connection:
            return function(connection)


_MENDS = {
    "postgresql": "check that the server is up, and user, password and database of the URL",
    "sqlite": "choose another file or mend this one",
}


def _is_sqlite(place: URL) -> bool:
    return place.get_backend_name() == "sqlite"


def _with_defaults(place: URL) -> URL:
    """Return the URL with what it leaves open: how long to wait, and who we are."""
    defaults = (
        {"timeout": "60"}
        if _is_sqlite(place)
        else {"connect_timeout": "30", "application_name": "mlscore"}
    )
    return place.update_query_dict({k: v for k, v in defaults.items() if k not in place.query})


def _leave_transactions_to_us(connection: Any, _: object) -> None:
    # The driver begins none before a table is made, and only a shared one before a row is written.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("mlscore_begin", "BEGIN"))


def _mend(connection: Connection, sent: Sent) -> None:
    """Put the content of a record that is there already right, if it is not."""
    stored = select(RUN.c.id, RECORD.c.content).join_from(
        RUN, RECORD, RUN.c.id == RECORD.c.run_id, isouter=True
    )
    run_id, data = connection.execute(stored.where(RUN.c.key == sent.entry.key)).one()
    if data is None or digest(unpacked(data)) != sent.entry.digest:
        connection.execute(delete(RECORD).where(RECORD.c.run_id == run_id))
        connection.execute(RECORD.insert().values(run_id=run_id, content=packed(sent.content)))


def _patiently(function: Callable[[], T]) -> T:
    """Return what the function returns, trying again while the database is too busy."""
    deadline, pause = time.monotonic() + PATIENCE_S, 0.05
    while True:
        try:
            return function()
        except OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0, pause))  # noqa: S311 - so that all do not come back at once
        pause = min(2 * pause, LONGEST_PAUSE_S)


def _is_busy(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _BUSY_STATES or bool(_BUSY_TEXTS.search(str(error.orig)))
