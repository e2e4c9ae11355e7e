"""The HTML report: what it says, what it leaves out, and that nothing in a record is markup."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import check_tables
import sample_records as samples
from pytest_mltestscore.domain.evidence import (
    Attestation,
    CheckEvidence,
    Measurement,
    TestEvidence,
    Waiver,
)
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.record import (
    CI,
    AttestationStatus,
    Baseline,
    GateCheck,
    Reason,
    Setting,
    WaiverStatus,
)
from pytest_mltestscore.domain.rubric import Band, Credit
from pytest_mltestscore.reporters import to_html_dir, to_json
from pytest_mltestscore.reporters._html_detail import COMFORTABLE, LIGHT, SMALL
from pytest_mltestscore.reporters.to_html import render

SAMPLES = [
    samples.mixed,
    samples.perfect,
    samples.empty,
    samples.in_progress,
    samples.partial,
    samples.cut_short,
    samples.edition_2016,
    samples.hostile,
    check_tables.charted,
    check_tables.hostile_charted,
]


class Page(HTMLParser):
    """Start tags with their attributes, and all text outside the style sheet."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.words = []
        self._inside = ""
        self.feed(html)
        self.close()
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        self._space(tag)

    def handle_endtag(self, tag):
        self._inside = ""
        self._space(tag)

    def _space(self, tag):
        if tag not in ("a", "b", "bdi", "code", "time"):
            self.words.append(" ")

    def handle_data(self, data):
        if self._inside != "style":
            self.words.append(data)

    def with_tag(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.tags if name in attrs]


def page_of(record):
    return Page(render(record))


def between(html, start, end):
    return Page(html.split(start, 1)[1].split(end, 1)[0]).text


def first_screen(record):
    return between(render(record), '<div class="summary">', '<section aria-labelledby="_changes">')


def item_text(record, item_id):
    return between(render(record), f'<div id="{item_id}">', "</details>")


def with_item(record, item_id, **changes):
    items = [replace(i, **changes) if i.id == item_id else i for i in record.items]
    return replace(record, items=tuple(items))


def with_tests(*tests, item_id="data-1"):
    return with_item(samples.mixed(), item_id, tests=tests)


# What the first screen says


def test_the_first_screen_answers_the_four_questions():
    text = first_screen(samples.mixed())
    assert text.startswith("The ML Test Score (2017): 2.5 of 7 7 0 0.5 → 2.5 over 56 days")
    assert "8 runs reasonably tested; more could be automated" in text
    assert "Gate failed" in text
    assert "score 2.5, required 3 fail_under: expected >= 3, found 2.5" in text
    assert "Complete run Up 0.5 from 2 in main.json at 9f8e7d6" in text
    assert "Model 2.5 of 7 limits the score 2 automated 1 manual 2 missing" in text
    assert "Data 4.5 of 7 down 0.5 from 5" in text
    assert "attest it Model +0.5 · low effort · lifts the score to 3" in text


def test_next_steps_lead_to_their_items():
    html = render(samples.mixed())
    steps = html.split('<section class="steps"')[1].split("</section>")[0]
    assert re.findall(r'href="([^"]*)"', steps) == ["#model-2", "#model-7", "#infra-6"]


def test_a_step_that_serves_several_sections_says_what_each_gains():
    first, *others = samples.mixed().next_steps
    several = replace(
        first, also=("infra-6",), elsewhere={"infra": 1.0}, provides=("model=", "slices=")
    )
    record = replace(samples.mixed(), next_steps=(several, *others))
    said = "Model +0.5, Infrastructure +1 · low effort · lifts the score to 3 if they pass"
    assert said in first_screen(record)


def test_what_waits_for_a_part_is_no_problem_to_open():
    record = samples.mixed()
    lacks = TestEvidence(nodeid="t.py::t", outcome="skipped", needs=("model=",))
    waiting = with_item(record, "model-2", state="skipped", tests=(lacks,))
    skipped = with_item(record, "model-2", state="skipped", tests=(replace(lacks, needs=()),))
    opened = '<details class="item skipped" open>'
    assert render(skipped).count(opened) == render(waiting).count(opened) + 1


def test_each_section_has_a_line_of_its_own_past():
    record = samples.mixed()
    lines = [svg for svg in page_of(record).with_tag("svg") if svg.get("class") == "past"]
    assert len(lines) == len(record.sections)
    rising = replace(
        record.trend[0], sections={s.id: s.max if s.id == "data" else 0 for s in record.sections}
    )
    paths = re.findall(
        r'vector-effect=non-scaling-stroke d="M(\S+) (\S+)L',
        render(replace(record, trend=(rising,))),
    )
    # The first point is at the top for the section that had all, at the bottom for the others.
    heights = [float(y) for _, y in paths]
    assert heights[0] < min(heights[1:])
    assert len(set(heights[1:])) == 1
    assert "class=past" not in render(replace(record, trend=()))


