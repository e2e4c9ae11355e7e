"""Checks for the items of the section `monitor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._data_invariants import data_invariants
    from ._model_staleness import model_staleness
    from ._training_serving_skew import training_serving_skew

__all__ = ["data_invariants", "model_staleness", "training_serving_skew"]

__getattr__, __dir__ = exports(__name__, __all__)
