"""Finding and reading configuration files, whatever lies in their place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import strategies
from pytest_mltestscore.config import ProjectConfig, load
from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.rubric import Credit, Rubric

RUBRIC = Rubric(
    id="none",
    version="1",
    title="A rubric without items",
    source="none",
    aggregate="minimum",
    credit=Credit(manual=0.5, automated=1),
    bands=(),
    sections=(),
    items=(),
)
BOTH = pytest.mark.parametrize("name", ["pyproject.toml", "mlscore.toml"])


def problems(root: Path, **options: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(root, RUBRIC, **options)
    return str(caught.value).splitlines()


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


def test_without_files_there_are_defaults(tmp_path):
    config = load(tmp_path, RUBRIC)
    assert config == ProjectConfig()
    assert (config.path, config.system, config.policy.require_ci) == (None, "default", False)


def test_a_pyproject_without_our_table_gives_only_its_name(tmp_path):
    write(tmp_path / "pyproject.toml", '[project]\nname = "churn"\n[tool.other]\nx = 1\n')
    assert load(tmp_path, RUBRIC) == ProjectConfig(system="churn")


def test_our_table_in_pyproject_is_read(tmp_path):
    path = write(tmp_path / "pyproject.toml", "[tool.mlscore.policy]\nrequire_ci = true\n")
    config = load(tmp_path, RUBRIC)
    assert config.path == path
    assert config.policy.require_ci is True


def test_the_same_tables_stand_at_the_top_of_our_own_file(tmp_path):
    path = write(tmp_path / "mlscore.toml", "[policy]\nrequire_ci = true\nmax_waivers = 0\n")
    config = load(tmp_path, RUBRIC)
    assert config.path == path
    assert (config.policy.require_ci, config.policy.max_waivers) == (True, 0)


def test_our_own_file_takes_the_name_from_pyproject(tmp_path):
    write(tmp_path / "pyproject.toml", '[project]\nname = "churn"\n')
    path = write(tmp_path / "mlscore.toml", "")
    assert load(tmp_path, RUBRIC) == ProjectConfig(path=path, system="churn")


def test_both_files_saying_something_is_an_error_naming_both(tmp_path):
    write(tmp_path / "pyproject.toml", '[tool.mlscore]\nsystem = "a"\n')
    write(tmp_path / "mlscore.toml", 'system = "b"\nsytem = "c"\n')
    conflict, unknown = problems(tmp_path)
    assert conflict == (
        "mlscore.toml and [tool.mlscore] in pyproject.toml both configure mlscore; "
        "move everything into one of them"
    )
    assert unknown == "mlscore.toml: sytem: unknown key; did you mean 'system'?"


@pytest.mark.parametrize(
    "ours, theirs, used",
    [
        ("", '[tool.mlscore]\nsystem = "a"\n', "pyproject.toml"),
        ('system = "a"\n', "[tool.mlscore]\n", "mlscore.toml"),
        ("# nothing yet\n", "[tool.mlscore]\n", "pyproject.toml"),
    ],
)
def test_a_file_that_says_nothing_is_no_second_place(tmp_path, ours, theirs, used):
    write(tmp_path / "mlscore.toml", ours)
    write(tmp_path / "pyproject.toml", theirs)
    assert load(tmp_path, RUBRIC).path == tmp_path / used


def test_another_pyproject_can_be_named(tmp_path):
    write(tmp_path / "pyproject.toml", "[tool.mlscore]\nunread = 1\n")
    (tmp_path / "other").mkdir()
    path = write(tmp_path / "other" / "pyproject.toml", '[tool.mlscore]\nsystem = "other"\n')
    config = load(tmp_path, RUBRIC, pyproject=path)
    assert (config.path, config.system) == (path, "other")


def test_a_named_file_must_exist(tmp_path):
    lines = problems(tmp_path, pyproject=tmp_path / "gone.toml")
    assert lines == ["gone.toml: does not exist; mend the path"]


def test_a_file_outside_the_project_is_named_with_its_path(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    path = write(tmp_path / "pyproject.toml", "tool = 3")
    assert problems(root, pyproject=path) == [f"{path}: tool: is 3; give a table"]


@pytest.mark.parametrize(
    "text, key", [("tool = 3", "tool"), ("[tool]\nmlscore = [1]", "tool.mlscore")]
)
def test_tables_that_are_none(tmp_path, text, key):
    write(tmp_path / "pyproject.toml", text)
    (line,) = problems(tmp_path)
    assert line.startswith(f"pyproject.toml: {key}: is ")
    assert line.endswith("; give a table")


@BOTH
@pytest.mark.parametrize(
    "text, place",
    [
        ("a = 1\nb c\n", "(at line 2, column 3)"),
        ("a = 1\na = 2\n", "(at line 2, column 6)"),
        ("a = 1\r\nb = 'x\r\n", "(at the end, line 3, column 1)"),
        ('a = "', "(at the end, line 1, column 6)"),
        ("a = 1\r\nb = '''x\r\ny", "(at the end, line 3, column 2)"),
        ("[tags]\ntests/a.py = 'data-1'\n", "(at line 2, column 6)"),
        ("a = 2026-02-30\n", "(at line 1, column 5)"),
        ("a = 1\n\x00", "(at line 2, column 1)"),
        ("a = " + "9" * 5_000, "integer"),
        ("a = " + "[" * 100_000, "nested"),
        ("a = " + "{a=" * 50_000, "nested"),
    ],
)
def test_text_that_is_no_toml_is_one_line_with_the_place(tmp_path, name, text, place):
    write(tmp_path / name, text)
    (line,) = problems(tmp_path)
    assert line.startswith(f"{name}: not valid TOML: ")
    assert place in line
    assert line.isprintable()


@BOTH
@pytest.mark.parametrize(
    "content, message",
    [
        (b"a = 1\n# \xff", "byte 8 (line 2) is not UTF-8; save the file as UTF-8"),
        ("a = 1".encode("utf-16"), "byte 0 (line 1) is not UTF-8; save the file as UTF-8"),
        (bytes(range(256)), "byte 128 (line 2) is not UTF-8; save the file as UTF-8"),
        (b"#" * 1_000_001, "is larger than 1 MB; shorten it"),
    ],
    ids=["latin", "utf-16", "binary", "huge"],
)
def test_files_that_are_no_text_or_too_large(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    assert problems(tmp_path) == [f"{name}: {message}"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_files_as_editors_on_other_systems_write_them(tmp_path, start, end):
    (tmp_path / "mlscore.toml").write_bytes(start + end.join([b"[policy]", b"require_ci = true"]))
    assert load(tmp_path, RUBRIC).policy.require_ci is True


def test_a_file_of_the_largest_size_is_read(tmp_path):
    text = 'system = "big"\n'
    write(tmp_path / "mlscore.toml", text + "#" * (1_000_000 - len(text)))
    assert load(tmp_path, RUBRIC).system == "big"


@BOTH
def test_a_folder_in_place_of_the_file(tmp_path, name):
    (tmp_path / name).mkdir()
    assert problems(tmp_path) == [f"{name}: is a folder; put a TOML file there, or remove it"]


@BOTH
def test_a_pipe_in_place_of_the_file_does_not_block(tmp_path, name):
    os.mkfifo(tmp_path / name)
    expected = f"{name}: is no regular file; put a TOML file there, or remove it"
    assert problems(tmp_path) == [expected]


@BOTH
def test_a_link_is_followed(tmp_path, name):
    real = write(tmp_path / "real.toml", '[tool.mlscore]\nsystem = "a"\n')
    if name == "mlscore.toml":
        write(real, 'system = "a"\n')
    (tmp_path / name).symlink_to(real)
    config = load(tmp_path, RUBRIC)
    assert (config.system, config.path) == ("a", tmp_path / name)


@BOTH
@pytest.mark.parametrize("target", ["mlscore.toml", "pyproject.toml", "gone"])
def test_links_that_lead_nowhere(tmp_path, name, target):
    (tmp_path / name).symlink_to(tmp_path / target)
    if target not in (name, "gone"):
        (tmp_path / target).symlink_to(tmp_path / name)
    for line in problems(tmp_path):
        assert "toml: cannot be read (" in line
        assert line.endswith("); mend that, or remove it")


@BOTH
def test_a_file_that_may_not_be_read(tmp_path, name, monkeypatch):
    path = write(tmp_path / name, "")
    opened = Path.open

    def refuse(self, *arguments, **options):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    expected = f"{name}: cannot be read (Permission denied); mend that, or remove it"
    assert problems(tmp_path) == [expected]


def test_problems_of_both_files_are_named_at_once(tmp_path):
    write(tmp_path / "pyproject.toml", "not toml")
    write(tmp_path / "mlscore.toml", "system = 1\n")
    assert [line.split(": ")[:2] for line in problems(tmp_path)] == [
        ["pyproject.toml", "not valid TOML"],
        ["mlscore.toml", "system"],
    ]


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "_x", ".hidden", "x" * 100])
def test_names_that_a_system_can_have(tmp_path, name):
    write(tmp_path / "mlscore.toml", f'system = "{name}"')
    assert load(tmp_path, RUBRIC).system == name


BAD_NAMES = ['""', '"a b"', '"a/b"', '"."', '".."', '"größe"', '"a\\n"', f'"{"x" * 101}"', "3"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_a_system_cannot_have(tmp_path, name):
    write(tmp_path / "mlscore.toml", f"system = {name}")
    (line,) = problems(tmp_path)
    assert line.startswith("mlscore.toml: system: is ")
    assert "use at most 100 letters, digits, '.', '_' and '-', and not only dots" in line
    assert line.isprintable()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_project_name_that_cannot_name_the_system(tmp_path, name):
    write(tmp_path / "pyproject.toml", f"[project]\nname = {name}\n")
    (line,) = problems(tmp_path)
    assert line.startswith("pyproject.toml: project.name: is ")
    assert "which cannot name the system; set system in [tool.mlscore]" in line


def test_a_system_given_by_hand_needs_no_project_name(tmp_path):
    write(tmp_path / "pyproject.toml", '[project]\nname = "a b"\n[tool.mlscore]\nsystem = "ab"\n')
    assert load(tmp_path, RUBRIC).system == "ab"


@pytest.mark.parametrize("text", ["project = 3", "[project]\nversion = '1'"])
def test_a_project_without_a_name_is_the_default_system(tmp_path, text):
    write(tmp_path / "pyproject.toml", text)
    assert load(tmp_path, RUBRIC).system == "default"


@settings(suppress_health_check=strategies.fixtures_are_shared)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
@example(b"[tool.mlscore]\nsystem = nan")
@example(b'[tool.mlscore.tags]\n"a" = "b"')
@example(b"tool.mlscore" + b".a" * 1_000 + b" = 1")
def test_any_bytes_give_a_configuration_or_a_list_of_problems(tmp_path, content):
    for name in ("pyproject.toml", "mlscore.toml"):
        root = tmp_path / "root"
        root.mkdir()
        (root / name).write_bytes(content)
        try:
            load(root, RUBRIC)
        except ConfigError as error:
            lines = str(error).splitlines()
            assert all(line.startswith(name) and line.isprintable() for line in lines)
        shutil.rmtree(root)
