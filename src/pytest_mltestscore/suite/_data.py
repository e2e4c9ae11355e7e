"""Tests of the section `data`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import demand, require


class DataTests:
    """One test for each of data-1 to data-7."""

    @pytest.mark.mlscore("feature-schema")
    def test_feature_schema(self, system: MLSystem) -> None:
        """Every feature has written expectations, and the training data meets them."""
        require(system, "feature-schema")
        demand(
            checks.data.feature_schema,
            system,
            "feature-schema",
            data=system.train_data,
            schema=system.schema,
        )

    @pytest.mark.mlscore("feature-benefit")
    def test_feature_benefit(self, system: MLSystem) -> None:
        """Every feature makes the model better than a column of noise does."""
        require(system, "feature-benefit")
        demand(
            checks.data.feature_benefit,
            system,
            "feature-benefit",
            model=system.estimator,
            data=system.train_data,
            label=system.label,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("feature-cost")
    def test_feature_cost(self, system: MLSystem) -> None:
        """No feature costs more than its budget."""
        require(system, "feature-cost")
        demand(
            checks.data.feature_cost,
            system,
            "feature-cost",
            functions=system.feature_functions,
            data=system.raw_data,
        )

    @pytest.mark.mlscore("feature-policy")
    def test_feature_policy(self, system: MLSystem) -> None:
        """Every feature has an owner and a source, and none is banned."""
        require(system, "feature-policy")
        used = system.model if system.features is None else system.features
        demand(
            checks.data.feature_policy,
            system,
            "feature-policy",
            features=used,
            manifest=system.feature_manifest,
            sources=system.feature_code,
        )

    @pytest.mark.mlscore("privacy-controls")
    def test_privacy_controls(self, system: MLSystem) -> None:
        """The training data holds nothing personal that it may not hold."""
        require(system, "privacy-controls")
        demand(checks.data.privacy_controls, system, "privacy-controls", data=system.train_data)

    @pytest.mark.mlscore("feature-velocity")
    def test_feature_velocity(self, system: MLSystem) -> None:
        """A new feature reaches production within the time that was set."""
        require(system, "feature-velocity")
        demand(checks.data.feature_velocity, system, "feature-velocity", history=system.repository)

    @pytest.mark.mlscore("feature-code-tests")
    def test_feature_code_tests(self, system: MLSystem) -> None:
        """The code that makes features is run by tests that assert."""
        require(system, "feature-code-tests")
        demand(
            checks.data.feature_code_tests,
            system,
            "feature-code-tests",
            coverage=system.coverage_data,
            sources=system.feature_code,
        )
