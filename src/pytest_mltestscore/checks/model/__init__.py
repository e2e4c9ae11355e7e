"""Checks for the items of the section `model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._inclusion import inclusion
    from ._metamorphic_relations import metamorphic_relations
    from ._metric_correlation import metric_correlation
    from ._random_search import random_search
    from ._simpler_baseline import simpler_baseline
    from ._slice_quality import slice_quality
    from ._spec_review import spec_review
    from ._staleness_impact import staleness_impact
    from ._tuned_hyperparameters import tuned_hyperparameters

__all__ = [
    "inclusion",
    "metamorphic_relations",
    "metric_correlation",
    "random_search",
    "simpler_baseline",
    "slice_quality",
    "spec_review",
    "staleness_impact",
    "tuned_hyperparameters",
]

__getattr__, __dir__ = exports(__name__, __all__)
