"""Which faults there are: those of this package, and those that users brought for the run."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType

from ._fault import Fault

_FOLDERS = (
    "arrays",
    "callables",
    "clients",
    "commands",
    "frames",
    "mappings",
    "models",
    "names",
    "paths",
    "times",
    "together",
)

_own: dict[str, Fault] = {}
"""Those of the run: a run is one process, as is each of its workers."""


@cache
def all_faults() -> MappingProxyType[str, Fault]:
    """Return all faults that come with this package, by name, sorted."""
    found: dict[str, Fault] = {}
    package = __name__.rpartition(".")[0]
    for folder in _FOLDERS:
        modules = pkgutil.iter_modules(importlib.import_module(f"{package}.{folder}").__path__)
        for module in modules:
            fault = importlib.import_module(f"{package}.{folder}.{module.name}").FAULT
            found[fault.name] = fault
    return MappingProxyType(dict(sorted(found.items())))


def known_faults() -> Mapping[str, Fault]:
    """Return the faults of this package and those of the run, by name."""
    return {**all_faults(), **_own}


def know(faults: Iterable[Fault]) -> Callable[[], None]:
    """Let the run know faults of its own, and return what lets it forget them.

    A pytest run inside a pytest run, as plugins are tested by, gives back those of the outer one.
    """
    before = dict(_own)

    def only(them: Mapping[str, Fault]) -> None:
        _own.clear()
        _own.update(them)

    only({fault.name: fault for fault in faults})
    return lambda: only(before)
