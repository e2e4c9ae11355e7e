"""Run records as objects in a bucket: S3, Google Cloud Storage or Azure Blob Storage, by fsspec.

Credentials, regions and endpoints come from where each library looks for them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import Any

from ..domain.reading import SIZE_LIMIT
from ._backend import Sent, Window

MONTHS_AT_ONCE = 4
"""Listings that are asked for together."""


class Bucket:
    """Objects below a prefix, named as the files of a folder are."""

    mend = "check the name of the bucket, and credentials and endpoint in the environment"
    at_once = 64

    def __init__(self, url: str) -> None:
        self._url = url

    def put(self, sent: Sent) -> None:
        """Put an object. Buckets show it when it is there as a whole, and not before."""
        self._files.pipe_file(self._path(sent.entry.key), sent.content)

    def systems(self) -> list[str]:
        """Return the names right below the prefix that others are below."""
        return [name for name, is_folder in self._listed("") if is_folder]

    def keys(self, system: str | None, window: Window) -> Iterator[str]:
        """Return the names of all objects, in the fewest listings that do."""
        if window == Window():
            yield from self._below(system or "")
        elif system is None:
            for name, is_folder in self._listed(""):
                yield from self.keys(name, window) if is_folder else [name]
        else:
            found = self._listed(system)
            yield from (f"{system}/{name}" for name, is_folder in found if not is_folder)
            months = [name for name, is_folder in found if is_folder and window.meets(name)]
            with ThreadPoolExecutor(MONTHS_AT_ONCE) as pool:  # each is a wait, and little else
                for names in pool.map(self._below, [f"{system}/{month}" for month in months]):
                    yield from names

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Read objects, several at a time."""
        paths = {self._path(key): key for key in keys}
        # A range, though it is of all: it bounds what comes, and saves asking for the size first.
        contents = self._files.cat(list(paths), start=0, end=SIZE_LIMIT + 1, on_error="return")
        found: dict[str, bytes] = {}
        for path, content in contents.items():
            if not isinstance(content, Exception):
                found[paths[path]] = content
            elif not isinstance(content, FileNotFoundError):
                if self._files.info(path)["size"]:
                    raise content
                found[paths[path]] = b""  # of which no range can be had
        return found

    def remove(self, keys: Sequence[str]) -> None:
        """Delete objects."""
        paths = [self._path(key) for key in keys]
        try:
            self._files.rm(paths)
        except FileNotFoundError:  # some libraries stop at the first that is gone
            for path in paths:
                with suppress(FileNotFoundError):
                    self._files.rm_file(path)

    def close(self) -> None:
        """Let go of the connections."""
        self.__dict__.pop("_opened", None)

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        url_to_fs = import_module("fsspec.core").url_to_fs
        # Kept by us alone, and asked anew each time: others write to the bucket meanwhile.
        files, root = url_to_fs(self._url, skip_instance_cache=True, use_listings_cache=False)
        return files, root.rstrip("/")

    @property
    def _files(self) -> Any:
        return self._opened[0]

    def _path(self, key: str) -> str:
        return f"{self._opened[1]}/{key}".rstrip("/")

    def _below(self, folder: str) -> list[str]:
        """Return the names of all objects below a folder."""
        skip = len(self._path("")) + 1
        found: list[str] = []
        with suppress(FileNotFoundError):
            found = [path[skip:] for path in self._files.find(self._path(folder))]
        return [name for name in found if _is_shown(name)]

    def _listed(self, folder: str) -> list[tuple[str, bool]]:
        """Return what is right below a folder, and whether others are below it."""
        found: list[dict[str, Any]] = []
        with suppress(FileNotFoundError):
            found = self._files.ls(self._path(folder), detail=True)
        names = ((info["name"].rstrip("/").rpartition("/")[2], info["type"]) for info in found)
        return [(name, kind == "directory") for name, kind in names if _is_shown(name)]


def _is_shown(name: str) -> bool:
    """Leave out hidden names, and the empty objects that stand for folders."""
    return bool(name) and not name.endswith("/") and "/." not in f"/{name}"
