"""Which calls point to which item, and what speaks against all of them.

Chosen as the words of `words.py` were.
"""

from __future__ import annotations

from .clue import clues

CALLS = {
    "data-1": clues(
        ("pandera", 1.6),
        ("expect_*", 1.6),
        ("great_expectations", 1.4),
        ("tensorflow_data_validation.validate_statistics", 1.0),
    ),
    "data-2": clues(("permutation_importance", 2.0), ("mutual_info_*", 1.6)),
    "data-5": clues(
        ("presidio_analyzer", 2.4),
    ),
    "data-7": clues(("assert_frame_equal", 0.6), ("preprocess*", 0.4)),
    "model-5": clues(("DummyClassifier", 2.2), ("DummyRegressor", 2.2)),
    "model-6": clues(
        ("deepchecks.tabular.checks.WeakSegmentsPerformance", 2.4),
    ),
    "model-7": clues(("fairlearn", 2.6), ("aif360", 2.4), ("MetricFrame", 2.0)),
    "infra-2": clues(
        ("check_estimator", 2.4), ("torch.nn", 0.6), ("backward", 0.9), ("gradcheck", 2.2)
    ),
    "infra-4": clues(
        ("accuracy_score", 0.8),
        ("roc_auc_score", 0.8),
        ("f1_score", 0.8),
        ("mean_squared_error", 0.8),
        ("mean_absolute_error", 0.8),
        ("mlflow.evaluate", 1.2),
        ("mlflow.validate_evaluation_results", 2.2),
    ),
    "infra-5": clues(("shap", 0.6), ("register_forward_hook", 1.2)),
    "monitor-2": clues(
        ("evidently", 1.6),
        ("alibi_detect", 1.8),
        ("nannyml", 1.4),
        ("ks_2samp", 1.2),
        ("wasserstein_distance", 1.0),
        ("chi2_contingency", 0.8),
    ),
    "monitor-6": clues(
        ("time.time", 1.0),
        ("time.perf_counter", 1.0),
        ("perf_counter", 1.0),
        ("memory_info", 1.4),
        ("psutil", 1.2),
        ("tracemalloc", 1.4),
        ("locust", 2.0),
        ("benchmark", 1.2),
        ("getsizeof", 1.2),
        ("cpu_percent", 1.4),
    ),
    "monitor-7": clues(("calibration_curve", 2.2), ("brier_score_loss", 1.6)),
}
"""By item: calls. A clue is a part of the dotted name, or a beginning of it with dots."""

AGAINST = clues(
    ("metamorphic|mutamorphic|invariance|directional|synonym*|paraphras*", -2.5),
    ("cli|command|runner", -2.0),
    ("config|configs|settings|parser|arguments|argparse", -1.4),
    ("serving|serve|server|services|consumer|router|middleware|webservice", -1.2),
    ("mlflow|wandb|kubeflow|airflow|dag", -1.0),
    ("exists|exist|importable", -0.9),
    ("raises|error|invalid|wrong|unsupported|mismatch", -0.7),
    ("dashboard|ui|view|views|plot*|figure*|logger|logging|log", -1.2),
    ("api|endpoint|endpoints|route*|http|request|requests|webhook*", -1.2),
    ("alert*|notif*|prometheus|grafana", -0.9),
    ("register*|registry|registries|repository|audit|manifest|provenance|ledger", -1.0),
    ("download*|fetch*|s3|bucket|producer|consumer|kafka|mongo*|sql", -1.2),
    ("rate limit*", -2.0),
    ("security|xss|injection|auth*|token|secret*", -1.0),
    ("policy|decision|retrain*", -0.6),
    ("explain*|explanation*|interpretab*|attribution*", -1.0),
    ("metrics compute|calculate|report|table|include|classification|evaluation", -0.8),
    ("threshold select*|selects|optimal|top|tune*|tuning|find|pick*", -1.2),
    ("toy|synthetic|simulat*|stub*|fake*", -0.5),
    (
        "detector|collector|manager|service|suite|optimizer|scheduler|handler|analyzer|calculator",
        -1.0,
    ),
    ("comparator|evaluator|explainer|tuner|connector|adapter|factory|orchestrator|tracker", -1.0),
)
"""Words that say that a test is about the software around a model."""

UNHARMED = {
    "metamorphic": frozenset({"model-7"}),
    "serving": frozenset({"monitor-3", "monitor-6", "infra-6", "infra-7"}),
    "raises": frozenset({"data-1", "data-7", "infra-2"}),
    "comparator": frozenset({"infra-2"}),
    "explain*": frozenset({"infra-5"}),
    "toy": frozenset({"data-7", "infra-2", "infra-3"}),
    "metrics": frozenset({"infra-2"}),
    "api": frozenset({"monitor-6", "infra-6", "infra-7"}),
}
"""Items that words against others do not speak against, by the first word of the clue."""

MOCKS = ("mocker", "MagicMock", "Mock", "AsyncMock", "patch", "setattr")
"""What replaces parts of a system: then the test is about the code that remains."""

MOCKS_WEIGH = -0.9
"""For all items but those about code."""

MADE_UP = ("pandas.DataFrame", "numpy.array", "numpy.random", "torch.randn", "make_classification")
"""Calls that make numbers up: then the test is about code, not about the data of a project."""

MADE_UP_WORDS = frozenset({"toy", "synthetic", "simulate", "simulated", "fake", "stub"})
"""Words in the names of functions and fixtures that do so."""

MADE_UP_WEIGHS = -0.7
"""For the items that are about data, models and their predictions as they are."""

ITEMS_OF_WHAT_IS = frozenset(
    {"data-1", "data-2", "model-6", "model-7", "infra-4", "monitor-2", "monitor-3", "monitor-7"}
)

CODE_ITEMS = frozenset({"data-7", "infra-2", "data-1"})
