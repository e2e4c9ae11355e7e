"""Records of parts of one run become the record of the whole."""

from __future__ import annotations

import hashlib
import re
from itertools import permutations

import msgspec
import pytest

from pytest_mltestscore.domain.errors import MergeError
from pytest_mltestscore.domain.record import CI, Loosened, Policy, Setting
from pytest_mltestscore.scoring.diff import baseline_from, missing_baseline, yardstick
from pytest_mltestscore.scoring.merge import NO_COMMIT, UNCOMMITTED, merge
from strategies import (
    EDITION_2016,
    PAPER,
    attestation,
    days,
    reason,
    row,
    run,
    score,
    settings_of,
    waiver,
)

PASSED = {"data-1": [row("a.py::t")]}


def part(tests=None, *reasons, of=None, id="run-1", **facts):  # noqa: A002  the key's name
    """Score one part, run under an id of its own."""
    return score(tests or {}, of=of or run(*reasons, id=id), **facts)


def test_nothing_cannot_be_merged():
    with pytest.raises(MergeError, match=r"^nothing to merge: give at least one run record$"):
        merge([])


def test_one_record_stays_as_it_is():
    record = part(PASSED, untagged=["u.py::t"], of=run(selected=2), notes=["b", "a"])
    assert merge([record]) == record


def test_tests_of_all_parts_count():
    merged = merge([part(PASSED, id="1"), part({"data-2": [row("b.py::t")]}, id="2")])
    assert [i.id for i in merged.items if i.state == "automated"] == ["data-1", "data-2"]
    assert merged.sections[0].score == 2


def test_an_example_that_one_part_has_left_out_is_taken_from_another():
    failed = {"data-1": [row("b.py::t", "failed")]}
    parts = [part(PASSED, id="1"), part(failed, id="2"), part(PASSED, id="3")]
    assert {bool(p.item("data-1").texts.example) for p in parts} == {False, True}
    for order in permutations(parts):
        assert merge(order).item("data-1").texts.example == PAPER.find("data-1").example


@pytest.mark.parametrize(
    "one,other,kept",
    [
        ("passed", "failed", "failed"),
        ("crashed", "passed", "crashed"),
        ("passed", "not-run", "passed"),
        ("skipped", "passed", "skipped"),
        ("error", "incomplete", "incomplete"),
        ("not-run", "not-run", "not-run"),
    ],
)
def test_of_one_test_in_two_parts_the_worst_outcome_counts(one, other, kept):
    parts = [
        part({"data-1": [row("t", one)]}, id="1"),
        part({"data-1": [row("t", other)]}, id="2"),
    ]
    for order in permutations(parts):
        (found,) = merge(order).item("data-1").tests
        assert found.outcome == kept


def test_a_test_that_is_tagged_in_one_part_is_not_untagged():
    merged = merge([part(PASSED, id="1"), part(untagged=["a.py::t", "u"], id="2")])
    assert merged.untagged == ("u",)
    assert merged.run.selected == 2


DIFFERENT = {
    "system": (lambda r: msgspec.structs.replace(r, system="fraud"), "system (churn and fraud)"),
    "rubric": (lambda r: score(by=EDITION_2016), "rubric"),
    "item texts": (
        lambda r: msgspec.structs.replace(
            r, items=(msgspec.structs.replace(r.items[0], title="other"), *r.items[1:])
        ),
        "rubric",
    ),
    "scoring version": (
        lambda r: msgspec.structs.replace(r, scoring_version="0"),
        "scoring version (1 and 0)",
    ),
    "commit": (
        lambda r: score(of=run(commit="d" * 40)),
        f"commit ({'c' * 40} and {'d' * 40})",
    ),
    "no commit": (lambda r: score(of=run(commit=None)), f"commit ({'c' * 40} and None)"),
    "policy": (lambda r: score(policy=Policy(require_ci=True)), "policy"),
    "configuration": (lambda r: score(config=settings_of(fail_under=1)), "configuration"),
    "attestations": (lambda r: score(attestations=[attestation()]), "attestations"),
    "waivers": (lambda r: score(waivers=[waiver()]), "waivers"),
}


