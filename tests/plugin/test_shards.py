"""Shards merged by the CLI equal one run of everything."""

from __future__ import annotations

import sys

import pytest

from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.runfacts import strip_run_facts
from pytest_mltestscore.reporters import to_json

SUITES = {
    "data/test_rows.py": "data-1",
    "model/test_slices.py": "model-6",
    "infra/test_rollback.py": "infra-7",
    "monitor/test_skew.py": "monitor-3",
}
CONFIG = """
[tags]
"data" = "data-7"
"nowhere/*" = "data-2"

[[attestations]]
item = "model-1"
owner = "ml-platform"
date = 2026-10-01
expires = 2027-10-01
summary = "All specs reviewed"
distributed_to = "ml-team@"
link = "https://example.org/reviews"
"""


@pytest.fixture
def suites(pytester):
    pytester.makefile(".toml", mlscore=CONFIG)
    for name, item in SUITES.items():
        path = pytester.path / name
        path.parent.mkdir()
        path.write_text(
            "import pytest\n"
            f"@pytest.mark.mlscore({item!r}, 'infra-3')\n"
            "@pytest.mark.parametrize('n', range(3))\n"
            "def test_tagged(n, mlscore):\n    mlscore.record('n', n)\n"
            "def test_untagged(): pass\n",
            encoding="utf-8",
        )


def bare(path):
    (record,) = parse(path.read_bytes(), path.name)
    return to_json.render(strip_run_facts(record))


@pytest.mark.parametrize("by", ["folder", "file", "keyword"])
def test_merged_shards_equal_one_run(score, pytester, suites, by):
    gate = ["--mlscore-fail-under=0.5", "--mlscore-require=infra-3:automated"]
    score(*gate)
    (pytester.path / "out.json").rename(pytester.path / "whole.json")
    for n, name in enumerate(SUITES):
        folder = name.partition("/")[0]
        narrow = {"folder": [folder], "file": [name], "keyword": ["-k", folder]}[by]
        score(*gate, *narrow)
        (pytester.path / "out.json").rename(pytester.path / f"part{n}.json")
    parts = [f"part{n}.json" for n in (2, 0, 3, 1)]
    whole = ["--whole"] if by == "file" else []
    cli = [sys.executable, "-m", "pytest_mltestscore.cli"]
    result = pytester.run(*cli, "merge", *parts, "-o", "merged.json", *whole)
    assert result.ret == 0, result.stderr.str()
    assert bare(pytester.path / "merged.json") == bare(pytester.path / "whole.json")
