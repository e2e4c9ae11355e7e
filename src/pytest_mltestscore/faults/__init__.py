"""Faults: damages that a test ought to notice, each done to a copy of what the test is given.

One file a fault, by the structure that it damages: `frames/`, `models/`, `callables/` and so on.
Which of them belong to an item stands in the item's file in the rubric. `fault` makes one of your
own.

Numerical libraries are imported when there is something to prove, so that a `conftest.py` with a
fault costs other runs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._fault import Fault, NothingToDamageError, fault

if TYPE_CHECKING:
    from ._difference import difference
    from ._effect import Effect
    from ._fingerprint import fingerprint
    from ._identity import identity
    from ._injection import Injected, injected
    from ._known import all_faults, know, known_faults
    from ._sites import Site, part_at, sites_of, with_part
    from ._together import Together

__all__ = [
    "Effect",
    "Fault",
    "Injected",
    "NothingToDamageError",
    "Site",
    "Together",
    "all_faults",
    "difference",
    "fault",
    "fingerprint",
    "identity",
    "injected",
    "know",
    "known_faults",
    "part_at",
    "sites_of",
    "with_part",
]

_MODULES = {
    "Effect": "_effect",
    "Injected": "_injection",
    "Site": "_sites",
    "Together": "_together",
    "all_faults": "_known",
    "difference": "_difference",
    "fingerprint": "_fingerprint",
    "identity": "_identity",
    "injected": "_injection",
    "know": "_known",
    "known_faults": "_known",
    "part_at": "_sites",
    "sites_of": "_sites",
    "with_part": "_sites",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
