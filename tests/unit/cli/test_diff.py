from __future__ import annotations

import json

import msgspec
import pytest
from markdown_it import MarkdownIt

import sample_records
import strategies
from pytest_mltestscore.domain.evidence import Measurement
from pytest_mltestscore.domain.record import ItemProof, Reason


@pytest.fixture
def pair(save):
    """Save two records: one item lower, one higher, one in another state, the rest equal."""
    old = {"data-1": "passed", "data-2": "failed"}
    new = {"data-1": "skipped", "data-2": "xfailed", "model-1": "passed"}
    return save("old.json", outcomes=old), save("new.json", outcomes=new)


def test_items_are_shown_with_states_points_and_reason(mlscore, pair):
    done = mlscore("diff", *pair)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "churn: old.json -> new.json\n"
        "score                0 ->    0\n"
        "  Data               1 ->    0  -1\n"
        "  Model              0 ->    1  +1\n"
        "  Infrastructure     0 ->    0\n"
        "  Monitoring         0 ->    0\n"
        "\n"
        "lower (1)\n"
        "  data-1 feature-schema: automated -> skipped, -1\n"
        "    1 test, none earned: 1 skipped\n"
        "\n"
        "higher (1)\n"
        "  model-1 spec-review: missing -> automated, +1\n"
        "    1 test passed\n"
        "\n"
        "same points, other state (1)\n"
        "  data-2 feature-benefit: failing -> skipped\n"
        "    1 test, none earned: 1 xfailed\n"
        "\n"
        "25 of 28 items unchanged\n"
    )


@pytest.fixture
def moved(save):
    """Save two records: a floor gave way to what is left, and one limit of a test."""

    def write(name, floor, limit, **tests):
        measured = Measurement(name="auc", value=0.65, limit=limit)
        test = strategies.row("t.py::test_auc", measurements=(measured,))
        rules = strategies.settings_of(fail_under_section={"data": floor})
        return save(name, strategies.score({"data-1": [test], **tests}, config=rules))

    more = {"data-2": [strategies.row("t.py::test_more")]}
    return write("old.json", 2.0, ">= 0.7", **more), write("new.json", 1.0, ">= 0.6")


LOOSENED = (
    "\nloosened (2)\n"
    "  fail_under_section data 2 -> 1 (now 1)\n"
    "  data-1 auc limit >= 0.7 -> >= 0.6 (now 0.65)\n"
    "    t.py::test_auc\n"
)


def test_bounds_that_were_loosened_are_listed(mlscore, moved):
    assert LOOSENED in mlscore("diff", *moved).out
    assert "loosened" not in mlscore("diff", moved[1], moved[0]).out
    told = json.loads(mlscore("diff", *moved, "--format=json").out)["loosened"]
    assert [(b["what"], b["before"], b["after"], b["found"], b["test"]) for b in told] == [
        ("fail_under_section data", "2", "1", "1", ""),
        ("auc limit", ">= 0.7", ">= 0.6", "0.65", "t.py::test_auc"),
    ]
    text = mlscore("diff", *moved, "--format=md").out
    assert "|  | fail\\_under\\_section data | 2 | 1 | 1 |  |\n" in text


def test_attestations_that_have_come_near_their_end_are_noted(mlscore, save):
    lasting = [strategies.attestation("data-1", expires=10)]
    old = save("old.json", strategies.score(attestations=lasting, today=strategies.days(-20)))
    new = save("new.json", strategies.score(attestations=lasting))
    note = "data-1 data-item-1 is attested until 2026-03-11, which is near now"
    done = mlscore("diff", old, new)
    assert f"note: {note}\n" in done.out
    assert "28 of 28 items unchanged" in done.out
    assert "note" not in mlscore("diff", new, new).out
    assert json.loads(mlscore("diff", old, new, "--format=json").out)["ending"] == ["data-1"]


def test_an_attestation_that_expired_is_the_reason(mlscore, save):
    lasting = [strategies.attestation("data-1", expires=-1)]
    old = save("old.json", strategies.score(attestations=lasting, today=strategies.days(-20)))
    new = save("new.json", strategies.score(attestations=lasting))
    assert (
        "  data-1 data-item-1: manual -> expired, -0.5\n"
        "    attestation by ada expired on 2026-02-28\n"
    ) in mlscore("diff", old, new).out


def test_equal_records(mlscore, save):
    path = save("a.json", full=["data"])
    done = mlscore("diff", path, path)
    assert done.out.endswith("  Monitoring         0 ->    0\n\n28 of 28 items unchanged\n")


def test_an_incomplete_run_is_pointed_out(mlscore, save):
    stopped = Reason(kind="stopped", detail="stopping after 1 failure")
    old, new = save("old.json"), save("new.json", reasons=[stopped])
    note = "new.json is not complete: stopping after 1 failure"
    assert f"note: {note}\n" in mlscore("diff", old, new).out
    assert f"\nNote: {note}\n" in mlscore("diff", old, new, "--format=md").out
    assert "not complete" not in mlscore("diff", old, old).out


