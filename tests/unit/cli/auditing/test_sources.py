"""Which files are read."""

from __future__ import annotations

import os

import pytest

from pytest_mltestscore.cli._failure import CommandError
from pytest_mltestscore.cli.auditing import sources


@pytest.fixture
def root(tmp_path):
    for name in (
        "tests/test_a.py",
        "tests/b_test.py",
        "tests/conftest.py",
        "tests/helper.py",
        "tests/test_notes.txt",
        ".hidden/test_c.py",
        "node_modules/x/test_d.py",
        "env/pyvenv.cfg",
        "env/test_e.py",
        "build/test_f.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def test_it(): pass\n", encoding="utf-8")
    return tmp_path


def names(found):
    return [source.name for source in found.sources]


def test_test_files_below_a_folder(root):
    found = sources.find([str(root)], root)
    assert names(found) == ["tests/b_test.py", "tests/conftest.py", "tests/test_a.py"]
    assert not found.cut


def test_a_named_file_is_read_whatever_it_is_called_and_once(root):
    paths = [str(root / "tests" / "helper.py"), str(root / "tests"), str(root / "tests")]
    assert names(sources.find(paths, root)) == [
        "tests/b_test.py",
        "tests/conftest.py",
        "tests/helper.py",
        "tests/test_a.py",
    ]


def test_links_to_folders_are_not_followed(root):
    (root / "tests" / "loop").symlink_to(root, target_is_directory=True)
    assert len(names(sources.find([str(root)], root))) == 3


def test_what_is_outside_of_the_root_is_called_by_the_way_to_it(root):
    found = sources.find([str(root / "tests" / "test_a.py")], root / "env")
    assert names(found) == ["../tests/test_a.py"]


def test_more_files_than_anybody_reads_are_cut(root):
    found = sources.find([str(root)], root, most=2)
    assert (len(found.sources), found.cut) == (2, True)


def test_a_path_that_is_not_there_is_an_error(root):
    with pytest.raises(CommandError, match="no such file or folder"):
        sources.find([str(root / "nowhere")], root)


def test_what_is_too_large_or_no_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_FILE", 10)
    large = tmp_path / "test_large.py"
    large.write_bytes(b"#" * 11)
    with pytest.raises(ValueError, match="larger than"):
        sources.content(sources.Source(large, "test_large.py"))
    pipe = tmp_path / "test_pipe.py"
    os.mkfifo(pipe)
    with pytest.raises(ValueError, match="not a file"):
        sources.content(sources.Source(pipe, "test_pipe.py"))
