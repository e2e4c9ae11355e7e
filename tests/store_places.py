"""One place of each kind, empty, for what must hold for all of them."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

import needs
import postgresql_server
import s3_server
from pytest_mltestscore.store import open_store

KINDS = ("folder", "sqlite", "postgresql", "s3")


@pytest.fixture(params=KINDS)
def place(request) -> str:
    """The URL of an empty store, for each kind."""
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture
def store(place):
    """An empty store of each kind."""
    with open_store(place) as opened:
        yield opened


@pytest.fixture
def folder_place(tmp_path) -> str:
    """A folder that does not exist yet."""
    return str(tmp_path / "scores")


@pytest.fixture
def sqlite_place(tmp_path) -> str:
    """A file that does not exist yet."""
    needs.module("sqlalchemy")
    return f"sqlite:///{tmp_path}/scores.db"


@pytest.fixture(scope="session")
def postgresql_server_url():
    """The URL of a database on a server that is there for the session."""
    needs.module("sqlalchemy", "psycopg")
    program = needs.program("initdb", debian="postgresql", folders=postgresql_server.PROGRAMS)
    with postgresql_server.running(Path(program).parent) as url:
        yield url


@pytest.fixture
def postgresql_place(postgresql_server_url) -> str:
    """A schema without tables."""
    import psycopg

    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server_url) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{postgresql_server_url}&options=-csearch_path%3D{schema}"


@pytest.fixture(scope="session")
def s3_environment():
    """The environment in which clients find a server that is there for the session."""
    needs.module("s3fs", "moto")
    with s3_server.running() as environment:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            s3_server.make_bucket()
        yield environment


@pytest.fixture
def s3_place(s3_environment, monkeypatch) -> str:
    """A prefix that nothing is below."""
    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3_server.BUCKET}/{uuid.uuid4().hex}"
