"""Which file is the training data, which column the truth, and whether a model fits it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ._facts import Estimator, Facts, Module, Split, Table
from ._preparing import Preparation, prepared, prepares
from ._python import import_line

LARGE = 50_000_000
LEAST_ROWS = 200
"""A quarter of them is held out, and some checks want 50 rows to judge by."""
MOST_FEATURES = 30
_NUMBERS = ("integer", "number", "boolean")
_LABELS = [
    "target",
    "label",
    "labels",
    "y",
    "class",
    "outcome",
    "churn",
    "churned",
    "default",
    "defaulted",
    "survived",
    "fraud",
    "is_fraud",
    "converted",
    "clicked",
    "diagnosis",
    "species",
    "quality",
    "response",
]
_IDS = frozenset(["id", "index", "idx", "uuid", "key"])
_RESULTS = ("search", "result", "metric", "predict", "evidence", "report", "submission", "log")
_NOT_PLAIN = "not all of its arguments are plain values"
_HELD_OUT = ("test", "holdout", "hold_out", "valid", "validation", "eval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was decided about data and model."""

    library: str
    train: Table | None = None
    test: Table | None = None
    names: tuple[str, ...] = ()
    """Columns of the training data."""
    label: str = ""
    label_is_sure: bool = False
    label_why: str = ""
    features: tuple[str, ...] = ()
    """Empty unless they and the label are known."""
    selection: str = ""
    """Where the code selects columns in a way that could not be read, in words."""
    estimator: Estimator | None = None
    preparation: Preparation = field(default_factory=Preparation)
    """What we put before the model as the code makes it."""
    why_not: str = ""
    """Why the estimator is not fitted."""
    split: Split | None = None
    """How the code splits the rows, where a test can do it the same way."""
    split_is_sure: bool = False
    """Whether that leaves the same rows to judge by, so that its model has not seen them."""
    split_why: str = ""
    """Why the split of the code is not copied, or may be one of other rows."""

    @property
    def fits(self) -> bool:
        """Whether a test can fit the estimator to the data."""
        return self.estimator is not None and not self.why_not

    @property
    def is_split(self) -> bool:
        """Whether the rows have to be split, so that some are left to judge the model."""
        if self.test is not None or self.train is None or self.train.problem:
            return False
        return self.fits or (self.split_is_sure and (self.train.rows or 0) >= LEAST_ROWS)

    @property
    def made_up_split(self) -> bool:
        """Whether a model of theirs may have learned from the rows that are to judge it."""
        return self.is_split and not self.split_is_sure

    @property
    def split_left_out(self) -> str:
        """Why a split of the code is not written down; empty if it is, or is not needed."""
        needed = self.test is None and self.train is not None and not self.train.problem
        copied = self.is_split and self.split is not None
        few = f"there are fewer than {LEAST_ROWS} rows" if self.split else ""
        return (self.split_why or few) if needed and not copied else ""

    @property
    def lists_features(self) -> bool:
        """Whether the features are few enough to be written down one by one."""
        return 0 < len(self.features) <= MOST_FEATURES

    @property
    def feature_list(self) -> str:
        """What the test module calls the features."""
        return "FEATURES" if self.lists_features else "features"


def choose(facts: Facts) -> Chosen:
    """Choose data, label, features and model."""
    pandas = facts.imported("pandas") or not facts.imported("polars")
    library = "pandas" if pandas else "polars"
    estimator = _estimator(facts)
    train = _train(facts)
    if train is None:
        return Chosen(library=library, estimator=estimator, why_not="no data was found to fit it")
    label, sure, why = _label(facts, train)
    if not (sure or _is_training_data(facts, train)):
        train = replace(train, columns=(), problem="may be something else than training data")
    test = _held_out(facts, train)
    features = _features(facts, train, label, estimator) if sure else ()
    selection = _unread_selection(facts, train, estimator) if features else ""
    split, split_why = _split(facts, train, label, estimator)
    preparation = Preparation()
    if estimator:
        columns = [c for c in train.columns if c.name in features]
        estimator, preparation = prepared(estimator, columns)
    return Chosen(
        library=library,
        train=train,
        test=test,
        names=train.names,
        label=label,
        label_is_sure=sure,
        label_why=why,
        features=features,
        selection=selection,
        estimator=estimator,
        preparation=preparation,
        why_not=_why_not(estimator, train, label, features, preparation) if estimator else "",
        split=split,
        split_is_sure=split is not None and not split_why,
        split_why=split_why,
    )


