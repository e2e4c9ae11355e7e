"""Checks for the items of the section `data`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._draft_schema import draft_schema
    from ._feature_benefit import feature_benefit
    from ._feature_code_tests import feature_code_tests
    from ._feature_cost import feature_cost
    from ._feature_policy import feature_policy
    from ._feature_properties import feature_properties
    from ._feature_schema import feature_schema
    from ._feature_velocity import feature_velocity
    from ._privacy_controls import privacy_controls

__all__ = [
    "draft_schema",
    "feature_benefit",
    "feature_code_tests",
    "feature_cost",
    "feature_policy",
    "feature_properties",
    "feature_schema",
    "feature_velocity",
    "privacy_controls",
]

__getattr__, __dir__ = exports(__name__, __all__)
