from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from threading import Thread

import pytest

from pytest_mltestscore import reporters

COMMANDS = ("report", "gate", "badge", "merge")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "content,message",
    [
        (b"", "bad.json: is empty; run `pytest --mlscore"),
        (b"{", "bad.json: not JSON"),
        (b'{"a": 1}', "bad.json: not a run record (`report_format` is not 'mlscore')"),
        (b"[]", "bad.json: not a run record"),
        (b"\xff\xfe", "bad.json: byte 0 is not UTF-8"),
        (b"[" * 200_000, "bad.json: "),
    ],
)
def test_what_is_no_record_is_refused_by_every_command(refused, command, content, message):
    Path("bad.json").write_bytes(content)
    assert refused(command, "bad.json").startswith(message)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_newer_major_version_is_refused_and_a_newer_minor_one_read(
    mlscore, refused, save, command
):
    path = Path(save("r.json"))
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"schema_version": "2.0"}), encoding="utf-8")
    assert refused(command, "r.json").startswith(
        "r.json: written in schema version 2.0, newer than the 1.0"
    )
    newer = content | {"schema_version": "1.7", "weather": "fine"}
    path.write_text(json.dumps(newer), encoding="utf-8")
    assert mlscore(command, "r.json").code == 0


def test_a_path_that_cannot_be_read(refused):
    assert refused("gate", "no.json").startswith("no.json: no such file; ")
    assert refused("gate", ".").startswith(".: cannot be read: Is a directory; ")
    assert refused("gate", "a\0b").startswith(r"a\x00b: cannot be read: embedded null ")
    assert refused("gate", "no/\x1b[31m\n.json").startswith("no/ .json: no such file")


def test_a_file_without_permission(mlscore, monkeypatch, save):
    really_open = Path.open

    def denied(path, *arguments, **options):
        if path.name == "r.json":
            raise PermissionError(13, "Permission denied")
        return really_open(path, *arguments, **options)

    name = save("r.json")
    monkeypatch.setattr(Path, "open", denied)
    done = mlscore("gate", name)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "mlscore: error: r.json: cannot be read: Permission denied; give a file that holds a run"
        " record\n"
    )


def test_standard_input(mlscore, refused, save, stdin, monkeypatch):
    stdin(Path(save("r.json")).read_bytes())
    assert mlscore("gate", "-").code == 0
    stdin(b"")
    assert refused("gate", "-").startswith("standard input: is empty; ")
    monkeypatch.setattr(sys, "stdin", None)
    assert refused("gate", "-") == "standard input is closed; give a file"


@pytest.fixture
def several(make, tmp_path):
    """Write a file with records of two systems, one of them twice."""
    systems = ("churn", "fraud", "fraud")
    joined = ", ".join(reporters.find("json").render(make(system=s)) for s in systems)
    (tmp_path / "all.json").write_text(f'{{"records": [{joined}]}}', encoding="utf-8")
    return "all.json"


def test_one_of_several_systems_is_chosen(mlscore, refused, several):
    assert mlscore("gate", several, "--system", "churn").out.startswith("churn, ")
    assert mlscore("diff", several, several, "--system=churn").code == 0
    assert refused("report", several, "--system=spam") == (
        "all.json: no record of system 'spam'; it has churn, fraud"
    )
    assert refused("badge", several, "--system=fraud") == (
        "all.json: holds 2 records of one system; put them together with `mlscore merge`"
    )


def test_a_named_pipe_is_read(mlscore, save, tmp_path):
    text = Path(save("r.json")).read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(text,))
    writer.start()
    assert mlscore("gate", "pipe").code == 0
    writer.join()
