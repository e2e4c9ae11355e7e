"""What earlier runs found out about tests that have not changed since, in pytest's own cache."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
import pytest

from ... import faults
from ...domain.mlsystem import MLSystem
from ...domain.proof import Trial
from .proof import Known, Recall
from .received import Read, Received
from .sources import digest_of_sources
from .terms import Terms

MAX_BYTES = 4 * 1024**2
"""Of what is read of one test: a cache may come from anywhere."""


class _Kept(msgspec.Struct):
    key: str
    trials: tuple[Trial, ...]


class Memory:
    """Trials by test, in a folder; None for one that forgets everything.

    A trial is known for as long as nothing changed that it depends on: the sources of the test, of
    its fixtures and of what they import, this package, the installed packages, the values that the
    test is given, and further words, the `terms`. Where that cannot be told, as of a value that
    cannot be pickled, nothing is known. What a test reads by itself, as from a file or the
    environment, is not looked at.
    """

    def __init__(self, folder: Path | None, terms: Sequence[str] = ()) -> None:
        self._folder = folder
        self._terms = terms

    @classmethod
    def of_run(cls, config: pytest.Config, terms: Terms) -> Memory:
        """Return what remembers in pytest's cache, if there is one and proofs may come from it.

        A fault that was asked for by name is tried whatever is known, to see what it does.
        """
        cache = getattr(config, "cache", None)
        if cache is None or terms.only:
            return cls(None)
        try:
            folder = cache.mkdir("mlscore-proofs")
        except OSError:  # such as in a checkout that cannot be written to
            return cls(None)
        return cls(folder, (str(terms.isolated), *terms.validation_errors))

    def of(self, item: pytest.Function) -> Recall:
        """Return what tells which trials of a test are known."""

        def recall(received: Received, read: Read) -> Known:
            key = "" if self._folder is None else _key(item, received, read, self._terms)
            if not key or self._folder is None:
                return Known({}, lambda _: None)
            file = self._folder / f"{_digest(item.nodeid)[:32]}.json"
            trials = {(t.fault, t.site, t.seed): t for t in _read(file, key)}
            return Known(trials, _keeping(file, key, dict(trials)))

        return recall


def _keeping(
    file: Path, key: str, known: dict[tuple[str, str, int], Trial]
) -> Callable[[Collection[Trial]], None]:
    def keep(trials: Collection[Trial]) -> None:
        decided = {(t.fault, t.site, t.seed): t for t in trials if t.verdict != "no-verdict"}
        if decided.items() <= known.items():
            return
        _write(file, msgspec.json.encode(_Kept(key, tuple({**known, **decided}.values()))))

    return keep


def _read(file: Path, key: str) -> tuple[Trial, ...]:
    """Return what is kept under a key; nothing for what is not there or not of our making."""
    try:
        if file.stat().st_size > MAX_BYTES:
            return ()
        kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    return kept.trials if kept.key == key else ()


def _write(file: Path, data: bytes) -> None:
    """Write a file at once or not at all; a cache that cannot be written is none."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)


def _key(item: pytest.Function, received: Received, read: Read, terms: Sequence[str]) -> str:
    """Return a digest of all that the outcome of a test depends on; empty if it cannot be told."""
    parts = [digest_of_sources(item), *terms]
    for name, value in sorted(received.items()):
        of_value = _identity(value, read.get(name, set()))
        if of_value is None:
            return ""
        parts += [name, of_value]
    return _digest("\0".join(parts))


def _identity(value: object, read: Collection[str]) -> str | None:
    """Return what tells a value from others; of a system only those of its parts that are read."""
    if not isinstance(value, MLSystem):
        return faults.identity(value)
    return faults.identity({name: _part(value, name) for name in sorted(read)})


def _part(system: MLSystem, name: str) -> object:
    """Return a part of a system; options are named with the item that they are for."""
    part, _, item = name.partition(".")
    return system.options_of(item) if item else getattr(system, part)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
