"""The test module: a description of the system, and the suite on it."""

from __future__ import annotations

import ast
import textwrap

from ...domain.text import clean_line
from ._data_choice import Chosen
from ._facts import Facts, Table
from ._frame_reading import read_call, read_remark
from ._parts import Part, parts_of
from ._preparing import COLUMNS_OF_TEXT
from ._python import WIDTH, import_line, laid_out, listed, remark, text
from ._recoding import ROWS
from ._templates import render

_SUITE = "pytest_mltestscore.suite"
_OF_SUITE = ("MLSystem", "MLTestScoreSuite")
_INDENT = " " * 8


def module_text(facts: Facts, chosen: Chosen, name: str) -> str:
    """Return the text of the test module."""
    return render(
        "test_module.py.j2",
        name=name,
        depth=facts.test_folder.count("/") + 1,
        untrained=_untrained(chosen),
        untrained_as=_told(chosen),
        untrained_from=_made_by(chosen),
        third_party=_imports(chosen),
        features=_features(chosen),
        texts=_texts(chosen),
        select=COLUMNS_OF_TEXT,
        body=_body(chosen),
        parts=[line for part in parts_of(facts, chosen) for line in _lines(part)],
    )


def _lines(part: Part) -> list[str]:
    lines = f"{part.name}={part.code},".splitlines()
    if not part.todo:
        return [lines[0], *(line[len(_INDENT) :] for line in lines[1:])]
    todo = clean_line(f"TODO {part.name}: {part.todo}.", limit=400)
    told = textwrap.wrap(
        todo, WIDTH - len(_INDENT) - 2, break_long_words=False, break_on_hyphens=False
    )
    return [*(f"# {line}" for line in told), *(f"# {line.removeprefix(_INDENT)}" for line in lines)]


def _imports(chosen: Chosen) -> list[str]:
    """Return the lines for other packages, in the order that isort gives them."""
    wanted = {("pytest", "", "pytest"), *((_SUITE, name, name) for name in _OF_SUITE)}
    if chosen.train is not None and not chosen.train.problem:
        wanted.add(("pandas", "", "pd") if chosen.library == "pandas" else ("polars", "", "pl"))
    if chosen.fits and chosen.estimator:
        wanted.update(chosen.estimator.imports)
    if chosen.is_split:
        wanted.add(("sklearn.model_selection", "train_test_split", "train_test_split"))
    modules = sorted((module, known) for module, name, known in wanted if not name)
    lines = [f"import {m}" + (f" as {known}" if known != m else "") for m, known in modules]
    named: dict[str, list[str]] = {}
    for module, name, known in sorted(wanted, key=_by_kind):
        if name:
            renamed = f" as {known}" if known != name else ""
            named.setdefault(module, []).append(f"{name}{renamed}")
    return [*lines, *(line for module in sorted(named) for line in _from(module, named[module]))]


def _by_kind(wanted: tuple[str, str, str]) -> tuple[bool, bool, str]:
    """Constants first, then classes, then functions."""
    name = wanted[1]
    return not name.isupper(), not name[:1].isupper(), name


def _from(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _untrained(chosen: Chosen) -> str:
    if not (chosen.fits and chosen.estimator):
        return ""
    return laid_out(chosen.estimator.call, "    ", len("return "))


def _made_by(chosen: Chosen) -> str:
    """Return the line that imports what makes the model; it stands where the model is wanted."""
    model = chosen.estimator
    return import_line(model.path, model.made_by) if model and model.made_by else ""


def _told(chosen: Chosen) -> str:
    where = text(chosen.estimator.path) if chosen.estimator else ""
    return f"{where}, {chosen.preparation}" if chosen.preparation else where


def _features(chosen: Chosen) -> str:
    return listed(chosen.features, "", len("FEATURES = ")) if chosen.lists_features else ""


def _texts(chosen: Chosen) -> str:
    """Return the list of columns that the model makes numbers of."""
    words = chosen.preparation.text if chosen.fits else ()
    return listed(words, "", len("TEXT = ")) if words else ""


def _body(chosen: Chosen) -> list[str]:
    """Return the lines that make what the description needs."""
    if chosen.train is None or chosen.train.problem:
        return []
    lines = read_remark(chosen.train, "    ")
    lines.append(f"rows = {_read(chosen.train, chosen)}")
    if chosen.test is not None:
        lines.append(f"test = {_read(chosen.test, chosen)}")
    if chosen.features and not chosen.lists_features:
        others = [n for n in chosen.names if n not in chosen.features]
        lines.append(f"others = {listed(others, '    ', len('others = '))}")
        lines.append("features = [name for name in rows.columns if name not in others]")
    if chosen.split_left_out:
        lines += remark(f"The split of the code is not copied; {chosen.split_left_out}.", "    ")
    if chosen.is_split:
        lines += _split(chosen)
    return lines


def _read(table: Table, chosen: Chosen) -> str:
    return read_call(table, chosen, "    ", len("rows = "))


def _split(chosen: Chosen) -> list[str]:
    """Return the lines that split the rows, as the code does it where that is known."""
    split = chosen.split
    if split is None:
        return ["train, test = train_test_split(rows, random_state=0)"]
    named = [ast.keyword(name, value) for name, value in split.options]
    if split.strata:
        named.append(ast.keyword("stratify", split.strata))
    call = ast.Call(ast.Name("train_test_split", ast.Load()), [ROWS], named)
    return [
        f"# As in {text(split.path)}, which must split the same rows in the same order.",
        f"train, test = {laid_out(call, '    ', len('train, test = '))}",
    ]
