from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests import sample_records
from tests.sample_records import empty, hostile, in_progress, mixed, partial, perfect

from pytest_mltestscore.domain.record import Baseline, Gate, Record
from pytest_mltestscore.reporters.to_md_comment import LIMIT, marker, render

replace = msgspec.structs.replace
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
REFERENCE = re.compile(r"@\w|#\d|\bGH-\d|://|\bwww\.", re.IGNORECASE)
GITHUB_TAKES = 65_536
PASSED = Gate(status="passed", verdict="gate passed: score 2.5, required 2")


def unchanged(record: Record, gate: Gate = PASSED) -> Record:
    """Compare with a baseline that shows the same."""
    baseline = replace(mixed().baseline, changes=(), loosened=(), final=record.score.final)
    return replace(record, baseline=baseline, gate=gate)


def body(record: Record) -> list[str]:
    first, *rest = render(record).splitlines()
    assert first == "<!-- mlscore:comment churn -->"
    return rest


def titles(record: Record) -> list[str]:
    return [line for line in body(record) if line.startswith(("###", "**", "Att", "Bounds", ">"))]


def test_one_line_where_nothing_changed():
    (line,) = body(unchanged(mixed()))
    assert line == (
        "**ML Test Score** of churn: 2.5 of 7, gate passed."
        " Nothing changed since `main.json` at `9f8e7d6c5b`."
    )
    not_asked = Gate(status="not-asked", verdict="no gate was asked for")
    (line,) = body(unchanged(mixed(), not_asked))
    assert "2.5 of 7, no gate asked for." in line


def test_the_sections_and_the_next_step_where_there_is_nothing_to_compare_with():
    first, *rest, last = body(empty())
    assert first.endswith("0 of 7, no gate asked for.")
    assert "| **Data** (lowest) | 0.0 | 7 missing |" in rest
    assert rest[-2].startswith("Next: do feature-schema by hand and attest it (data-1;")
    assert last == "There is no baseline to compare with."
    missing = Baseline(source="main.json", status="missing", reason="main.json does not exist yet")
    *rest, last = body(replace(perfect(), baseline=missing))
    assert rest[-2] == "| **Monitoring** (lowest) | 7.0 | 7 automated |"
    assert last == "Not compared with `main.json`: main.json does not exist yet."


def test_what_changed():
    text = render(mixed())
    assert titles(mixed()) == [
        "### ML Test Score: 2.5 of 7 (+0.5)",
        *("**Gate failed:**", "**Down**", "**Up**"),
        "Attestations that ended:",
        "Bounds that were loosened since, to the gain of this run:",
    ]
    down, up = text.partition("**Down**")[2].partition("**Up**")[::2]
    assert re.findall(r"^\| ([a-z]+-\d) ", down, re.MULTILINE) == ["data-6", "model-6", "model-3"]
    assert re.findall(r"^\| ([a-z]+-\d) ", up.partition("Att")[0], re.MULTILINE) == [
        *("model-5", "monitor-1", "monitor-6", "infra-1")
    ]
    assert "| model-6 | automated | FAILING | -1 | test\\_recall\\_by\\_region failed |" in down
    assert "- **data-6** feature-velocity: expired on 2026-02-01, ana@&#8203;example.org" in text
    assert "|  | fail\\_under\\_section data | 5 | 4 | 4.5 |  |" in text
    assert text.splitlines()[-1] == (
        "churn at `1a2b3c4d5e`. Compared with `main.json` at `9f8e7d6c5b`."
    )


def test_only_what_changed():
    """Of 28 items, those that are as they were are not in it, whatever their state."""
    changed = {change.item for change in mixed().baseline.changes}
    changed |= {bound.item for bound in mixed().baseline.loosened}
    text = render(mixed())
    for item in mixed().items:
        assert (item.id in text) == (item.id in changed)


def test_conditions_that_are_met_are_left_out():
    text = render(mixed())
    assert "- score 2.5, required 3\n" in text
    assert "section data 4.5, required 4" not in text


