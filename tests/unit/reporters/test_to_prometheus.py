from __future__ import annotations

import re

import msgspec
import pytest
from tests import sample_records
from tests.sample_records import HOSTILE_TEXT, hostile, in_progress, mixed

import needs
from pytest_mltestscore.domain.text import clean_line
from pytest_mltestscore.reporters.to_prometheus import render, render_all

needs.module_at_import("prometheus_client")

from prometheus_client import parser  # noqa: E402 - needs what was just asked for
from prometheus_client.openmetrics import parser as openmetrics  # noqa: E402

read = parser.text_string_to_metric_families
read_openmetrics = openmetrics.text_string_to_metric_families
replace = msgspec.structs.replace
SAMPLES = [
    *("mixed", "perfect", "empty", "in_progress", "partial", "cut_short", "edition_2016"),
    "hostile",
]
UNFINISHED = ("in_progress", "partial", "cut_short")


def values(text: str, metric: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a metric by the values of their labels, but for the system."""
    return {
        tuple(value for name, value in sample.labels.items() if name != "system"): sample.value
        for family in read(text)
        for sample in family.samples
        if sample.name == metric
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_both_formats_and_nothing_twice(sample):
    """The node exporter takes no sample with a time of its own, and no series that comes twice."""
    text = render(getattr(sample_records, sample)())
    families = list(read(text))
    assert [f.name for f in families] == [f.name for f in read_openmetrics(text)]
    assert all(f.type == "gauge" and f.documentation for f in families)
    samples = [s for f in families for s in f.samples]
    assert all(s.timestamp is None and s.name.startswith("mlscore_") for s in samples)
    series = [(s.name, tuple(sorted(s.labels.items()))) for s in samples]
    assert len(set(series)) == len(series)
    assert all(re.fullmatch("[a-z]+", name) for s in samples for name in s.labels)


def test_values():
    text, record = render(mixed()), mixed()
    assert values(text, "mlscore_score") == {(): 2.5}
    assert values(text, "mlscore_score_max") == {(): 7}
    assert values(text, "mlscore_implemented_score") == {(): 3.5}
    assert values(text, "mlscore_section_score") == {
        (section.id,): section.score for section in record.sections
    }
    points = {(i.section, i.id, i.name): i.points for i in record.items}
    assert values(text, "mlscore_item_points") == points
    assert values(text, "mlscore_run_complete") == {(): 1}
    assert values(text, "mlscore_last_run_timestamp_seconds") == {(): 1772439330}


def test_every_state_is_counted_so_that_no_series_vanishes():
    counts = values(render(mixed()), "mlscore_items")
    assert len(counts) == 4 * 8
    assert sum(counts.values()) == 28
    assert counts["model", "failing"] == 1
    assert counts["infra", "failing"] == 0


@pytest.mark.parametrize("status", ["passed", "failed", "not-asked", "not-evaluated", "undecided"])
def test_one_verdict_holds(status):
    record = replace(mixed(), gate=replace(mixed().gate, status=status))
    found = values(render(record), "mlscore_gate")
    assert len(found) == 5
    assert [name for (name,), value in found.items() if value == 1] == [status]
    assert sum(found.values()) == 1


@pytest.mark.parametrize("sample", SAMPLES)
def test_only_a_run_that_shows_everything_has_a_score(sample):
    text = render(getattr(sample_records, sample)())
    complete = sample not in UNFINISHED
    assert values(text, "mlscore_run_complete") == {(): complete}
    names = {family.name for family in read(text)}
    known = {"mlscore_score", "mlscore_section_score", "mlscore_item_points", "mlscore_items"}
    assert names & known == (known if complete else set())


def test_a_run_in_progress_says_nothing_else():
    (family,) = read(render(in_progress()))
    assert family.name == "mlscore_run_complete"
    assert [sample.value for sample in family.samples] == [0]


def test_hostile_labels_come_out_as_they_went_in():
    system = 'a"b\\c\nd\\n}\x00 ' + HOSTILE_TEXT
    text = render(replace(hostile(), system=system))
    (sample,) = next(f for f in read(text) if f.name == "mlscore_score").samples
    assert sample.labels == {"system": clean_line(system)}
    assert text.encode().decode() == text


def test_a_time_that_is_none_is_left_out():
    record = replace(mixed(), run=replace(mixed().run, started_at="yesterday"))
    assert "timestamp" not in render(record)


def test_several_systems_share_each_metric():
    records = [mixed(), replace(sample_records.perfect(), system="fraud"), in_progress()]
    records[2] = replace(records[2], system="ads")
    text = render_all(records)
    lines = [line for line in text.splitlines() if line.startswith(("# HELP", "# TYPE"))]
    assert len(set(lines)) == len(lines)
    list(read_openmetrics(text))
    found = {
        (sample.name, sample.labels["system"]): sample.value
        for family in read(text)
        for sample in family.samples
        if family.name in ("mlscore_score", "mlscore_run_complete")
    }
    assert found == {
        ("mlscore_score", "churn"): 2.5,
        ("mlscore_score", "fraud"): 7,
        ("mlscore_run_complete", "churn"): 1,
        ("mlscore_run_complete", "fraud"): 1,
        ("mlscore_run_complete", "ads"): 0,
    }