def test_sections_are_drawn_and_said():
    bars = [svg for svg in page_of(samples.mixed()).with_tag("svg") if svg.get("role") == "img"]
    assert [bar["aria-label"] for bar in bars] == [
        "Data: 4.5 of 7 points",
        "Model: 2.5 of 7 points",
        "Infrastructure: 3 of 7 points",
        "Monitoring: 3.5 of 7 points",
    ]


def test_a_full_score_is_held_down_by_nothing():
    text = first_screen(samples.perfect())
    assert "7 of 7" in text
    assert "limits the score" not in text
    assert "Nothing is left to raise." in text


def test_more_than_three_failed_conditions_are_counted():
    check = GateCheck(rule="r", expected="e", actual="a", ok=False, message="m")
    record = samples.mixed()
    record = replace(record, gate=replace(record.gate, checks=(check,) * 5))
    assert "2 more conditions" in first_screen(record)


@pytest.mark.parametrize(
    "record, words",
    [
        (samples.perfect(), "No gate was asked for This run was measured, not judged."),
        (samples.cut_short(), "Gate undecided stopping after 1 failure"),
        (samples.partial(), "Gate not evaluated 2 tagged tests deselected by -k"),
    ],
)
def test_the_gate_says_why_there_is_no_verdict(record, words):
    assert words in first_screen(record)


@pytest.mark.parametrize(
    "record, words",
    [
        (samples.mixed(), "Complete run"),
        (samples.partial(), "Partial: 2 tagged tests deselected by -k. Items left out count as"),
        (samples.cut_short(), "Cut short: stopping after 1 failure; 1 selected test has no final"),
        (samples.cut_short(), "The score is a lower bound."),
    ],
)
def test_the_first_screen_says_how_complete_the_run_was(record, words):
    assert words in first_screen(record)


def test_a_stub_has_no_score_to_be_mistaken_for_a_result():
    html = render(samples.in_progress())
    page = Page(html)
    assert "No result yet" in page.text
    assert "Nothing here is a score." in page.text
    assert "2026-03-02T08:15:30Z" in page.text
    assert "of 7" not in html
    assert "<title>No result yet" in html
    assert not page.with_tag("details")


@pytest.mark.parametrize(
    "baseline, brief, more",
    [
        (None, "No baseline to compare with", "No baseline was given."),
        (
            Baseline(source="b.json", status="missing", reason="b.json does not exist yet"),
            "Not compared: b.json does not exist yet",
            "Not compared with b.json: b.json does not exist yet.",
        ),
        (
            Baseline(source="b.json", status="not-comparable", reason="different rubrics"),
            "Not compared: different rubrics",
            "Not compared with b.json: different rubrics.",
        ),
        (
            Baseline(source="b.json", status="compared", final=2.5),
            "Unchanged in b.json",
            "No item changed since b.json.",
        ),
        (
            Baseline(source="b.json", status="compared", final=3.0),
            "Down 0.5 from 3 in b.json",
            "No item changed since b.json.",
        ),
    ],
)
def test_the_baseline_is_named_or_its_absence_explained(baseline, brief, more):
    record = replace(samples.mixed(), baseline=baseline)
    assert brief in first_screen(record)
    assert more in page_of(record).text


def test_changes_are_listed_with_state_points_and_reason():
    text = page_of(samples.mixed()).text
    assert "model-6 slice-quality automated → failing −1 test_recall_by_region failed" in text
    assert "monitor-6 computing-performance missing → manual +0.5 attested by" in text


@pytest.mark.parametrize("changed", [True, False])
def test_bounds_that_were_loosened_are_listed_whether_an_item_changed_or_not(changed):
    record = samples.mixed()
    if not changed:
        record = replace(record, baseline=replace(record.baseline, changes=()))
    text = page_of(record).text
    assert "4 bounds loosened since, to the gain of this run" in text
    limit = "data-1 null share limit tests/data/test_schema.py::test_rows <= 0.001 <= 0.01 0.0025"
    assert limit in text
    assert "4 bounds loosened since" in first_screen(record)
    none = replace(record, baseline=replace(record.baseline, loosened=()))
    assert "loosened" not in page_of(none).text


def test_floors_that_can_be_raised_are_named_below_the_gate():
    gate = replace(samples.edition_2016().gate, nudges=("fail_under could be 3", "and that"))
    text = page_of(replace(samples.edition_2016(), gate=gate)).text
    assert "Floors that can be raised: fail_under could be 3; and that." in text
    assert "raised:" not in page_of(samples.mixed()).text


