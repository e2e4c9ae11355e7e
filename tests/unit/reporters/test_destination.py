from __future__ import annotations

import errno
import io
import os
import stat
import threading
from pathlib import Path

import pytest

from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.reporters import destination
from pytest_mltestscore.reporters.destination import (
    content,
    holds_a_file,
    prepare,
    put_back,
    windows_problem,
    write,
)

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")
as_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Do not sleep, and say how long it would have been."""
    slept = []
    monkeypatch.setattr(destination.time, "sleep", slept.append)
    return slept


def content_of(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


class TestPrepare:
    def test_leaves_an_existing_file_alone(self, tmp_path):
        target = tmp_path / "a.json"
        target.write_text("old")
        before = target.stat()
        assert prepare(target) == str(target)
        assert content_of(tmp_path) == {"a.json": b"old"}
        assert target.stat() == before

    def test_makes_folders_and_nothing_else(self, tmp_path):
        prepare(tmp_path / "a" / "b" / "c.json")
        assert list((tmp_path / "a" / "b").iterdir()) == []

    def test_relative_paths_outlive_a_change_of_folder(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        target = prepare("a.json")
        monkeypatch.chdir("/")
        write(target, "x")
        assert content_of(tmp_path) == {"a.json": b"x"}

    @pytest.mark.parametrize("stream", ["-", "/dev/stdout", "/dev/stderr"])
    def test_streams_stay_what_they_are(self, stream):
        assert prepare(stream) == stream
        assert not holds_a_file(stream)

    @pytest.mark.parametrize(
        "name, problem",
        [
            ("", "the name is empty"),
            ("folder", "it is a folder; name a file in it"),
            ("scores.db", "it is a database, perhaps a store; name another file"),
            ("folder/", "it is a folder; name a file in it"),
            ("new/", "it is a folder; name a file in it"),
            ("file/a.json", "Not a directory; choose another place"),
            ("n" * 300, "File name too long"),
            ("nul\0byte", "null byte"),
            pytest.param("loop", "Too many levels of symbolic links", marks=posix),
        ],
    )
    def test_names_path_and_mend(self, tmp_path, monkeypatch, name, problem):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").write_text("old")
        (tmp_path / "scores.db").write_bytes(b"SQLite format 3\0and so on")
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(ConfigError) as caught:
            prepare(name)
        message = str(caught.value)
        assert message.startswith("cannot write ")
        assert name.replace("\0", "\\x00") in message.replace("\\\\", "\\")
        assert problem in message
        assert (tmp_path / "file").read_text() == "old"
        assert not (tmp_path / "new").exists()

    @as_user
    def test_permissions(self, tmp_path):
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o555)
        with pytest.raises(ConfigError, match="Permission denied"):
            prepare(closed / "a.json")
        target = tmp_path / "a.json"
        target.write_text("old")
        target.chmod(0o444)
        with pytest.raises(ConfigError, match="read-only; choose another or make it writable"):
            prepare(target)

    @pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
    def test_disks_that_refuse(self, tmp_path, monkeypatch, code):
        def refuse(*_args):
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(destination.os, "open", refuse)
        with pytest.raises(ConfigError, match=os.strerror(code)):
            prepare(tmp_path / "a.json")
        assert content_of(tmp_path) == {}

    def test_read_only_file_for_everybody(self, tmp_path, monkeypatch):
        (tmp_path / "a.json").write_text("old")
        monkeypatch.setattr(destination.os, "access", lambda *_: False)
        with pytest.raises(ConfigError, match="the file is read-only"):
            prepare(tmp_path / "a.json")

    @posix
    def test_devices(self, monkeypatch):
        assert prepare("/dev/null") == "/dev/null"
        assert not holds_a_file("/dev/null")
        monkeypatch.setattr(destination.os, "access", lambda *_: False)
        with pytest.raises(ConfigError, match="it may not be written to"):
            prepare("/dev/null")

    def test_windows_names_are_refused_on_windows(self, tmp_path, monkeypatch):
        monkeypatch.setattr(destination.os, "name", "nt")
        with pytest.raises(ConfigError, match=r"'con\.json' is the name of a device"):
            prepare("con.json")


@pytest.mark.parametrize(
    "path, refused",
    [
        (r"C:\build\mlscore.json", False),
        (r"..\mlscore.json", False),
        ("build/mlscore.json", False),
        (r"\\server\share\mlscore.json", False),
        ("console.json", False),
        ("con", True),
        ("CON .json", True),
        (r"C:\NUL.tar.gz\a.json", True),
        ("com1", True),
        ("a:b", False),  # the file b on drive a
        ("report:1.json", True),
        ("what?.json", True),
        ("folder./a.json", True),
        ("a.json ", True),
    ],
)
def test_windows_problem(path, refused):
    assert bool(windows_problem(path)) == refused


class TestWrite:
    def test_new_and_replaced(self, tmp_path):
        target = tmp_path / "deep" / "a.md"
        write(target, "first\n")
        write(target, "zwei \N{LATIN SMALL LETTER U WITH DIAERESIS}\r\n")
        assert content_of(target.parent) == {"a.md": b"zwei \xc3\xbc\r\n"}
        assert holds_a_file(target)

    def test_surrogates_become_escapes(self, tmp_path):
        write(tmp_path / "a", "\ud800")
        assert content_of(tmp_path) == {"a": b"\\ud800"}

    @posix
    def test_mode_follows_the_umask(self, tmp_path):
        before = os.umask(0o027)
        try:
            write(tmp_path / "a", "x")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640

    @posix
    def test_links_are_followed(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real/a.json")
        for text in ("first", "second"):  # at first the link leads nowhere
            write(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert content_of(tmp_path / "real") == {"a.json": b"second"}

    @posix
    def test_pipes_are_written_directly(self, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        assert prepare(pipe) == str(pipe)
        assert not holds_a_file(pipe)
        got = []
        reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
        reader.start()
        write(pipe, "x" * 200_000)  # more than a pipe holds
        reader.join()
        assert got == [b"x" * 200_000]
        assert stat.S_ISFIFO(pipe.stat().st_mode)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="a Linux device")
    def test_full_device(self):
        with pytest.raises(OSError, match="No space left"):
            write("/dev/full", "x")

    @pytest.mark.parametrize("name", ["-", "/dev/stdout"])
    def test_standard_output(self, name, capfdbinary):
        print("before", end=" ")
        write(name, "\N{BULLET} x")
        assert capfdbinary.readouterr().out == b"before \xe2\x80\xa2 x"

    def test_standard_error(self, capfdbinary):
        write("/dev/stderr", "x")
        assert capfdbinary.readouterr().err == b"x"

    def test_text_only_streams(self, monkeypatch):
        stream = io.StringIO()
        monkeypatch.setattr(destination.sys, "stdout", stream)
        write("-", "x\ud800")
        assert stream.getvalue() == "x\\ud800"

    def test_no_stream(self, monkeypatch):
        monkeypatch.setattr(destination.sys, "stdout", None)
        with pytest.raises(OSError, match="there is no stdout to write to"):
            write("-", "x")


class FailsAt:
    """A stand-in for a function of `os` that raises at its n-th call and works otherwise."""

    def __init__(self, monkeypatch, name, error, calls):
        self.real, self.error, self.calls, self.count = getattr(os, name), error, calls, 0
        monkeypatch.setattr(destination.os, name, self)

    def __call__(self, *args, **kwargs):
        self.count += 1
        if self.count in self.calls:
            raise self.error
        return self.real(*args, **kwargs)


class TestFailuresLeaveOldOrNew:
    old = b"old"
    new = "new " * 1000

    @pytest.fixture
    def target(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_bytes(self.old)
        return path

    @pytest.fixture
    def small_writes(self, monkeypatch):
        """Let the system take 100 bytes at a time, so that writing takes many calls."""
        real = os.write
        monkeypatch.setattr(destination.os, "write", lambda fd, data: real(fd, data[:100]))

    @pytest.mark.parametrize("call", [*range(1, 41, 3), 40])
    @pytest.mark.parametrize(
        "error", [OSError(errno.ENOSPC, "disk full"), KeyboardInterrupt()], ids=["full", "ctrl-c"]
    )
    def test_while_writing(self, target, monkeypatch, small_writes, call, error):
        FailsAt(monkeypatch, "write", error, {call})
        with pytest.raises(type(error)):
            write(target, self.new)
        assert content_of(target.parent) == {"a.json": self.old}

    @pytest.mark.parametrize("name", ["open", "fsync", "close", "replace"])
    @pytest.mark.parametrize(
        "error", [OSError(errno.EIO, "broken disk"), KeyboardInterrupt()], ids=["io", "ctrl-c"]
    )
    def test_at_every_other_step(self, target, monkeypatch, name, error):
        FailsAt(monkeypatch, name, error, {1})
        with pytest.raises(type(error)):
            write(target, self.new)
        assert content_of(target.parent) == {"a.json": self.old}

    def test_a_new_file_is_not_left_half_written(self, tmp_path, monkeypatch, small_writes):
        FailsAt(monkeypatch, "write", OSError(errno.ENOSPC, "disk full"), {2})
        with pytest.raises(OSError, match="disk full"):
            write(tmp_path / "a.json", self.new)
        assert content_of(tmp_path) == {}

    def test_partial_writes_are_continued(self, target, small_writes):
        write(target, self.new)
        assert content_of(target.parent) == {"a.json": self.new.encode()}

    @pytest.mark.parametrize("busy", range(1, destination.RETRIES + 1))
    def test_a_viewer_that_lets_go(self, target, monkeypatch, pauses, busy):
        FailsAt(monkeypatch, "replace", PermissionError(13, "in use"), set(range(1, busy + 1)))
        write(target, self.new)
        assert content_of(target.parent) == {"a.json": self.new.encode()}
        assert len(pauses) == busy
        assert pauses == sorted(set(pauses))

    def test_a_viewer_that_does_not(self, target, monkeypatch, pauses):
        FailsAt(monkeypatch, "replace", PermissionError(13, "in use"), set(range(1, 100)))
        with pytest.raises(PermissionError):
            write(target, self.new)
        assert content_of(target.parent) == {"a.json": self.old}
        assert len(pauses) == destination.RETRIES

    def test_an_error_of_cleaning_up_does_not_hide_the_first(self, target, monkeypatch):
        FailsAt(monkeypatch, "fsync", OSError(errno.EIO, "broken disk"), {1})
        monkeypatch.setattr(Path, "unlink", lambda *_a, **_k: (_ for _ in ()).throw(OSError("no")))
        with pytest.raises(OSError, match="broken disk"):
            write(target, self.new)


class TestPutBack:
    def test_what_was_there_is_there_again(self, tmp_path):
        target = tmp_path / "a.json"
        target.write_bytes(b"\xff old")
        before = content(target, limit=5)
        write(target, "new")
        put_back(target, before)
        assert content_of(tmp_path) == {"a.json": b"\xff old"}

    def test_more_than_the_limit_is_not_kept(self, tmp_path):
        (tmp_path / "a.json").write_bytes(b"12345")
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            content(tmp_path / "a.json", limit=4)

    def test_no_file_was_there(self, tmp_path):
        target = tmp_path / "a.json"
        with pytest.raises(FileNotFoundError):
            content(target, limit=5)
        write(target, "new")
        put_back(target, None)
        put_back(target, None)
        assert content_of(tmp_path) == {}

    @posix
    def test_links_stay(self, tmp_path):
        (tmp_path / "link.json").symlink_to("a.json")
        write(tmp_path / "link.json", "new")
        put_back(tmp_path / "link.json", None)
        assert [p.name for p in tmp_path.iterdir()] == ["link.json"]
        put_back(tmp_path / "link.json", b"old")
        assert (tmp_path / "a.json").read_bytes() == b"old"
