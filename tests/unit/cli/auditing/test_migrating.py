"""What a migration would write into a suite, and what it leaves to a person."""

from __future__ import annotations

import pytest

import needs
from pytest_mltestscore import catalog
from pytest_mltestscore.cli.auditing import sources
from pytest_mltestscore.cli.auditing.migrating import migration
from pytest_mltestscore.cli.auditing.survey import audit

RUBRIC = catalog.load()
INI = "[pytest]\nmarkers =\n    data_1: schema\n    slow: x\n"
MARKED = "import pytest\n\n\n@pytest.mark.data_1\ndef test_a():\n    assert x\n"
COUNTS = "def pytest_terminal_summary():\n    print('score', data, model)\n"
DECLARES = (
    "def pytest_configure(config):\n"
    '    """Declare."""\n'
    '    config.addinivalue_line("markers", "data_1: schema")\n\n\n'
)


@pytest.fixture
def migrated(tmp_path):
    """Write files and return what a migration would make of them, by name, and what it leaves."""

    def run(files, *paths, **options):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
        given = [str(tmp_path / path) for path in paths or ["."]]
        found = audit(given, tmp_path, RUBRIC, ())
        plan = migration(found, tmp_path, whole=not paths, **options)
        after = {change.name: change.after.decode() for change in plan.changes}
        return after, [(p.path, p.line, p.what) for p in plan.by_hand], plan

    return run


def test_marker_and_declaration_go_together(migrated):
    after, by_hand, _ = migrated({"pytest.ini": INI, "test_a.py": MARKED})
    assert after == {
        "pytest.ini": "[pytest]\nmarkers =\n    slow: x\n",
        "test_a.py": MARKED.replace("data_1", 'mlscore("feature-schema")'),
    }
    assert by_hand == []


@pytest.mark.parametrize(
    "others",
    [
        {"test_b.py": "def test_b(:\n"},
        {"lib.py": "data_1 = (\n"},
        {"test_b.py": "import pytest\nx = getattr(pytest.mark, name)\n"},
        {"lib.py": "import pytest\nx = getattr(pytest.mark, name)  # data_1\n"},
    ],
)
def test_a_declaration_stays_and_is_named_where_its_use_is_uncertain(migrated, others):
    after, by_hand, _ = migrated({"pytest.ini": INI, "test_a.py": MARKED, **others})
    assert list(after) == ["test_a.py"]
    assert [(path, line) for path, line, _ in by_hand] == [("pytest.ini", 3)]


def test_it_stays_where_only_a_part_was_read(migrated):
    files = {"pytest.ini": INI, "a/test_a.py": MARKED, "b/test_b.py": MARKED}
    after, by_hand, _ = migrated(files, "a")
    assert list(after) == ["a/test_a.py"]
    assert [(path, line) for path, line, _ in by_hand] == [("b/test_b.py", 4)]


def test_it_stays_where_there_are_more_files_than_are_read(migrated, monkeypatch):
    monkeypatch.setattr(sources, "MOST_FILES", 1)
    files = {"pytest.ini": INI, "test_a.py": MARKED, "one.py": "", "two.py": ""}
    after, by_hand, _ = migrated(files)
    assert list(after) == ["test_a.py"]
    assert [(path, line) for path, line, _ in by_hand] == [("pytest.ini", 3)]


def test_files_that_pytest_would_not_collect_by_itself_are_left_and_named(migrated):
    other = "from pytest import mark as m\n\n\n@m.data_1\ndef check_b(): pass\n"
    after, by_hand, _ = migrated({"pytest.ini": INI, "test_a.py": MARKED, "check_b.py": other})
    assert list(after) == ["test_a.py"]
    what = "old marker data_1, in a file that was not read as tests"
    assert by_hand == [("check_b.py", 4, what)]


@pytest.mark.parametrize("applied,line", [(False, 6), (True, 5)])
def test_a_counting_hook_is_named_by_its_line_now_or_afterwards(migrated, applied, line):
    files = {"conftest.py": DECLARES + COUNTS, "test_a.py": MARKED}
    after, by_hand, _ = migrated(files, applied=applied)
    assert "addinivalue_line" not in after["conftest.py"]
    what = "pytest_terminal_summary counts results for the old score"
    assert by_hand == [("conftest.py", line, what)]


def test_sections_are_named_where_something_counts(migrated):
    sections = MARKED.replace("data_1", "data")
    assert migrated({"test_a.py": sections})[:2] == ({}, [])
    after, by_hand, plan = migrated({"test_a.py": sections, "conftest.py": COUNTS})
    assert (after, plan.named) == ({}, False)
    assert [(path, line) for path, line, _ in by_hand] == [("conftest.py", 1), ("test_a.py", 4)]


@pytest.mark.parametrize(
    "body",
    [
        'def test_a():\n    """Data 3: cost."""\n    assert x\n',
        'def test_a(record_property):\n    record_property("item", "Data 3")\n',
    ],
)
def test_what_only_words_say_gets_a_marker_above(migrated, body):
    needs.module("libcst")
    after, by_hand, _ = migrated({"test_a.py": body})
    marker = '@pytest.mark.mlscore("feature-cost")\n'
    assert after == {"test_a.py": f"import pytest\n\n\n{marker}{body}"}
    assert by_hand == []
    assert migrated(after)[0] == {}


def test_names_speak_where_they_number_several_items(migrated):
    needs.module("libcst")
    prefixed = "def test_a():\n    assert x\n"
    named = "def test_data_3_cost():\n    assert x\n"
    assert migrated({"test_names.py": named})[0] == {}
    after, _, _ = migrated({"test_names.py": named, "test_model_6.py": prefixed})
    assert '@pytest.mark.mlscore("feature-cost")\ndef test_data_3' in after["test_names.py"]
    assert '@pytest.mark.mlscore("slice-quality")\ndef test_a' in after["test_model_6.py"]


def test_tests_that_look_like_an_item_are_not_touched(migrated):
    assert migrated({"test_a.py": "def test_rollback(service): assert service\n"})[0] == {}


def test_a_file_whose_markers_cannot_be_replaced_is_passed_over(migrated, monkeypatch):
    def refuse(*_):
        raise ValueError("two changes touch each other")

    monkeypatch.setattr("pytest_mltestscore.cli.auditing.migrating.replaced", refuse)
    after, _, plan = migrated({"pytest.ini": INI, "test_a.py": MARKED})
    assert after == {}
    assert [entry.name for entry in plan.passed_over] == ["test_a.py"]
