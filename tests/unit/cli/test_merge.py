from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

import sample_records
from pytest_mltestscore import parse_records, reporters
from pytest_mltestscore.domain.record import Reason
from pytest_mltestscore.scoring.merge import NO_COMMIT, UNCOMMITTED, merge

FILES = Reason(kind="arguments", detail="files named on the command line: a.py")
render = reporters.find("json").render


@pytest.fixture
def parts(make, save):
    """Save two shards of one run; return their records and the names of their files."""
    records = [
        make({"data-1": "passed"}, run={"id": "a"}, rules={"fail_under": 1.0}, reasons=[FILES]),
        make({"model-1": "passed"}, run={"id": "b"}, rules={"fail_under": 1.0}, reasons=[FILES]),
    ]
    return records, [save("a.json", records[0]), save("b.json", records[1])]


def test_the_merged_record_is_written_and_summed_up(mlscore, parts):
    records, names = parts
    done = mlscore("merge", *names, "-o", "out/whole.json")
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "mlscore: merged 2 records of churn: score 0 of 7 (files named on the command line: a.py);"
        " gate not evaluated: files named on the command line: a.py\n"
    )
    assert Path("out/whole.json").read_text("utf-8") == render(merge(records))


def test_whole_is_passed_on(mlscore, parts):
    records, names = parts
    done = mlscore("merge", *names, "--whole", "-o", "whole.json")
    assert "score 0 of 7 (complete); gate failed: score 0, required 1\n" in done.err
    assert Path("whole.json").read_text("utf-8") == render(merge(records, whole=True))


def test_standard_output_is_the_default_and_standard_input_a_part(mlscore, parts, stdin):
    records, names = parts
    stdin(Path(names[1]).read_bytes())
    assert mlscore("merge", names[0], "-").out == render(merge(records))
    assert mlscore("merge", names[0], "-o", "-").out == render(merge(records[:1]))


def test_what_speaks_against_one_state_is_said(mlscore, save):
    runs = [{"id": name, "commit": None, "dirty": True} for name in "ab"]
    names = [save(f"{facts['id']}.json", run=facts) for facts in runs]
    first, *said = mlscore("merge", *names, "-o", "whole.json").err.splitlines()
    assert first.startswith("mlscore: merged 2 records")
    assert said == [f"mlscore: {note}" for note in (UNCOMMITTED, NO_COMMIT)]


def test_one_record_is_one_record(mlscore, parts):
    assert "merged 1 record of churn" in mlscore("merge", parts[1][0]).err


def test_a_file_with_several_records_is_several_parts(mlscore, parts):
    records, _ = parts
    joined = ", ".join(render(record) for record in records)
    Path("both.json").write_text(f'{{"records": [{joined}]}}', encoding="utf-8")
    assert mlscore("merge", "both.json").out == render(merge(records))


@pytest.mark.parametrize("output", ["a.json", "./x/../b.json"])
def test_no_part_is_replaced_by_the_whole(refused, parts, output):
    message = refused("merge", *parts[1], "-o", output)
    assert message == f"{output}: is the record itself; name another file"


def test_parts_of_different_runs_are_refused_and_nothing_is_written(refused, save, make):
    other = make()
    rubric = msgspec.structs.replace(other.rubric, version="1900.1")
    names = [save("a.json"), save("b.json", msgspec.structs.replace(other, rubric=rubric))]
    message = refused("merge", *names, "-o", "c.json")
    assert message.startswith("cannot merge runs run-1 and run-1: different rubric")
    assert not Path("c.json").exists()


def test_each_system_is_merged_from_its_own_parts(mlscore, parts, save):
    records, names = parts
    other = save("fraud.json", system="fraud")
    merged = mlscore("merge", other, *names)
    churn, fraud = parse_records(merged.out, "whole")
    assert (churn, fraud.system) == (merge(records), "fraud")
    said = [line.partition(":")[2].partition(":")[0] for line in merged.err.splitlines()]
    assert said == [" merged 2 records of churn", " merged 1 record of fraud"]
    assert mlscore("merge", *reversed(names), other).out == merged.out, "in any order"


@pytest.mark.parametrize(
    "arguments,message",
    [
        ([], "the following arguments are required: RECORD (see `mlscore merge --help`)"),
        (["-", "a.json", "-"], "standard input can be read only once"),
        (["a.json", "none.json"], "none.json: no such file"),
        (["a.json", "-o", "."], "cannot write '.': it is a folder"),
        (["a.json", "-o", ""], "cannot write ''"),
        (["a.json", "-o"], "argument -o/--output: expected one argument"),
    ],
)
def test_refusals(refused, save, arguments, message):
    save("a.json")
    assert refused("merge", *arguments).startswith(message)


def test_a_record_that_cannot_be_scored_is_refused(refused, save):
    path = Path(save("a.json", sample_records.mixed()))
    content = json.loads(path.read_text("utf-8"))
    content["rubric"]["bands"] = []
    path.write_text(json.dumps(content), encoding="utf-8")
    message = refused("merge", "a.json")
    assert message.startswith("the records cannot be scored again: score 2.5 lies above every")
    assert message.endswith("so run the tests again")