def test_a_failed_gate_is_told_even_if_nothing_changed():
    assert titles(unchanged(mixed(), mixed().gate)) == [
        "### ML Test Score: 2.5 of 7 (unchanged)",
        "**Gate failed:**",
    ]


def test_an_undecided_gate_too():
    gate = Gate(status="undecided", verdict="gate undecided: no baseline to compare with")
    assert "**Gate undecided:** no baseline to compare with" in body(unchanged(mixed(), gate))


def test_changes_without_points_either_way():
    change = replace(
        mixed().baseline.changes[0],
        before="missing",
        after="skipped",
        points_before=0.0,
        points_after=0.0,
    )
    record = unchanged(mixed())
    record = replace(record, baseline=replace(record.baseline, changes=(change,)))
    assert titles(record)[1:3] == ["**Changed**", "Attestations that ended:"]
    assert "Gate passed." in body(record)


def test_loosened_bounds_alone_are_told():
    record = unchanged(mixed())
    record = replace(record, baseline=replace(record.baseline, loosened=mixed().baseline.loosened))
    assert titles(record)[-1].startswith("Bounds that were loosened since")


def test_a_run_in_progress_has_no_score_and_no_verdict():
    lines = body(in_progress())
    assert lines[0] == "### ML Test Score: not known yet"
    assert "> **In progress:** the run has not come to its end" in lines
    for gate in (in_progress().gate, PASSED):
        text = render(replace(in_progress(), gate=gate, baseline=mixed().baseline))
        assert "gate" not in text.lower()
        assert "|" not in text


@pytest.mark.parametrize("sample", ["partial", "cut_short"])
def test_no_changes_of_a_run_that_does_not_show_everything(sample):
    record = replace(getattr(sample_records, sample)(), baseline=mixed().baseline)
    text = render(record)
    assert "**Down**" not in text
    assert "loosened" not in text
    assert "Not compared with `main.json` at `9f8e7d6c5b`: the run does not show every" in text
    assert record.run.incomplete_reasons[0].detail in text


def test_partial():
    assert titles(partial()) == [
        "### ML Test Score: 0 of 7, partial",
        "> **Partial:** 2 tagged tests deselected by -k",
        "**Gate not evaluated.**",
    ]


def test_limit():
    record = hostile()
    baseline = record.baseline
    many = replace(baseline, changes=baseline.changes * 500, loosened=baseline.loosened * 500)
    text = render(replace(record, baseline=many))
    assert len(text.encode()) <= LIMIT < GITHUB_TAKES // 2
    assert re.search(r"\*[\d,]+ rows left out to keep this short\.\*", text)
    assert text.startswith("<!-- mlscore:comment ")


@pytest.mark.parametrize(
    "system, expected",
    [
        ("late-arrivals", "<!-- mlscore:comment late-arrivals -->"),
        ("a b", "<!-- mlscore:comment a_b -->"),
        ("x --> <script>", "<!-- mlscore:comment x___script_ -->"),
        ("", "<!-- mlscore:comment  -->"),
        ("-" * 200, "<!-- mlscore:comment _ -->"),
    ],
)
def test_marker(system, expected):
    assert marker(system) == expected


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_the_marker_is_one_comment_whatever_the_system(system):
    (block,) = MARKDOWN.parse(f"{marker(system)}\n")
    assert block.type == "html_block"
    assert re.fullmatch(r"<!-- mlscore:comment [\w.-]{0,60} -->", block.content.strip())
    assert "--" not in marker(system)[4:-3]


def test_hostile_text_leaves_the_structure_alone():
    def structure(text: str) -> list[str]:
        return [token.type for token in MARKDOWN.parse(text)]

    assert structure(render(hostile())) == structure(render(mixed()))
    for block in MARKDOWN.parse(render(hostile())):
        if block.type == "html_block":
            assert re.fullmatch(r"<!-- [\w.:-]+ [\w.-]+ -->\n?", block.content)
        for token in block.children or ():
            assert token.type in (
                *("text", "text_special", "code_inline", "softbreak"),
                *("strong_open", "strong_close"),
            )
            if token.type == "text":
                assert not REFERENCE.search(token.content)
