"""Tests of the section `model`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import demand, require


class ModelTests:
    """One test for each of model-1 to model-7."""

    @pytest.mark.mlscore("spec-review")
    def test_spec_review(self, system: MLSystem) -> None:
        """The specification is tracked, and every change to it was reviewed."""
        require(system, "spec-review")
        demand(
            checks.model.spec_review,
            system,
            "spec-review",
            root=system.repository,
            specs=system.specification,
        )

    @pytest.mark.mlscore("metric-correlation")
    def test_metric_correlation(self, system: MLSystem) -> None:
        """Releases that look better offline do better online."""
        require(system, "metric-correlation")
        demand(
            checks.model.metric_correlation, system, "metric-correlation", releases=system.releases
        )

    @pytest.mark.mlscore("tuned-hyperparameters")
    def test_tuned_hyperparameters(self, system: MLSystem) -> None:
        """Hyperparameters were searched for, and the model has the best ones."""
        require(system, "tuned-hyperparameters")
        in_use = system.estimator if system.model is None else system.model
        demand(
            checks.model.tuned_hyperparameters,
            system,
            "tuned-hyperparameters",
            search=system.search,
            model=in_use,
        )

    @pytest.mark.mlscore("staleness-impact")
    def test_staleness_impact(self, system: MLSystem) -> None:
        """It is known how quality falls as the model grows older."""
        require(system, "staleness-impact")
        train = system.estimator if system.train is None else system.train
        demand(
            checks.model.staleness_impact,
            system,
            "staleness-impact",
            train=train,
            data=system.train_data,
            label=system.label,
            time=system.time,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("simpler-baseline")
    def test_simpler_baseline(self, system: MLSystem) -> None:
        """No simple model is as good."""
        require(system, "simpler-baseline")
        demand(
            checks.model.simpler_baseline,
            system,
            "simpler-baseline",
            model=system.model,
            train=system.train_data,
            test=system.test_data,
            label=system.label,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("slice-quality")
    def test_slice_quality(self, system: MLSystem) -> None:
        """Quality is sufficient on every slice that matters."""
        require(system, "slice-quality")
        demand(
            checks.model.slice_quality,
            system,
            "slice-quality",
            model=system.model,
            data=system.test_data,
            label=system.label,
            slices=system.slices,
            previous=system.previous_model,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("inclusion")
    def test_inclusion(self, system: MLSystem) -> None:
        """No group of people is served worse than the others."""
        require(system, "inclusion")
        demand(
            checks.model.inclusion,
            system,
            "inclusion",
            model=system.model,
            data=system.test_data,
            label=system.label,
            sensitive=system.sensitive,
            features=system.features,
        )
