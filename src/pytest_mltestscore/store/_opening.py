"""Which backend a URL means, and whether all is there that it needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from urllib.parse import unquote

from ..domain.errors import ConfigError, MissingDependencyError, StoreError, nearest
from ._address import masked, split
from ._backend import Backend
from ._failures import Failures

_LIKE_A_URL = re.compile(
    r"^(?:postgres\w*|sqlite|s3|gs|gcs|az|abfss?|https?|file)(?:\+\w+)?:|:[^/]*@|password\s*=",
    re.IGNORECASE,
)


def open_backend(url: str) -> Backend:
    """Return the backend for a URL. Raises as `open_store` does."""
    scheme, rest = split(url)
    if scheme not in _BACKENDS:
        known = [f"{name}://" for name in _BACKENDS if name]
        closest = nearest(f"{scheme}://", known)
        hint = f"; did you mean {closest}?" if closest else "."
        choices = f"Give a folder, or a URL that begins with one of {', '.join(known)}"
        raise refused(url, f"unknown scheme {scheme!r}{hint} {choices}")
    if not scheme and _LIKE_A_URL.search(url):
        # What it is cannot be shown: the password may be anywhere in it.
        raise ConfigError(
            "store: looks like the URL of a database or bucket and has no '://'; mend it, or put"
            " './' before the name of a folder"
        )
    if not rest.strip("/ ") or "\0" in url:
        raise refused(url, "names no place; give a folder or a URL")
    try:
        return Failures(url, "check the URL").run("opened", lambda: _BACKENDS[scheme](url))
    except StoreError as error:
        problem = str(error)
    raise ConfigError(f"store {problem}")


def refused(url: str, problem: str) -> ConfigError:
    """Return an error about the URL of a store."""
    return ConfigError(f"store {masked(url)!r}: {problem}")


def _folder(url: str) -> Backend:
    from ._folder import Folder

    return Folder(url)


def _file(url: str) -> Backend:
    host, slash, path = split(url)[1].partition("/")
    if host not in ("", "localhost") or not slash:
        raise refused(url, "give file:///path, or the path alone")
    return _folder(unquote(f"/{path}"))


def _bucket(module: str, extra: str) -> Callable[[str], Backend]:
    def opened(url: str) -> Backend:
        from ._bucket import Bucket

        if any(character in url for character in "?*[]#"):
            raise refused(url, "a bucket and a prefix are all that it can name")
        if ":" in split(url)[1].rpartition("@")[0]:
            raise refused(url, "credentials do not belong here; set them in the environment")
        _need(module, extra)
        return Bucket(url)

    return opened


def _database(url: str) -> Backend:
    scheme, rest = split(url)
    if rest.count("@") > 1:
        raise refused(url, "has two '@'; write the one in the password as %40")
    if scheme.startswith("postgres"):
        _need("sqlalchemy", "postgresql")
        _need("psycopg", "postgresql")
        url = f"postgresql+psycopg://{rest}"
    elif "?" in rest or rest[1:].startswith(("file:", ":memory:")):
        raise refused(url, "a file is all that it can name, as in sqlite:///scores.db")
    _need("sqlalchemy", "sql")
    from ._database import Database

    return Database(url)


def _need(module: str, extra: str) -> None:
    try:
        import_module(module)
    except ImportError as error:
        raise MissingDependencyError(module, extra) from error


_BACKENDS: dict[str, Callable[[str], Backend]] = {
    "": _folder,
    "file": _file,
    "s3": _bucket("s3fs", "s3"),
    "gs": _bucket("gcsfs", "gcs"),
    "gcs": _bucket("gcsfs", "gcs"),
    "az": _bucket("adlfs", "azure"),
    "abfs": _bucket("adlfs", "azure"),
    "abfss": _bucket("adlfs", "azure"),
    "sqlite": _database,
    "postgresql": _database,
    "postgresql+psycopg": _database,
    "postgres": _database,
}
"""What opens a store, by the scheme of its URL."""
