"""Tests of the section `infra`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import demand, require


class InfraTests:
    """One test for each of infra-1 to infra-7."""

    @pytest.mark.mlscore("reproducible-training")
    def test_reproducible_training(self, system: MLSystem) -> None:
        """Training twice on the same data gives the same model."""
        require(system, "reproducible-training")
        demand(
            checks.infra.reproducible_training,
            system,
            "reproducible-training",
            train=system.training,
        )

    @pytest.mark.mlscore("spec-unit-tests")
    def test_spec_unit_tests(self, system: MLSystem) -> None:
        """The specification learns, overfits a few rows, and restores."""
        require(system, "spec-unit-tests")
        demand(
            checks.infra.spec_unit_tests,
            system,
            "spec-unit-tests",
            spec=system.estimator,
            data=system.train_data,
            label=system.label,
            features=system.features,
        )

    @pytest.mark.mlscore("pipeline-integration")
    def test_pipeline_integration(self, system: MLSystem) -> None:
        """The pipeline runs end to end, and a broken input does not pass in silence."""
        require(system, "pipeline-integration")
        demand(
            checks.infra.pipeline_integration,
            system,
            "pipeline-integration",
            stages=system.pipeline,
            sample=system.pipeline_sample,
        )

    @pytest.mark.mlscore("quality-gate")
    def test_quality_gate(self, system: MLSystem) -> None:
        """The gate before serving lets the good model in and keeps bad ones out."""
        require(system, "quality-gate")
        demand(
            checks.infra.quality_gate,
            system,
            "quality-gate",
            gate=system.quality_gate,
            candidate=system.model,
            data=system.test_data,
            label=system.label,
            incumbent=system.previous_model,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("debuggability")
    def test_debuggability(self, system: MLSystem) -> None:
        """One example can be followed through every step to what is served."""
        require(system, "debuggability")
        demand(
            checks.infra.debuggability,
            system,
            "debuggability",
            model=system.model,
            data=system.test_data,
            trace=system.trace,
            features=system.features,
        )

    @pytest.mark.mlscore("canary")
    def test_canary(self, system: MLSystem) -> None:
        """The new version serves recorded requests as well as the one of today."""
        require(system, "canary")
        demand(
            checks.infra.canary,
            system,
            "canary",
            candidate=system.serve,
            requests=system.requests,
            incumbent=system.incumbent,
        )

    @pytest.mark.mlscore("rollback")
    def test_rollback(self, system: MLSystem) -> None:
        """Serving goes back to the version before, quickly and to the same answers."""
        require(system, "rollback")
        demand(checks.infra.rollback, system, "rollback")
