"""The tables of a database, as the steps that led to them.

A step never changes once it was released: what is new is a new step at the end. It says which is
the oldest version whose programs get on with the tables after it, so that not every machine must
be updated on the same day: a program that is older than that refuses, others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, column, func, inspect, select, table, text

from ..domain.errors import StoreError


class Migration(NamedTuple):
    """A step from one version of the tables to the next."""

    statements: tuple[str, ...]
    """With `{id}`, `{time}` and `{bytes}` for types that databases name differently."""
    works_from: int
    """The version of the oldest programs that can read and write what this leaves."""


class Version(NamedTuple):
    """What a database says of its tables; zeros where there are none."""

    number: int
    works_from: int


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        works_from=1,
        statements=(
            """
            CREATE TABLE mlscore_run (
                id {id},
                key TEXT NOT NULL UNIQUE,
                system TEXT NOT NULL,
                started_at {time} NOT NULL,
                duration_s DOUBLE PRECISION NOT NULL,
                run TEXT NOT NULL,
                commit_hash TEXT,
                dirty BOOLEAN,
                branch TEXT,
                ci_provider TEXT,
                ci_url TEXT,
                shard_number INTEGER,
                shard_count INTEGER,
                completeness TEXT NOT NULL,
                gate TEXT NOT NULL,
                score DOUBLE PRECISION NOT NULL,
                implemented DOUBLE PRECISION NOT NULL,
                max_score DOUBLE PRECISION NOT NULL,
                band TEXT NOT NULL,
                rubric TEXT NOT NULL,
                rubric_version TEXT NOT NULL,
                scoring_version TEXT NOT NULL
            )
            """,
            "CREATE INDEX mlscore_run_by_system ON mlscore_run (system, started_at)",
            "CREATE INDEX mlscore_run_by_time ON mlscore_run (started_at)",
            """
            CREATE TABLE mlscore_section (
                run_id BIGINT NOT NULL REFERENCES mlscore_run (id),
                section TEXT NOT NULL,
                score DOUBLE PRECISION NOT NULL,
                max_score DOUBLE PRECISION NOT NULL,
                PRIMARY KEY (run_id, section)
            )
            """,
            """
            CREATE TABLE mlscore_item (
                run_id BIGINT NOT NULL REFERENCES mlscore_run (id),
                item TEXT NOT NULL,
                section TEXT NOT NULL,
                state TEXT NOT NULL,
                points DOUBLE PRECISION NOT NULL,
                PRIMARY KEY (run_id, item)
            )
            """,
            """
            CREATE TABLE mlscore_record (
                run_id BIGINT NOT NULL PRIMARY KEY REFERENCES mlscore_run (id),
                content {bytes} NOT NULL
            )
            """,
        ),
    ),
)

_TYPES = {
    "postgresql": {
        "id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "time": "TIMESTAMP WITH TIME ZONE",
        "bytes": "BYTEA",
    },
    "sqlite": {"id": "INTEGER NOT NULL PRIMARY KEY", "time": "TIMESTAMP", "bytes": "BLOB"},
}
_SCHEMA = table("mlscore_schema", column("version"), column("works_from"))
_LOCK = 0x6D6C7363  # any number that others are unlikely to lock by


def version(connection: Connection, known: int = len(MIGRATIONS)) -> Version:
    """Return what version the tables are of.

    Raises
    ------
    StoreError
        If programs that know this many versions cannot work with them.
    """
    if not inspect(connection).has_table(_SCHEMA.name):
        return Version(0, 0)
    newest = select(_SCHEMA).order_by(_SCHEMA.c.version.desc()).limit(1)
    found = Version(*connection.execute(newest).one())
    if found.works_from > known:
        raise StoreError(
            f"its tables are of version {found.number}, which takes programs of version"
            f" {found.works_from} and up, and this one is of {known}; update pytest-mltestscore"
        )
    return found


def upgrade(connection: Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Take the steps that are missing, within the transaction of the connection.

    Raises
    ------
    StoreError
        If the tables are of a version that programs with these steps cannot work with.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":  # or two that find no tables would both make them
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    done = version(connection, len(migrations)).number
    if not done and migrations:
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS mlscore_schema"
                " (version INTEGER PRIMARY KEY, works_from INTEGER NOT NULL)"
            )
        )
    for number, migration in enumerate(migrations[done:], done + 1):
        for statement in migration.statements:
            connection.execute(text(statement.format_map(_TYPES[dialect])))
        step = {"version": number, "works_from": migration.works_from}
        connection.execute(_SCHEMA.insert().values(step))
