"""What was found and what was guessed, in a few lines for a person."""

from __future__ import annotations

from ...domain.counting import count
from ._data_choice import Chosen
from ._facts import Facts, Table
from ._parts import role

_MOST = 3


def found(facts: Facts, chosen: Chosen) -> list[tuple[str, str]]:
    """Return a word and a line for each kind of thing that was found."""
    rows = [("data", _tables(facts, chosen)), ("model", _model(facts, chosen))]
    functions = [f for m in facts.modules for f in m.functions if role(f)]
    rows.append(("code", _few([f"{f.signature} in {f.path}" for f in functions])))
    apps = [f"{framework} in {m.path}" for m in facts.modules for _, framework in m.apps]
    rows.append(("serving", _few(apps)))
    tools = [f"DVC ({_few(list(facts.stages))})"] if facts.stages else []
    tools += ["MLflow"] if facts.mlflow else []
    rows.append(("tools", ", ".join(tools)))
    if facts.tests:
        mend = 'tag what shows an item: @pytest.mark.mlscore("ITEM")'
        rows.append(("tests", f"{count(len(facts.tests), 'file')}; {mend}"))
    rows.append(("CI", ", ".join(facts.ci)))
    if facts.notebooks:
        rows.append(("notebooks", f"{facts.notebooks}, which are not read"))
    rows += [("note", what) for what in facts.left_out]
    return [(word, line) for word, line in rows if line]


def guessed(chosen: Chosen) -> list[tuple[str, str]]:
    """Return a word and a line for each decision that a person should look at."""
    rows = []
    if chosen.label:
        unsure = "" if chosen.label_is_sure else "; in a comment until you are sure"
        rows.append(("label", f"{chosen.label}: {chosen.label_why}{unsure}"))
    if chosen.features:
        told = f"{count(len(chosen.features), 'column')}: {_few(list(chosen.features))}"
        unread = f"; {chosen.selection}; all are listed" if chosen.selection else ""
        rows.append(("features", f"{told}{unread}"))
    if chosen.split_left_out:
        rows.append(("split", f"that of the code is not copied; {chosen.split_left_out}"))
    if chosen.made_up_split:
        rows.append(("split", 'by train_test_split; rows of "test" must be new to the model'))
    if chosen.train and chosen.train.columns:
        rows.append(("schema", "drafted from the data: correct and tighten it"))
    if chosen.fits:
        told = f"{chosen.preparation}; " if chosen.preparation else ""
        rows.append(("model", f"{told}its tests are slower and may fail: uncomment it"))
    elif chosen.estimator:
        rows.append(("model", f"in a comment: {chosen.why_not}"))
    return rows


def _tables(facts: Facts, chosen: Chosen) -> str:
    if chosen.train is None:
        return ""
    others = len(facts.tables) - 1 - (chosen.test is not None)
    told = _table(chosen.train, chosen)
    if chosen.test is not None:
        told += f"; held out: {chosen.test.path}"
    return f"{told}; {others} more" if others else told


def _table(table: Table, chosen: Chosen) -> str:
    if table.problem:
        return f"{table.path}, which {table.problem}"
    if table.rows is not None:
        rows = f"{count(table.rows, 'row')}, {count(len(table.names), 'column')}"
    elif table.names:
        rows = f"{table.size / 1e6:.0f} MB, {count(len(table.names), 'column')}"
    else:
        rows = f"{table.size / 1e6:.1f} MB"
    return f"{table.path}: {rows}, by {chosen.library}"


def _model(facts: Facts, chosen: Chosen) -> str:
    told = [f"{chosen.estimator.title} in {chosen.estimator.path}"] if chosen.estimator else []
    told += [f"{n} in {m.path} (torch)" for m in facts.modules for n in m.networks]
    told += [f"trained: {path}" for path in facts.models]
    return _few(told)


def _few(words: list[str]) -> str:
    more = len(words) - _MOST
    return ", ".join(words[:_MOST]) + (f", {more} more" if more > 0 else "")
