"""The store of a run: opened at its start; asked for what is fresh, and written to, at its end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import pytest

from ..domain.errors import ConfigError, StoreError
from ..domain.evidence import TestEvidence
from ..domain.record import Pool, Reason, Record, Run, Shard, TrendPoint
from ..domain.text import clean_line
from ..provenance import contents, precedes
from ..reporters import to_json
from ..scoring.gaps import missing_shards
from ..scoring.lineage import Lineage
from ..scoring.parts import Part, of_the_whole, without_details_of_others
from ..scoring.pool import places_of_tests, pool
from ..store import STORE_VARIABLE, Gathered, Scope, Store, gather, open_store
from .options import Effective, effective, located, writes_to_store

_SCHEME = "://"


@dataclass(frozen=True)
class StoreUse:
    """A store, and whether this run is to be written to it."""

    store: Store
    writes: bool


class Together(NamedTuple):
    """What a run shows together with what a store adds."""

    tests: dict[str, list[TestEvidence]]
    run: Run
    pool: Pool | None = None
    trend: tuple[TrendPoint, ...] = ()
    notes: tuple[str, ...] = ()


def read_store(config: pytest.Config, *, in_ci: bool) -> StoreUse | None:
    """Return the store that the run is to use; None if none is named. Nothing is reached yet.

    Raises
    ------
    ConfigError
        If the URL is not that of a store.
    MissingDependencyError
        If a library that it needs is not installed.
    """
    asked = store_asked(config)
    writes = writes_to_store(config, in_ci=in_ci)
    if not asked.value:
        if effective(config, "store_write").typed:
            raise ConfigError("--mlscore-store-write: there is no store; add --mlscore-store=URL")
        return None
    return StoreUse(open_store(_place(config, asked)), writes)


def store_asked(config: pytest.Config) -> Effective:
    """Return the URL of the store, and where it comes from: the last place is the environment."""
    asked = effective(config, "store")
    if asked.value is None and os.environ.get(STORE_VARIABLE):
        return Effective(os.environ[STORE_VARIABLE], STORE_VARIABLE, STORE_VARIABLE)
    return asked


def _place(config: pytest.Config, asked: Effective) -> str:
    """Return the URL; a folder as seen from here, so that no record names those of a machine."""
    url = str(asked.value).strip()
    if _SCHEME in url or not url:
        return url
    place, here = located(config, asked), Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


def read_shard(config: pytest.Config) -> Shard | None:
    """Return which part of a run this is.

    Raises
    ------
    ConfigError
        If it is not of the form K/N, counted from 1.
    """
    asked = effective(config, "shard")
    if asked.value is None:
        return None
    number, slash, of = str(asked.value).strip().partition("/")
    digits = number.isascii() and of.isascii() and number.isdigit() and of.isdigit()
    if slash and digits and 1 <= int(number) <= int(of) <= 9999:
        return Shard(int(number), int(of))
    raise ConfigError(f"{asked.label}: is {asked.value!r}; give K/N counted from 1, such as 2/3")


def alone(own: Part) -> Together:
    """Return what a run shows by itself."""
    run = of_the_whole(own.run, [*own.run.incomplete_reasons, *missing_shards([own.run])])
    return Together({item: list(rows) for item, rows in own.tests.items()}, run)


def with_store(own: Part, store: Store, scope: Scope) -> Together:
    """Return what a run shows with a store; one that fails leaves what it shows by itself."""
    try:
        return _added(own, gather(store, scope), store.place, scope)
    except StoreError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - no fault of ours may cost a report
        problem = f"{store.place}: {type(error).__name__}: {error}"
    by_itself = alone(own)
    failed = Reason(kind="store", detail=clean_line(f"store: {problem}", limit=500))
    run = of_the_whole(by_itself.run, [*by_itself.run.incomplete_reasons, failed])
    return by_itself._replace(run=run)


def _added(own: Part, gathered: Gathered, place: str, scope: Scope) -> Together:
    pooled = pool(
        gathered.records,
        own,
        policy=scope.policy,
        sections=[section.id for section in scope.rubric.sections],
        now=scope.now,
        lineage=Lineage(
            files=contents(scope.root, places_of_tests(gathered.records, own, scope.git.commit)),
            head=scope.git.commit,
            precedes=cache(partial(precedes, scope.root)),
        ),
        shards=gathered.shards,
    )
    return Together(
        tests=pooled.tests,
        run=of_the_whole(own.run, [*pooled.reasons, *gathered.reasons]),
        pool=Pool(
            store=place,
            sources=pooled.sources,
            left_out=gathered.left_out,
            own_reasons=own.run.incomplete_reasons,
        ),
        trend=gathered.trend,
        notes=gathered.notes,
    )


def append(use: StoreUse, record: Record) -> str:
    """Write the record of a run to the store; return what went wrong, empty for nothing."""
    try:
        use.store.append(to_json.render(without_details_of_others(record)).encode())
    except StoreError as error:
        return f"record not stored: {error}, then run again"
    except Exception as error:  # noqa: BLE001 - no fault of ours may cost results
        return f"record not stored: {use.store.place}: {type(error).__name__}: {error}; run again"
    return ""
