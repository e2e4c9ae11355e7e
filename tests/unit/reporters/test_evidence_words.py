"""What a store added to a score, in words and in every report."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

import sample_records as samples
from pytest_mltestscore.reporters import find
from pytest_mltestscore.reporters.evidence_words import from_others, seen_elsewhere

LEFT_OUT = "4 stored records do not count: 3 of commits that are not in the history of this one;"


def test_what_others_saw_is_counted():
    assert list(from_others(samples.pooled())) == [
        "14 tests seen in 2 other runs, the oldest 7 hours ago",
        "7 tests tried with faults in an earlier run, and unchanged since",
        f"{LEFT_OUT} 1 on uncommitted changes",
    ]


def test_nothing_is_said_without_a_store():
    assert list(from_others(samples.perfect())) == []


def test_a_store_that_had_nothing_is_told():
    record = samples.perfect()
    empty = replace(samples.pooled().pool, sources=(), left_out={"on uncommitted changes": 1})
    assert list(from_others(replace(record, pool=empty))) == [
        "no result of another run was needed or found",
        "1 stored record does not count: 1 on uncommitted changes",
    ]


@pytest.mark.parametrize(
    "item, said",
    [
        ("data-1", "7 hours ago, in run a1a1a1a1a1a1"),
        ("model-1", ""),
        ("monitor-1", "42 minutes ago, in run b2b2b2b2b2b2"),
    ],
)
def test_of_each_test_it_is_said_when_another_run_saw_it(item, said):
    record = samples.pooled()
    assert seen_elsewhere(record.item(item).tests[0], record) == said


def test_the_page_lists_the_runs():
    page = find("html").render(samples.pooled())
    section = page[page.index("Results of other runs") :]
    rows = re.findall(r"<tr><th scope=.?row.*", section[: section.index("</section>")])
    assert len(rows) == 2
    assert "shard 2/3" in rows[0]
    assert "2026-03-02 03:17" in rows[1]
    assert 'href="https://ci.example/job/7"' in rows[1]
    assert page.count("7 hours ago, in run a1a1a1a1a1a1") == 7
    assert "Results of other runs" not in find("html").render(samples.perfect())


@pytest.mark.parametrize("kind", ["html", "md", "junit", "json"])
def test_what_a_store_says_is_hostile(kind):
    hostile = samples.with_text(samples.pooled(), lambda text: f"{samples.HOSTILE_TEXT} {text}")
    made = find(kind).render(hostile)
    made.encode()
    if kind in ("html", "junit"):
        assert "<script" not in made
        assert "onerror=alert(1)>" not in made
