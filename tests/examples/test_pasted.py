"""Each item's test to paste runs as it stands in the credit example, earns the item, and can fail.

All of them in one run, in a copy of the example in which they take the place of its suite.
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
LARGEST = importlib.util.find_spec("fairlearn") is not None
"""Only there is what inclusion asks for, and the minutes that a proof takes are spent once."""
ITEMS = [item for item in load().items if LARGEST or item.name != "inclusion"]
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


# Named for what it shows, since CI runs nothing again that passed where less is installed.
@pytest.mark.slow
@pytest.mark.parametrize("proved", [pytest.param(LARGEST, id="proved" if LARGEST else "earned")])
def test_each_earns_its_item_and_can_fail(pasted, proved):
    options = ["tests", "--mlscore", "--mlscore-report=json:score.json", "-p", "no:cacheprovider"]
    done = subprocess.run(
        inner_runs.command(*options, *(["--mlscore-prove"] if proved else [])),
        cwd=pasted,
        env=inner_runs.environment(**inner_runs.UNMEASURED),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=20 * MINUTE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = {one["id"]: one for one in json.loads((pasted / "score.json").read_bytes())["items"]}
    for item in ITEMS:
        one = found[item.id]
        assert one["state"] == "automated", one
        assert {test["nodeid"].partition("::")[0] for test in one["tests"]} == {place(item.name)}
        assert not proved or one["proof"]["caught"] > 0, one["proof"]
