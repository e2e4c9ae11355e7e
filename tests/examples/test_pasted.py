"""Each item's test to paste runs as it stands in the credit example, earns the item, and can fail.

All of them in one run, in a copy of the example in which they take the place of its suite. That
they can fail takes minutes to show, so only the largest environment looks at it.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import inner_runs
import needs
from git_repository import git
from pytest_mltestscore.catalog import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "credit_default"
ITEMS = load().items
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "build", "test_suite.py", "*.html")
REVIEWED = ("Credit default", "Reviewed-by: Grace <grace@example.org>")
MINUTE = 60


def place(name: str) -> str:
    return f"tests/test_{name.replace('-', '_')}.py"


@pytest.fixture
def pasted(tmp_path):
    """The example in a repository of its own, with all that it takes to run."""
    needs.module("numpy", "polars", "sklearn", "scipy", "narwhals", "hypothesis", "joblib")
    root = tmp_path / "credit_default"
    shutil.copytree(EXAMPLE, root, ignore=LEFT_OUT)
    for item in ITEMS:
        (root / place(item.name)).write_text(f"{item.example}\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    ada = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(root, *ada, "commit", "-q", *(part for text in REVIEWED for part in ("-m", text)))
    return root


@pytest.mark.slow
def test_each_earns_its_item_and_can_fail(pasted):
    proves = importlib.util.find_spec("moto") is not None
    options = ["tests", "--mlscore", "--mlscore-report=json:score.json", "-p", "no:cacheprovider"]
    done = subprocess.run(
        inner_runs.command(*options, *(["--mlscore-prove"] if proves else [])),
        cwd=pasted,
        env=inner_runs.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=20 * MINUTE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    items = {item["id"]: item for item in json.loads((pasted / "score.json").read_bytes())["items"]}
    for item in ITEMS:
        found = items[item.id]
        assert found["state"] == "automated", found
        files = {test["nodeid"].partition("::")[0] for test in found["tests"]}
        assert files == {place(item.name)}
        assert found["texts"]["example"] == ""
    unproven = [id_ for id_, found in items.items() if proves and not found["proof"]["caught"]]
    assert unproven == []
