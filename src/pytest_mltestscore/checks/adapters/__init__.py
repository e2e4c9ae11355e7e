"""Results of other libraries as check results, so that they earn an item in one line."""

from __future__ import annotations

from .._lazy import exports

__all__: list[str] = []

__getattr__, __dir__ = exports(__name__, __all__)
