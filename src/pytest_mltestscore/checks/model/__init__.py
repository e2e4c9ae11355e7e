"""Checks for the items of the section `model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._slice_quality import slice_quality

__all__ = ["slice_quality"]

__getattr__, __dir__ = exports(__name__, __all__)
