"""What `mlscore init` would write in small repositories, as a patch, and what it says about it."""

from __future__ import annotations

import os

import pytest
from tests.golden.test_golden import ACTUAL, HERE

import small_repositories
from pytest_mltestscore.cli import main


@pytest.mark.parametrize("name", small_repositories.ALL)
def test_what_init_writes(name, tmp_path, monkeypatch, capsys):
    folder = small_repositories.make(tmp_path / name, small_repositories.ALL[name])
    monkeypatch.chdir(folder)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["init", "--dry-run"]) == 0
    assert main(["init"]) == 0
    made = capsys.readouterr().out.encode()
    golden = HERE / "init" / f"{name}.txt"
    shown = f"init_{name}.txt"
    if golden.exists() and golden.read_bytes() == made:
        (ACTUAL / shown).unlink(missing_ok=True)
        return
    if os.environ.get("MLSCORE_ACCEPT") == "1":
        golden.write_bytes(made)
        pytest.fail(f"accepted {shown}; look at it, then run again without MLSCORE_ACCEPT")
    ACTUAL.mkdir(exist_ok=True)
    (ACTUAL / shown).write_bytes(made)
    state = "differs" if golden.exists() else "is new"
    pytest.fail(f"{shown} {state}; see {ACTUAL / shown} and tests/golden/README.md")
