"""Tests of the section `monitor`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import demand, require


class MonitorTests:
    """One test for each of monitor-1 to monitor-7."""

    @pytest.mark.mlscore("dependency-changes")
    def test_dependency_changes(self, system: MLSystem) -> None:
        """A changed dependency is noticed, and somebody is told."""
        require(system, "dependency-changes")
        demand(checks.monitor.dependency_changes, system, "dependency-changes")

    @pytest.mark.mlscore("data-invariants")
    def test_data_invariants(self, system: MLSystem) -> None:
        """What was served meets the schema and resembles the training data."""
        require(system, "data-invariants")
        demand(
            checks.monitor.data_invariants,
            system,
            "data-invariants",
            data=system.served_data,
            schema=system.schema,
            reference=system.train_data,
        )

    @pytest.mark.mlscore("training-serving-skew")
    def test_training_serving_skew(self, system: MLSystem) -> None:
        """Training and serving compute the same features for the same example."""
        require(system, "training-serving-skew")
        demand(
            checks.monitor.training_serving_skew,
            system,
            "training-serving-skew",
            training=system.training_features,
            serving=system.serving_features,
            key=system.key,
            features=system.features,
        )

    @pytest.mark.mlscore("model-staleness")
    def test_model_staleness(self, system: MLSystem) -> None:
        """The model that serves is not too old."""
        require(system, "model-staleness")
        demand(checks.monitor.model_staleness, system, "model-staleness", model=system.trained_at)

    @pytest.mark.mlscore("numerical-stability")
    def test_numerical_stability(self, system: MLSystem) -> None:
        """Weights and outputs are finite, also for extreme inputs."""
        require(system, "numerical-stability")
        demand(
            checks.monitor.numerical_stability,
            system,
            "numerical-stability",
            model=system.model,
            X=system.test_data,
            features=system.features,
        )

    @pytest.mark.mlscore("computing-performance")
    def test_computing_performance(self, system: MLSystem) -> None:
        """Latency, throughput and memory have not grown."""
        require(system, "computing-performance")
        demand(
            checks.monitor.computing_performance,
            system,
            "computing-performance",
            model=system.model,
            X=system.test_data,
            baseline=system.performance_baseline,
            features=system.features,
        )

    @pytest.mark.mlscore("prediction-quality")
    def test_prediction_quality(self, system: MLSystem) -> None:
        """Predictions that were served turn out as good as they were at release."""
        require(system, "prediction-quality")
        demand(
            checks.monitor.prediction_quality,
            system,
            "prediction-quality",
            data=system.served_labels,
            label=system.label,
            scoring=system.scoring,
        )
