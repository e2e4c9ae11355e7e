"""The signs by which a test is taken to serve an item, and how much each is worth.

A clue is a line of words that must all occur in one place: the name of a test, its file, a call.
`a|b` is either, `a*` any word that begins so. Weights of about 2 are signs that rarely mislead;
1 supports. Negative ones speak against. They were chosen by reading the tests in
`tests/audit/labelled.json` that are marked for tuning, and the rubric.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Clue:
    """Words that must occur together, or a call or a library, and what that is worth."""

    words: str
    weight: float

    @cached_property
    def _groups(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(group.split("|")) for group in self.words.split())

    def found_in(self, words: frozenset[str]) -> bool:
        """Whether every group of the clue has a word among these.

        >>> Clue("slice* quality|accuracy", 2).found_in(frozenset({"accuracy", "slices"}))
        True
        """
        return all(any(_has(words, word) for word in group) for group in self._groups)


def _has(words: frozenset[str], wanted: str) -> bool:
    if wanted.endswith("*"):
        return any(word.startswith(wanted[:-1]) for word in words)
    return wanted in words


def _clues(*pairs: tuple[str, float]) -> tuple[Clue, ...]:
    return tuple(Clue(words, weight) for words, weight in pairs)


WORDS = {
    "data-1": _clues(
        ("schema*", 1.4),
        ("expectation*", 1.4),
        ("data|dataset|raw|input|feature* schema*|columns|types|dtypes|integrity|quality", 2.0),
        ("expected|required columns|features", 1.8),
        ("missing|null|nulls|duplicate* values|data|rows|reviews|labels|columns|no", 1.8),
        ("data|feature*|label*|class dist*", 1.6),
        ("columns|column", 0.8),
        ("dataset|data not empty", 2.0),
        ("value|values|feature* range|ranges|types|bounds", 1.8),
        ("data|dataset|features|df|raw", 0.6),
        ("validate df|features|feature|dataframe|store|train|schema", 2.0),
        ("label|labels valid*", 1.8),
        ("distribution", 1.2),
        ("importance*|shap|request|response|drift|skew|metric*|loader|reader|writer", -1.2),
        ("monitor*", -0.9),
    ),
    "data-2": _clues(
        ("feature* benefi*|useful*|relevance|ablation", 2.0),
        ("feature* importance*", 1.3),
        ("feature* target|label correlat*|relation*", 2.4),
        ("permutation importance", 2.2),
        ("correlat* feature*|target|between", 1.8),
        ("leave one feature*", 2.2),
    ),
    "data-3": _clues(
        ("feature* cost|costs", 2.6),
        ("feature* latency|memory|expens*|overhead", 2.2),
    ),
    "data-4": _clues(
        ("forbidden|banned|prohibited|disallowed|deprecated|excluded feature*|column*", 2.4),
        ("protected|sensitive|leak* feature*|column*|attribute* not|no|excluded|absent", 1.6),
        ("feature* policy|allowlist|whitelist|blacklist|denylist|compliance|requirements", 2.4),
        ("meta level", 2.0),
    ),
    "data-5": _clues(
        ("privacy|pii|gdpr|anonymi*|pseudonymi*", 2.6),
        ("personal data|information", 2.2),
        ("sensitive data|pattern*|information", 1.8),
        ("redact*|mask* data|user|email*|name*|log*", 1.6),
        ("user data delet*|forget*|erasure", 2.2),
    ),
    "data-6": _clues(
        ("add*|new feature* quick*|time|velocity|lead", 2.2),
    ),
    "data-7": _clues(
        ("preprocess*", 2.4),
        ("feature* engineer*|extract*|build*|create*|compute*|generat*|transform*|pipeline", 2.0),
        ("encod*|imput*|scaler|scaling|standardi*|discreti*|binn*", 2.0),
        ("normali*", 1.3),
        ("normali* data|feature*|column*|text|image*|df|values|preprocess*", 2.0),
        ("tokeni*|vectori*|stem*|lemmati*|stopword*|embedding*", 1.9),
        ("bag words", 2.0),
        ("feature* engineer*", 2.5),
        ("transform* matrix|vector|features", 2.0),
        ("text prepare|clean*|process*", 2.0),
        ("data clean*|process*|prepar*", 1.8),
        ("add|create|build|extract|compute features|feature", 2.0),
        ("lag*|rolling|cyclical", 1.8),
        ("outlier*|winsori*", 1.8),
        ("transform*", 1.4),
        ("features", 0.8),
        ("clean|drop|rename|fill|group* column*|rare|missing|nan|duplicates|category", 1.6),
        ("grouper|imputer|encoder|preprocessor", 1.6),
        ("glcm|wavelet|radiomics|fft|mfcc", 1.6),
        ("predict*|serializ*|equivalen*|robust*|metrics", -1.2),
        ("cost|memory|time|latency|drift|dist*|skew|importance*|pipelines", -1.2),
        ("exists|paths|loads", -0.8),
    ),
    "model-1": _clues(
        ("spec*|code review*", 2.0),
        ("codeowners", 2.4),
    ),
    "model-2": _clues(
        ("offline online", 2.6),
        ("metric* correlat* online|business|impact", 2.4),
        ("proxy metric*", 2.2),
    ),
    "model-3": _clues(
        ("hyperparameter*|hyperparam* tuned|optimal|best|search*|sensitiv*", 2.2),
        ("hyperparameter*|hyperparam* impact|effect*", 2.4),
        ("hyperparameters", 1.7),
    ),
    "model-4": _clues(
        ("staleness impact|decay|effect", 2.6),
        ("model old*|age* quality|performance|accuracy|decay", 2.0),
        ("performance|quality|accuracy decay*", 2.2),
        ("backtest* age|decay|months|weeks|stale*", 1.8),
    ),
    "model-5": _clues(
        ("baseline|dummy|simpler|naive|majority better|beat*|outperform*|against|vs|compar*", 2.6),
        ("simpler model|baseline", 2.2),
        ("simple baseline", 2.2),
        ("gate|guard|candidate|champion|fails", -0.9),
        ("better than random|chance|baseline|mean|majority|dummy", 2.6),
        ("dummy|naive|majority acc*|score|model|clf|classifier|baseline", 1.8),
    ),
    "model-6": _clues(
        ("slice*|slicing|subgroup*|cohort*", 2.2),
        ("segment*", 1.0),
        ("slice*|subgroup*|segment*|cohort* acc*|score|quality|performance|model|metric*", 2.6),
        ("per class|region|country|category|segment acc*|score|quality|performance|recall|f1", 2.4),
        ("quality|performance positive|negative", 2.0),
        ("positive|negative reviews|samples|class", 1.5),
        ("preprocess*|tokeni*|processor", -0.8),
    ),
    "model-7": _clues(
        ("fairness|bias|demographic|equali* odds|group|parity|model|prediction*|gender", 2.4),
        ("fairness|inclusi*", 2.2),
        ("demographic|group parity", 2.4),
        ("disparate impact", 2.6),
        ("equal* opportunity|odds", 2.4),
        ("protected|sensitive group*|attribute* predict*|rate*", 2.0),
    ),
    "infra-1": _clues(
        ("reproducib*", 2.4),
        ("determinis*", 1.5),
        ("determinis* train*|model|fit|weights|non", 1.6),
        ("nondeterminis*", 2.4),
        ("non determinis*|determinism", 2.4),
        ("same|identical|seed* weights|predictions|metrics|model|results|training", 1.8),
        ("train* twice", 2.4),
        ("seed* robust*|stab*|varia*|everything", 1.8),
        ("repeatable", 2.0),
        ("predict*|inference|evaluat*|split*|chunk* determinis*", -1.0),
        ("save|load|saved|loaded|roundtrip|bucket|key", -1.0),
    ),
    "infra-2": _clues(
        ("forward pass|shape*", 2.4),
        ("forward|backward|gradient*|backprop*", 1.8),
        ("loss decreas*|falls|goes|finite|drops|lower", 2.4),
        ("overfit*", 2.2),
        ("model output* shape*", 2.2),
        ("model init*|architecture|build*|creat*|structure|layers|params", 1.9),
        ("define|create|build|compile model", 1.9),
        ("model definition", 2.4),
        ("train* step|loop|model|classifier", 1.5),
        ("fit predict", 1.9),
        ("classifier|regressor|estimator|mlp|cnn|lstm|ensemble", 1.2),
        ("models", 1.1),
        ("model load*|save* predict*|roundtrip|weights|state|same", 1.6),
        ("checkpoint* restor*|load*|resum*|sav*", 1.6),
        ("loss penalty|function|fn|unit", 1.6),
        ("penalt*|losses", 1.3),
        ("pathway|backbone|head|layer* init*|forward|output*", 1.6),
        ("pipeline structure|steps", 1.9),
        ("serve|deploy*|package|splitter*|search*|dataset*|saved|exists", -1.0),
    ),
    "infra-3": _clues(
        ("integration pipeline|train*|predict*|evaluat*|model*|preprocess*|ml", 1.9),
        ("end e2e", 2.2),
        ("e2e", 2.0),
        ("end to pipeline|predict*|train*|model|workflow|flow", 2.4),
        ("full|whole|complete|entire pipeline|workflow", 2.4),
        ("pipeline runs|run|works|executes|end|prediction|training|ml", 1.6),
        ("training|inference|prediction pipeline runs|run", 2.4),
        ("run pipeline", 1.2),
        ("stage completed|complete|successfully", 2.0),
        ("integration", 1.0),
        ("failure|fails|error*|raises|invalid", -0.9),
        ("not found", -0.9),
    ),
    "infra-4": _clues(
        ("quality|performance|metric*|accuracy|promotion gate*", 2.4),
        ("accuracy|f1|auc|rmse|mae|recall|precision|r2|score above|threshold|minimum|floor", 2.4),
        ("minimum|required|acceptable accuracy|performance|quality|f1|auc|rmse|score", 2.4),
        ("model|performance|metrics threshold*|minimum|acceptable", 2.0),
        ("promot*|deploy* block*|reject*|refus*|gate*|worse", 2.2),
        ("known|golden|canonical predictions|answers|examples|inputs|outputs", 2.2),
        ("minimum functionality", 2.2),
        ("mft", 1.8),
        ("model accuracy|performance|quality", 1.5),
    ),
    "infra-5": _clues(
        ("debug* model|training|step|intermediate|single", 2.2),
        ("debuggab*", 2.4),
        ("intermediate|layer outputs|activations|values", 1.6),
        ("trace* prediction|example|step", 1.6),
    ),
    "infra-6": _clues(
        ("canary|canaries", 2.6),
        ("shadow deploy*|traffic|model|mode", 2.2),
        ("model loads|served|serves production|serving|container|docker|server", 2.0),
    ),
    "infra-7": _clues(
        ("rollback|rollbacks", 2.4),
        ("roll back", 2.2),
        ("revert|restore previous model|version|release", 2.4),
    ),
    "monitor-1": _clues(
        ("dependenc* change*|pinned|notif*|upgrade*|lock*|version*", 2.0),
        ("upstream change*|schema|notif*|instab*", 2.2),
        ("requirements pinned|locked|versions", 1.8),
    ),
    "monitor-2": _clues(
        ("data|input* invariant*", 2.6),
        ("data|feature|input|distribution drift", 1.7),
        ("drift", 1.0),
        ("detector|detect*", -0.8),
        ("monitor*", 0.5),
        ("serving|live|incoming|production data|inputs schema|valid*|anomal*", 2.0),
        ("anomal* feature*|data|distribution", 1.4),
    ),
    "monitor-3": _clues(
        ("skew", 2.2),
        ("monitor*", 0.6),
        ("serving data|stats|statistics|labels|features", 2.0),
        ("train* serv* skew|same|match*|consisten*|parity|features", 2.4),
        ("serving training statistics|distribution*|features|stats", 2.0),
        ("offline online features", 2.4),
        ("online serving parity|consisten*", 1.8),
    ),
    "monitor-4": _clues(
        ("model stale|staleness|age|freshness|old", 2.2),
        ("model not stale|too", 1.2),
        ("last trained|training recent|age|days|freshness", 2.0),
    ),
    "monitor-5": _clues(
        ("numerical*|numeric stab*|instab*|overflow", 2.6),
        (
            "nan|nans|inf|finite|infinite predict*|loss|weights|gradient*|model|output*|training",
            2.0,
        ),
        ("exploding|vanishing gradient*", 2.2),
        ("dead relu*|neurons", 2.2),
    ),
    "monitor-6": _clues(
        ("latency|throughput", 2.2),
        ("predict*|inference|training|response time|speed|duration|fast", 2.2),
        ("memory usage|consumption|footprint|limit|leak", 2.2),
        ("ram|cpu|gpu usage|consumption|utili*", 2.2),
        ("memory model|predict*|training|inference", 1.8),
        ("model size|cost", 1.8),
        (
            "performance concurrent|load|stress|batch|regress*|inference|computing|nonfunctional",
            1.9,
        ),
        ("batch processing|sizes efficien*|model|time*", 1.8),
        ("concurrent predict*", 1.9),
        ("memory|duration|elapsed", 0.7),
    ),
    "monitor-7": _clues(
        ("calibrat* model|predict*|classifier|curve", 2.4),
        ("calibrat*", 1.0),
        ("prediction|model|concept|performance drift", 1.8),
        ("prediction quality|bias|drift live|served|production|regress*", 2.4),
        ("prediction drift", 2.2),
        ("prediction monitor*|ratio", 1.8),
        ("accuracy|quality|performance regress*|degrad*|dropped", 1.8),
        ("live|production accuracy|quality|performance|predictions", 1.8),
    ),
}
"""By item of the paper: words in names, files, docstrings and calls."""

CALLS = {
    "data-1": _clues(
        ("pandera", 1.6),
        ("expect_*", 1.6),
        ("great_expectations", 1.4),
        ("tensorflow_data_validation.validate_statistics", 1.0),
    ),
    "data-2": _clues(("permutation_importance", 2.0), ("mutual_info_*", 1.6)),
    "data-5": _clues(
        ("presidio_analyzer", 2.4),
    ),
    "data-7": _clues(("assert_frame_equal", 0.6), ("preprocess*", 0.4)),
    "model-5": _clues(("DummyClassifier", 2.2), ("DummyRegressor", 2.2)),
    "model-6": _clues(
        ("deepchecks.tabular.checks.WeakSegmentsPerformance", 2.4),
    ),
    "model-7": _clues(("fairlearn", 2.6), ("aif360", 2.4), ("MetricFrame", 2.0)),
    "infra-2": _clues(
        ("check_estimator", 2.4), ("torch.nn", 0.6), ("backward", 0.9), ("gradcheck", 2.2)
    ),
    "infra-4": _clues(
        ("accuracy_score", 0.8),
        ("roc_auc_score", 0.8),
        ("f1_score", 0.8),
        ("mean_squared_error", 0.8),
        ("mean_absolute_error", 0.8),
        ("mlflow.evaluate", 1.2),
        ("mlflow.validate_evaluation_results", 2.2),
    ),
    "infra-5": _clues(("shap", 0.6), ("register_forward_hook", 1.2)),
    "monitor-2": _clues(
        ("evidently", 1.6),
        ("alibi_detect", 1.8),
        ("nannyml", 1.4),
        ("ks_2samp", 1.2),
        ("wasserstein_distance", 1.0),
        ("chi2_contingency", 0.8),
    ),
    "monitor-6": _clues(
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
    "monitor-7": _clues(("calibration_curve", 2.2), ("brier_score_loss", 1.6)),
}
"""By item: calls. A clue is a part of the dotted name, or a beginning of it with dots."""

AGAINST = _clues(
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
    ("registry|registries|repository|audit|manifest|provenance|ledger", -1.0),
    ("download*|fetch*|s3|bucket|producer|consumer|kafka|mongo*|sql", -1.2),
    ("rate limit*", -2.0),
    ("security|xss|injection|auth*|token|secret*", -1.0),
    ("policy|decision|retrain*", -0.6),
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
    "api": frozenset({"monitor-6", "infra-6", "infra-7"}),
}
"""Items that words against others do not speak against, by the first word of the clue."""

MOCKS = ("mocker", "MagicMock", "Mock", "AsyncMock", "patch", "setattr")
"""What replaces parts of a system: then the test is about the code that remains."""

MOCKS_WEIGH = -0.9
"""For all items but those about code."""

MADE_UP = ("pandas.DataFrame", "numpy.array", "numpy.random", "torch.randn", "make_classification")
"""Calls that make numbers up: then the test is about code, not about the data of a project."""

MADE_UP_WEIGHS = -0.7
"""For the items that are about data, models and their predictions as they are."""

ITEMS_OF_WHAT_IS = frozenset(
    {"data-1", "data-2", "model-6", "model-7", "infra-4", "monitor-2", "monitor-3", "monitor-7"}
)

CODE_ITEMS = frozenset({"data-7", "infra-2", "data-1"})
