"""What `beside.md` shows works beside the tools that it is about."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

import inner_runs
import needs
from page_session import command
from pages import ROOT, blocks, write_files

BLOCKS = blocks(ROOT / "docs" / "how-to" / "beside.md")
TEST = "import pytest\n@pytest.mark.mlscore('canary')\ndef test_it(): pass\n"


@pytest.fixture
def scored(tmp_path):
    """A folder with the files that the page shows, and with a record and its page."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(TEST, encoding="utf-8")
    write_files(BLOCKS, tmp_path)
    reports = [f"--mlscore-report={kind}:mlscore.{kind}" for kind in ("json", "html")]
    assert inner_runs.score(tmp_path, *reports).ret == 0
    return tmp_path


def carry_out(folder, *words, **env):
    environment = inner_runs.environment(**env)
    subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)


def test_lines_for_a_bulk_request_are_written(scored):
    carry_out(scored, sys.executable, "bulk.py")
    lines = [json.loads(line) for line in (scored / "bulk.ndjson").read_text("utf-8").splitlines()]
    assert lines[::2] == [{"index": {"_index": "mlscore"}}] * 28
    states = {document["name"]: document["state"] for document in lines[1::2]}
    assert (states["canary"], states["rollback"]) == ("automated", "missing")


def test_the_score_is_logged_to_mlflow(scored):
    needs.optional("mlflow")
    place = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_TRACKING_URI": (scored / "runs").as_uri()}
    carry_out(scored, sys.executable, "log_score.py", **place)
    (metric,) = scored.glob("runs/*/*/metrics/mlscore.infra")
    assert metric.read_text("utf-8").split()[1] == "1.0"
    assert len(list(scored.glob("runs/*/*/artifacts/mlscore.*"))) == 2


def test_a_stage_of_dvc_scores(scored):
    needs.optional("dvc")
    (text,) = (b.text for b in BLOCKS if b.language == "yaml")
    (line,) = (b.text for b in BLOCKS if "dvc repro" in b.text)
    # The names on the page are of the reader's folder, and `pytest` is this one.
    ours = " ".join(command("pytest"))
    (scored / "dvc.yaml").write_text(text.replace("cmd: pytest", f"cmd: {ours}"), encoding="utf-8")
    for name in ("data.csv", "train.py"):
        (scored / name).touch()
    carry_out(scored, "git", "init", "-q")
    dvc = (sys.executable, "-m", "dvc")
    carry_out(scored, *dvc, "init", "-q", DVC_NO_ANALYTICS="1")
    (scored / "mlscore.json").unlink()
    carry_out(scored, *dvc, *line.split()[1:], DVC_NO_ANALYTICS="1")
    assert (scored / "mlscore.json").is_file()
    assert "score" in (scored / "dvc.lock").read_text("utf-8")


def test_the_stage_of_dvc_is_read_without_it():
    needs.module("yaml")
    yaml = importlib.import_module("yaml")
    (text,) = (b.text for b in BLOCKS if b.language == "yaml")
    (stage,) = yaml.safe_load(text)["stages"].values()
    assert set(stage) == {"cmd", "deps", "outs"}
    reports = [next(iter(out)) for out in stage["outs"]]
    assert all(f":{name}" in stage["cmd"] for name in reports)