@pytest.mark.parametrize("change,what", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_parts_of_different_runs_are_refused(change, what):
    record = score()
    other = change(record)
    other = msgspec.structs.replace(other, run=msgspec.structs.replace(other.run, id="run-2"))
    for records in ([record, other], [record, record, other]):
        with pytest.raises(MergeError) as error:
            merge(records)
        assert str(error.value) == f"cannot merge runs run-1 and run-2: different {what}"


# Completeness

NOT_RUN = {"data-1": [row("a.py::t", "not-run")]}
LEFT_OUT = reason("deselected", "9 tagged tests left out by a plugin")


def test_what_one_part_left_out_another_has_run():
    parts = [
        part({**PASSED, "data-2": [row("b.py::t", "not-run")]}, LEFT_OUT, id="1"),
        part({**NOT_RUN, "data-2": [row("b.py::t")]}, LEFT_OUT, id="2"),
    ]
    merged = merge(parts)
    assert merged.run.complete
    assert merged.run.incomplete_reasons == ()
    assert merged.item("data-1").state == merged.item("data-2").state == "automated"


@pytest.mark.parametrize(
    "nodeids,detail",
    [
        (["t"], "1 tagged test did not run in any part"),
        (["t", "u"], "2 tagged tests did not run in any part"),
    ],
)
def test_what_no_part_has_run_is_left_out_and_counted_anew(nodeids, detail):
    rows = {"data-2": [row(n, "not-run") for n in nodeids]}
    merged = merge([part({**PASSED, **rows}, LEFT_OUT, id="1"), part(rows, LEFT_OUT, id="2")])
    assert merged.run.incomplete_reasons == (reason("deselected", detail),)
    assert not merged.run.complete
    assert merged.run.partial
    assert merged.run.selected == 1


def test_one_run_keeps_its_own_words():
    record = part({**PASSED, "data-2": [row("b", "not-run")]}, LEFT_OUT, reason("no-tests"))
    assert merge([record]) == merge([record, record]) == record


def test_a_test_that_serves_two_items_is_left_out_once():
    rows = {i: [row("t", "not-run")] for i in ("data-1", "data-2")}
    merged = merge([part(rows, LEFT_OUT, id="1"), part(rows, LEFT_OUT, id="2")])
    assert merged.run.incomplete_reasons[0].detail.startswith("1 tagged test did")


def test_tests_outside_the_scope_of_complete_runs_leave_them_complete():
    merged = merge([part({**PASSED, "data-2": [row("x", "not-run")]}, id=n) for n in "12"])
    assert merged.run.complete


@pytest.mark.parametrize("kind", ["stopped", "exit", "worker-lost", "unfinished", "in-progress"])
def test_a_part_that_was_cut_short_cuts_the_whole_short(kind):
    cut = reason(kind)
    merged = merge([part(PASSED, id="1"), part(PASSED, cut, id="2")])
    assert merged.run.incomplete_reasons == (cut,)
    assert merged.run.cut_short
    assert not merged.run.complete


def test_an_empty_part_takes_nothing_from_the_others():
    empty = part(NOT_RUN, LEFT_OUT, reason("no-tests"), id="2")
    assert merge([part(PASSED, id="1"), empty]).run.complete


@pytest.mark.parametrize("kind", ["exit", "arguments"])
def test_a_part_without_tests_keeps_its_other_reasons(kind):
    merged = merge([part(PASSED, id="1"), part({}, reason(kind), id="2")])
    assert merged.run.incomplete_reasons == (reason(kind),)


def test_a_part_that_never_saw_a_test_may_have_lost_some():
    blind = part({}, reason("no-tests", "nothing was collected"), id="2")
    lost = reason("collection-errors", "run 2: nothing was collected")
    for order in permutations([part(PASSED, id="1"), blind]):
        merged = merge(order)
        assert merged.run.incomplete_reasons == (lost,)
        assert merged.item("data-2").state == "not-run"
    assert merge([blind]).run.incomplete_reasons == blind.run.incomplete_reasons


def test_empty_parts_make_an_empty_whole():
    parts = [part(NOT_RUN, LEFT_OUT, reason("no-tests"), id=n) for n in "12"]
    left_out = reason("deselected", "1 tagged test did not run in any part")
    assert merge(parts).run.incomplete_reasons == (left_out, reason("no-tests"))
    assert merge(parts).run.selected == 0


ONLY = reason("arguments", "only a.py was run")


def test_files_on_the_command_line_leave_the_whole_partial_unless_the_caller_vouches():
    parts = [part(PASSED, ONLY, id="1"), part({"data-2": [row("b.py::t")]}, ONLY, id="2")]
    assert merge(parts).run.incomplete_reasons == (ONLY,)
    assert merge(parts).item("data-3").state == "not-run"
    whole = merge(parts, whole=True)
    assert whole.run.complete
    assert whole.item("data-3").state == "missing"


def test_vouching_does_not_cover_tests_that_are_known_to_be_left_out():
    rows = {"data-2": [row("b", "not-run")]}
    merged = merge([part(rows, ONLY, LEFT_OUT, id="1"), part(PASSED, ONLY, id="2")], whole=True)
    assert [r.kind for r in merged.run.incomplete_reasons] == ["deselected"]


def test_vouching_for_one_record():
    assert merge([part(PASSED, ONLY)], whole=True).run.complete


# Facts


def test_facts_of_the_parts_are_put_together():
    first = run(
        id="b", started_at="2026-03-01T10:00:00+00:00", duration_s=1.2500001, ci=CI(provider="x")
    )
    second = run(
        id="a", started_at="2026-03-01T09:00:00+00:00", duration_s=2.5, ci=CI(provider="x")
    )
    for order in permutations([part(PASSED, of=first), part(of=second)]):
        merged = merge(order).run
        assert merged.id == hashlib.sha256(b"a\nb").hexdigest()[:32]
        assert merged.started_at == "2026-03-01T09:00:00+00:00"
        assert merged.duration_s == 3.75
        assert (merged.branch, merged.commit, merged.dirty) == ("main", "c" * 40, False)
        assert merged.ci == CI(provider="x")
        assert merged.selected == 1
        assert merged.versions == {"python": "3.11.7"}


def test_the_id_of_a_merged_run_depends_on_all_parts_and_on_no_order():
    ids = {merge([part(id=n) for n in order]).run.id for order in permutations(["1", "2", "3"])}
    assert len(ids) == 1
    assert merge([part(id="1"), part(id="2")]).run.id not in ids
    assert merge([part(id="1"), part(id="1", of=run(id="1", selected=5))]).run.id == "1"


@pytest.mark.parametrize(
    "one,other,merged",
    [
        (False, False, False),
        (False, True, True),
        (True, True, True),
        (None, False, None),
        (None, True, None),
        (None, None, None),
    ],
)
def test_a_dirty_part_makes_the_whole_dirty(one, other, merged):
    parts = [part(of=run(id="1", dirty=one)), part(of=run(id="2", dirty=other))]
    assert [merge(order).run.dirty for order in permutations(parts)] == [merged] * 2


@pytest.mark.parametrize(
    "one,other,notes",
    [
        ({}, {}, ()),
        ({"commit": None}, {"commit": None}, (NO_COMMIT,)),
        ({"dirty": True}, {}, (UNCOMMITTED,)),
        ({"dirty": True}, {"dirty": None}, (UNCOMMITTED,)),
        ({"dirty": None}, {}, ()),
        (
            {"commit": None, "dirty": None},
            {"commit": None, "dirty": True},
            (UNCOMMITTED, NO_COMMIT),
        ),
    ],
)
def test_parts_that_may_be_of_different_states_are_noted(one, other, notes):
    parts = [part(of=run(id="1", **one)), part(of=run(id="2", **other))]
    for order in permutations(parts):
        merged = merge(order)
        assert merged.notes == notes
        assert merge([merged, *order]).notes == merge([merged]).notes == notes


@pytest.mark.parametrize("facts", [{"commit": None}, {"dirty": True}])
def test_one_run_is_of_one_state(facts):
    record = part(of=run(**facts))
    assert merge([record, record]).notes == ()


def test_parts_of_different_branches_have_none():
    parts = [part(of=run(id="1")), part(of=run(id="2", branch="feature"))]
    assert merge(parts).run.branch is None


@pytest.mark.parametrize("same_id", [False, True])
def test_a_part_outside_ci_makes_the_whole_outside(same_id):
    inside, outside = CI(provider="GitHub"), None
    parts = [
        part(PASSED, of=run(id="1", ci=inside), policy=Policy(require_ci=True)),
        part(of=run(id="1" if same_id else "2", ci=outside), policy=Policy(require_ci=True)),
    ]
    for order in permutations(parts):
        assert merge(order).run.ci is None
        assert merge(order).item("data-1").state == "withheld"


def test_expiry_is_judged_by_the_latest_date():
    ending = {
        "attestations": [attestation("data-1", expires=0)],
        "waivers": [waiver("data-2", expires=0)],
    }
    parts = [part(id="1", **ending), part(id="2", **ending, today=days(1))]
    for order in permutations(parts):
        assert merge(order).date == days(1)
        assert merge(order).item("data-1").state == "expired"
        assert not merge(order).item("data-2").waiver.in_force


def test_the_origin_of_a_setting_does_not_depend_on_the_order():
    parts = [
        part(id=origin, config={"fail_under": Setting(value=0, origin=origin)})
        for origin in ("ini file", "command line")
    ]
    assert [merge(order).config for order in permutations(parts)] == [
        {"fail_under": Setting(value=0, origin="command line")}
    ] * 2


def test_the_generator_does_not_depend_on_the_order():
    record = part(id="1")
    newer = msgspec.structs.replace(record.generator, version="0.2.0")
    other = msgspec.structs.replace(part(id="2"), generator=newer)
    assert [merge(o).generator.version for o in permutations([record, other])] == ["0.1.0"] * 2


def test_notes_of_all_parts_are_kept_once():
    parts = [part(id="1", notes=["d", "b"]), part(id="2", notes=["c", "b"])]
    assert merge(parts).notes == ("b", "c", "d")


# Baselines

OLD = score({"data-1": [row("a")], "data-2": [row("b")]})
GATED = settings_of(fail_on_regression=True)


def baseline(old=OLD, source="main.json"):
    return baseline_from(old, source, yardstick("churn", PAPER))


def test_the_whole_is_compared_with_the_baseline_of_its_parts():
    parts = [
        part({"data-1": [row("a")]}, id="1", baseline=baseline(), config=GATED),
        part({"data-2": [row("b", "failed")]}, id="2", baseline=baseline(), config=GATED),
    ]
    assert all(p.gate.status == "failed" for p in parts)
    merged = merge(parts)
    assert [c.item for c in merged.baseline.changes] == ["data-2"]
    assert merged.gate.verdict == "gate failed: regressed: data-2 automated -> failing"


def test_what_the_parts_saw_loosened_was_loosened_in_the_whole():
    bounds = [
        Loosened(what=f"{name} limit", before=">= 0.7", after=">= 0.6", found="0.65", item="data-1")
        for name in ("auc", "recall", "precision")
    ]
    parts = [
        part(id="1", baseline=msgspec.structs.replace(baseline(), loosened=(bounds[0], bounds[2]))),
        part(id="2", baseline=msgspec.structs.replace(baseline(), loosened=(bounds[0], bounds[1]))),
    ]
    merged = merge(parts)
    assert {*merged.baseline.loosened} == {*bounds}
    assert len(merged.baseline.loosened) == 3
    again = [merge(parts[::-1]), merge([merged, *parts])]
    assert [m.baseline for m in again] == [merged.baseline] * 2


@pytest.mark.parametrize("found", [None, missing_baseline("main.json")])
def test_parts_without_a_baseline_have_none(found):
    assert merge([part(id=n, baseline=found) for n in "12"]).baseline == found


@pytest.mark.parametrize(
    "one,other,sources",
    [
        (baseline(), None, "main.json"),
        (baseline(), missing_baseline("main.json"), "main.json"),
        (missing_baseline("a.json"), missing_baseline("b.json"), "a.json, b.json"),
        (baseline(), baseline(score()), "main.json"),
        (baseline(source="b.json"), baseline(source="a.json"), "a.json, b.json"),
        (
            baseline(score(of=run(reason("exit")))),
            missing_baseline("main.json"),
            "main.json",
        ),
    ],
)
def test_parts_with_different_baselines_cannot_be_compared(one, other, sources):
    parts = [part(id=str(n), baseline=b, config=GATED) for n, b in enumerate([one, other])]
    for order in permutations(parts):
        merged = merge(order)
        found = merged.baseline
        assert (found.status, found.source) == ("not-comparable", sources)
        assert found.reason == "the parts were compared with different baselines"
        assert merged.gate.status == "undecided"
        again = merge([merged, *parts]).baseline
        assert again == found


def test_messages_name_no_more_than_the_two_runs():
    with pytest.raises(MergeError, match=re.escape("cannot merge runs 1 and 3")):
        merge([part(id="1"), part(id="2"), part(id="3", policy=Policy(max_waivers=1))])


def test_modules_that_skipped_themselves_stay_the_reason():
    skipped = ["not collected: tests/test_gpu.py: no GPU"]
    record = part(PASSED, id="1", notes=skipped)
    why = "no test was collected and no attestation; tests/test_gpu.py skipped itself"
    assert record.item("data-2").reason == why
    for order in permutations([record, part(id="2")]):
        assert merge(order).item("data-2").reason == why
    assert merge([record]) == record


@pytest.mark.parametrize(
    "seen",
    [
        {"tests": {"data-3": [row("tests/test_gpu.py::t", "skipped")]}},
        {"untagged": ["tests/test_gpu.py::t"]},
    ],
)
def test_a_module_that_another_part_collected_is_no_reason(seen):
    skipped = part(PASSED, id="1", notes=["not collected: tests/test_gpu.py: no GPU"])
    for order in permutations([skipped, part(id="2", **seen)]):
        assert merge(order).item("data-2").reason == "no test and no attestation"
