"""After `mlscore audit --migrate --apply`, a run scores the items that the suite had meant."""

from __future__ import annotations

import pytest

import inner_runs
import needs
from pytest_mltestscore.cli import main

MARKERS = {
    "pytest.ini": "[pytest]\nmarkers =\n    data_1: schema\n    model_6: slices\n    slow: x\n",
    "conftest.py": """\
import pytest

MEANT = {}


def pytest_configure(config):
    config.addinivalue_line("markers", "infra_1: reproducible")
    config.addinivalue_line("markers", "monitor_6: speed")


def pytest_runtest_logreport(report):
    MEANT[report.nodeid] = report.outcome


def pytest_terminal_summary(terminalreporter):
    data = model = infra = monitor = len(MEANT)
    terminalreporter.write_line(f"score {min(data, model, infra, monitor)}")
""",
    "test_marked.py": """\
import pytest

speed = pytest.mark.monitor_6


@pytest.mark.data_1
@pytest.mark.slow
def test_columns():
    assert [1]


@pytest.mark.infra_1  # seeds
class TestTraining:
    def test_twice(self):
        assert [1]

    @pytest.mark.parametrize("x", [0, pytest.param(2, marks=pytest.mark.model_6)])
    def test_slices(self, x):
        assert x is not None


@speed
def test_fast():
    assert [1]
""",
    "test_module.py": """\
from pytest import mark

pytestmark = [mark.slow, mark.data_1]


def test_types():
    assert [1]
""",
}

SECTIONS = {
    "pytest.ini": "[pytest]\nmarkers =\n    data: data\n    model: model\n",
    "test_sections.py": """\
import pytest


@pytest.mark.data
def test_cost():
    \"\"\"Data 3: no feature costs too much.\"\"\"
    assert [1]


@pytest.mark.model
def test_of_no_item():
    assert [1]
""",
}

DOCSTRINGS = {
    "test_docs.py": """\
def test_rows():
    \"\"\"Data 1: columns are as expected.\"\"\"
    assert [1]


class TestServing:
    def test_speed(self):
        \"\"\"Monitor 6: fast enough.

        Tells data 2 from model 1.
        \"\"\"
        assert [1]
""",
}

NAMES = {
    "test_data_1.py": "def test_rows():\n    assert [1]\n",
    "test_model_6_slices.py": "def test_regions():\n    assert [1]\n",
    "test_rest.py": "def test_infra_1_seeds(): assert [1]\ndef test_x(): assert [1]\n",
}

PROPERTIES = {
    "test_junit.py": """\
def test_cost(record_property):
    record_property("mltestscore", "Data 3")
    assert [1]


def test_other(record_property):
    record_property("owner", "data team")
    assert [1]
""",
}


@pytest.mark.parametrize(
    "files,expected",
    [
        (
            MARKERS,
            {
                "data-1": ["test_columns", "test_types"],
                "infra-1": ["test_slices[0]", "test_slices[2]", "test_twice"],
                "model-6": ["test_slices[2]"],
                "monitor-6": ["test_fast"],
            },
        ),
        (SECTIONS, {"data-3": ["test_cost"]}),
        (DOCSTRINGS, {"data-1": ["test_rows"], "monitor-6": ["test_speed"]}),
        (
            NAMES,
            {
                "data-1": ["test_rows"],
                "infra-1": ["test_infra_1_seeds"],
                "model-6": ["test_regions"],
            },
        ),
        (PROPERTIES, {"data-3": ["test_cost"]}),
    ],
    ids=["markers", "sections", "docstrings", "names", "properties"],
)
def test_the_items_that_were_meant_are_scored(tmp_path, files, expected):
    needs.module("libcst")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert scored(tmp_path, "before.json") == {}
    migrate = ["audit", str(tmp_path), "--root", str(tmp_path), "--migrate", "--apply"]
    assert main(migrate) == 0
    # A marker that is used and no longer declared would be an error.
    assert scored(tmp_path, "after.json", "--strict-markers") == expected
    written = contents(tmp_path, files)
    assert main(migrate) == 0
    assert contents(tmp_path, files) == written


def test_a_file_that_cannot_be_parsed_stays_as_it_is(tmp_path):
    broken = "import pytest\n@pytest.mark.data_1\ndef test_a(:\n"
    good = "import pytest\n@pytest.mark.data_1\ndef test_b(): assert [1]\n"
    (tmp_path / "test_broken.py").write_text(broken, encoding="utf-8")
    (tmp_path / "test_good.py").write_text(good, encoding="utf-8")
    assert main(["audit", str(tmp_path), "--root", str(tmp_path), "--migrate", "--apply"]) == 0
    assert (tmp_path / "test_broken.py").read_text("utf-8") == broken
    assert 'mlscore("feature-schema")' in (tmp_path / "test_good.py").read_text("utf-8")


def scored(folder, name, *options):
    """Return the tests of each item that has some, by a run of its own."""
    done = inner_runs.score(folder, *options, f"--mlscore-report=json:{folder / name}")
    assert done.ret == 0, done.out
    items = inner_runs.strict_json((folder / name).read_text("utf-8"))["items"]
    return {
        item["id"]: sorted(row["nodeid"].rpartition("::")[2] for row in item["tests"])
        for item in items
        if item["tests"]
    }


def contents(folder, files):
    return {name: (folder / name).read_bytes() for name in files}
