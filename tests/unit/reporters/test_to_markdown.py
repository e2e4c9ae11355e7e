from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests import sample_records
from tests.sample_records import HOSTILE_TEXT, cut_short, hostile, large, mixed, perfect

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import Baseline
from pytest_mltestscore.reporters.markdown_text import Block, assemble, code, escape, table
from pytest_mltestscore.reporters.to_markdown import LIMIT, render

replace = msgspec.structs.replace
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# What GitHub turns into links after all escapes are undone, outside code.
REFERENCE = re.compile(r"@\w|#\d|\bGH-\d|://|\bwww\.", re.IGNORECASE)


def inline(text: str) -> list[Token]:
    """Parse one paragraph; it must be one."""
    blocks = MARKDOWN.parse(text)
    assert [b.type for b in blocks] == ["paragraph_open", "inline", "paragraph_close"]
    return blocks[1].children


def shown(text: str) -> str:
    """Return what a reader sees of a paragraph, which must hold nothing but text."""
    tokens = inline(text)
    assert {t.type for t in tokens} <= {"text", "text_special"}
    return "".join(t.content for t in tokens)


class TestEscape:
    @pytest.mark.parametrize(
        "text, expected",
        [
            ("plain words, 3.5 (of 7) - fine: yes", "plain words, 3.5 (of 7) - fine: yes"),
            ("a|b", "a&#124;b"),
            ("x_y *z*", "x\\_y \\*z\\*"),
            ("- item", "\\- item"),
            ("12. item", "12\\. item"),
            ("12.5 points", "12.5 points"),
            ("> quoted", "\\> quoted"),
            ("two\nlines", "two lines"),
            ("\x1b[31mred\x07", "red\\\\x07"),
            ("@team", "@&#8203;team"),
            ("#12 and GH-7", "#&#8203;12 and GH&#8203;-7"),
            ("http://a.b", "http:&#8203;//a.b"),
            ("www.a.b", "www&#8203;.a.b"),
        ],
    )
    def test_examples(self, text, expected):
        assert escape(text) == expected

    @pytest.mark.parametrize("text", HOSTILE_TEXT.split())
    def test_hostile_words_are_shown_and_do_nothing(self, text):
        seen = shown(f"word {escape(text)}")
        assert not REFERENCE.search(seen)
        if text.isascii() and text.isprintable():
            assert seen.replace("\u200b", "") == f"word {text}"

    @given(st.text(st.characters(exclude_categories=[]), max_size=80))
    def test_any_text_is_shown_as_it_is(self, text):
        # At the beginning of a list entry, where most can go wrong.
        blocks = MARKDOWN.parse(f"- {escape('x' if not text.split() else text)}\n- second")
        assert [b.type for b in blocks if b.type != "inline"] == [
            *("bullet_list_open", "list_item_open", "paragraph_open", "paragraph_close"),
            *("list_item_close", "list_item_open", "paragraph_open", "paragraph_close"),
            *("list_item_close", "bullet_list_close"),
        ]
        first = next(b for b in blocks if b.type == "inline")
        assert {t.type for t in first.children} <= {"text", "text_special"}
        assert not REFERENCE.search("".join(t.content for t in first.children))

    @given(st.text(st.sampled_from(list("ab|\\`*_[]()<>!&#@:/ -+=~$")), min_size=1, max_size=40))
    def test_one_cell_stays_one_cell(self, text):
        block = table("", ["a", "b"], [[escape(text), "end"]])
        rows = MARKDOWN.parse(assemble([block], 10_000))
        cells = [b for b in rows if b.type == "inline"]
        assert len(cells) == 4
        assert cells[3].content == "end"
        assert all(t.type in ("text", "text_special") for t in cells[2].children)


class TestCode:
    @pytest.mark.parametrize(
        "text", ["a", "`", "``a", "a`b``c", "```", " ", "", "a|b", "\\", "<b>", "a\nb", "@x #1"]
    )
    def test_examples(self, text):
        (token,) = inline(code(text))
        assert token.type == "code_inline"
        assert token.content == (" ".join(text.split()) or "(empty)")

    @given(st.text(st.sampled_from(list("`a \\<\n")), max_size=30))
    def test_any_run_of_backticks(self, text):
        (token,) = inline(code(text))
        assert token.type == "code_inline"
        assert token.content == (" ".join(text.split()) or "(empty)")


class TestAssemble:
    def test_all_of_it_where_it_fits(self):
        blocks = [Block("# a\n\n", ["- 1\n", "- 2\n"]), Block("b\n", [], "c\n")]
        assert assemble(blocks, 1000) == "# a\n\n- 1\n- 2\n\nb\nc\n"

    def test_rows_that_are_left_out_are_counted(self):
        block = table("## t", ["n:"], ([str(n)] for n in range(1000)))
        text = assemble([block, Block("end\n")], 2000)
        assert len(text.encode()) <= 2000
        kept = text.count("\n| ") - 2
        assert f"\n*{1000 - kept} rows left out to keep this short.*\n" in text
        assert text.count("| ---: |") == 1

    def test_parts_that_are_left_out_are_counted(self):
        text = assemble([Block("a" * 500), Block("b" * 600), Block("c" * 700)], 900)
        assert "a" * 500 in text
        assert "b" * 600 not in text
        assert text.endswith("*2 more parts left out to keep this short.*\n")

    @given(
        rows=st.lists(st.lists(st.text(max_size=30), max_size=30), max_size=8),
        limit=st.integers(300, 2000),
    )
    def test_never_longer_than_asked(self, rows, limit):
        blocks = [Block("head\n", listed, "tail\n") for listed in rows]
        assert len(assemble(blocks, limit).encode()) <= limit


