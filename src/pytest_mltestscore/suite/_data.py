"""Tests of the section `data`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import Options, demand, given


class DataTests:
    """One test for each of data-1 to data-7."""

    @pytest.mark.mlscore("feature-schema")
    def test_feature_schema(self, system: MLSystem) -> None:
        """Every feature has written expectations, and the training data meets them."""
        data, schema = given(system, "train_data", "schema")
        demand(checks.data.feature_schema, system, "feature-schema", data=data, schema=schema)

    @pytest.mark.mlscore("feature-benefit")
    def test_feature_benefit(self, system: MLSystem) -> None:
        """Every feature makes the model better than a column of noise does."""
        estimator, data, label = given(system, "estimator", "train_data", "label")
        demand(
            checks.data.feature_benefit,
            system,
            "feature-benefit",
            model=estimator,
            data=data,
            label=label,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("feature-cost")
    def test_feature_cost(self, system: MLSystem) -> None:
        """No feature costs more than its budget."""
        limits = Options("feature-cost", "max_ms=, max_mib= or max_total_ms=")
        functions, data = given(system, "feature_functions", "raw_data", options=limits)
        demand(checks.data.feature_cost, system, "feature-cost", functions=functions, data=data)

    @pytest.mark.mlscore("feature-policy")
    def test_feature_policy(self, system: MLSystem) -> None:
        """Every feature has an owner and a source, and none is banned."""
        model, manifest = given(system, "model", "feature_manifest")
        used = model if system.features is None else system.features
        demand(
            checks.data.feature_policy,
            system,
            "feature-policy",
            features=used,
            manifest=manifest,
            sources=system.feature_code,
        )

    @pytest.mark.mlscore("privacy-controls")
    def test_privacy_controls(self, system: MLSystem) -> None:
        """The training data holds nothing personal that it may not hold."""
        (data,) = given(system, "train_data")
        demand(checks.data.privacy_controls, system, "privacy-controls", data=data)

    @pytest.mark.mlscore("feature-velocity")
    def test_feature_velocity(self, system: MLSystem) -> None:
        """A new feature reaches production within the time that was set."""
        files = Options("feature-velocity", "features=, their files by name")
        (repository,) = given(system, "repository", options=files)
        demand(checks.data.feature_velocity, system, "feature-velocity", history=repository)

    @pytest.mark.mlscore("feature-code-tests")
    def test_feature_code_tests(self, system: MLSystem) -> None:
        """The code that makes features is run by tests that assert."""
        coverage, code = given(system, "coverage_data", "feature_code")
        demand(
            checks.data.feature_code_tests,
            system,
            "feature-code-tests",
            coverage=coverage,
            sources=code,
        )
