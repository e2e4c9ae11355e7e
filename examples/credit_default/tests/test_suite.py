"""The ready-made suite on this system: one description, a test an item."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import polars as pl
import pytest
from credit import data, gate, model, pipeline
from credit.alerts import Alerts
from credit.features import FEATURES, build
from credit.serve import Service

from conftest import Built
from pytest_mltestscore.suite import MLSystem, MLTestScoreSuite

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
MONTHS_3 = 92
WITHIN = {"selection_rate": 0.1, "true_positive_rate": 0.1, "false_positive_rate": 0.25}
"""Differences between groups; the last is too wide: README, "What the suite found"."""


@pytest.fixture(scope="module")
def system(built: Built) -> MLSystem:
    """Say where everything is; what a test of the suite does not find here, it skips."""
    train, holdout = pipeline.table(built.parts.train), pipeline.table(built.parts.holdout)
    served = built.log.join(built.parts.served.select("client", *data.GROUPS, "default"), "client")
    models = built.registry.folder
    serve = [PYTHON, "-m", "credit.serve", "--models", str(models), "--port", "{port}"]
    registry = [PYTHON, "-m", "credit.registry", str(models)]
    recorded = built.parts.served.head(40).to_dicts()
    golden = Service(models, "1", None).answer({"clients": recorded})["default"]
    alerts = Alerts(built.folder / "alerts.jsonl")
    return MLSystem(
        name="credit-default",
        train_data=train,
        test_data=holdout,
        label="default",
        features=list(FEATURES),
        schema=ROOT / "schema.toml",
        raw_data=built.parts.train,
        feature_functions=FEATURES,
        feature_manifest=ROOT / "features.toml",
        feature_code=[ROOT / "credit" / "features.py"],
        model=built.registry.load("2"),
        previous_model=built.registry.load("1"),
        estimator=model.specify(),
        scoring="roc_auc",
        slices=list(data.GROUPS),
        sensitive=["sex", "education"],
        search=pl.read_csv(ROOT / "evidence" / "search.csv"),
        training=functools.partial(model.train, train.head(4_000)),
        pipeline={"features": pipeline.table, "train": model.train},
        pipeline_sample=built.parts.train.head(500),
        quality_gate=lambda candidate, incumbent: gate.blesses(candidate, incumbent, holdout),
        serve=serve,
        incumbent=[*serve, "--version", "1"],
        requests=[{"clients": [client]} for client in recorded],
        served_data=served.drop("default", "score"),
        served_labels=served,
        training_features=build(built.parts.served).with_columns(built.parts.served["client"]),
        serving_features=built.log.drop("score"),
        key="client",
        trained_at=models / "2" / "model.joblib",
        options={
            "feature-benefit": {"cv": 3},
            "feature-cost": {"max_ms": 50.0, "max_mib": 16.0, "max_missing": 0.0},
            "tuned-hyperparameters": {"score": "mean_test_score"},
            "slice-quality": {"min_score": 0.65, "max_drop": 0.02},
            # Being thought able to pay is what people want: 0, not 1, is the good answer.
            "inclusion": {"positive": 0, "max_difference": WITHIN},
            "pipeline-integration": {"may_be_missing": data.GROUPS},
            "canary": {"read": "default", "max_latency_ratio": 3.0, "cwd": ROOT},
            "rollback": {
                "roll_back": [*registry, "rollback"],
                "restore": [*registry, "promote", "2"],
                "ask": lambda: Service(models, None, None).answer({"clients": recorded})["default"],
                "golden": golden,
                "cwd": ROOT,
            },
            "dependency-changes": {
                "notifier": alerts.send,
                "received": alerts.sent,
                "upstream": {"clients": data.load()},
                "fingerprints": ROOT / "upstream.json",
            },
            "model-staleness": {"max_age": MONTHS_3},
            "computing-performance": {
                "max_latency_ms": 50.0,
                "min_rows_per_s": 20_000,
                "max_memory_mb": 32,
            },
            "prediction-quality": {"score": "score", "min_score": 0.74},
        },
    )


class TestCredit(MLTestScoreSuite):
    """28 tests, inherited."""