# Items


def test_every_item_can_be_linked_to():
    record = samples.mixed()
    ids = page_of(record).attributes("id")
    assert max(Counter(ids).values()) == 1
    assert {item.id for item in record.items} <= set(ids)


def test_links_within_the_page_lead_somewhere():
    page = page_of(samples.mixed())
    targets = {href[1:] for href in page.attributes("href") if href.startswith("#")}
    assert targets <= set(page.attributes("id"))


def test_items_that_need_mending_start_open():
    opened = {a["class"] for a in page_of(samples.mixed()).with_tag("details") if "open" in a}
    assert opened == {"item failing", "item withheld", "item expired", "item skipped"}


@pytest.mark.parametrize("state", ["automated", "manual"])
def test_an_item_that_earns_says_what_holds(state):
    record = with_item(samples.mixed(), "data-1", state=state)
    assert item_text(record, "data-1").startswith("Feature expectations are captured in a schema.")


@pytest.mark.parametrize("state", ["failing", "withheld", "expired", "skipped", "missing"])
def test_an_item_that_earns_nothing_says_what_does_not_hold(state):
    record = with_item(samples.mixed(), "data-1", state=state)
    assert item_text(record, "data-1").startswith(
        "Nobody knows whether feature schema is in order."
    )


def test_an_item_that_nobody_looked_at_claims_nothing():
    record = with_item(samples.mixed(), "data-1", state="not-run")
    assert item_text(record, "data-1").startswith("Not looked at in this run: Feature expectations")


@pytest.mark.parametrize(
    "state, ways",
    [
        ("failing", ["To mend it"]),
        ("missing", ["By hand, 0.5 point", "Automated, 1 point"]),
        ("expired", ["By hand, 0.5 point", "Automated, 1 point"]),
        ("skipped", ["By hand, 0.5 point", "Automated, 1 point"]),
        ("withheld", ["By hand, 0.5 point"]),
        ("manual", ["Automated, 1 point"]),
        ("automated", []),
        ("not-run", []),
    ],
)
def test_the_way_up_depends_on_where_an_item_stands(state, ways):
    text = item_text(with_item(samples.mixed(), "data-1", state=state), "data-1")
    found = [w for w in ("To mend it", "By hand, 0.5 point", "Automated, 1 point") if w in text]
    assert found == ways


def test_evidence_shows_measured_values_against_limits():
    text = item_text(samples.mixed(), "data-1")
    assert "rows 336,776 >= 10000 null share 0.0025 <= 0.01 read time 0.11 s" in text
    assert "skew of an empty column nan schema version v7" in text


def test_evidence_shows_checks_and_what_was_expected_of_them():
    text = item_text(samples.mixed(), "data-2")
    assert "feature_benefit all 12 features beat random noise holds" in text
    assert "least gain 0.002 > 0" in text
    assert "a column of noise does not beat random noise does not hold expected to fail" in text


def test_evidence_shows_the_tables_of_checks():
    text = item_text(check_tables.charted(), "model-6")
    assert "Table, 4 rows" in text
    assert "region=north 98 0.61 0.5293 0.6483 weak" in text
    assert "region=west 12 thin" in text
    assert "Line: interval; mark: score; upright: limit; 2,969 of 6,000 rows of data" in text
    assert "a random sample of 2,969 of 6,000 rows" in text


def test_tables_of_checks_that_are_not_as_expected_start_open():
    def opened(item_id):
        html = render(check_tables.charted()).split(f'<div id="{item_id}">')[1].split("</dl>")[0]
        return [("open" in attrs) for attrs in Page(html).with_tag("details")]

    assert opened("model-6") == [True, False], "the second is a test to paste"
    assert opened("infra-2") == [False]
    assert opened("monitor-3") == [False, False], "it was expected to fail"


def test_a_stored_record_makes_the_same_page():
    record = check_tables.charted()
    (stored,) = parse(to_json.render(record), "r.json")
    assert render(stored) == render(record)


def test_charts_are_told_beside_them_and_hidden_from_screen_readers():
    page = page_of(check_tables.charted())
    charts = [svg for svg in page.with_tag("svg") if svg.get("class") in ("chart", "w")]
    assert len(charts) > 10
    assert {svg["aria-hidden"] for svg in charts} == {"true"}
    assert "loss over age days" in page.text


def test_an_item_that_lacks_a_test_shows_one_to_paste():
    record = samples.mixed()
    source = "def test_it():\n    assert 1 < 2\n"
    texts = replace(record.item("model-2").texts, example=source)
    record = with_item(record, "model-2", texts=texts)
    assert f"<pre class=all><code>{html.escape(source.strip())}</code></pre>" in render(record)
    texts = replace(texts, example="x = 1\n" * 2_000)
    assert "x = 1" not in render(with_item(record, "model-2", texts=texts)), "whole or not at all"