def test_json_tells_the_same(mlscore, pair):
    told = json.loads(mlscore("diff", *pair, "--format", "json").out)
    assert told["system"] == "churn"
    assert told["old"] == {
        "source": "old.json",
        "date": "2026-03-02",
        "commit": "1a2b3c4d" * 5,
        "complete": True,
        "score": 0.0,
    }
    assert told["new"]["source"] == "new.json"
    assert {"id": "data", "before": 1.0, "after": 0.0} in told["sections"]
    gains = [(c["item"], c["name"], c["before"], c["after"], c["gain"]) for c in told["changes"]]
    assert gains == [
        ("data-1", "feature-schema", "automated", "skipped", -1.0),
        ("data-2", "feature-benefit", "failing", "skipped", 0.0),
        ("model-1", "spec-review", "missing", "automated", 1.0),
    ]
    assert told["changes"][0]["reason"] == "1 test, none earned: 1 skipped"
    assert told["unchanged"] == 25


def test_markdown_is_two_tables(mlscore, pair):
    out = mlscore("diff", *pair, "--format=md").out
    html = MarkdownIt("commonmark").enable("table").render(out)
    assert html.count("<table>") == 2
    assert "<h3>ML Test Score of churn, old.json to new.json</h3>" in html
    assert "<td>data-1 feature-schema</td>\n<td>automated</td>\n<td>skipped</td>" in html
    assert html.rstrip().endswith("<p>25 of 28 items unchanged</p>")


def test_markdown_without_changes_has_one_table(mlscore, save):
    path = save("a.json")
    out = mlscore("diff", path, path, "--format=md").out
    assert MarkdownIt("commonmark").enable("table").render(out).count("<table>") == 1


@pytest.mark.parametrize("kind", ["text", "md", "json"])
def test_hostile_texts_stay_texts(mlscore, save, kind):
    new = sample_records.hostile()
    first, *others = new.items
    stopped = Reason(kind="stopped", detail=sample_records.HOSTILE_TEXT)
    old = msgspec.structs.replace(
        new,
        items=(msgspec.structs.replace(first, state="missing", points=0.0), *others),
        run=msgspec.structs.replace(new.run, complete=False, incomplete_reasons=(stopped,)),
    )
    out = mlscore("diff", save("old.json", old), save("new.json", new), "--format", kind).out
    assert "missing" in out
    assert not set(out) & set("\x1b\x07\x00\u202e\u2028\ud800")
    if kind == "md":
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(out)
        assert "<script" not in html
        assert "<img" not in html
        assert "<a " not in html


@pytest.mark.parametrize(
    "other,reason",
    [
        ({"system": "fraud"}, "different systems: churn and fraud"),
        (
            strategies.score(),
            "different rubrics: ml-test-score 2017.1 and paper 1",
        ),
    ],
)
def test_the_incomparable_is_not_compared(refused, save, other, reason):
    old = save("old.json")
    new = save("new.json", **other) if isinstance(other, dict) else save("new.json", other)
    assert refused("diff", old, new) == f"old.json, new.json: not comparable: {reason}"


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["-", "-"], "standard input can be read only once"),
        (["old.json"], "the following arguments are required: NEW (see `mlscore diff --help`)"),
        (["old.json", "none.json"], "none.json: no such file; `pytest --mlscore --mlscore-report="),
        (["old.json", "old.json", "--format=xml"], "argument --format: invalid choice: 'xml'"),
    ],
)
def test_refusals(refused, save, arguments, message):
    save("old.json")
    assert refused("diff", *arguments).startswith(message)


def with_proof(verdict):
    """Return a record with one item of which one test was tried with a fault."""
    record = sample_records.perfect()
    first, *others = record.items
    proof = ItemProof(
        caught=int(verdict == "caught"), missed=int(verdict == "missed"), no_verdict=0
    )
    return msgspec.structs.replace(
        record, items=(msgspec.structs.replace(first, proof=proof), *others)
    )


@pytest.mark.parametrize(
    "before, after, said",
    [("caught", "missed", "no longer proven"), ("missed", "caught", "now proven")],
)
def test_proof_that_was_lost_or_won_is_told(mlscore, save, before, after, said):
    pair = save("old.json", with_proof(before)), save("new.json", with_proof(after))
    assert f"\nproof (1)\n  data-1 feature-schema: {said}\n" in mlscore("diff", *pair).out
    text = mlscore("diff", *pair, "--format=md").out
    assert f"| data-1 feature-schema | automated | automated, {said} |" in text
    (change,) = json.loads(mlscore("diff", *pair, "--format=json").out)["changes"]
    assert change["proof"] == ("won" if after == "caught" else "lost")
    assert "27 of 28 items unchanged" in text
