from __future__ import annotations

import subprocess
import sys

import pytest
from tests.sample_records import mixed

from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.reporters import REPORTERS, Reporter, find

OTHER = Reporter("csv", "mlscore.csv", "a table", lambda record: record.system)


def test_names_and_destinations():
    assert [(r.name, r.destination) for r in REPORTERS] == [
        ("html", "mlscore.html"),
        ("html-dir", "mlscore-html"),
        ("json", "mlscore.json"),
        ("md", "mlscore.md"),
        ("md-comment", "mlscore-comment.md"),
        ("github", "-"),
        ("junit", "mlscore-junit.xml"),
        ("ctrf", "mlscore-ctrf.json"),
        ("badge", "mlscore.svg"),
        ("badge-json", "mlscore-badge.json"),
        ("prometheus", "mlscore.prom"),
    ]


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda r: r.name)
def test_every_reporter_renders_and_has_a_line_of_help(reporter):
    assert "2.5" in reporter.render(mixed())
    assert reporter.help
    assert "\n" not in reporter.help
    assert find(reporter.name) is reporter


def test_reporters_of_others():
    assert find("csv", [OTHER]).render(mixed()) == "churn"


@pytest.mark.parametrize(
    "name, message",
    [
        ("htm", "unknown report 'htm'; did you mean 'html'? Known reports: term, html, html-dir, "),
        ("HTML", "did you mean 'html'?"),
        ("trm", "did you mean 'term'?"),
        ("cvs", "did you mean 'csv'?"),
        ("xyzzy", "unknown report 'xyzzy'; Known reports: "),
        ("\x1b[31m\n", "unknown report ''; "),
    ],
)
def test_unknown_names(name, message):
    with pytest.raises(ConfigError) as caught:
        find(name, [OTHER], also=["term"])
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["html", "term", "csv"])
def test_names_may_not_be_taken_twice(name):
    with pytest.raises(ConfigError, match=f"two reporters named '{name}'; uninstall or rename"):
        find("json", [OTHER, OTHER._replace(name=name)], also=["term"])


def test_nothing_is_imported_before_it_is_used():
    code = (
        "import sys, pytest_mltestscore.reporters as r; r.find('html');"
        "print(sorted(m for m in sys.modules if m.startswith(('msgspec', 'jinja2', 'pytest_mlt'))))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split("[")[1] == (
        "'pytest_mltestscore', 'pytest_mltestscore.domain', 'pytest_mltestscore.domain.errors',"
        " 'pytest_mltestscore.domain.text', 'pytest_mltestscore.reporters']\n"
    )