def test_evidence_shows_trouble_in_full():
    text = item_text(samples.mixed(), "model-6")
    assert "test_recall_by_region 3 subtests, 1 failed failed 1.75 s" in text
    assert "AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in north" in text
    assert "test_recall_by_age in teardown error" in text
    text = item_text(samples.mixed(), "data-4")
    assert "flaky: passed after 1 rerun not seen to fail" in text
    assert "a second run failed (AssertionError) failed once, then passed" in text


def test_the_command_runs_just_what_failed_and_is_quoted():
    tests = [
        TestEvidence(nodeid="tests/test_a.py::test_ok", outcome="passed"),
        TestEvidence(nodeid="tests/test_a.py::test_x[a b; rm -rf $HOME]", outcome="failed"),
    ]
    text = item_text(with_tests(*tests), "data-1")
    assert "Run again pytest 'tests/test_a.py::test_x[a b; rm -rf $HOME]'" in text


def test_parametrised_tests_are_one_row_and_failures_come_first():
    tests = [
        TestEvidence(nodeid=f"t.py::test_x[{n}]", outcome="failed" if n == 7 else "passed")
        for n in range(500)
    ]
    text = item_text(with_tests(*tests), "data-1")
    assert "test_x [0] [1] [2] [3] [4] [5] [6] [8] and 491 more 499 of 500 passed" in text
    assert "[7] failed" in text


def test_rows_beyond_fifty_are_counted_and_lie_in_the_record():
    tests = [TestEvidence(nodeid=f"t.py::test_{n}", outcome="passed") for n in range(80)]
    text = item_text(with_tests(*tests), "data-1")
    assert "test_49 passed" in text
    assert "test_50" not in text
    assert "And 30 tests more, in the JSON record." in text


def test_values_beyond_twenty_are_left_to_the_record():
    values = tuple(Measurement(name=f"m{n}", value=n) for n in range(25))
    test = TestEvidence(nodeid="t.py::t", outcome="passed", measurements=values)
    text = item_text(with_tests(test), "data-1")
    assert "m19" in text
    assert "m20" not in text
    assert "More checks and measured values are in the JSON record." in text


def test_an_attestation_says_who_when_how_long_and_where():
    text = item_text(samples.mixed(), "data-3")
    assert "By ana@example.org on 2026-01-31, made known to ml-team@example.org." in text
    assert "Counts until 2026-05-01 (60 days left)." in text
    assert "https://wiki.example.org/ml/reviews/12" in text


@pytest.mark.parametrize(
    "freshness, left, words",
    [
        ("expiring", 9, "Expires soon: counts until 2026-05-01 (9 days left)"),
        ("expired", -1, "Expired: counted until 2026-05-01 (1 day over)"),
        ("future", 60, "Dated in the future, so it does not count"),
    ],
)
def test_an_attestation_says_whether_it_counts(freshness, left, words):
    status = samples.attested("data-3")
    record = with_item(
        samples.mixed(),
        "data-3",
        attestation=replace(status, freshness=freshness, days_left=left),
    )
    assert words in item_text(record, "data-3")


def test_a_waiver_is_shown_and_said_to_add_nothing():
    text = page_of(samples.mixed()).text
    assert "missing, waived 0 of 1" in text
    assert "No personal data is read; legal confirmed it. bo@example.org, until 2026-06-30" in text
    assert "1 item waived; a waiver adds no points" in text


def test_a_waiver_that_ended_says_so():
    item = samples.mixed().item("data-5")
    over = replace(item.waiver, freshness="expired", days_left=-3)
    record = with_item(samples.mixed(), "data-5", waiver=over)
    assert "No longer in force: bo@example.org, until 2026-06-30 (3 days over)" in item_text(
        record, "data-5"
    )
    assert "missing, waived" not in page_of(record).text


