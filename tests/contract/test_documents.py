"""What README and documentation name exists, and what there is they name."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

import inner_runs
import needs
import pytest_mltestscore
from pages import FENCE, PAGES, ROOT
from pytest_mltestscore import catalog, cli
from pytest_mltestscore.domain.record import State
from pytest_mltestscore.scoring.fold import WORST_FIRST

REFERENCE = ROOT / "docs" / "reference"
OPTION = re.compile(r"--(?:no-)?mlscore\b[a-z-]*")


@cache
def known_options():
    return set(OPTION.findall(inner_runs.run(Path.cwd(), "--help").out))


def test_options_exist():
    named = {
        (option, page.name) for page in PAGES for option in OPTION.findall(page.read_text("utf-8"))
    }
    assert {(option, page) for option, page in named if option not in known_options()} == set()


def test_every_option_is_documented():
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    assert known_options() - set(OPTION.findall(page)) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page):
    prose = FENCE.sub("", page.read_text("utf-8"))
    targets = re.findall(r"\]\((?!\w+:|#)([^)#]+)", prose)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def chapters(page):
    """Split a page at its second-level headings."""
    _, *parts = re.split(r"^## (.*)\n", (REFERENCE / page).read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def column(text, number=0):
    """Return the cells of a column of the tables in a text, without their heads."""
    rows = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    cells = [re.split(r"(?<!\\)\|", row)[number].strip() for row in rows]
    heads = [n for n, cell in enumerate(cells) if cell == "---"]
    return [c for n, c in enumerate(cells) if n not in heads and n + 1 not in heads]


def commands():
    """Return the parsers of the `mlscore` command by name."""
    (action,) = (a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction))
    return action.choices


def test_every_command_is_described_and_no_other():
    assert list(chapters("command-line.md")) == [f"mlscore {name}" for name in commands()]
    page = (REFERENCE / "command-line.md").read_text("utf-8")
    linked = re.findall(r"^\| \[(\w+)\]\(#mlscore-(\w+)\)", page, re.MULTILINE)
    assert linked == [(name, name) for name in commands()]


@pytest.mark.parametrize("name", commands())
def test_a_command_is_described_by_its_help(name):
    text, parser = chapters("command-line.md")[f"mlscore {name}"], commands()[name]
    options = {o for a in parser._actions for o in a.option_strings} - {"-h", "--help"}
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text)) == options
    explained = " ".join(cell for cell in column(text) if cell.startswith("`-"))
    assert set(re.findall(r"`(--?[a-z-]+)", explained)) == options
    arguments = [a.metavar for a in parser._actions if not a.option_strings]
    assert not arguments or f"`mlscore {name} {' '.join(arguments)}" in text
    examples, exits = parser.epilog.removeprefix("examples:\n").split("\n\nexit codes:\n")
    (shown,) = (m["text"] for m in FENCE.finditer(text) if m["language"] == "sh")
    assert shown.splitlines() == [line.strip() for line in examples.splitlines()]
    codes = [line.split()[0] for line in exits.splitlines()]
    assert [cell for cell in column(text) if cell.isdecimal()] == codes


def test_every_public_name_is_described_and_no_other():
    (table, *_) = (REFERENCE / "python-api.md").read_text("utf-8").split("\n## ")
    cells = [cell.strip("`") for cell in column(table)]
    assert {cell.partition("(")[0] for cell in cells} == set(pytest_mltestscore.__all__)
    for cell in (cell for cell in cells if "(" in cell):
        (written,) = ast.parse(f"def {cell}: ...").body
        named = [a.arg for a in (*written.args.args, *written.args.kwonlyargs)]
        by_keyword = {a.arg for a in written.args.kwonlyargs}
        signature = inspect.signature(getattr(pytest_mltestscore, written.name))
        found = list(signature.parameters.values())
        assert named == [p.name for p in found[: len(named)]]
        assert by_keyword == {p.name for p in found[: len(named)] if p.kind is p.KEYWORD_ONLY}
        assert all(p.default is not p.empty for p in found[len(named) :])


def test_names_for_faults_are_described_with_their_arguments():
    needs.module("numpy", "narwhals")
    from pytest_mltestscore import faults

    for cell in (c.strip("`") for c in column(chapters("python-api.md")["Faults of your own"])):
        name, _, arguments = cell.partition("(")
        named = re.findall(r"\w+", arguments)
        assert not named or list(inspect.signature(getattr(faults, name)).parameters) == named
        assert name in faults.__all__


def test_outcomes_states_and_bands_are_those_of_the_code():
    found = chapters("scoring.md")
    outcomes = column(found["From reports to the outcome of a test"])
    assert [cell.strip("`") for cell in outcomes] == list(WORST_FIRST)
    states = column(found["From tests to the state of an item"])
    assert {cell.strip("`") for cell in states} == set(get_args(State))
    bands = column(found["From items to the score"], 1)
    assert bands == [band.text for band in catalog.load().bands]
