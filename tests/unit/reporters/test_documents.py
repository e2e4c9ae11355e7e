"""What a report of several systems comes to, in each format."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

import sample_records
from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.reporters import REPORTERS, Reporter, find, to_markdown
from pytest_mltestscore.reporters.documents import documents, file_of, of_system, places
from pytest_mltestscore.reporters.to_terminal import summaries, summary, verdict_lines

OURS = [reporter.name for reporter in REPORTERS]


def named(record, system):
    return msgspec.structs.replace(record, system=system)


TWO = [named(sample_records.mixed(), "churn"), named(sample_records.perfect(), "fraud")]
HOSTILE = [named(sample_records.hostile(), sample_records.HOSTILE_TEXT), TWO[0]]


@pytest.mark.parametrize("name", OURS)
def test_one_system_is_the_report_that_it_always_was(name):
    document = documents(find(name), TWO[:1], "out/x.y")[-1]
    assert document.destination == "out/x.y"
    assert document.render() == find(name).render(TWO[0])


@pytest.mark.parametrize(
    "name, files",
    [
        ("html", ["out/x-churn.y", "out/x-fraud.y", "out/x.y"]),
        ("json", ["out/x.y"]),
        ("md", ["out/x.y"]),
        ("md-comment", ["out/x-churn.y", "out/x-fraud.y"]),
        ("github", ["out/x.y"]),
        ("junit", ["out/x.y"]),
        ("prometheus", ["out/x.y"]),
        ("badge", ["out/x-churn.y", "out/x-fraud.y"]),
    ],
)
def test_files_of_two_systems(name, files):
    assert [d.destination for d in documents(find(name), TWO, "out/x.y")] == files
    assert {*files} <= {*places(find(name), ["churn", "fraud"], "out/x.y")}
    (stream,) = documents(find(name), TWO, "-")
    assert (stream.destination, len(stream.render()) > 100) == ("-", True)


def test_a_reporter_with_a_sheet_fills_a_folder():
    reporter = find("html-dir")
    file = file_of(reporter, "out/r/")
    one = documents(reporter, TWO[:1], file)
    assert [d.destination for d in one] == ["out/r/style.css", "out/r/index.html"]
    two = documents(reporter, TWO, file)
    assert [d.destination for d in two] == [
        "out/r/style.css", "out/r/index-churn.html", "out/r/index-fraud.html", "out/r/index.html",
    ]  # fmt: skip
    assert [d.destination for d in two[1:]] == [
        place for place in places(reporter, ["churn", "fraud"], file) if place.endswith(".html")
    ]
    assert {d.destination for d in two} == {*places(reporter, ["churn", "fraud"], file)}
    assert 'href="./index-fraud.html"' in two[-1].render()
    assert file_of(find("html"), "out/r/") == "out/r/"


def test_a_folder_is_no_stream():
    with pytest.raises(ConfigError, match="html-dir fills a folder, not standard output; name one"):
        file_of(find("html-dir"), "-")


def test_a_reporter_of_four_fields_still_is_one():
    plain = Reporter("word", "word.txt", "a word", lambda record: record.system)
    assert [d.render() for d in documents(plain, TWO, "word.txt")] == ["churn", "fraud"]
    assert documents(plain, TWO, "-")[0].render() == "churnfraud"


@pytest.mark.parametrize(
    "destination, system, expected",
    [
        ("mlscore.html", "churn", "mlscore-churn.html"),
        ("./a.b/mlscore", "churn", "./a.b/mlscore-churn"),
        ("/tmp/.hidden", "churn", "/tmp/.hidden-churn"),
        ("a.html", "../../x/y z\0", "a-.._.._x_y_z_.html"),
        ("a.html", "x" * 300, f"a-{'x' * 100}.html"),
    ],
)
def test_the_name_of_a_system_leads_nowhere_else(destination, system, expected):
    assert of_system(destination, system) == expected
    assert Path(expected).parent == Path(destination).parent


@pytest.mark.parametrize("records", [TWO, HOSTILE], ids=["two", "hostile"])
def test_json_is_read_back_and_has_the_lines_of_each(records):
    text = find("json").render_all(records)
    again = parse(text, "all.json")
    assert [r.score.final for r in again] == [r.score.final for r in records]
    for record in again:
        assert json.loads(find("json").render(record)) in json.loads(text)["records"]
        assert find("json").render(record).rstrip("\n") in text


def test_markdown_has_an_overview_and_a_heading_a_system():
    text = find("md").render_all(TWO)
    headings = re.findall(r"^## .*", text, re.MULTILINE)
    assert headings[0] == "## ML Test Score"
    assert [h.partition(":")[0] for h in headings[1:]] == ["## churn", "## fraud"]
    rows = [line for line in text.splitlines() if line.startswith(("| churn |", "| fraud |"))]
    assert rows[1].startswith("| fraud | **7 of 7** | 7.0 | 7.0 | 7.0 | 7.0 |")
    assert find("md").render(TWO[0]).partition("\n")[2] in text


def test_markdown_of_many_systems_stays_within_its_limit():
    many = [named(sample_records.large(400), f"s{n}") for n in range(30)]
    text = to_markdown.render_all(many, limit=40_000)
    assert len(text.encode()) <= 40_000
    assert text.count("\n| s") == 30, "the overview is whole"


@pytest.mark.parametrize("records", [TWO, HOSTILE], ids=["two", "hostile"])
def test_junit_has_suites_of_each(records):
    xmlschema = pytest.importorskip("xmlschema")
    text = find("junit").render_all(records)
    xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd")).validate(ET.fromstring(text))
    names = [suite.get("name") for suite in ET.fromstring(text)]
    assert len(names) == len({*names}) == 10
    if records is TWO:
        assert names[0] == "mlscore.churn.data"
        assert names[-1] == "mlscore.fraud.gate"


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.tags = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name == "href" and tag == "a"]


@pytest.mark.parametrize("records", [TWO, HOSTILE], ids=["two", "hostile"])
def test_the_index_leads_to_each_page(records):
    page = documents(find("html"), records, "score.html")[-1].render()
    files = [of_system("score.html", record.system) for record in records]
    found = Links(page)
    assert len(found.found) == 3
    assert found.found[0] == "#_systems"
    if records is TWO:
        assert found.found[1:] == [f"./{file}" for file in files]
        assert "2 systems: " in page
    assert all(link.startswith("./score-") for link in found.found[1:])
    assert not found.tags & {"script", "img", "iframe", "form"}
    assert "default-src 'none'" in page


def test_the_index_of_a_run_in_progress_claims_nothing():
    stubs = [named(sample_records.in_progress(), name) for name in ("churn", "fraud")]
    page = documents(find("html"), stubs, "score.html")[-1].render()
    assert page.count("No result yet") == 3
    assert "of 7" not in page


def text_of(lines):
    return ["".join(span.text for span in line) for line in lines]


def test_the_terminal_shows_one_system_as_it_always_did():
    assert summaries(TWO[:1], reports=["a.html"]) == summary(TWO[0], reports=["a.html"])


@pytest.mark.parametrize("detail", ["summary", "items", "line"])
@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("records", [TWO, HOSTILE], ids=["two", "hostile"])
def test_the_terminal_has_a_block_a_system_that_fits(records, detail, width):
    lines = text_of(summaries(records, detail=detail, width=width, reports=["a.html"]))
    assert all(line.isascii() and line.isprintable() for line in lines)
    if records is TWO:
        starts = [line for line in lines if line.startswith(("churn", "fraud"))]
        assert len(starts) == 2
        too_long = [line for line in lines if len(line) > width and "pytest " not in line]
        assert not too_long


def test_the_worst_verdict_is_the_last_line():
    records = [
        named(make(), make.__name__)
        for make in (sample_records.mixed, sample_records.perfect, sample_records.partial)
    ]
    statuses = {r.system: r.gate.status for r in records}
    lines = text_of(verdict_lines(records, exit_code=10, width=80))
    assert "failed" in statuses.values()
    assert "GATE FAILED" in lines[-1]
    assert [line.split(":")[0] for line in lines] == ["mlscore"] * 3
    assert all(len(line) <= 80 for line in lines)