@pytest.mark.parametrize(
    "address, linked",
    [
        ("https://wiki.example/runbook?a=1&b=2", True),
        ("http://wiki.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (" https://wiki.example", False),
        ("https:wiki.example", False),
        ("https://[", False),
        ("https://wiki.example/\u202egnp", False),
        ("https://wiki.example/" + "a" * 600, False),
        ("ftp://wiki.example", False),
    ],
)
def test_only_plain_web_addresses_become_links(address, linked):
    status = samples.attested("data-3")
    status = replace(status, statement=replace(status.statement, link=address))
    record = replace(samples.perfect(), run=replace(samples.perfect().run, ci=None))
    links = [
        attrs
        for attrs in page_of(with_item(record, "data-3", attestation=status)).with_tag("a")
        if not attrs["href"].startswith("#")
    ]
    assert links == ([{"href": address, "rel": "noopener"}] if linked else [])


def test_texts_of_the_rubric_may_hold_code():
    texts = replace(
        samples.mixed().item("data-5").texts, why="Run `a <b>` or `c`", fails="An ` odd"
    )
    html = render(with_item(samples.mixed(), "data-5", texts=texts))
    assert "Run <code>a &lt;b&gt;</code> or <code>c</code>" in html
    assert "An ` odd" in html


def test_filters_name_the_states_and_sections_that_exist():
    page = page_of(samples.mixed())
    states = {a["id"] for a in page.with_tag("input") if a["name"] == "state"}
    assert states == {"f-all"} | {f"f-{item.state}" for item in samples.mixed().items}
    assert {a["id"] for a in page.with_tag("input") if a["name"] == "section"} == {
        "c-all",
        "c-0",
        "c-1",
        "c-2",
        "c-3",
    }
    assert 'class="filters" hidden' in render(samples.mixed())


# The rest of the page


def test_the_score_is_worked_out_in_the_open():
    text = page_of(samples.mixed()).text
    assert "Model 0.5 + 0 + 1 + 0 + 1 + 0 + 0 2.5" in text
    assert "Lowest sum, so the score 2.5" in text
    assert "above 2, up to 3 reasonably tested; more could be automated (this run)" in text
    assert "Counted that way the score is 3.5 (implemented in the record)." in text


def test_gate_conditions_that_hold_are_listed_too():
    text = page_of(samples.mixed()).text
    assert "section data 4.5, required 4 fail_under_section >= 4 4.5 yes" in text
    assert "score 2.5, required 3 fail_under >= 3 2.5 no" in text


def test_a_condition_without_verdict_is_not_decided():
    assert "not decided" in page_of(samples.cut_short()).text


def test_untagged_tests_are_counted_and_the_first_ones_named():
    nodeids = tuple(f"tests/test_{n}.py::test" for n in range(5_000))
    text = page_of(replace(samples.mixed(), untagged=nodeids)).text
    assert "5,000 tests ran without serving an item." in text
    assert "tests/test_19.py::test" in text
    assert "tests/test_20.py::test" not in text
    assert "And 4,980 tests more, in the JSON record." in text
    assert "Every test that ran serves an item." in page_of(samples.perfect()).text


def test_untagged_tests_that_are_named_like_an_item_are_a_guess():
    page = render(check_tables.charted()).split('aria-labelledby="_untagged"')[1]
    text = " ".join(Page(page).text.split())
    assert "1 test is named like an item, and may belong to it. That is a guess;" in text
    assert "tests/test_cli.py::test_the_feature_schema perhaps data-1 feature-schema" in text
    assert "named like" not in page_of(samples.mixed()).text


def test_run_facts_options_and_notes_are_shown():
    record = samples.mixed()
    record = replace(
        record,
        config={
            "fail_under": Setting(value=3.0, origin="command line"),
            "report": Setting(value=["term", "html:a.html"], origin="pyproject.toml"),
            "baseline": Setting(value=None, origin="default"),
            "nested": Setting(value=[{"a": 1}], origin="default"),
        },
    )
    text = page_of(record).text
    assert "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d" in text
    assert "fail_under 3 command line" in text
    assert "report term, html:a.html pyproject.toml" in text
    assert "baseline not set default" in text
    assert 'nested [{"a":1}] default' in text
    assert "pytest-randomly shuffles the tests; seed 1234" in text


def test_a_run_outside_git_and_ci_says_so():
    record = samples.mixed()
    run = replace(record.run, commit=None, branch=None, ci=None, dirty=None)
    text = page_of(replace(record, run=run)).text
    assert "not a git checkout" in text
    assert "CI no" in text


def test_uncommitted_changes_are_said():
    record = samples.mixed()
    text = page_of(replace(record, run=replace(record.run, dirty=True))).text
    assert "feature/slices at 1a2b3c4 with changes" in text
    assert "with changes not committed" in text
    assert "with changes" not in page_of(record).text


@pytest.mark.parametrize("details, words", [(("", "x"), "unfinished; x"), (("y", ""), "y; exit")])
def test_a_reason_without_detail_shows_its_kind(details, words):
    first, second = details
    reasons = (Reason(kind="unfinished", detail=first), Reason(kind="exit", detail=second))
    record = samples.cut_short()
    record = replace(record, run=replace(record.run, incomplete_reasons=reasons))
    assert words in first_screen(record)


def test_a_rubric_of_two_sections_and_other_credits():
    record = samples.edition_2016()
    keep = ("data", "model")
    record = replace(
        record,
        sections=tuple(replace(s, max=14.0) for s in record.sections if s.id in keep),
        items=tuple(i for i in record.items if i.section in keep),
        rubric=replace(
            record.rubric,
            credit=Credit(manual=1.0, automated=2.0),
            bands=(Band(key="low", up_to=7.0, text="low"), Band(key="high", up_to=14.0, text="hi")),
        ),
        score=replace(record.score, band=Band(key="low", up_to=7.0, text="low")),
    )
    page = page_of(record)
    assert "1 of 14" in page.text
    assert "Model 0 + 0" not in page.text
    assert "Model 1 + 0 + 0 + 0 + 0 + 0 + 0" in page.text
    assert "7 low (this run)" in page.text
    assert "Automated, 2 points" in page.text
    assert "By hand, 1 point" in page.text
    assert len([svg for svg in page.with_tag("svg") if svg.get("role") == "img"]) == 2


# A page that does nothing but be read


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_the_page_is_whole_and_asks_for_nothing(sample):
    html = render(sample())
    page = Page(html)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert len(page.with_tag("h1")) == 1
    assert len(page.with_tag("main")) == 1
    assert not page.with_tag("script")
    assert not page.attributes("style")
    assert not page.attributes("src")
    assert all(table in html for table in ["<footer>", "<header>", "<nav aria-label="])
    assert html.count("<table") == html.count("<caption>")
    assert html.encode("utf-8").decode("utf-8") == html


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
def test_the_policy_allows_just_the_style_sheet_of_this_page(sample):
    html = render(sample())
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a for a in Page(html).with_tag("meta") if "http-equiv" in a)["content"]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


