"""Both examples' READMEs show what their proof found, and the gaps in it that are accepted.

The proof itself takes minutes: `pytest --mlscore --mlscore-prove` in the example's folder.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import suite_parts
from pytest_mltestscore import config
from pytest_mltestscore.catalog import load

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = re.compile(
    r"^Proof: +(\d+) of (\d+) automated items seen to fail; .*faults caught", re.MULTILINE
)
ROW = re.compile(r"^\| `(\w+)` \| ([\w-]+) \| .+ \|$", re.MULTILINE)
pytestmark = pytest.mark.parametrize("name", ["credit_default", "flight_delays"])


def chapter(name: str) -> str:
    """Return what the README says of the proof."""
    text = (EXAMPLES / name / "README.md").read_text("utf-8")
    _, found, rest = text.partition("\n## Proof\n")
    assert found
    return rest.partition("\n## ")[0]


def accepted(name: str) -> list[dict[str, str]]:
    content = tomllib.loads((EXAMPLES / name / "mlscore.toml").read_text("utf-8"))
    return content.get("accepted_faults", [])


def automated(name: str) -> set[str]:
    """Return the ids of the items with a test of the suite or a tag of the example's own."""
    rubric = load()
    folder = EXAMPLES / name / "tests"
    shown = suite_parts.described(folder / "test_suite.py", rubric).shown
    own = "".join(path.read_text("utf-8") for path in folder.glob("test_*.py"))
    tags = "".join(re.findall(r"pytest\.mark\.mlscore\((.+)\)", own))
    return shown | {rubric.find(tag).id for tag in re.findall(r'"([\w-]+)"', tags)}


def test_the_readme_shows_a_proof_of_every_item_that_has_tests(name):
    [(proven, tried)] = SHOWN.findall(chapter(name))
    assert int(proven) == int(tried) == len(automated(name))


def test_the_readme_names_the_faults_that_are_accepted_and_no_others(name):
    rubric = load()
    named = [(fault, rubric.find(item).id) for fault, item in ROW.findall(chapter(name))]
    assert named == [(entry["fault"], rubric.find(entry["item"]).id) for entry in accepted(name)]


def test_each_accepted_fault_is_one_of_its_item_and_has_a_reason(name):
    read = config.load(EXAMPLES / name, load())
    assert len(read.accepted_faults) == len(accepted(name))
    for entry in read.accepted_faults:
        assert len(entry.reason.split()) > 5
