"""Whatever text a record holds, every reporter writes something that its readers can read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.sample_records import HOSTILE_TEXT, mixed, with_text

from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.domain.record import Record
from pytest_mltestscore.reporters import find
from pytest_mltestscore.reporters._cells import cells
from pytest_mltestscore.reporters.to_terminal import summary, verdict_line

MARKDOWN = MarkdownIt("commonmark").enable("table")

# All of Unicode, lone surrogates too, and often what means something to some reader.
ANY_TEXT = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from(HOSTILE_TEXT), max_size=60
) | st.sampled_from(HOSTILE_TEXT.split())
TEXTS = st.lists(ANY_TEXT, min_size=1, max_size=5)


def record_of(texts: list[str]) -> Record:
    """Put the texts in turn into every field, in front of what makes it whole."""
    source = cycle(texts)
    return with_text(mixed(), lambda text: next(source) + text)


def fail_on(name: str) -> None:
    pytest.fail(f"{name} is not strict JSON")


def check_json(text: str) -> None:
    json.loads(text, parse_constant=fail_on)
    (record,) = parse(text, "fuzz")
    assert find("json").render(record) == text


def structure(markdown: str) -> list[str]:
    return [token.type for token in MARKDOWN.parse(markdown)]


def check_markdown(name: str, text: str) -> None:
    assert structure(text) == PLAIN_MARKDOWN[name]
    inline = {t.type for block in MARKDOWN.parse(text) for t in block.children or ()}
    assert inline <= {
        *("text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close")
    }


PLAIN_MARKDOWN = {name: structure(find(name).render(mixed())) for name in ("md", "md-comment")}
PLAIN_TAGS = {
    name: [e.tag for e in ET.fromstring(find(name).render(mixed())).iter()]
    for name in ("junit", "badge")
}


@settings(max_examples=40)
@given(TEXTS)
@pytest.mark.parametrize("name", ["json", "md", "md-comment", "junit", "badge"])
def test_files(name, texts):
    written = find(name).render(record_of(texts))
    written.encode()
    if name == "json":
        check_json(written)
    elif name in PLAIN_MARKDOWN:
        check_markdown(name, written)
    else:
        tags = [e.tag for e in ET.fromstring(written).iter()]
        assert tags == PLAIN_TAGS[name]


@settings(max_examples=40)
@given(TEXTS)
@pytest.mark.parametrize("name", ["github", "ctrf", "badge-json", "prometheus"])
def test_formats_of_lines(name, texts):
    """No text breaks a line, or adds one; what else they promise, their own tests look at."""
    written = find(name).render(record_of(texts))
    written.encode()
    assert len(written.splitlines()) == len(find(name).render(mixed()).splitlines())
    if name in ("ctrf", "badge-json"):
        json.loads(written, parse_constant=fail_on)


@settings(max_examples=40)
@given(texts=TEXTS, width=st.integers(60, 120), encoding=st.sampled_from(["ascii", "utf-8"]))
def test_terminal(texts, width, encoding):
    record = record_of(texts)
    lines = summary(record, width=width, encoding=encoding, detail="items")
    lines += summary(record, width=width, encoding=encoding)
    lines.append(verdict_line(record, exit_code=1, width=width, encoding=encoding))
    for line in lines:
        row = "".join(span.text for span in line)
        row.encode(encoding)
        assert len(row.splitlines()) == 1
        assert not any(c in row for c in "\x00\x07\x08\x1b\x7f\x9b\u200b\u202e\u2066\ufeff")
        assert cells(row) <= width or "re-run: " in row or " --mlscore-prove-only=" in row