# Hostile text


PAIRS = [(samples.mixed, samples.hostile), (check_tables.charted, check_tables.hostile_charted)]


@pytest.mark.parametrize("tame, hostile", PAIRS)
def test_hostile_text_makes_no_markup(tame, hostile):
    tags = [{tag for tag, _ in page_of(make()).tags} for make in (hostile, tame)]
    assert tags[0] <= tags[1]


@pytest.mark.parametrize("tame, hostile", PAIRS)
def test_hostile_text_adds_no_attribute(tame, hostile):
    known = {name for _, attrs in page_of(tame()).tags for name in attrs}
    hostile = page_of(hostile())
    assert {name for _, attrs in hostile.tags for name in attrs} <= known
    assert all(href.startswith(("#", "data:image/svg+xml,")) for href in hostile.attributes("href"))


@pytest.mark.parametrize("sample", [samples.hostile, check_tables.hostile_charted])
def test_nothing_active_reaches_the_page(sample):
    html = render(sample())
    active = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ud800-\udfff]"
    assert not re.search(active, html)
    assert "\\u202e" in html
    assert "\\ud800" in html


HOSTILE = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}",
    "' onmouseover='alert(1)",
    "--><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "\ud800\udfff",
    "\u202egnp.exe",
    "\x1b[31mred\x1b[0m",
    "&lt;b&gt;",
    "`<b>`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_as_they_are(text):
    test = TestEvidence(
        nodeid=f"tests/test_a.py::test_x[{text}]",
        outcome="failed",
        message=text,
        note=text,
        measurements=(Measurement(name=text, value=text, limit=text, unit=text),),
        checks=(
            CheckEvidence(
                name=text,
                holds=False,
                summary=text,
                notes=(text,),
                table=({text: text, "b": text},),
            ),
        ),
    )
    tame = replace(
        test,
        nodeid="tests/test_a.py::test_x[a]",
        message="a",
        note="a",
        measurements=(Measurement(name="a", value="a", limit="a", unit="a"),),
        checks=(
            CheckEvidence(
                name="a", holds=False, summary="a", notes=("a",), table=({"a": "a", "b": "a"},)
            ),
        ),
    )
    found, expected = page_of(with_tests(test)), page_of(with_tests(tame))
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in expected.tags]
    if text.isprintable() and not text.startswith("\u202e"):
        assert f"test_x[{text}]" in found.text


