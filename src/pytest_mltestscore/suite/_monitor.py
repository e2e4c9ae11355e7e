"""Tests of the section `monitor`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import Options, demand, given


class MonitorTests:
    """One test for each of monitor-1 to monitor-7."""

    @pytest.mark.mlscore("dependency-changes")
    def test_dependency_changes(self, system: MLSystem) -> None:
        """A changed dependency is noticed, and somebody is told."""
        wanted = "notifier=, received=, and lock= or upstream= with fingerprints="
        given(system, options=Options("dependency-changes", wanted))
        demand(checks.monitor.dependency_changes, system, "dependency-changes")

    @pytest.mark.mlscore("data-invariants")
    def test_data_invariants(self, system: MLSystem) -> None:
        """What was served meets the schema and resembles the training data."""
        served, _ = given(system, "served_data", one_of=("schema", "train_data"))
        demand(
            checks.monitor.data_invariants,
            system,
            "data-invariants",
            data=served,
            schema=system.schema,
            reference=system.train_data,
        )

    @pytest.mark.mlscore("training-serving-skew")
    def test_training_serving_skew(self, system: MLSystem) -> None:
        """Training and serving compute the same features for the same example."""
        training, serving, key = given(system, "training_features", "serving_features", "key")
        demand(
            checks.monitor.training_serving_skew,
            system,
            "training-serving-skew",
            training=training,
            serving=serving,
            key=key,
            features=system.features,
        )

    @pytest.mark.mlscore("model-staleness")
    def test_model_staleness(self, system: MLSystem) -> None:
        """The model that serves is not too old."""
        (trained_at,) = given(system, "trained_at", options=Options("model-staleness", "max_age="))
        demand(checks.monitor.model_staleness, system, "model-staleness", model=trained_at)

    @pytest.mark.mlscore("numerical-stability")
    def test_numerical_stability(self, system: MLSystem) -> None:
        """Weights and outputs are finite, also for extreme inputs."""
        model, data = given(system, "model", "test_data")
        demand(
            checks.monitor.numerical_stability,
            system,
            "numerical-stability",
            model=model,
            X=data,
            features=system.features,
        )

    @pytest.mark.mlscore("computing-performance")
    def test_computing_performance(self, system: MLSystem) -> None:
        """Latency, throughput and memory have not grown."""
        limits = Options("computing-performance", "max_latency_ms= or the like")
        model, data = given(
            system,
            *("model", "test_data"),
            options=limits if system.performance_baseline is None else None,
        )
        demand(
            checks.monitor.computing_performance,
            system,
            "computing-performance",
            model=model,
            X=data,
            baseline=system.performance_baseline,
            features=system.features,
        )

    @pytest.mark.mlscore("prediction-quality")
    def test_prediction_quality(self, system: MLSystem) -> None:
        """Predictions that were served turn out as good as they were at release."""
        wanted = "score= or prediction=, the column, and min_score= or release_score="
        served, label = given(
            system, "served_labels", "label", options=Options("prediction-quality", wanted)
        )
        demand(
            checks.monitor.prediction_quality,
            system,
            "prediction-quality",
            data=served,
            label=label,
            scoring=system.scoring,
        )
