"""Run records in one place for all machines, chosen by URL.

`open_store` is where to begin.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..domain.errors import ConfigError, nearest
from ._address import masked, split
from ._backend import Backend, Sent, Window
from ._entry import Entry, Shard, short_branch
from ._retention import Pruned, prune
from ._store import Listing, Skipped, Store, StoredRecord

__all__ = [
    "Backend",
    "Entry",
    "Listing",
    "Pruned",
    "Sent",
    "Shard",
    "Skipped",
    "Store",
    "StoredRecord",
    "Window",
    "masked",
    "open_store",
    "prune",
    "short_branch",
]


def _open_folder(url: str) -> Backend:
    from ._folder import Folder

    return Folder(url)


def _open_file(url: str) -> Backend:
    from urllib.parse import unquote

    host, slash, path = split(url)[1].partition("/")
    if host not in ("", "localhost") or not slash:
        raise ConfigError(f"store {masked(url)!r}: give file:///path, or the path alone")
    return _open_folder(unquote(f"/{path}"))


_BACKENDS: dict[str, Callable[[str], Backend]] = {
    "": _open_folder,
    "file": _open_file,
}
"""What opens a store, by the scheme of its URL."""


def open_store(url: str | os.PathLike[str]) -> Store:
    """Return the store at a place. It is reached when it is first read or written.

    Parameters
    ----------
    url
        A folder, or `file:///FOLDER`.

    Raises
    ------
    ConfigError
        If it is not the URL of a store.
    MissingDependencyError
        If a library that it needs is not installed.
    """
    text = os.fspath(url)
    scheme, rest = split(text)
    if scheme not in _BACKENDS:
        known = [f"{name}://" for name in _BACKENDS if name]
        closest = nearest(f"{scheme}://", known)
        hint = f"; did you mean {closest}?" if closest else "."
        raise ConfigError(
            f"store {masked(text)!r}: unknown scheme {scheme!r}{hint}"
            f" Give a folder, or a URL that begins with {', '.join(known)}"
        )
    if not rest.strip("/ ") or "\0" in text:
        raise ConfigError(f"store {masked(text)!r}: names no place; give a folder or a URL")
    return Store(_BACKENDS[scheme](text), text)
