"""The two lists of tests that a proof has to tell apart, and what it makes of them."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import inner_runs

HERE = Path(__file__).parent
LISTS = {"suite.py": (), "wild.py": ("expectations.py",)}
"""Each file of tests, and the files that it imports."""


class Told(NamedTuple):
    """What is known of a test, and what the proof said of it."""

    style: str
    """Way of writing, as the test's docstring names it; empty if there is none."""
    sound: bool
    proven: bool


def digest(name: str) -> str:
    """Return what changes when a list or anything that it imports does."""
    texts = [(HERE / file).read_bytes() for file in (name, *LISTS[name])]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def styles(name: str) -> dict[str, str]:
    """Return the tests of a list in their order, each with the way in which it is written."""
    tree = ast.parse((HERE / name).read_text("utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    in_order = sorted(found, key=lambda node: node.lineno)
    return {f.name: ast.get_docstring(f) or "" for f in in_order if f.name.startswith("test_")}


def told(name: str, folder: Path, *options: str, xdist: bool = False) -> dict[str, Told]:
    """Have a list proved in an empty folder.

    A test of several cases is proven if one of them is, as an item is by one of its tests.
    """
    shutil.copy(HERE / name, folder / "test_list.py")
    for file in LISTS[name]:
        shutil.copy(HERE / file, folder)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = ignore\n", encoding="utf-8")
    plugins = (inner_runs.OURS, inner_runs.XDIST) if xdist else (inner_runs.OURS,)
    options = ("-p", "no:cacheprovider", "--mlscore-report=json:record.json", *options)
    ended = inner_runs.score(
        folder, "--mlscore-prove", *options, plugins=plugins, env=inner_runs.UNMEASURED
    )
    assert ended.ret == 0, f"{ended.out}\n{ended.err}"
    proven = _proven(json.loads((folder / "record.json").read_text("utf-8")))
    return {
        test: Told(style, test.startswith("test_sound"), test in proven)
        for test, style in styles(name).items()
    }


def _proven(record) -> set[str]:
    """Return the names of the tests that were seen to fail by a fault, and by nothing else."""
    return {
        test["nodeid"].split("::")[-1].partition("[")[0]
        for item in record["items"]
        for test in item["tests"]
        if not test["proof"].get("why")
        and any(trial["verdict"] == "caught" for trial in test["proof"].get("trials", ()))
    }
