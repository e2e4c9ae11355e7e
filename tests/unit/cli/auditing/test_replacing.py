"""Old markers give way to ours, and nothing else changes."""

from __future__ import annotations

import pytest

from pytest_mltestscore import catalog
from pytest_mltestscore.cli.auditing import replacing
from pytest_mltestscore.cli.auditing.marking import CannotMarkError
from pytest_mltestscore.cli.auditing.reading import read
from pytest_mltestscore.cli.auditing.replacing import left_in, markers_in, replaced
from pytest_mltestscore.domain.errors import UnknownItemError

RUBRIC = catalog.load()
HEAD = "import pytest\n\n\n"
TEST = "def test_a(): pass\n"


def name_of(word):
    try:
        return RUBRIC.find(word).name
    except UnknownItemError:
        return None


def after(source, *items):
    """Return a source with its markers replaced; `items` are known of its first test."""
    data = source if isinstance(source, bytes) else source.encode()
    tests = read(data, "t.py").tests
    return replaced(data, name_of, {tests[0].line: items} if items else {}).after.decode()


@pytest.mark.parametrize(
    "old,new",
    [
        ("@pytest.mark.data_1\n", '@pytest.mark.mlscore("feature-schema")\n'),
        ("@pytest.mark.Infra7()\n", '@pytest.mark.mlscore("rollback")\n'),
        (
            "@pytest.mark.slow\n@pytest.mark.ml_test_score(\n    'Data 5', weight=2,\n)  # why\n",
            '@pytest.mark.slow\n@pytest.mark.mlscore("privacy-controls")  # why\n',
        ),
        (
            "@pytest.mark.rubric(item='Model 6', status='automatic')\n",
            '@pytest.mark.mlscore("slice-quality")\n',
        ),
        (
            "@pytest.mark.covers('data_1', 'data_2')\n",
            '@pytest.mark.mlscore("feature-schema", "feature-benefit")\n',
        ),
        (
            "@pytest.mark.data_1\n@pytest.mark.data_2\n",
            '@pytest.mark.mlscore("feature-schema")\n@pytest.mark.mlscore("feature-benefit")\n',
        ),
        ("@pytest.mark.data\n@pytest.mark.data_1\n", '@pytest.mark.mlscore("feature-schema")\n'),
        (
            '@pytest.mark.mlscore("data-1")\n@pytest.mark.data_1\n',
            '@pytest.mark.mlscore("data-1")\n',
        ),
        (
            "@pytest.mark.parametrize('data_1', [1, pytest.param(2, marks=pytest.mark.data_2)])\n",
            (
                "@pytest.mark.parametrize('data_1', "
                '[1, pytest.param(2, marks=pytest.mark.mlscore("feature-benefit"))])\n'
            ),
        ),
    ],
)
def test_above_a_test(old, new):
    assert after(f"{HEAD}{old}{TEST}") == f"{HEAD}{new}{TEST}"


@pytest.mark.parametrize(
    "old,new",
    [
        ("@pytest.mark.data\n", '@pytest.mark.mlscore("feature-cost")\n'),
        (
            "@pytest.mark.slow\n@pytest.mark.data\n",
            '@pytest.mark.slow\n@pytest.mark.mlscore("feature-cost")\n',
        ),
        (
            "@pytest.mark.data\n@pytest.mark.model\n",
            '@pytest.mark.mlscore("feature-cost")\n',
        ),
        (
            "@pytest.mark.data\n@pytest.mark.data_3\n",
            '@pytest.mark.mlscore("feature-cost")\n',
        ),
        ("@pytest.mark.slow\n", "@pytest.mark.slow\n"),
    ],
)
def test_a_section_gives_way_to_an_item_that_is_known_otherwise(old, new):
    said = after(f"{HEAD}{old}{TEST}", "data-3")
    assert said == f"{HEAD}{new}{TEST}"


@pytest.mark.parametrize(
    "source,expected",
    [
        (
            "import pytest\npytestmark = [pytest.mark.slow, pytest.mark.data_1]\n",
            (
                "import pytest\n"
                'pytestmark = [pytest.mark.slow, pytest.mark.mlscore("feature-schema")]\n'
            ),
        ),
        (
            "from pytest import mark as m\n@m.data_1\nclass TestX:\n    pytestmark = m.data_2\n",
            (
                'from pytest import mark as m\n@m.mlscore("feature-schema")\nclass TestX:\n'
                '    pytestmark = m.mlscore("feature-benefit")\n'
            ),
        ),
        (
            "import pytest\nschema = pytest.mark.data_1\n@schema\ndef test_a(): pass\n",
            (
                'import pytest\nschema = pytest.mark.mlscore("feature-schema")\n'
                "@schema\ndef test_a(): pass\n"
            ),
        ),
        (
            (
                "import pytest\ndef pytest_itemcollected(item):\n"
                "    item.add_marker(pytest.mark.data_1)\n"
            ),
            (
                "import pytest\ndef pytest_itemcollected(item):\n"
                '    item.add_marker(pytest.mark.mlscore("feature-schema"))\n'
            ),
        ),
    ],
)
def test_everywhere_else(source, expected):
    assert after(source) == expected


@pytest.mark.parametrize(
    "line",
    [
        "@pytest.mark.data",
        "@pytest.mark.data_8",
        "@pytest.mark.dependency(name='data_1')",
        "@pytest.mark.xdist_group('model_1')",
        "@mark.data_1",
        "@pytest.mark.mlscore('data_1')",
        "@pytest.mark.skipif(data_1, reason='model 1')",
    ],
)
def test_what_is_no_score_stays(line):
    source = f"{HEAD}{line}\n{TEST}"
    assert after(source) == source


def test_line_ends_and_encodings_stay():
    source = "# coding: latin-1\r\nimport pytest\r\n\r\n@pytest.mark.data_1\r\ndef test_é(): pass"
    data = source.encode("latin-1")
    expected = data.replace(b"data_1", b'mlscore("feature-schema")')
    assert replaced(data, name_of, {}).after == expected


def test_a_comment_beside_a_marker_that_would_go_is_not_lost():
    source = f"{HEAD}@pytest.mark.data_1\n@pytest.mark.data  # ours\n{TEST}"
    said = replaced(source.encode(), name_of, {})
    assert b"data  # ours" in said.after
    assert list(left_in(said.after, name_of)) == [(5, "data")]


def test_twice_is_once():
    source = f"{HEAD}pytestmark = pytest.mark.data_2\n@pytest.mark.data_1\n{TEST}"
    once = after(source)
    assert after(once) == once
    assert replaced(once.encode(), name_of, {}).gone == frozenset()


def test_more_than_markers_is_never_changed(monkeypatch):
    monkeypatch.setattr(replacing, "_OURS", "mlscore(1) if x else pytest.mark.a")
    with pytest.raises(CannotMarkError, match="more than its markers"):
        after(f"{HEAD}@pytest.mark.data_1\n{TEST}")


def test_markers_are_listed_and_those_that_are_looked_up():
    source = b"import pytest\npytestmark = pytest.mark.slow\nx = pytest.mark.data_1('a')\n"
    assert markers_in(source) == ({"slow", "data_1"}, False)
    assert markers_in(source + b"y = getattr(pytest.mark, 'data_2')\n")[1]
