"""Commands on a file with several systems: all of them, or the one that is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_mltestscore.reporters import find


@pytest.fixture
def keep(make):
    """Write a record of each system into one file."""

    def write(name, **systems):
        records = [make(system=system, **parts) for system, parts in systems.items()]
        Path(name).write_text(find("json").render_all(records), encoding="utf-8")
        return name

    return write


def passing(**rules):
    return {"outcomes": {"data-1": "passed"}, "rules": rules}


@pytest.fixture
def several(keep):
    return keep("all.json", churn=passing(fail_under=1.0), fraud=passing(fail_under=0.0))


def test_gate_judges_each_and_ends_with_the_worst(mlscore, several):
    done = mlscore("gate", several)
    assert done.code == 10
    blocks = done.out.split("\n\n")
    assert [block.splitlines()[0].partition(",")[0] for block in blocks[:2]] == ["churn", "fraud"]
    assert blocks[2].splitlines() == [
        "mlscore: fraud: gate passed  score 0, required 0",
        "mlscore: churn: GATE FAILED  score 0, required 1",
    ]


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--system=fraud"], 0),
        (["--system=churn"], 10),
        (["--fail-under=0"], 0),
        (["--fail-under=0", "--baseline=none.json", "--fail-on-regression", "--strict"], 11),
        (["--fail-under-section=data=1"], 10),
    ],
)
def test_gate_exits_by_the_worst_verdict(mlscore, several, arguments, code):
    assert mlscore("gate", several, *arguments).code == code


def test_gate_compares_each_with_its_own_baseline(mlscore, keep, several):
    better = {"outcomes": {"data-1": "passed", "data-2": "passed"}}
    old = keep("old.json", fraud=better, churn=passing())
    options = ["--fail-under=0", "--fail-on-regression", f"--baseline={old}"]
    done = mlscore("gate", several, *options)
    assert done.code == 10
    assert done.last.startswith("mlscore: fraud: GATE FAILED")
    assert "mlscore: churn: gate passed" in done.out


def test_a_baseline_from_standard_input_serves_all(mlscore, several, stdin):
    stdin(Path(several).read_bytes())
    done = mlscore("gate", several, "--fail-under=0", "--fail-on-regression", "--baseline=-")
    assert done.code == 0
    assert done.out.count("standard input: 0 of 28 items earned more there") == 2


def test_a_system_that_the_baseline_lacks_is_new(mlscore, keep, several):
    old = keep("old.json", churn=passing(), spam=passing())
    options = ["--fail-under=0", "--fail-on-regression", f"--baseline={old}"]
    assert mlscore("gate", several, *options).code == 0
    assert mlscore("gate", several, *options, "--strict").code == 11


def test_report_makes_reports_of_all(mlscore, several):
    done = mlscore("report", several)
    assert done.out.startswith("churn\nScore 0 of 7")
    assert "\n\nfraud\nScore 0 of 7" in done.out
    assert done.last == "mlscore: churn: GATE FAILED  score 0, required 1"
    types = ["html:a.html", "badge:a.svg", "md:a.md", "json:a.json"]
    assert mlscore("report", several, *(f"--type={kind}" for kind in types)).code == 0
    assert sorted(p.name for p in Path().glob("a*.*") if p.name != "all.json") == [
        "a-churn.html",
        "a-churn.svg",
        "a-fraud.html",
        "a-fraud.svg",
        "a.html",
        "a.json",
        "a.md",
    ]
    assert Path("a.json").read_bytes() == Path(several).read_bytes()
    alone = mlscore("report", several, "--system=fraud", "--type=badge:b.svg")
    assert (alone.code, Path("b.svg").read_bytes()) == (0, Path("a-fraud.svg").read_bytes())


def test_report_writes_over_nothing(refused, several):
    Path("a-churn.svg").mkdir()
    assert "it is a folder" in refused("report", several, "--type=badge:a.svg")
    twice = refused("report", several, "--type=html:a.x", "--type=md:a-churn.x")
    assert twice == "a-churn.x: two reports go there; give each a file of its own"


def test_a_badge_of_each_system_goes_to_a_file_of_its_own(mlscore, refused, several):
    assert mlscore("report", several, "--type=badge:a.svg").code == 0
    done = mlscore("badge", several, "-o", "b.svg")
    assert (done.code, done.out) == (0, "")
    for system in ("churn", "fraud"):
        assert Path(f"b-{system}.svg").read_bytes() == Path(f"a-{system}.svg").read_bytes()
    assert not Path("b.svg").exists()
    assert mlscore("badge", several, "--system=churn").out == Path("a-churn.svg").read_text("utf-8")
    assert refused("badge", several) == (
        "there is a badge for each of churn, fraud; name a file with -o, or choose one with"
        " --system"
    )
    Path("c-churn.svg").mkdir()
    assert "it is a folder" in refused("badge", several, "-o", "c.svg")


def test_diff_compares_systems_of_the_same_name(mlscore, keep, several):
    better = {"outcomes": {"data-1": "passed", "data-2": "passed"}}
    old = keep("old.json", spam=better, fraud=better, churn=passing())
    done = mlscore("diff", old, several)
    assert done.code == 0
    headings = [line for line in done.out.splitlines() if "old.json -> all.json" in line]
    assert headings == ["fraud: old.json -> all.json", "churn: old.json -> all.json"]
    assert "data-2 feature-benefit: automated -> missing, -1" in done.out
    assert done.err == "mlscore: spam is only in old.json\n"
    found = json.loads(mlscore("diff", old, several, "--format=json").out)["systems"]
    assert [(one["system"], len(one["changes"])) for one in found] == [("fraud", 1), ("churn", 0)]
    alone = json.loads(mlscore("diff", old, several, "--format=json", "--system=churn").out)
    assert (alone["system"], alone["changes"]) == ("churn", [])
    assert mlscore("diff", old, several, "--format=md").out.count("### ML Test Score of") == 2


def test_diff_of_files_without_a_common_system(refused, keep):
    old = keep("old.json", spam={}, ham={})
    new = keep("new.json", churn={}, fraud={})
    assert refused("diff", old, new) == "old.json, new.json: no system is in both"
