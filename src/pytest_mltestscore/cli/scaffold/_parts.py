"""The parts of `MLSystem` that facts speak for: sure ones as code, others as lines to mend."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...domain.text import LABEL_LIMIT, clean_line
from ._data_choice import Chosen
from ._facts import Estimator, Facts, Function, Module, Table
from ._frame_reading import read_call
from ._preparing import prepares
from ._python import WIDTH, import_line, laid_out, listed, text

_MOST_FILES = 10
SCHEMA_FILE = "ml_test_score_schema.toml"
_SENSITIVE = frozenset(
    [
        "sex",
        "gender",
        "age",
        "race",
        "ethnicity",
        "religion",
        "nationality",
        "disability",
        "marital_status",
    ]
)
_TIMES = frozenset(["date", "time", "timestamp", "datetime", "created_at", "event_time", "month"])
_WORDS = {
    "feature": ("feature", "preprocess", "transform", "engineer", "encode"),
    "train": ("train", "fit"),
    "predict": ("predict", "infer"),
    "evaluate": ("evaluate", "eval", "score", "metrics"),
    "gate": ("gate", "promote", "should_deploy", "approve", "blesses"),
    "load": ("load", "read"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """An argument of `MLSystem`."""

    name: str
    code: str
    todo: str = ""
    """What to give; a part that has it is written as a comment."""


def parts_of(facts: Facts, chosen: Chosen) -> list[Part]:
    """Return the parts, the order of `MLSystem` kept."""
    return [
        *_data(chosen),
        *_features(facts),
        *_model(facts, chosen),
        *_groups(facts, chosen),
        *_infrastructure(facts),
    ]


def role(function: Function) -> str:
    """Return what a function seems to do, by its name; empty if that tells nothing."""
    words = function.name.lower().strip("_").split("_")
    for name, starts in _WORDS.items():
        if any(word in (start, f"{start}s") for word in words for start in starts):
            return name
    joined = "_".join(words)
    return next((n for n, starts in _WORDS.items() if joined.startswith(starts)), "")


def having(facts: Facts, wanted: str) -> list[Function]:
    """Return the functions that seem to do something, those in files named for it first."""
    found = [f for m in facts.modules for f in m.functions if role(f) == wanted]
    return sorted(found, key=lambda f: wanted not in f.path.rpartition("/")[2].lower())


def _data(chosen: Chosen) -> Iterator[Part]:
    table = chosen.train
    if table is None:
        wanted = f"rows that the model learned from, label included, by {_imported(chosen)}"
        yield Part("train_data", read_call(None, chosen), wanted)
        yield Part("label", '"target"', "column with the truth")
        return
    if table.problem:
        wanted = f"{text(table.path)} {table.problem}; by {_imported(chosen)}"
        yield Part("train_data", _read(table, chosen, "train_data"), wanted)
    else:
        yield Part("train_data", "train" if chosen.is_split else "rows")
    if chosen.test is not None or chosen.is_split:
        yield Part("test_data", "test")
    else:
        wanted = "labelled rows that the model did not learn from"
        yield Part("test_data", _held_out(table, chosen), wanted)
    if chosen.label_is_sure:
        yield Part("label", text(chosen.label))
    else:
        yield Part("label", text(chosen.label or "target"), "column with the truth; a guess")
    if chosen.features:
        yield Part("features", chosen.feature_list)
    if table.columns:
        yield Part("schema", f"Path(__file__).with_name({text(SCHEMA_FILE)})")
    elif not table.problem:
        call = "checks.data.draft_schema(rows).to_toml()"
        yield Part("schema", 'ROOT / "schema.toml"', f"write what {call} gives, and read it")


def _held_out(table: Table, chosen: Chosen) -> str:
    """Return the call that would read rows kept apart, from a file beside the others."""
    folder, slash, name = table.path.rpartition("/")
    beside = replace(table, path=f"{folder}{slash}held_out.{name.rpartition('.')[2]}")
    return _read(beside, chosen, "test_data")


def _read(table: Table, chosen: Chosen, name: str) -> str:
    return read_call(table, chosen, " " * 8, len(f"# {name}=,"))


def _imported(chosen: Chosen) -> str:
    return "`import pandas as pd`" if chosen.library == "pandas" else "`import polars as pl`"


def _features(facts: Facts) -> Iterator[Part]:
    functions = having(facts, "feature")
    if not functions:
        return
    first = functions[0]
    files = sorted({f.path for f in functions if "feature" in f.path.rpartition("/")[2].lower()})
    yield Part(
        "feature_functions",
        f"{{{text(first.name)}: {first.name}}}",
        f"by feature, functions of raw rows; give raw_data too; {_seen(facts, first)}",
    )
    yield Part("feature_code", _paths(files[:_MOST_FILES] or [first.path]))


def _paths(files: list[str]) -> str:
    """Return a list of files, laid out to stand as an argument."""
    places = [f"ROOT / {text(path)}" for path in files]
    flat = f"[{', '.join(places)}]"
    if len(flat) <= WIDTH - len("        feature_code=,"):
        return flat
    return "[\n" + "".join(f"            {place},\n" for place in places) + "        ]"


def _model(facts: Facts, chosen: Chosen) -> Iterator[Part]:
    if chosen.fits:
        yield Part("estimator", "untrained()", "the untrained model; two tests refit it many times")
    elif chosen.estimator:
        made = chosen.estimator.made_by
        line = import_line(chosen.estimator.path, made) if made else ""
        by = f"by `{line}`" if line else f"as in {chosen.estimator.path}"
        where = f"{chosen.why_not}; {by}"
        yield Part("estimator", _called(chosen.estimator), where)
    for module in facts.modules:
        for name in module.networks[:1]:
            line = import_line(module.path, name)
            where = f"by `{line}`" if line else f"in {text(module.path)}"
            yield Part("estimator", f"{name}()", f"the untrained model, {where}")
    yield from _trained(facts, chosen)
    if chosen.fits and chosen.estimator and prepares(chosen.estimator) and not chosen.preparation:
        # It names its columns, so none can be dropped to see what it was good for.
        yield Part("options", '{"feature-benefit": {"method": "relearn"}}')
    for function in having(facts, "train")[:1]:
        if function.required:
            wanted = "function of features and labels that returns a trained model"
            yield Part("train", function.name, f"{wanted}, {_seen(facts, function)}")
        else:
            wanted = "trains, twice, to see that it gives the same"
            yield Part("training", function.name, f"{wanted}, {_seen(facts, function)}")


def _called(estimator: Estimator) -> str:
    if estimator.whole:
        return laid_out(estimator.call, " " * 8, len("# estimator=,"))
    written = clean_line(ast.unparse(estimator.call), limit=LABEL_LIMIT)
    return written if len(written) < 60 else f"{estimator.title}(...)"


def _trained(facts: Facts, chosen: Chosen) -> Iterator[Part]:
    new = "; it must not have learned from `test`" if chosen.made_up_split else ""
    wanted = "the trained model, anything with predict"
    if facts.models:
        path = facts.models[0]
        pickled = path.endswith((".joblib", ".pkl", ".pickle"))
        loads, brings = ("joblib.load", ", by `import joblib`") if pickled else ("load", "")
        yield Part("model", f"{loads}(ROOT / {text(path)})", f"{wanted}{brings}{new}")
    elif facts.mlflow:
        code = 'mlflow.pyfunc.load_model("models:/NAME/1")'
        yield Part("model", code, f"{wanted}, by `import mlflow`{new}")
    elif chosen.fits:
        rows, names = ("train" if chosen.is_split else "rows"), chosen.feature_list
        code = f"untrained().fit({rows}[{names}], {rows}[{text(chosen.label)}])"
        yield Part("model", code, f"the trained model; better, load the one that you serve{new}")
    elif predicting := having(facts, "predict"):
        first = predicting[0]
        yield Part("model", first.name, f"{wanted}, or a function, {_seen(facts, first)}{new}")
    else:
        yield Part(
            "model", 'joblib.load(ROOT / "model.joblib")', f"{wanted}, by `import joblib`{new}"
        )


def _groups(facts: Facts, chosen: Chosen) -> Iterator[Part]:
    names = [n for n in chosen.names if n != chosen.label]
    columns = chosen.train.columns if chosen.train else ()
    few = [c.name for c in columns if c.values and c.name != chosen.label][:3]
    wanted = "columns whose values make slices that matter"
    yield Part("slices", listed(few or ["COLUMN"], " " * 8, 10), wanted)
    if people := [n for n in names if n.lower() in _SENSITIVE]:
        yield Part("sensitive", listed(people, " " * 8, 13), "columns with groups of people")
    if times := [n for n in names if n.lower() in _TIMES]:
        yield Part("time", text(times[0]), "column with the time of each row")
    if facts.git:
        yield Part("repository", "ROOT")
        files = [e.path for m in facts.modules for e in m.estimators] or ["train.py"]
        code = f"[{text(files[0])}]"  # in the repository, as the check wants it
        yield Part("specification", code, "files that the model is made from, to be reviewed")


def _infrastructure(facts: Facts) -> Iterator[Part]:
    if facts.stages:
        shown = ", ".join(f"{text(s)}: {s.replace('-', '_')}" for s in facts.stages[:4])
        todo = "stages of dvc.yaml as functions, in order; give pipeline_sample too"
        yield Part("pipeline", f"{{{shown}}}", todo)
    else:
        found = [f for wanted in ("load", "feature", "train") for f in having(facts, wanted)[:1]]
        if len(found) > 1:
            shown = ", ".join(f"{text(f.name)}: {f.name}" for f in found)
            yield Part("pipeline", f"{{{shown}}}", "stages, in order; give pipeline_sample too")
    for function in having(facts, "gate")[:1]:
        todo = "function of a candidate, may it serve"
        yield Part("quality_gate", function.name, f"{todo}, {_seen(facts, function)}")
    for module in facts.modules:
        for variable, framework in module.apps[:1]:
            todo = "command that serves; give requests too, recorded ones"
            yield Part("serve", _command(module, variable, framework), todo)


def _command(module: Module, variable: str, framework: str) -> str:
    place = import_line(module.path, variable).removeprefix("from ").partition(" ")[0]
    place = f"{place or module.path.removesuffix('.py')}:{variable}"
    words = ["python", "-m", "uvicorn", place, "--port", "{port}"]
    if framework == "flask":
        words = ["python", "-m", "flask", "--app", place, "run", "--port", "{port}"]
    return f"[{', '.join(map(text, words))}]"


def _seen(facts: Facts, function: Function) -> str:
    """Say how to get a function: by which line, and what its file does when imported."""
    line = import_line(function.path, function.name)
    if not line:
        return f"{function.signature} in {text(function.path)}"
    acts = any(m.path == function.path and m.acts for m in facts.modules)
    warned = ", which runs code on import: put that below `if __name__ ...` first" if acts else ""
    return f"by `{line}`{warned}"
