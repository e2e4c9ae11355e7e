"""Tests of the section `model`."""

from __future__ import annotations

import pytest

from .. import checks
from ..domain.mlsystem import MLSystem
from ._asking import Options, demand, given


class ModelTests:
    """One test for each of model-1 to model-7."""

    @pytest.mark.mlscore("spec-review")
    def test_spec_review(self, system: MLSystem) -> None:
        """The specification is tracked, and every change to it was reviewed."""
        repository, files = given(system, "repository", "specification")
        demand(checks.model.spec_review, system, "spec-review", root=repository, specs=files)

    @pytest.mark.mlscore("metric-correlation")
    def test_metric_correlation(self, system: MLSystem) -> None:
        """Releases that look better offline do better online."""
        (releases,) = given(system, "releases")
        demand(checks.model.metric_correlation, system, "metric-correlation", releases=releases)

    @pytest.mark.mlscore("tuned-hyperparameters")
    def test_tuned_hyperparameters(self, system: MLSystem) -> None:
        """Hyperparameters were searched for, and the model has the best ones."""
        (search,) = given(system, "search")
        in_use = system.estimator if system.model is None else system.model
        demand(
            checks.model.tuned_hyperparameters,
            system,
            "tuned-hyperparameters",
            search=search,
            model=in_use,
        )

    @pytest.mark.mlscore("staleness-impact")
    def test_staleness_impact(self, system: MLSystem) -> None:
        """It is known how quality falls as the model grows older."""
        data, label, time, train = given(
            system, "train_data", "label", "time", one_of=("train", "estimator")
        )
        demand(
            checks.model.staleness_impact,
            system,
            "staleness-impact",
            train=train,
            data=data,
            label=label,
            time=time,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("simpler-baseline")
    def test_simpler_baseline(self, system: MLSystem) -> None:
        """No simple model is as good."""
        model, train, test, label = given(system, "model", "train_data", "test_data", "label")
        demand(
            checks.model.simpler_baseline,
            system,
            "simpler-baseline",
            model=model,
            train=train,
            test=test,
            label=label,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("slice-quality")
    def test_slice_quality(self, system: MLSystem) -> None:
        """Quality is sufficient on every slice that matters."""
        score = Options("slice-quality", "min_score= (or give previous_model=)")
        model, data, label, slices = given(
            system,
            *("model", "test_data", "label", "slices"),
            options=score if system.previous_model is None else None,
        )
        demand(
            checks.model.slice_quality,
            system,
            "slice-quality",
            model=model,
            data=data,
            label=label,
            slices=slices,
            previous=system.previous_model,
            features=system.features,
            scoring=system.scoring,
        )

    @pytest.mark.mlscore("inclusion")
    def test_inclusion(self, system: MLSystem) -> None:
        """No group of people is served worse than the others."""
        model, data, label, sensitive = given(system, "model", "test_data", "label", "sensitive")
        demand(
            checks.model.inclusion,
            system,
            "inclusion",
            model=model,
            data=data,
            label=label,
            sensitive=sensitive,
            features=system.features,
        )
