"""Results of other libraries as check results, so that they earn an item in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import exports

if TYPE_CHECKING:
    from ._coverage_json import coverage_json
    from ._evidently_snapshot import evidently_snapshot
    from ._fairlearn_frame import fairlearn_frame
    from ._great_expectations_result import great_expectations_result
    from ._mlflow_validation import mlflow_validation
    from ._pandera_errors import pandera_errors
    from ._pytest_benchmark_json import pytest_benchmark_json
    from ._skore_checks import skore_checks

__all__ = [
    "coverage_json",
    "evidently_snapshot",
    "fairlearn_frame",
    "great_expectations_result",
    "mlflow_validation",
    "pandera_errors",
    "pytest_benchmark_json",
    "skore_checks",
]

__getattr__, __dir__ = exports(__name__, __all__)
