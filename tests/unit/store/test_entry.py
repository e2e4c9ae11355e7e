"""Names of objects: what they say, and that nothing else is taken for one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import sample_records
from pytest_mltestscore.domain.record import CI, Reason, Shard
from pytest_mltestscore.store import short_branch
from pytest_mltestscore.store._entry import (
    describe,
    digest,
    parse_key,
    quoted,
    unquoted,
)
from store_records import START, content, record

NOW = st.datetimes(timezones=st.just(dt.UTC))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


def entry(number=0, **run):
    return describe(content(number, **run), record(number, **run))


@given(TEXTS, st.sampled_from(["", "_"]))
def test_quoting_can_be_undone(text, keep):
    written = quoted(text, keep=keep)
    assert unquoted(written) == text
    assert written.isascii()
    assert not set(written) & set('/\\:*?"<>|%#&+ \0')
    assert not written.startswith(".")


@given(
    TEXTS,
    TEXTS,
    NOW,
    st.none() | st.builds(Shard, st.integers(1, 99), st.integers(1, 9999)),
    st.sampled_from([None, "1a" * 20, "1a" * 32]),
    st.sampled_from([None, True, False]),
)
def test_a_name_says_what_was_put_into_it(run, branch, began, shard, commit, dirty):
    facts = {
        "id": run,
        "branch": branch or None,
        "started_at": began.isoformat(),
        "commit": commit,
        "dirty": dirty,
        "shard": shard,
    }
    made = describe(b"...", record(**facts))
    assert parse_key(made.key) == made
    assert len(made.key.rpartition("/")[2]) <= 255
    assert (made.started_at, made.shard, made.dirty) == (began, shard, dirty)
    assert made.commit == (commit and commit[:40])
    assert made.branch == (short_branch(branch) if branch else None)
    assert made.digest == digest(b"...")


@given(st.lists(NOW, min_size=2, max_size=5, unique=True))
def test_names_sort_by_time(moments):
    keys = {describe(b"", record(started_at=m.isoformat())).key: m for m in moments}
    assert [keys[key] for key in sorted(keys)] == sorted(moments)


@given(TEXTS, TEXTS)
def test_branches_are_told_apart(one, other):
    assert (short_branch(one) == short_branch(other)) == (one == other)


def test_a_long_branch_is_cut():
    shown = short_branch("feature/" + "x" * 10_000_000)
    assert shown.startswith("feature/xxx")
    assert len(shown) < 32
    assert shown != short_branch("feature/" + "x" * 10_000_001)


@pytest.mark.parametrize(
    "reasons, expected",
    [
        ((), "complete"),
        ((Reason(kind="deselected", detail=""),), "partial"),
        ((Reason(kind="stopped", detail=""),), "cut-short"),
        ((Reason(kind="stopped", detail=""), Reason(kind="arguments", detail="")), "cut-short"),
    ],
)
def test_completeness(reasons, expected):
    assert entry(complete=not reasons, incomplete_reasons=reasons).completeness == expected


@pytest.mark.parametrize("ci", [None, CI(provider="github", url="https://ci.example/1")])
def test_ci(ci):
    assert entry(ci=ci).ci is (ci is not None)


@pytest.mark.parametrize(
    "made, failing",
    [(sample_records.mixed(), True), (sample_records.perfect(), False)],
    ids=["mixed", "perfect"],
)
def test_failing_items_are_seen_in_the_name(made, failing):
    assert describe(b"", made).failing is failing


def test_one_scope_for_the_same_tests_and_another_for_others():
    first, later = entry(1), entry(2)
    assert first.scope == later.scope
    items = record().items
    (index, item) = next((n, i) for n, i in enumerate(items) if i.tests)
    passed, left_out = (replace(item.tests[0], outcome=o) for o in ("passed", "not-run"))

    def scope(*tests):
        changed = [*items[:index], replace(item, tests=tests), *items[index + 1 :]]
        return describe(b"", replace(record(), items=tuple(changed))).scope

    assert scope(passed) == scope(replace(passed, outcome="failed"))
    assert scope(passed) != scope(left_out) == scope()
    assert len({scope(passed), scope(replace(passed, outcome="skipped")), scope()}) == 3
    assert scope(passed) != scope(replace(passed, nodeid="tests/test_other.py::test"))


def test_one_yardstick_for_what_can_be_compared():
    base = record()
    rubric = replace(base.rubric, version="9")
    marks = {
        describe(b"", changed).yardstick
        for changed in (base, replace(base, rubric=rubric), replace(base, scoring_version="9"))
    }
    assert len(marks) == 3
    assert describe(b"", record(5)).yardstick == describe(b"", base).yardstick


def test_many_sections_leave_the_final_score_alone():
    base = record()
    made = describe(b"", replace(base, sections=base.sections * 3))
    assert (made.final, made.sections) == (base.score.final, ())


KEY = entry().key
HEAD, TAIL = KEY.rsplit("_d", 1)


def test_fields_of_later_versions_are_ignored():
    later = parse_key(f"{HEAD}_zsomething_q1-2_d{TAIL}")
    assert replace(later, key=KEY) == parse_key(KEY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "churn",
        "README.md",
        "churn/2026-03/README.md",
        KEY.removeprefix("churn"),
        KEY.removeprefix("churn/"),
        KEY.replace("/2026-03/", "/2026-04/"),
        KEY.replace("20260302", "20260230").replace("2026-03", "2026-02"),
        KEY.replace("/2026-03/", "/2026-03/deep/"),
        KEY.replace("T081530.000000Z", "T081530Z"),
        KEY.replace("Z_r", "+0100_r"),
        KEY.removesuffix(".json"),
        KEY + ".gz",
        KEY + "\n",
        f"{HEAD}_d{TAIL.upper()}",
        f"{HEAD}_d{TAIL[1:]}",
        KEY.replace("_fw", "_f"),
        KEY.replace("_fw", "_fq"),
        KEY.replace("_b", "_b!ff"),
        KEY.replace("_b", "_b\u0663"),
    ],
)
def test_nothing_else_is_taken_for_a_record(key):
    assert parse_key(KEY)
    assert key != KEY
    assert parse_key(key) is None


@given(st.text(), st.integers(0, len(KEY)), st.integers(0, len(KEY)))
def test_any_name_can_be_looked_at(text, start, end):
    parse_key(text)
    parse_key(KEY[:start] + text + KEY[end:])


def test_the_start_is_kept_in_utc():
    assert entry(started_at="2026-03-02T00:15:30-08:00").started_at == START
    assert entry(started_at="2026-03-02T08:15:30Z").started_at == START
