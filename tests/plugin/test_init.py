"""What `mlscore init` writes runs at once: nothing fails, and skips tell what to add."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import inner_runs
import needs
import small_repositories
from pytest_mltestscore.cli import main

EVIDENCE = {
    "script_and_csv": {"data-1", "data-5"},
    "loaded": {"data-1", "data-5"},
    "recoded": {"data-1", "data-5"},
    "unseen": {"data-1", "data-5"},
    "mixed": {"data-1", "data-5"},
    "built": {"data-1", "data-5"},
    "options": {"data-1", "data-5"},
    "polars": {"data-1", "data-5"},
    "dvc": set(),
    "torch": set(),
    "configured": {"data-1", "data-5"},
}


def set_up(folder, name):
    small_repositories.make(folder, small_repositories.ALL[name])
    assert main(["init", "--root", str(folder)]) == 0


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_what_init_writes_runs_at_once(tmp_path, name):
    needs.module("narwhals", "pandas", "polars", "sklearn")
    set_up(tmp_path, name)
    record = tmp_path / "out.json"
    done = inner_runs.score(tmp_path, "-rs", f"--mlscore-report=json:{record}")
    assert done.ret == 0, done.out
    items = inner_runs.strict_json(record.read_text("utf-8"))["items"]
    assert {i["id"] for i in items if i["state"] == "automated"} == EVIDENCE[name]
    assert {i["state"] for i in items} <= {"automated", "skipped"}
    reasons = re.findall(r"^SKIPPED .*?: (.*)$", done.out, re.MULTILINE)
    assert reasons
    assert all(re.match(r"[a-z-]+: add to MLSystem: ", reason) for reason in reasons)
    assert not (tmp_path / "IMPORTED").exists()


@pytest.mark.parametrize("name", ["script_and_csv", "mixed", "built", "polars"])
def test_the_commented_model_can_be_used_as_it_is(tmp_path, name):
    needs.module("narwhals", "pandas", "polars", "sklearn")
    set_up(tmp_path, name)
    module = tmp_path / "tests" / "test_ml_test_score.py"
    text = module.read_text("utf-8")
    active = re.sub(r"# (estimator|model)=", r"\1=", text)
    assert active.count("\n        model=untrained()") == 1
    module.write_text(active, encoding="utf-8")
    record = tmp_path / "out.json"
    inner_runs.score(tmp_path, f"--mlscore-report=json:{record}")
    items = inner_runs.strict_json(record.read_text("utf-8"))["items"]
    states = {i["id"]: i["state"] for i in items}
    tried = {"data-2", "model-5", "infra-3", "infra-5", "monitor-5"}
    assert {item for item in tried if states[item] in ("automated", "failing")} == tried - {
        "infra-3"
    }


KEPT = """

def test_the_rows_are_those_that_the_script_kept(system):
    kept = pd.read_csv(ROOT / "kept.csv", index_col=0)
    kept["churned"] = kept["churned"].map(RECODED)
    assert system.test_data[kept.columns].equals(kept)
    assert list(system.features) == ["bill", "age"]
"""


@pytest.mark.parametrize("name,raw", [("loaded", {0: 0, 1: 1}), ("recoded", {0: "yes", 1: "no"})])
def test_the_rows_to_judge_by_are_those_that_the_script_kept(tmp_path, name, raw):
    needs.module("narwhals", "pandas", "sklearn")
    set_up(tmp_path, name)
    for path, added in {
        "train.py": "X_test.join(y_test).to_csv('kept.csv')\n",
        "tests/test_ml_test_score.py": KEPT.replace("RECODED", repr(raw)),
    }.items():
        with (tmp_path / path).open("a", encoding="utf-8") as file:
            file.write(added)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    done = inner_runs.score(tmp_path, "-k", "script_kept")
    assert (done.ret, "1 passed" in done.out) == (0, True), done.out


def test_data_that_breaks_the_draft_fails(tmp_path):
    needs.module("narwhals", "pandas", "sklearn")
    set_up(tmp_path, "script_and_csv")
    rows = (tmp_path / "data.csv").read_text("utf-8").replace("20,", "-20,")
    (tmp_path / "data.csv").write_text(rows, encoding="utf-8")
    done = inner_runs.score(tmp_path)
    assert done.ret == 1
    assert "feature_schema: DOES NOT HOLD" in done.out
