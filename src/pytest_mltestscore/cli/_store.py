"""The store that a command reads: how it is named, opened, and asked for one system."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..domain.text import clean_line
from ..store import STORE_VARIABLE, Store, open_store
from ._failure import CommandError

LISTED = 10
"""Systems that a message names."""


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare the option that names a store."""
    parser.add_argument(
        "--store",
        metavar="URL",
        help="folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX,"
        f" sqlite:///FILE or postgresql://... with the records (default: ${STORE_VARIABLE})",
    )


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Store]:
    """Open the store that was named.

    Raises
    ------
    CommandError
        If none was.
    ConfigError, MissingDependencyError, StoreError
        If it cannot be opened; neither holds a password.
    """
    url = args.store if args.store is not None else os.environ.get(STORE_VARIABLE)
    if not url:
        raise CommandError(
            f"--store: name the store, such as --store .mlscore, or set {STORE_VARIABLE} to its URL"
        )
    with open_store(url) as store:
        yield store


def known_systems(store: Store) -> list[str]:
    """Return the systems that a store knows. Raises CommandError if there are none."""
    known = store.systems()
    if not known:
        raise CommandError(
            f"{store.place}: no records are stored there; check the URL, or append some first"
        )
    return known


def the_system(store: Store, given: str | None) -> str:
    """Return the system that was named, or the only one that a store knows.

    Raises
    ------
    CommandError
        If the store does not know it, or knows several, or none.
    """
    known = known_systems(store)
    if given in known:
        return given
    if given is not None:
        wanted = clean_line(repr(given), limit=80)
        raise CommandError(f"{store.place}: no records of system {wanted}; it has {_named(known)}")
    if len(known) > 1:
        raise CommandError(
            f"{store.place}: holds records of {_named(known)}; choose one with --system"
        )
    return known[0]


def _named(systems: Sequence[str]) -> str:
    shown = [clean_line(system, limit=80) for system in systems[:LISTED]]
    more = len(systems) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
