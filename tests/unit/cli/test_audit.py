"""`mlscore audit` from the command line."""

from __future__ import annotations

import errno
import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import needs
from pytest_mltestscore.cli import audit

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "audit.md"

SUITE = {
    "tests/test_data.py": (
        "import pytest\n\n\n"
        '@pytest.mark.mlscore("feature-schema")\n'
        "def test_columns(flights):\n    print(flights)\n\n\n"
        "def test_reads(tmp_path):\n    assert tmp_path\n"
    ),
    "tests/test_model.py": (
        "import time\n\n\n"
        "def test_accuracy_on_slices(model):\n    assert model\n\n\n"
        "def test_prediction_latency(model):\n    assert time.time() > model\n"
    ),
    "tests/test_broken.py": "def test_a(:\n",
}


OWN_SCORE = {
    "pytest.ini": (
        "[pytest]\nmarkers =\n    data_1: schema\n    model: tests of the model\n"
        "    slow: takes minutes\n"
    ),
    "tests/conftest.py": "def pytest_terminal_summary(): print('score', data, model)\n",
    "tests/test_churn.py": (
        "import pytest\n\n\n"
        "@pytest.mark.data_1\ndef test_columns(rows):\n    assert rows\n\n\n"
        "@pytest.mark.model\ndef test_regions(model):\n"
        '    """Model 6: no region is worse than the others."""\n    assert model\n'
    ),
}


