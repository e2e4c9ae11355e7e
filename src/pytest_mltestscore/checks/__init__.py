"""Ready-made checks, one or more for each of the 28 items. They work without pytest.

A check takes data first and its limits by keyword, and returns a `CheckResult` that is true when
the property holds. Called inside a test of a scored run, it records itself as evidence.

>>> from pytest_mltestscore import checks
>>> sorted(checks.__all__)
['adapters', 'data', 'infra', 'model', 'monitor']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import adapters, data, infra, model, monitor

__all__ = ["adapters", "data", "infra", "model", "monitor"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f".{name}", __name__)


def __dir__() -> list[str]:
    return __all__
