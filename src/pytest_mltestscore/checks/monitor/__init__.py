"""Checks for the items of the section `monitor`."""

from __future__ import annotations

from .._lazy import exports

__all__: list[str] = []

__getattr__, __dir__ = exports(__name__, __all__)
