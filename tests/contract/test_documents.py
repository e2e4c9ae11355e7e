"""What README and documentation show: every block runs, parses or names things that exist."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_mltestscore import catalog, config

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(?P<language>[\w{}]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"--(?:no-)?mlscore\b[a-z-]*")


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str


def blocks():
    """Yield all fenced blocks of all pages."""
    for page in PAGES:
        content = page.read_text("utf-8")
        for match in FENCE.finditer(content):
            line = content.count("\n", 0, match.start()) + 1
            yield Block(page.relative_to(ROOT).as_posix(), line, match["language"], match["text"])


def of(language, having=""):
    """Return the blocks of a language as parameters, named by where they stand."""
    return [
        pytest.param(block, id=f"{block.page}:{block.line}")
        for block in blocks()
        if block.language == language and having in block.text
    ]


@pytest.mark.parametrize("block", of("toml"))
def test_settings_are_read(block, tmp_path):
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    for table in tomllib.loads(block.text)["tool"]["mlscore"].get("attestations", []):
        if "file" in table:
            (tmp_path / table["file"]).parent.mkdir(parents=True)
            (tmp_path / table["file"]).touch()
    found = config.load(tmp_path, catalog.load())
    assert found.path == tmp_path / "pyproject.toml"


@pytest.mark.parametrize("block", of("python", having="def test_"))
def test_examples_pass(block, pytester):
    pytester.makepyfile(block.text)
    done = pytester.runpytest_subprocess("-p", "no:randomly", "--mlscore")
    assert done.ret == pytest.ExitCode.OK


def test_the_score_can_be_checked_by_hand(pytester):
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess("--mlscore", "--mlscore-report=json:mlscore.json")
    (block,) = (b for b in blocks() if b.language == "python" and "mlscore.json" in b.text)
    assert pytester.runpython(pytester.makepyfile(check=block.text)).ret == 0


def test_options_exist(pytester):
    known = set(OPTION.findall(pytester.runpytest_subprocess("--help").stdout.str()))
    named = {
        (option, page.name) for page in PAGES for option in OPTION.findall(page.read_text("utf-8"))
    }
    assert {(option, page) for option, page in named if option not in known} == set()


def test_every_option_is_documented(pytester):
    known = set(OPTION.findall(pytester.runpytest_subprocess("--help").stdout.str()))
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    assert known - set(OPTION.findall(page)) == set()


@pytest.mark.parametrize("block", of("sh", having="mlscore "))
def test_commands_exist(block):
    for line in block.text.splitlines():
        program, *words = line.split()
        if program != "mlscore":
            continue
        command = [sys.executable, "-m", "pytest_mltestscore.cli", words[0], "--help"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert {option for option in options if option not in shown} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page):
    targets = re.findall(r"\]\((?!\w+:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
