"""Ten feature functions with branches and a test for each, run under coverage, and then not all."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from power.case import Case, Damage
from pytest_mltestscore import checks

FUNCTIONS = range(10)
CODE = """\
def f{number}(rows):
    if rows:
        return 1
    return 0

"""
LINES = CODE.count("\n")


def world(rng):
    """Return which functions are run, which of their branches, and which tests assert."""
    return {"run": set(FUNCTIONS), "whole": set(FUNCTIONS), "asserted": set(FUNCTIONS)}


def lines_of(number, state):
    """Return the lines of a function that are run in its test."""
    first = number * LINES + 1
    if number not in state["run"]:
        return []
    return [first + 1, first + 2, first + 3] if number in state["whole"] else [first + 1, first + 3]


def report(state):
    """Return the report that coverage.py makes of it."""
    definitions = [number * LINES + 1 for number in FUNCTIONS]
    by_test = {line: f"test_f.py::test_{n}|run" for n in FUNCTIONS for line in lines_of(n, state)}
    every = {number * LINES + line for number in FUNCTIONS for line in (1, 2, 3, 4)}
    executed = sorted({*definitions, *by_test})
    branches = sum(2 if n in state["whole"] else 1 for n in state["run"])
    summary = {
        "covered_lines": len(executed),
        "num_statements": len(every),
        "covered_branches": branches,
        "num_branches": 2 * len(FUNCTIONS),
    }
    entry = {
        "summary": summary,
        "executed_lines": executed,
        "missing_lines": sorted(every - set(executed)),
        "contexts": {str(line): [by_test.get(line, "")] for line in executed},
    }
    return {"meta": {"branch_coverage": True}, "files": {"f.py": entry}}


def run(state):
    body = {
        n: f"assert f{n}([1]) == 1" if n in state["asserted"] else f"f{n}([1])" for n in FUNCTIONS
    }
    with tempfile.TemporaryDirectory() as folder:
        code, tests, data = (Path(folder, name) for name in ("f.py", "test_f.py", "coverage.json"))
        code.write_text("".join(CODE.format(number=n) for n in FUNCTIONS))
        tests.write_text("".join(f"def test_{n}():\n    {body[n]}\n" for n in FUNCTIONS))
        data.write_text(json.dumps(report(state)))
        return checks.data.feature_code_tests(data, [code], tests=[tests])


def without(key):
    """Return a damage that takes functions out of a set."""

    def inject(state, count, rng):
        hit = set(rng.choice(len(FUNCTIONS), int(count), replace=False).tolist())
        return {**state, key: state[key] - hit}

    return inject


def of_functions(name, key, sizes, documented):
    return Damage(
        name=name, unit="of 10 functions", sizes=sizes, documented=documented, inject=without(key)
    )


CASE = Case(
    check="data.feature_code_tests",
    exact=True,
    world=world,
    run=run,
    damages=(
        of_functions("not run", "run", (1, 3, 10), 1),
        of_functions("test asserts nothing", "asserted", (1, 3, 10), 1),
        of_functions("one branch only", "whole", (4, 6, 10), 4),
    ),
)