def shown_on_the_page():
    """Return what the page shows of output."""
    text = PAGE.read_text("utf-8")
    return re.findall(r"^```text\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def write():
    """Write files, given by name and content."""

    def put(files):
        for name, text in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return put


@pytest.fixture
def suite(write):
    write(SUITE)


@pytest.fixture
def found(mlscore):
    def run(*arguments):
        code, out, _ = mlscore("audit", "--format", "json", *arguments)
        assert code == 0
        return json.loads(out)

    return run


@pytest.mark.usefixtures("suite")
def test_it_says_what_it_sees_as_documented(mlscore, monkeypatch):
    monkeypatch.setattr(audit, "find_spec", lambda name: name)
    code, out, err = mlscore("audit")
    assert (code, err) == (0, "")
    assert out == shown_on_the_page()[0]


@pytest.mark.usefixtures("suite")
def test_where_markers_cannot_be_written_it_says_what_to_install(mlscore, monkeypatch):
    monkeypatch.setattr(audit, "find_spec", lambda name: None)
    mend = "(both need libcst: pip install 'pytest-mltestscore[audit]')"
    assert mlscore("audit").out == f"{shown_on_the_page()[0]}{mend}\n"


@pytest.mark.usefixtures("suite")
def test_json_has_every_documented_key_and_no_other(found):
    _, _, chapter = PAGE.read_text("utf-8").partition("## For programs")
    rows = [line for line in chapter.splitlines() if line.startswith("| `")]
    documented = {word.strip("` ") for row in rows for word in row.split("|")[1].split(",")}
    said = found()
    assert set(said) == documented
    assert said["audit_format"] == 1
    assert len(said["items"]) == 28
    assert said["without_assertion"] == [
        {"nodeid": "tests/test_data.py::test_columns", "line": 5, "items": ["data-1"]}
    ]
    assert [(s["item"], s["confidence"]) for s in said["suggestions"]] == [
        ("model-6", "high"),
        ("monitor-6", "high"),
    ]


@pytest.mark.usefixtures("suite")
def test_same_tests_give_the_same_bytes(mlscore):
    assert mlscore("audit", "--format", "json") == mlscore("audit", "--format", "json")


@pytest.mark.usefixtures("suite")
def test_tags_of_the_configuration_count(found, write):
    write({"mlscore.toml": '[tags]\n"tests/test_model.py" = "canary"\n'})
    said = found()
    (canary,) = (item for item in said["items"] if item["name"] == "canary")
    assert len(canary["tests"]) == 2
    assert said["suggestions"] == []


def test_class_and_module_tags_add_up(found, write):
    write(
        {
            "test_a.py": "import pytest\npytestmark = pytest.mark.mlscore('data-1')\n"
            "@pytest.mark.mlscore('data-2', system='other')\nclass TestX:\n"
            "    @pytest.mark.mlscore('data-3')\n    def test_a(self): assert x\n"
        }
    )
    tagged = [item["id"] for item in found()["items"] if item["tests"]]
    assert tagged == ["data-1", "data-2", "data-3"]


def test_tags_that_are_no_item_are_named(mlscore, write):
    write({"test_a.py": "import pytest\n@pytest.mark.mlscore('canari')\ndef test_a(): assert x\n"})
    out = mlscore("audit").out
    assert "Tags that are no item" in out
    assert "did you mean 'canary'?" in " ".join(out.split())


def test_the_suite_to_inherit_is_named(mlscore, write):
    write(
        {
            "test_a.py": "from pytest_mltestscore.suite import MLTestScoreSuite\n"
            "class TestChurn(MLTestScoreSuite): pass\n"
        }
    )
    out = mlscore("audit").out
    assert "Tagged: 28 of 28 items, 28 of them by an inherited test alone" in out
    assert "test_a.py::TestChurn inherits a test for every item" in out


def test_what_replaces_an_inherited_test_needs_a_tag_of_its_own(mlscore, write):
    write(
        {
            "test_a.py": "import pytest\n"
            "from pytest_mltestscore.suite import MLTestScoreSuite\n"
            "class TestChurn(MLTestScoreSuite):\n"
            "    def test_canary(self): assert x\n"
            "    @pytest.mark.mlscore('rollback')\n"
            "    def test_rollback(self): assert x\n"
        }
    )
    out = mlscore("audit").out
    assert "Tagged: 27 of 28 items, 26 of them by an inherited test alone" in out
    assert "nothing: canary" in out
    assert "rollback (1)" in out


def test_a_score_of_its_own_is_taken_over(found, mlscore, write):
    write(
        {
            "tests/test_a.py": "import pytest\n@pytest.mark.data_1\n@pytest.mark.data\n"
            "def test_a(): '''Model 6: slices'''; assert x\n",
            "tests/conftest.py": "def pytest_terminal_summary(): print('score data model')\n",
        }
    )
    said = found()
    assert [(s["item"], s["homemade"]) for s in said["suggestions"]] == [
        ("data-1", True),
        ("model-6", True),
    ]
    assert {h["kind"] for h in said["homemade"]} == {
        "item-marker",
        "section-marker",
        "item-docstring",
        "counting",
    }
    out = mlscore("audit").out
    assert "hooks that count results: tests/conftest.py: pytest_terminal_summary" in out


def test_a_migration_is_shown_as_documented_and_nothing_written(mlscore, write):
    write(OWN_SCORE)
    code, out, err = mlscore("audit", "--migrate")
    assert (code, err) == (0, "")
    assert out == shown_on_the_page()[1]
    assert {name: Path(name).read_text("utf-8") for name in OWN_SCORE} == OWN_SCORE
    Path("change.diff").write_text(mlscore("audit", "--migrate", "--diff").out, "utf-8")
    subprocess.run(["git", "apply", "--check", "change.diff"], check=True)


def test_a_migration_is_written_once(mlscore, found, write):
    write(OWN_SCORE)
    code, out, err = mlscore("audit", "--migrate", "--apply")
    assert code == 0
    assert out.startswith("Written: 2 tests marked, 2 markers no longer declared, 2 files\n")
    assert "mlscore: tests/test_churn.py: 2 marked\n" in err
    assert "mlscore: pytest.ini: 2 no longer declared\n" in err
    written = {name: Path(name).read_bytes() for name in OWN_SCORE}
    assert b"data_1" not in b"".join(written.values())
    assert "Nothing to rewrite" in mlscore("audit", "--migrate", "--apply").out
    assert {name: Path(name).read_bytes() for name in OWN_SCORE} == written
    said = found("--migrate")
    assert said["written"] == []
    assert [(place["path"], place["line"]) for place in said["by_hand"]] == [
        ("tests/conftest.py", 1)
    ]


def test_a_migration_says_so_where_nothing_names_an_item(mlscore, write):
    write({"test_a.py": "import pytest\n@pytest.mark.model\ndef test_a(): assert x\n"})
    assert "there is nothing to migrate" in mlscore("audit", "--migrate").out


@pytest.mark.usefixtures("suite")
def test_less_sure_ones_are_shown_on_demand(found, mlscore, write):
    write({"test_c.py": "def test_rollback(mock_service): assert mock_service\n"})
    assert len(found()["suggestions"]) == 2
    assert len(found("--min-confidence", "low")["suggestions"]) == 3
    assert "1 suggestion less sure: --min-confidence low shows them" in mlscore("audit").out


@pytest.mark.usefixtures("suite")
def test_a_diff_is_shown_and_nothing_written(mlscore):
    needs.module("libcst")
    code, out, err = mlscore("audit", "--diff")
    assert (code, err) == (
        0,
        "mlscore: warning: tests/test_broken.py: passed over: line 1: invalid syntax\n",
    )
    assert '+@pytest.mark.mlscore("slice-quality")' in out.splitlines()
    assert "--- a/tests/test_model.py" in out.splitlines()
    assert Path("tests/test_model.py").read_text("utf-8") == SUITE["tests/test_model.py"]
    Path("change.diff").write_text(out, "utf-8")
    subprocess.run(["git", "apply", "--check", "change.diff"], check=True)


@pytest.mark.usefixtures("suite")
def test_markers_are_written_once(mlscore, found):
    needs.module("libcst")
    path = Path("tests/test_model.py")
    path.chmod(0o755)
    code, out, err = mlscore("audit", "--apply")
    assert code == 0
    assert "\nWritten: markers for 2 tests in 1 file\n" in out
    assert "tests/test_model.py: 2 marked" in err
    written = path.read_text("utf-8")
    assert written == (
        "import time\n\nimport pytest\n\n\n"
        '@pytest.mark.mlscore("slice-quality")\n'
        "def test_accuracy_on_slices(model):\n    assert model\n\n\n"
        '@pytest.mark.mlscore("computing-performance")\n'
        "def test_prediction_latency(model):\n    assert time.time() > model\n"
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert found("--apply")["written"] == []
    assert path.read_text("utf-8") == written


def test_one_test_in_one_file_is_written_so(mlscore, write):
    needs.module("libcst")
    write({"test_c.py": "def test_accuracy_on_slices(model): assert model\n"})
    assert "\nWritten: markers for 1 test in 1 file\n" in mlscore("audit", "--apply").out


@pytest.mark.usefixtures("suite")
def test_what_is_shown_after_writing_is_how_it_is_then(mlscore, write):
    needs.module("libcst")
    write(
        {
            "test_c.py": "def test_rollback(service): assert service\n",
            "test_d.py": "def test_rollback(mock_service): assert mock_service\n",
        }
    )
    assert "\nTagged: 1 of 28 items\n" in mlscore("audit").out
    applied = mlscore("audit", "--apply").out
    assert "\nTagged: 3 of 28 items\n" in applied
    said, _, _ = applied.partition("\nWritten: ")
    assert said == mlscore("audit").out.rstrip("\n"), "what an audit says from then on"
    assert "\n1 untagged test probably serves an item\n" in said, "it is of medium confidence"
    assert "\n  tests/test_broken.py: line 1: invalid syntax\n" in said


@pytest.mark.usefixtures("suite")
def test_only_what_is_sure_is_written_unless_asked(mlscore, write):
    needs.module("libcst")
    write({"test_c.py": "def test_rollback(service): assert service\n"})
    mlscore("audit", "--apply")
    assert "mlscore" not in Path("test_c.py").read_text("utf-8")
    mlscore("audit", "--apply", "--min-confidence", "medium")
    assert 'mlscore("rollback")' in Path("test_c.py").read_text("utf-8")


@pytest.mark.usefixtures("suite")
def test_changes_that_are_not_committed_are_warned_of(mlscore):
    needs.module("libcst")
    assert "not committed" not in mlscore("audit", "--diff").err
    subprocess.run(["git", "init", "-q"], check=True)
    warning = "mlscore: warning: tests/test_model.py: has changes that are not committed"
    assert warning in mlscore("audit", "--apply").err


@pytest.mark.usefixtures("suite")
def test_a_file_that_cannot_be_written_is_named(refused, monkeypatch):
    needs.module("libcst")

    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(audit, "put_back", full)
    message = "tests/test_model.py: cannot be written: No space left on device"
    assert refused("audit", "--apply") == message


@pytest.mark.usefixtures("suite")
@pytest.mark.parametrize("option", ["--apply", "--diff"])
def test_without_libcst_the_extra_is_named(refused, monkeypatch, option):
    monkeypatch.setitem(sys.modules, "libcst", None)
    assert "pip install 'pytest-mltestscore[audit]'" in refused("audit", option)


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["--root", "nowhere"], "--root: nowhere is not a folder"),
        (["--diff", "--format", "json"], "--diff: is a text of its own"),
        (["--apply", "--diff"], "not allowed with"),
        (["--migrate", "--min-confidence", "low"], "--migrate makes no guesses"),
        (["--min-confidence", "sure"], "invalid choice"),
    ],
)
def test_wrong_options_are_refused(refused, arguments, message):
    assert message in refused("audit", *arguments)


def test_a_folder_without_tests_is_no_error(mlscore):
    code, out, _ = mlscore("audit")
    assert code == 0
    assert out.startswith("0 tests in 0 files read; nothing was run\n")


HOSTILE = "test_\x1b[31m\u202e\udcff.py"


def test_hostile_names_are_shown_as_escapes(mlscore, found, write):
    Path(HOSTILE).write_text("def test_accuracy_on_slices(model): assert model\n", "utf-8")
    out = mlscore("audit").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "test_accuracy_on_slices" in out
    assert len(found()["suggestions"]) == 1


def test_hostile_lines_in_a_diff_are_shown_as_escapes(mlscore):
    needs.module("libcst")
    text = "def test_accuracy_on_slices(model): assert model, '\x1b[31m\u202e'\n"
    Path("test_a.py").write_text(text, "utf-8")
    out = mlscore("audit", "--diff").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert '+@pytest.mark.mlscore("slice-quality")' in out


def test_nothing_that_is_read_is_run(mlscore, write):
    write(
        {
            "test_a.py": "open('ran', 'w')\ndef test_rollback(): assert x\n",
            "conftest.py": "open('ran', 'w')\n",
        }
    )
    mlscore("audit")
    assert not Path("ran").exists()