def _train(facts: Facts) -> Table | None:
    def rank(table: Table) -> tuple[bool, bool, bool, bool, int, int, str]:
        name = table.path.rpartition("/")[2].lower()
        held_out = any(word in name for word in _HELD_OUT)
        return (
            held_out or any(word in table.path.lower() for word in _RESULTS),
            "train" not in name,
            not _is_read(facts, table),
            not _label(facts, table)[1],
            table.path.count("/"),
            -table.size,
            table.path,
        )

    return min(facts.tables, key=rank, default=None)


def _is_read(facts: Facts, table: Table) -> bool:
    name = table.path.rpartition("/")[2]
    return any(name in module.reads for module in facts.modules)


def _is_training_data(facts: Facts, table: Table) -> bool:
    """Whether a table is training data, for all that can be seen besides its label.

    Evidence from a table that is something else, such as the results of a search, would be false.
    """
    folder, _, name = table.path.rpartition("/")
    if any(word in table.path.lower() for word in _RESULTS):
        return False
    alone = len(facts.tables) == 1 and folder in ("", "data")
    return alone or "train" in name.lower() or _is_read(facts, table)


def _held_out(facts: Facts, train: Table) -> Table | None:
    """Return a table with the same columns whose name says that it was kept apart."""
    for table in facts.tables:
        name = table.path.rpartition("/")[2].lower()
        same = bool(train.names) and table.names == train.names
        same = same and not train.problem and not table.problem
        if table is not train and same and any(word in name for word in _HELD_OUT):
            return table
    return None


def _label(facts: Facts, train: Table) -> tuple[str, bool, str]:
    """Return the column with the truth, whether that is sure, and why it is taken."""
    said = sorted((sure, name, m.path) for m in facts.modules for sure, name in m.labels)
    for _, name, path in said:
        if name in train.names or not train.names:
            return name, True, f"{path} takes it as the truth"
    usual = [n for known in _LABELS for n in train.names if n.lower() == known]
    if usual:
        return usual[0], len(usual) == 1, "by its name"
    if train.names:
        return train.names[-1], False, "the last column"
    return "", False, ""


def _features(
    facts: Facts, train: Table, label: str, estimator: Estimator | None
) -> tuple[str, ...]:
    if label not in train.names:
        return ()
    code = _trains(facts, estimator, lambda m: bool(m.inputs or m.dropped & {*train.names}))
    if code and code.inputs and {*code.inputs} <= {*train.names}:
        return tuple(n for n in dict.fromkeys(code.inputs) if n != label)
    if code and not code.inputs:
        gone = {label, *code.dropped, *train.index}
        return tuple(n for n in train.names if n not in gone)
    ids = {c.name for c in train.columns if _is_id(c.name) and not c.repeats}
    named = {name for name in train.names if name.lower() in _IDS or name == "Unnamed: 0"}
    return tuple(n for n in train.names if n not in ids | named | {label, *train.index})


def _unread_selection(facts: Facts, train: Table, estimator: Estimator | None) -> str:
    code = _trains(facts, estimator, lambda m: bool(m.selects))
    if code is None or (code.inputs and {*code.inputs} <= {*train.names}):
        return ""
    return f"{code.path} selects columns in line {code.selects} in a way that could not be read"


def _trains(
    facts: Facts, estimator: Estimator | None, tells: Callable[[Module], bool]
) -> Module | None:
    """Return the module that tells something of the training: the model's, or the only one."""
    telling = [module for module in facts.modules if tells(module)]
    with_model = [m for m in telling if estimator and m.path == estimator.path]
    found = with_model or telling
    return found[0] if len(found) == 1 else None


