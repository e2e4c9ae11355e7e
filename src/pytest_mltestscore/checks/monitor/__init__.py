"""Checks for the items of the section `monitor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._computing_performance import computing_performance
    from ._data_invariants import data_invariants
    from ._dependency_changes import dependency_changes
    from ._model_staleness import model_staleness
    from ._numerical_stability import numerical_stability
    from ._performance_baseline import performance_baseline
    from ._prediction_quality import prediction_quality
    from ._training_serving_skew import training_serving_skew
    from ._upstream_fingerprint import upstream_fingerprint

__all__ = [
    "computing_performance",
    "data_invariants",
    "dependency_changes",
    "model_staleness",
    "numerical_stability",
    "performance_baseline",
    "prediction_quality",
    "training_serving_skew",
    "upstream_fingerprint",
]

__getattr__, __dir__ = exports(__name__, __all__)