def said_everywhere(words):
    """Build a record that holds a text in every place that takes free text from a project."""
    sample = samples.mixed()
    day = dt.date(2026, 4, 1)
    statement = Attestation(
        item="data-1",
        owner=words,
        date=day,
        expires=day,
        summary=words,
        distributed_to=words,
        link=f"x{words}",
        file=f"f{words}",
    )
    decision = Waiver(item="data-1", reason=words, owner=words, expires=day)
    sample = with_item(
        sample,
        "data-1",
        reason=words,
        attestation=AttestationStatus(statement=statement, freshness="fresh", days_left=3),
        waiver=WaiverStatus(decision=decision, freshness="fresh", days_left=3),
    )
    return replace(
        sample,
        system=words,
        run=replace(sample.run, branch=f"b{words}", ci=CI(provider=words, url=f"x{words}")),
        # As a parameter: a test that is named like an item is listed as perhaps its own.
        untagged=(f"test_it.py::test_it[{words}]",),
        notes=(words,),
        config={words: Setting(value=words, origin=words)},
    )


@cache
def tags_of_a_tame_record():
    return [tag for tag, _ in page_of(said_everywhere("a")).tags]


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example("SpecUnit")
@settings(max_examples=40)
def test_no_text_at_all_changes_the_structure(text):
    assert [tag for tag, _ in page_of(said_everywhere(text)).tags] == tags_of_a_tame_record()


# Size and sameness


def realistic(tests):
    """Tests as projects have them: long names, some parametrised, some with measured values."""
    record = check_tables.charted()
    tagged = [item for item in record.items if item.tests]
    items = {item.id: list(item.tests) for item in tagged}
    for number in range(tests - sum(map(len, items.values()))):
        item = tagged[number % len(tagged)]
        file = f"tests/{item.section}/test_{item.name.replace('-', '_')}.py"
        name = f"TestColumns::test_expectation_{number}" if number % 3 else f"test_x[{number}]"
        values = (Measurement(name="rows", value=336776, limit=">= 10000"),)
        items[item.id].append(
            samples.passed(f"{file}::{name}", measurements=values if number % 5 == 0 else ())
        )
    words = "A sentence of the rubric about what goes wrong and why. " * 5
    lengths = {"holds": 80, "fails": 80, "why": 190, "manual": 220, "automate": 240, "remedy": 160}
    texts = {name: words[:length] for name, length in lengths.items()}  # as those of the rubric
    example = "def test_rows():\n    assert 1\n" * 20
    lacking = {item.id for item in record.items if item.points < 1}
    return replace(
        record,
        items=tuple(
            replace(
                i,
                tests=tuple(items.get(i.id, ())),
                texts=replace(i.texts, **texts, example=example if i.id in lacking else ""),
            )
            for i in record.items
        ),
    )


@pytest.mark.parametrize("tests, most", [(300, 100_000), (3_000, 500_000), (50_000, 1_000_000)])
def test_the_page_stays_small(tests, most):
    record = realistic(tests)
    assert sum(len(item.tests) for item in record.items) == tests
    html = render(record)
    assert len(html.encode()) <= most
    assert len(to_html_dir.render(record).encode()) <= most


@pytest.mark.parametrize("tests", [300, 3_000, 50_000])
def test_tests_with_problems_are_the_last_to_be_left_out(tests):
    record = realistic(tests)
    text = Page(render(record)).text
    weak = [t for item in record.items for t in item.tests if t.outcome == "failed"][:50]
    assert weak
    assert all(test.nodeid.rpartition("::")[2] in text for test in weak)


def shown_extras(html):
    """Return which of what may be left out is on a page."""
    page = Page(html)
    return {
        "snippets": page.text.count("To paste and adapt") > 3,
        "quiet tables": "region=" in page.text and "shape of predict" in page.text,
        "drawings": "w" in page.attributes("class"),
        "tables that tell": "weak" in page.text,
        "trials": "trials" in page.attributes("class"),
    }


def test_snippets_quiet_tables_and_drawings_fall_away_first():
    """The more tests, the less of it, until the suite is not small and its page may be large."""
    records = [check_tables.charted(), *map(realistic, range(60, SMALL + 1, 40))]
    seen = [shown_extras(render(record)) for record in records]
    assert all(seen[0].values())
    order = ["snippets", "quiet tables", "drawings", "tables that tell"]
    last = [max((n for n, s in enumerate(seen) if s[name]), default=-1) for name in order]
    assert last == sorted(last)
    assert last[0] < last[2]
    assert "To paste and adapt" in render(realistic(300)), "those of the next steps stay"


def talkative(tests):
    """Return a record of tests that all measured much, and failed to the last."""
    table = tuple({"slice": f"region = {n}", "recall": n / 10, "limit": 0.7} for n in range(10))
    values = tuple(
        Measurement(name=f"recall of {n}", value=n / 10, limit=">= 0.7") for n in range(9)
    )
    check = CheckEvidence(
        name="slice_quality", holds=False, summary="weak", measurements=values, table=table
    )
    record = realistic(tests)
    return replace(
        record,
        items=tuple(
            replace(
                item,
                tests=tuple(
                    replace(
                        test, outcome="failed", message="E  assert 0\n" * 50, checks=(check,) * 2
                    )
                    for test in item.tests
                ),
            )
            for item in record.items
        ),
    )