class TestReport:
    def headings(self, text: str) -> list[str]:
        return [line for line in text.splitlines() if line.startswith("#")]

    def test_problems_come_first_and_all_items_last(self):
        text = render(mixed())
        assert self.headings(text) == [
            "## ML Test Score: 2.5 of 7",
            *("### Failing", "### Needs attention", "### Proof", "### Next steps"),
            *("### Changes", "### Gate", "### Notes"),
        ]
        assert text.index("### Notes") < text.index("<summary>All 28 items, worst first</summary>")

    def test_perfect_is_short(self):
        assert self.headings(render(perfect())) == ["## ML Test Score: 7 of 7"]

    def test_a_run_in_progress_shows_no_figures(self):
        text = render(sample_records.in_progress())
        assert "## ML Test Score: not known yet" in text
        assert "> **In progress:** the run has not come to its end" in text
        assert "|" not in text

    def test_cut_short(self):
        text = render(cut_short())
        assert "## ML Test Score: at least 0 of 7" in text
        assert "> **Cut short:** stopping after 1 failure; 1 selected test has no" in text
        assert "**Gate undecided:** stopping after 1 failure" in text
        assert "Level" not in text

    def test_no_next_step_but_to_run_it_all(self):
        text = render(replace(cut_short(), next_steps=mixed().next_steps))
        assert "### Next steps" not in text

    @pytest.mark.parametrize("status", ["missing", "not-comparable"])
    def test_no_comparison(self, status):
        baseline = Baseline(source="main.json", status=status, reason="another rubric")
        text = render(replace(mixed(), baseline=baseline))
        assert "Not compared with `main.json`: another rubric" in text
        assert "| Was |" not in text

    def test_bounds_that_were_loosened_are_told_whether_an_item_changed_or_not(self):
        record = mixed()
        for changes in (record.baseline.changes, ()):
            text = render(replace(record, baseline=replace(record.baseline, changes=changes)))
            assert "\nBounds that were loosened since, to the gain of this run:" in text
            assert "|  | fail\\_under\\_section data | 5 | 4 | 4.5 |  |" in text
        text = render(replace(record, baseline=replace(record.baseline, loosened=())))
        assert "loosened" not in text

    def test_nothing_changed(self):
        record = mixed()
        text = render(replace(record, baseline=replace(record.baseline, changes=())))
        assert "at `9f8e7d6c5b`: +0.5. No item changed." in text

    def test_sections_that_the_baseline_does_not_have(self):
        record = mixed()
        baseline = replace(record.baseline, sections={"data": 5.0})
        assert "| Monitoring | 3.5 |  | 3 automated" in render(replace(record, baseline=baseline))

    def test_long_lists_of_failing_tests_are_counted(self):
        record = perfect()
        test = TestEvidence(nodeid="a.py::t", outcome="failed")
        first = replace(record.items[0], state="failing", tests=(test,) * 7)
        text = render(replace(record, items=(first, *record.items[1:])))
        assert "- **data-1** feature-schema: 7 of 7 tests\n" in text
        assert text.count("  - `a.py::t` failed\n") == 5
        assert "  - and 2 more tests\n" in text

    def test_many_tests_do_not_make_it_long(self):
        assert len(render(large(28_000))) < 10_000

    def test_gone_items_and_waivers(self):
        record = mixed()
        gone = replace(record.baseline.changes[0], item="data-9", after=None, points_after=0.0)
        text = render(replace(record, baseline=replace(record.baseline, changes=(gone,))))
        assert "| data-9 | manual | absent | -0.5 |" in text
        assert "waived until 2026-06-30: No personal data is read" in text

    def test_outside_git(self):
        record = mixed()
        text = render(replace(record, run=replace(record.run, commit=None, branch=None)))
        assert text.splitlines()[-1].startswith("churn - The ML Test Score (2017), version 1 - ")

    def test_limit(self):
        record = mixed()
        change = record.baseline.changes[0]
        many = replace(record.baseline, changes=(change,) * 50_000)
        text = render(replace(record, baseline=many, notes=("x" * 300,) * 5000))
        assert len(text.encode()) <= LIMIT
        assert "## ML Test Score: 2.5 of 7" in text
        assert re.search(r"\*[\d,]+ rows left out to keep this short\.\*", text)
        short = render(record, limit=3000)
        assert len(short.encode()) <= 3000
        assert "| **Model** (lowest) | 2.5 |" in short


def test_hostile_text_leaves_the_structure_alone():
    def structure(text: str) -> list[str]:
        return [token.type for token in MARKDOWN.parse(text)]

    text = render(hostile())
    assert structure(text) == structure(render(mixed()))
    for block in MARKDOWN.parse(text):
        if block.type == "html_block":
            assert block.content.strip() in (
                "<details><summary>All 28 items, worst first</summary>",
                "</details>",
            )
        for token in block.children or ():
            assert token.type in (
                *("text", "text_special", "code_inline", "softbreak"),
                *("strong_open", "strong_close"),
            )
            if token.type == "text":
                assert not REFERENCE.search(token.content)
