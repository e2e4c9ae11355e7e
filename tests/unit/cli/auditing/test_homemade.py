"""Ways in which teams score themselves are recognised, and look-alikes are not."""

from __future__ import annotations

import pytest

from pytest_mltestscore.cli.auditing.homemade import found_in
from pytest_mltestscore.cli.auditing.reading import read
from pytest_mltestscore.cli.auditing.references import item_of, named_in_name, named_in_text


def found(text, path="tests/test_it.py"):
    return [(h.kind, h.text, h.item, h.section) for h in found_in([read(text.encode(), path)])]


@pytest.mark.parametrize(
    "marker,expected",
    [
        ("data_1", ("item-marker", "data_1", "data-1", "")),
        ("Infra7", ("item-marker", "Infra7", "infra-7", "")),
        ("monitoring_2", ("item-marker", "monitoring_2", "monitor-2", "")),
        ("ml_test_score('Model 6')", ("item-marker", 'ml_test_score("Model 6")', "model-6", "")),
        (
            "ml_test_score(category_test='Infra1', status='automatic')",
            ("item-marker", 'ml_test_score("Infra1")', "infra-1", ""),
        ),
        ("data", ("section-marker", "data", "", "data")),
        ("monitoring_test", ("section-marker", "monitoring_test", "", "monitor")),
    ],
)
def test_markers(marker, expected):
    assert found(f"import pytest\n@pytest.mark.{marker}\ndef test_a(): pass") == [expected]


@pytest.mark.parametrize(
    "marker",
    ["slow", "data_8", "data_12", "model_size", "parametrize('data_1', [])", "mlscore('data-1')"],
)
def test_other_markers_are_none(marker):
    assert found(f"import pytest\n@pytest.mark.{marker}\ndef test_a(): pass") == []


def test_numbers_in_names_count_when_they_name_several_items():
    text = "def test_data_3_cost(): pass\ndef test_monitor_2_invariants(): pass"
    assert [item for _, _, item, _ in found(text)] == ["data-3", "monitor-2"]
    assert found("def test_model_1_and_its_twin(): pass") == []


def test_numbers_in_names_of_files_count_too():
    files = [
        read(b"def test_a(): pass", "tests/test_data_1_schema.py"),
        read(b"def test_b(): pass", "tests/test_infra_3.py"),
    ]
    assert [(h.text, h.item) for h in found_in(files)] == [
        ("test_data_1_schema", "data-1"),
        ("test_infra_3", "infra-3"),
    ]


def test_docstrings_and_properties():
    text = (
        "def test_a(record_property):\n"
        "    '''Data 3: no feature costs too much.'''\n"
        "    record_property('mltestscore', 'Model 6')\n"
        "    record_property('note', 'any text')\n"
    )
    assert [(kind, item) for kind, _, item, _ in found(text)] == [
        ("item-docstring", "data-3"),
        ("item-property", "model-6"),
    ]


@pytest.mark.parametrize(
    "text,counts",
    [
        ("def pytest_terminal_summary(): print('ML test score', 'data', 'model')", True),
        ("def pytest_terminal_summary(): print('done')", False),
        ("def pytest_configure(): print('score', 'data', 'model')", False),
    ],
)
def test_hooks_that_count(text, counts):
    kinds = [kind for kind, *_ in found(text, "tests/conftest.py")]
    assert kinds == (["counting"] if counts else [])


@pytest.mark.parametrize(
    "text,items",
    [
        ("Data 1: schema", ["data-1"]),
        ("ML Test Score: Data 3", ["data-3"]),
        ("A test of invariants. ML Test Score - Monitor 2", ["monitor-2"]),
        ("Checks staleness (Monitor 4).", ["monitor-4"]),
        ("[Infra 1] twice", ["infra-1"]),
        ("First line.\n\nModel 6: slices", ["model-6"]),
        ("Compares model 1 with model 2.", []),
        ("Model 1 beats the other", []),
        ("data 9: no such item", []),
    ],
)
def test_labels_in_texts(text, items):
    assert list(named_in_text(text)) == items


def test_long_texts_cost_little():
    assert list(named_in_text("data " * 1_000_000)) == []
    assert named_in_name("_data" * 1_000_000) is None
    assert item_of(" " * 1_000_000) is None
