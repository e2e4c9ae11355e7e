"""Checks for the items of the section `data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._feature_schema import feature_schema

__all__ = ["feature_schema"]

__getattr__, __dir__ = exports(__name__, __all__)
