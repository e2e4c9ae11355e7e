"""Checks for the items of the section `infra`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._canary import canary
    from ._debuggability import debuggability
    from ._pipeline_integration import pipeline_integration
    from ._quality_gate import quality_gate
    from ._reproducible_training import reproducible_training
    from ._rollback import rollback
    from ._spec_unit_tests import spec_unit_tests

__all__ = [
    "canary",
    "debuggability",
    "pipeline_integration",
    "quality_gate",
    "reproducible_training",
    "rollback",
    "spec_unit_tests",
]

__getattr__, __dir__ = exports(__name__, __all__)
