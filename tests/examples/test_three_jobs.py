"""The workflow of the credit example, played through: three jobs, one score, one gate."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import needs
from git_repository import git

EXAMPLE = Path(__file__).parents[2] / "examples" / "credit_default"
WORKFLOW = EXAMPLE / ".github" / "workflows" / "mlscore.yml"
BEGIN = dt.datetime(2030, 3, 4, tzinfo=dt.UTC)
PARTS = {
    "data": ["data-1", "data-5"],
    "merge": ["model-5", "infra-1"],
    "monitor": ["monitor-1", "monitor-3"],
}
"""Jobs that run tests, and some of the items that they look at."""


@pytest.fixture(scope="module")
def commands():
    """What each job runs, once everything is installed."""
    needs.module("moto")  # of all that this takes, what only the largest environment has
    import yaml

    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    runs = {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in workflow["jobs"].items()
    }
    assert {*runs} == {*PARTS, "deploy"}
    assert all(
        first.startswith("pip install ") and len(rest) == 1 for first, *rest in runs.values()
    )
    assert set(workflow["env"]) == {"MLSCORE_STORE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    return {name: last for name, (_, last) in runs.items()}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The example as a repository of its own."""
    root = tmp_path_factory.mktemp("credit") / "credit"
    left_out = shutil.ignore_patterns("__pycache__", ".*_cache", "*.json", "*.html", "build")
    shutil.copytree(EXAMPLE, root, ignore=left_out)
    shutil.copy(EXAMPLE / "upstream.json", root)
    (root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\nbuild/\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(root, *identity, "commit", "-q", "-m", "Credit default")
    return root


@pytest.fixture
def at(commands, checkout, s3_place):
    """Run a job of the workflow at an hour, as CI would; return how it ended and what it said.

    The record goes to a bucket, as in the workflow; `tests/unit/store` asks the same of all places.
    """

    def run(hour, job):
        began = BEGIN + dt.timedelta(hours=hour)
        env = {
            **{name: v for name, v in os.environ.items() if not name.startswith("PYTEST_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CI": "true",
            "MLSCORE_STORE": s3_place,
            "PYTEST_ADDOPTS": f"--mlscore-now={began.isoformat()}",
        }
        command = commands[job]
        if job == "deploy":
            command += f" --now={began.isoformat()}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=checkout,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_deployment_passes_only_while_all_three_are_fresh(at):
    def job(hour, name):
        code, said = at(hour, name)
        assert code == 0, said

    def gate(hour):
        code, said = at(hour, "deploy")
        return code, {part for part, ids in PARTS.items() if _is_doubted(ids, said)}, said

    assert gate(1)[0] == 11, "an empty store decides nothing"
    job(3, "data")
    code, _, said = gate(4)
    assert (code, "score 0, required 3" in said) == (10, True), said
    job(9, "merge")
    assert gate(9.1)[0] == 10
    job(9.8, "monitor")
    code, doubted, said = gate(10)
    assert (code, doubted) == (0, set()), said
    assert "score 4, required 3" in said
    assert gate(13)[:2] == (10, {"monitor"})
    job(13.1, "monitor")
    assert gate(14)[:2] == (0, set())
    job(60, "monitor")
    assert gate(60.1)[:2] == (10, {"data"})
    job(60.2, "data")
    assert gate(60.3)[:2] == (0, set())


def _is_doubted(ids, said):
    return any(f"withheld  {item}: " in said for item in ids)


def test_the_policy_allows_for_a_run_that_comes_late():
    import tomllib

    policy = tomllib.loads((EXAMPLE / "mlscore.toml").read_text("utf-8"))["policy"]
    days = policy["max_age_days"]
    assert days["data"] == 2
    assert 1 / 24 < days["monitor"] < 3 / 24
