"""Faults: damages that a test ought to notice, each done to a copy of what the test is given.

One file a fault, by the structure that it damages: `frames/`, `models/`, `callables/` and so on.
Which of them belong to an item stands in the item's file in the rubric. Numerical libraries are
imported here, so the engine imports this only when there is something to prove.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType

from ._difference import difference
from ._fault import Fault, NothingToDamageError
from ._fingerprint import fingerprint
from ._identity import identity
from ._injection import Injected, injected
from ._sites import Site, part_at, sites_of, with_part

__all__ = [
    "Fault",
    "Injected",
    "NothingToDamageError",
    "Site",
    "all_faults",
    "difference",
    "fingerprint",
    "identity",
    "injected",
    "part_at",
    "sites_of",
    "with_part",
]


_FOLDERS = (
    "arrays",
    "callables",
    "commands",
    "frames",
    "mappings",
    "models",
    "names",
    "paths",
    "times",
)


@cache
def all_faults() -> MappingProxyType[str, Fault]:
    """Return all faults that come with this package, by name, sorted."""
    found: dict[str, Fault] = {}
    for folder in _FOLDERS:
        package = importlib.import_module(f"{__name__}.{folder}")
        for module in pkgutil.iter_modules(package.__path__):
            fault = importlib.import_module(f"{package.__name__}.{module.name}").FAULT
            found[fault.name] = fault
    return MappingProxyType(dict(sorted(found.items())))
