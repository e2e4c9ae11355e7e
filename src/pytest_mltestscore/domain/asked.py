"""What the suite's test of each item cannot do without, so that all who say it say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .evidence import ALTERNATIVE
from .mlsystem import MLSystem


class Asked(NamedTuple):
    """What one test has to be given; what it takes besides, if it is there, is not named."""

    parts: tuple[str, ...] = ()
    """Parts of `MLSystem`, all of them."""
    one_of: tuple[str, ...] = ()
    """Parts of which one is enough."""
    options: str = ""
    """What has to be among the options of the item, in words: no default would mean anything."""
    instead: str = ""
    """Part beside which it needs no options."""


ASKED = {
    # Data
    "feature-schema": Asked(("train_data", "schema")),
    "feature-benefit": Asked(("estimator", "train_data", "label")),
    "feature-cost": Asked(
        ("feature_functions", "raw_data"), options="max_ms=, max_mib= or max_total_ms="
    ),
    "feature-policy": Asked(("model", "feature_manifest")),
    "privacy-controls": Asked(("train_data",)),
    "feature-velocity": Asked(("repository",), options="features=, their files by name"),
    "feature-code-tests": Asked(("coverage_data", "feature_code")),
    # Model
    "spec-review": Asked(("repository", "specification")),
    "metric-correlation": Asked(("releases",)),
    "tuned-hyperparameters": Asked(("search",)),
    "staleness-impact": Asked(("train_data", "label", "time"), one_of=("train", "estimator")),
    "simpler-baseline": Asked(("model", "train_data", "test_data", "label")),
    "slice-quality": Asked(
        ("model", "test_data", "label", "slices"), options="min_score=", instead="previous_model"
    ),
    "inclusion": Asked(("model", "test_data", "label", "sensitive")),
    # Infrastructure
    "reproducible-training": Asked(("training",)),
    "spec-unit-tests": Asked(("estimator", "train_data", "label")),
    "pipeline-integration": Asked(("pipeline", "pipeline_sample")),
    "quality-gate": Asked(("quality_gate", "model", "test_data", "label")),
    "debuggability": Asked(("model", "test_data")),
    "canary": Asked(("serve", "requests")),
    "rollback": Asked(options="roll_back=, ask= and golden="),
    # Monitoring
    "dependency-changes": Asked(
        options="notifier=, received=, and lock= or upstream= with fingerprints="
    ),
    "data-invariants": Asked(("served_data",), one_of=("schema", "train_data")),
    "training-serving-skew": Asked(("training_features", "serving_features", "key")),
    "model-staleness": Asked(("trained_at",), options="max_age= (days)"),
    "numerical-stability": Asked(("model", "test_data")),
    "computing-performance": Asked(
        ("model", "test_data"),
        options="max_latency_ms= or the like",
        instead="performance_baseline",
    ),
    "prediction-quality": Asked(
        ("served_labels", "label"),
        options="score= or prediction=, the column, and min_score= or release_score=",
    ),
}
"""By the name of the item."""


def lacking(system: MLSystem, item: str) -> Iterator[tuple[str, str]]:
    """Yield what is to be added for an item's test: as it is typed, and with what it is.

    >>> dict(lacking(MLSystem(test_data=[]), "debuggability"))
    {'model=': 'model= (the trained model: anything with predict, or a function)'}
    """
    asked, known = ASKED[item], MLSystem.parts()
    for name in system.missing(*asked.parts):
        yield f"{name}=", f"{name}= ({known[name]})"
    if asked.one_of and not _given(system, *asked.one_of):
        typed = ALTERNATIVE.join(f"{name}=" for name in asked.one_of)
        yield typed, ALTERNATIVE.join(f"{name}= ({known[name]})" for name in asked.one_of)
    if asked.options and not (_given(system, asked.instead) or system.options_of(item)):
        # One text for both: what the words are about is typed as well.
        wanted = f"options={{{item!r}: {{...}}}} with {_in_words(asked)}"
        yield wanted, wanted


def _in_words(asked: Asked) -> str:
    return f"{asked.options} (or give {asked.instead}=)" if asked.instead else asked.options


def _given(system: MLSystem, *names: str) -> bool:
    """Whether one of these parts is given; an empty name is none."""
    return any(name and not system.missing(name) for name in names)