def test_a_small_suite_is_light_whatever_it_measures():
    """Tests are the last to be cut, and that they were is said on the first screen."""
    small, larger = render(talkative(SMALL)), render(talkative(SMALL + 1))
    assert LIGHT / 2 < len(small.encode()) <= LIGHT
    assert LIGHT < len(larger.encode()) <= COMFORTABLE
    assert "This page was shortened" in small
    assert all(item.id in Page(small).text for item in samples.mixed().items)


@pytest.mark.parametrize("tests", [300, 3_000, 50_000])
def test_a_parametrised_suite_is_small_at_any_size(tests):
    html = render(samples.large(tests))
    assert len(html.encode()) <= 100_000
    assert "passed" in html


def test_a_talkative_suite_is_cut_and_says_so():
    values = tuple(Measurement(name=f"{n} " + "m" * 50, value="v" * 900) for n in range(200))
    checks = tuple(
        CheckEvidence(name="c", holds=True, summary="s" * 900, measurements=values[:3])
        for _ in range(200)
    )
    tests = tuple(
        TestEvidence(
            nodeid=f"t.py::test_{n}[{'x' * 900}]",
            outcome="failed",
            message="\u6f22" * 2_000,
            measurements=values,
            checks=checks,
        )
        for n in range(60)
    )
    record = samples.mixed()
    record = replace(record, items=tuple(replace(i, tests=tests) for i in record.items))
    html = render(record)
    assert len(html.encode()) <= COMFORTABLE
    assert "This page was shortened" in html
    assert "2.5 of 7" in first_screen(record)


def test_no_record_makes_more_than_a_megabyte():
    noise = '<"\u202e\U0001f642&' * 400
    record = samples.mixed()
    waiver = replace(
        record.item("data-5").waiver,
        decision=replace(record.item("data-5").waiver.decision, reason=noise, owner=noise),
    )
    status = samples.attested("data-1")
    status = replace(
        status,
        statement=replace(
            status.statement,
            owner=noise,
            summary=noise,
            distributed_to=noise,
            file=noise,
            link="https://x.example/" + "&" * 470,
        ),
    )
    texts = replace(
        record.items[0].texts,
        **dict.fromkeys(
            ("long_title", "holds", "fails", "why", "manual", "automate", "remedy"), noise
        ),
        builds_on=(noise,) * 100,
    )
    tests = tuple(
        TestEvidence(nodeid=f"{n}{noise}::{noise}", outcome="failed", message=noise, note=noise)
        for n in range(20)
    )
    items = tuple(
        replace(
            record.items[0], id=f"data-{n}", name=noise, title=noise, state="missing",
            reason=noise, texts=texts, waiver=waiver, attestation=status,
            section=f"s{n % 100}", tests=tests,
        )
        for n in range(300)
    )  # fmt: skip
    section = replace(record.sections[0], title=noise, long_title=noise)
    check = replace(record.gate.checks[0], message=noise, expected=noise, actual=noise, rule=noise)
    run = record.run
    record = replace(
        record,
        system=noise,
        items=items,
        sections=tuple(replace(section, id=f"s{n}") for n in range(100)),
        gate=replace(record.gate, checks=(check,) * 300, verdict=noise),
        untagged=(noise,) * 300,
        notes=(noise,) * 300,
        config={f"{n}{noise}": Setting(value=[noise] * 50, origin=noise) for n in range(100)},
        next_steps=tuple(replace(s, action=noise) for s in record.next_steps) * 100,
        rubric=replace(
            record.rubric,
            title=noise,
            source=noise,
            bands=tuple(Band(key=str(n), up_to=n, text=noise) for n in range(100)),
        ),
        run=replace(
            run,
            branch=noise,
            versions={f"{n}{noise}": noise for n in range(100)},
            incomplete_reasons=(Reason(kind="stopped", detail=noise),) * 100,
        ),
    )
    size = len(render(record).encode())
    assert COMFORTABLE / 2 < size <= 1_000_000  # near the limit, so that the test is about it


def test_equal_records_make_equal_bytes_in_any_process():
    program = (
        "import hashlib, sample_records\n"
        "from pytest_mltestscore.reporters.to_html import render\n"
        "print(hashlib.sha256(render(sample_records.mixed()).encode()).hexdigest())"
    )
    found = set()
    for seed in ("1", "2"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": f"UTC+{seed}",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(run.stdout.strip())
    assert found == {hashlib.sha256(render(samples.mixed()).encode()).hexdigest()}
