"""What the page for newcomers shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import inner_runs
import needs
from pytest_mltestscore.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "start.md").read_text("utf-8")
SHOWN = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_session_is_what_happens(tmp_path, monkeypatch, capsys):
    needs.module("narwhals", "pandas", "sklearn")
    code = [text for language, text in SHOWN if language == "python"]
    for text in code:
        (tmp_path / re.match(r"# (\w+\.py)\n", text)[1]).write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "make_data.py"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    said, scored, commented, found = (text for language, text in SHOWN if language == "text")

    assert main(["init"]) == 0
    assert capsys.readouterr().out == said

    done = inner_runs.score(tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert done.ret == 0
    assert scored in done.out

    module = tmp_path / "tests" / "test_ml_test_score.py"
    text = module.read_text("utf-8")
    assert set(map(str.strip, commented.splitlines())) <= set(map(str.strip, text.splitlines()))
    module.write_text(re.sub(r"# (estimator|model)=", r"\1=", text), encoding="utf-8")
    assert found.strip() in inner_runs.score(tmp_path).out
