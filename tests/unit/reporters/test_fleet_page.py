"""The page over all systems, as text: what it shows, what it keeps out, how long it is."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

import fleet_records as records
import sample_records as samples
from pytest_mltestscore.domain.fleet import LeftOut
from pytest_mltestscore.domain.record import CI, TrendPoint
from pytest_mltestscore.reporters._fleet_views import MAX_SYSTEMS
from pytest_mltestscore.reporters.fleet_page import render
from pytest_mltestscore.scoring.fleet import fleet_of

NOW = records.NOW


def fleet(count=0, *others, trends=None):
    return fleet_of([*records.systems(count), *others], trends, now=NOW)


def page(*args, **kwargs):
    return render(fleet(*args, **kwargs))


class Tags(HTMLParser):
    """All elements of a page, with their attributes, and the text of cells by row."""

    def __init__(self, html):
        super().__init__()
        self.found, self.rows, self._open = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._open = False

    def handle_data(self, data):
        if self._open:
            self.rows[-1][-1] += data


def row(html, name):
    """Return the cells of a system."""
    return next(cells for cells in Tags(html).rows if cells and cells[0].startswith(name))


def test_a_row_says_all_there_is_to_say_of_a_system():
    record = records.system(8)
    newest = dt.datetime.fromisoformat(record.run.started_at)
    trend = [
        TrendPoint(started_at=(newest - dt.timedelta(n)).isoformat(), final=score, sections={})
        for n, score in ((1, 0.5), (2, 1.0))
    ]
    html = page(1, record, trends={record.system: trend})
    assert row(html, "payments-fraud-detection") == [
        "payments-fraud-detectionbo@example.org",
        "0.0research",
        "−0.5",
        "",
        "0.0, lowest",
        "1.5",
        "0.0, lowest",
        "0.0, lowest",
        "3",
        "passed",
        "2026-11-271 day ago · CI job",
        "mainb46ee1d",
    ]
    assert 'aria-label="from 1 to 0 in 3 runs, between 0 and 1"' in html
    assert '<a href="https://ci.example.org/runs/8" rel="noopener">CI job</a>' in html


def test_systems_are_sorted_by_score_without_any_script():
    html = page(60)
    scores = [
        float(cells[1][:3]) for cells in Tags(html).rows if len(cells) == 12 and "CI" in cells[10]
    ]
    assert len(scores) == 60
    assert scores == sorted(scores)


def test_the_summary_counts_stale_systems_failed_gates_bands_sections_and_items():
    found = fleet(100)
    [group] = found.groups
    html = render(found)
    summary = re.sub(
        r"<[^>]+>", " ", html.partition('class="summary"')[2].partition("<caption>")[0]
    )
    said = " ".join(summary.split())
    assert f"{len(group.systems)} systems, median score {group.median:g} of 7" in said
    assert f"{group.stale} stale systems , not scored for 30 days" in said
    assert f"{group.gates['failed']} gates failed" in said
    for band in group.bands:
        assert re.search(rf"{band.key} [a-z0-9, ]* {band.systems} {band.below}\b", said), band.key
    weakest = next(s for s in group.sections if s.id == group.weakest_section)
    assert f"{weakest.title} weakest {weakest.mean:.1f} of 7" in said
    assert [title for title in (i.title for i in group.items[:3]) if title not in said] == []


def test_items_stand_worst_first_with_a_bar_in_words():
    found = fleet(30)
    html = render(found)
    shown = re.findall(r"<th scope=\"row\">[^<]+<small>(\S+) ", html)
    assert shown == [item.id for item in found.groups[0].items]
    worst = found.groups[0].items[0]
    assert f"{worst.states['missing']} missing" in html


def test_systems_of_another_rubric_have_a_table_of_their_own():
    html = page(3, replace(samples.edition_2016(), system="old"))
    assert "1 more system of another rubric" in html
    assert "not to be compared with those above" in html
    assert row(html, "old")[1].startswith("1.0")


def test_what_is_not_scored_or_left_out_is_named_with_its_reason():
    found = fleet(1, replace(samples.partial(), system="half"))
    left = LeftOut(place="records/a.json", reason="is empty; send it again")
    html = render(replace(found, left_out=(left,), notes=("churn is in 2 of the sources",)))
    assert row(html, "half") == [
        "half",
        "2026-03-02",
        "its newest run is partial: 2 tagged tests deselected by -k",
    ]
    assert row(html, "records/a.json") == ["records/a.json", "is empty; send it again"]
    assert "churn is in 2 of the sources" in html


def test_a_page_of_nothing_says_what_to_do():
    html = page()
    assert "No system has a score yet" in html
    assert "<script" not in html


# Safe


def test_the_policy_names_the_sheet_and_the_script_and_nothing_else():
    html = page(2)
    policy = next(a["content"] for t, a in Tags(html).found if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_hostile_text_is_text():
    evil = replace(samples.hostile(), system=f"{samples.HOSTILE_TEXT} system")
    evil = replace(evil, run=replace(evil.run, started_at=NOW.isoformat()))
    found = fleet(2, evil)
    tags = Tags(render(replace(found, title=samples.HOSTILE_TEXT, sources=(samples.HOSTILE_TEXT,))))
    assert [tag for tag, _ in tags.found].count("script") == 1
    assert "img" not in {tag for tag, _ in tags.found}
    for tag, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        assert attributes.get("href", "#").startswith(("#", "https://", "data:image/svg+xml"))


def test_no_control_or_lone_surrogate_reaches_the_page():
    evil = replace(samples.hostile(), run=replace(samples.mixed().run, branch=samples.HOSTILE_TEXT))
    html = page(0, evil)
    assert html.encode().decode() == html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "https:x", "//x"])
def test_only_a_web_address_becomes_a_link(address):
    record = records.system(1, ci=CI(provider="x", url=address))
    assert "CI job" not in page(0, record)


def test_a_text_of_any_length_is_cut():
    long = "a" * 100_000
    record = records.system(1, branch=long, commit=long)
    record = replace(record, system=long, extra={"owners": [long] * 50})
    assert len(page(0, record)) < 100_000


# Bytes


def test_the_same_fleet_gives_the_same_bytes():
    assert page(20) == page(20)


def test_a_thousand_systems_with_trends_fit_into_two_megabytes():
    found = list(records.systems(1_000))
    html = render(fleet_of(found, {r.system: records.trend(r) for r in found}, now=NOW))
    assert html.count("<tr") > 1_000
    assert len(html.encode()) < 2_000_000


def test_more_than_a_page_holds_are_counted():
    base = list(records.systems(30))
    many = [replace(base[n % 30], system=f"system {n}") for n in range(MAX_SYSTEMS + 7)]
    html = render(fleet_of(many, now=NOW))
    assert "And 7 more systems with higher scores" in html
    assert html.count('data-l="Score"') == MAX_SYSTEMS