def _split(
    facts: Facts, train: Table, label: str, estimator: Estimator | None
) -> tuple[Split | None, str]:
    """Return how the code splits rows where a test can do that too, and what speaks against it."""
    module = _trains(facts, estimator, lambda m: m.split is not None)
    if module is None or module.split is None:
        several = [m.path for m in facts.modules if m.split]
        return None, f"{several[0]} and {several[1]} both split" if several else ""
    split = module.split
    why = split.why
    if not why and split.stratify not in ("", label):
        why = f"it stratifies by {split.stratify}, which is not the label"
    names = [n for n in ast.walk(split.strata) if isinstance(n, ast.Name)] if split.strata else []
    if facts.imported("pandas") and any(n.id == "pl" for n in names):  # not for a test in pandas
        why = "it stratifies by values of polars"
    if why:
        return None, f"{split.path}: {why}"
    why = _other_rows(facts, train, split)
    return split, f"{split.path}: {why}" if why else ""


def _other_rows(facts: Facts, train: Table, split: Split) -> str:
    """Say why the code may split other rows than a test reads; empty if nothing tells of that."""
    name = train.path.rpartition("/")[2]
    reads = any(name in module.reads for module in facts.modules if module.path == split.path)
    if not (reads or len(facts.tables) == 1):
        return f"it is not seen to read {train.path}"
    return "" if train.rows else "its rows are not all looked at"


def _is_id(name: str) -> bool:
    return name.lower() in _IDS or name.lower().endswith(("_id", "id"))


def _estimator(facts: Facts) -> Estimator | None:
    found = [e for module in facts.modules for e in module.estimators]

    def rank(estimator: Estimator) -> tuple[bool, bool, bool, str]:
        trains = "train" in estimator.path.rpartition("/")[2].lower()
        # A baseline stands beside the model.
        simple = estimator.title.startswith("Dummy") or "baseline" in estimator.path.lower()
        return simple, not trains, not estimator.whole, estimator.path

    best = min(found, key=rank, default=None)
    return best and _by_its_function(facts, best)


def _by_its_function(facts: Facts, estimator: Estimator) -> Estimator:
    """Return a model that cannot be written elsewhere as the call of the function that makes it."""
    acts = any(m.acts for m in facts.modules if m.path == estimator.path)
    usable = estimator.made_by and import_line(estimator.path, estimator.made_by)
    if estimator.whole or acts or not usable:
        return replace(estimator, made_by="")
    call = ast.Call(ast.Name(estimator.made_by, ast.Load()), [], [])
    return replace(estimator, call=call, whole=True)


def _why_not(
    estimator: Estimator,
    train: Table,
    label: str,
    features: tuple[str, ...],
    preparation: Preparation,
) -> str:
    """Say why a test can't just fit the estimator to these columns; empty if it can."""
    if not estimator.whole:
        step = estimator.elsewhere
        return f"its step `{step}` is made elsewhere" if step else _NOT_PLAIN
    if train.problem or not train.columns:
        return "the data is large, or not plain"
    if not features:
        return "it is not sure which columns are features"
    kinds = {c.name: (c.kind, c.missing) for c in train.columns}
    ready = preparation or prepares(estimator)
    if not ready and any(kinds[f][0] not in _NUMBERS or kinds[f][1] for f in features):
        return "features with free text need your preparation first"
    kind, gaps = kinds[label]
    by_text = kind in ("category", "text", "boolean")
    if gaps or not (kind in ("integer", "number") or by_text) or _needs_numbers(estimator, by_text):
        return "the label has gaps, or has to be made a number first"
    return "" if (train.rows or 0) >= LEAST_ROWS else f"there are fewer than {LEAST_ROWS} rows"


def _needs_numbers(estimator: Estimator, by_text: bool) -> bool:
    return by_text and not (
        estimator.library == "sklearn" and not estimator.title.endswith("Regressor")
    )
