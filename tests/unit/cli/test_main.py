"""The command as a program: help, version, streams, and what it must not import."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pytest_mltestscore import cli
from pytest_mltestscore.cli import COMMANDS, _output, main
from pytest_mltestscore.reporters import REPORTERS
from pytest_mltestscore.store import open_store


def run(*arguments, **options):
    """Run `mlscore` in a process of its own."""
    command = [sys.executable, "-m", "pytest_mltestscore.cli", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **options)


def store(path):
    """Put a record into the store that examples name."""
    with open_store(".mlscore") as opened:
        opened.append(Path(path).read_bytes())


# Help


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_complete_and_fits_the_terminal(mlscore, name):
    done = mlscore(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"\n  mlscore {name}" in done.out.split("examples:")[1]
    codes = done.out.split("exit codes:")[1]
    assert re.search(r"^  0 ", codes, re.MULTILINE)
    assert re.search(r"^  2 ", codes, re.MULTILINE)
    assert max(map(len, done.out.splitlines())) <= 80
    assert "==SUPPRESS==" not in done.out


def test_help_lists_every_command(mlscore):
    out = mlscore("--help").out
    assert all(f"\n    {name} " in out for name in COMMANDS)


def _known(word):
    return re.sub(r"[\w/*]+\.json", "mlscore.json", word)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_of_the_help_can_be_typed(mlscore, save, name):
    """As far as options go: every file and store stands for one and the same record."""
    store(save("mlscore.json"))
    Path("tests/data").mkdir(parents=True)
    examples = mlscore(name, "--help").out.split("examples:")[1].split("exit codes:")[0]
    for line in filter(None, map(str.strip, examples.splitlines())):
        words = re.split(r" [|>]+ ", line)[0].split()
        output = words.index("-o") + 1 if "-o" in words else None
        words = [
            "written" if n == output else re.sub(r"s3://[\w/]+", ".mlscore", _known(word))
            for n, word in enumerate(words)
        ][1:]
        assert mlscore(*words).code in (0, 10, 11), line


def test_version(mlscore):
    assert mlscore("--version").out == f"mlscore {version('pytest-mltestscore')}\n"


@pytest.mark.parametrize(
    "arguments,message",
    [
        ([], "the following arguments are required: COMMAND (see `mlscore --help`)"),
        (["gaet"], "argument COMMAND: invalid choice: 'gaet' (choose from "),
        (["--verbose", "list"], "unrecognized arguments: --verbose (see `mlscore --help`)"),
        (["list", "\x1b[31m\udc80"], r"unrecognized arguments: \udc80 (see `mlscore --help`)"),
    ],
)
def test_wrong_words_are_one_message(refused, arguments, message):
    assert refused(*arguments).startswith(message)


def test_the_arguments_of_the_process_are_the_default(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["mlscore", "explain", "rollback"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("infra-7 rollback")


def test_an_interrupt_is_no_traceback(mlscore, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_parser", interrupted)
    assert mlscore("list") == (130, "", "")


# As a program

IMPORTS = """
import sys
from pytest_mltestscore.cli import main

for line in sys.stdin.read().splitlines():
    main(line.split())
    names = {name.partition(".")[0] for name in sys.modules}
    ours = {n.split(".")[1] for n in sys.modules if n.startswith("pytest_mltestscore.")}
    found = names & {"pytest", "_pytest", "numpy", "pandas"} | ours & {"collect", "plugin", "suite"}
    print(f"{line}: {sorted(found)}", file=sys.stderr)
"""


def test_no_command_imports_pytest(save):
    """Nor what is made for it. In one process, but seen after each command."""
    store(save("r.json", full=["data"], rules={"fail_under": 1.0}))
    lines = [
        "list",
        "explain data-1",
        "gate r.json --baseline=r.json --fail-on-regression",
        "diff r.json r.json --format=md",
        "merge r.json -o m.json",
        "badge r.json -o b.svg",
        "history --store .mlscore --items",
        "history --store .mlscore --flaky",
        *(f"report r.json --type={t}" for t in ("term", *(r.name for r in REPORTERS))),
    ]
    program = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(
        program, input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = [line for line in done.stderr.splitlines() if not line.startswith("mlscore: merged")]
    assert seen == [f"{line}: []" for line in lines]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_on_a_command_imports_no_other(name):
    program = (
        "import sys; from pytest_mltestscore import cli\n"
        f"cli.main(['{name}', '--help'])\n"
        "print([n for n in cli.COMMANDS if f'{cli.__name__}.{n}' in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr.decode().strip() == f"['{name}']"


def test_the_exit_code_reaches_the_shell(save):
    done = run("gate", save("r.json", rules={"fail_under": 1.0}))
    assert done.returncode == 10
    assert done.stdout.endswith(b"mlscore: GATE FAILED  score 0, required 1\n")
    assert done.stderr == b""
    assert run("gate", "none.json").returncode == 2


@pytest.mark.parametrize(
    "arguments,code", [(["gate", "r.json"], 10), (["report", "r.json", "--type=html"], 0)]
)
def test_a_reader_that_goes_away_changes_no_exit_code(save, arguments, code):
    save("r.json", rules={"fail_under": 1.0})
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor, not a path
        command = [sys.executable, "-m", "pytest_mltestscore.cli", *arguments]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux, which has /dev/full")
@pytest.mark.parametrize("arguments", [["list"], ["report", "r.json", "--type=md"]])
def test_a_full_disk_behind_standard_output_is_an_error(save, arguments):
    save("r.json")
    command = [sys.executable, "-m", "pytest_mltestscore.cli", *arguments]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    message = b"standard output: cannot be written: No space left on device\n"
    assert done.stderr.endswith(message)
    assert done.stderr.count(b"\n") == 1


def test_an_ascii_stream_takes_everything(save):
    path = save("r.json", system="flüge")
    done = run("gate", path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.startswith(rb"fl\xfcge, 2026-03-02")
    html = run("report", path, "--type=html", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "flüge" in html.stdout.decode("utf-8")


# Streams that are not there


@pytest.mark.parametrize(
    "arguments,code",
    [
        (["gate", "r.json"], 10),
        (["merge", "r.json", "-o", "m.json"], 0),
        (["gate", "none.json"], 2),
        (["report", "r.json", "--type", "md"], 2),
    ],
)
def test_closed_streams_leave_the_exit_code(save, monkeypatch, arguments, code):
    """Closed as by `>&-` before the process starts."""
    save("r.json", rules={"fail_under": 1.0})
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(arguments) == code


def test_a_stream_without_bytes_below_is_enough(save, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["report", save("r.json"), "--type=md"]) == 0
    assert stream.getvalue().startswith("## ML Test Score")
    assert _output.stdout_encoding() == "ascii"


def test_complaints_are_clean_and_set_in(capsys):
    _output.complain("error", "one\x1b[31m\ntwo\u202e")
    assert capsys.readouterr().err == "mlscore: error: one\n  two\\u202e\n"
    _output.complain("error", "")
    assert capsys.readouterr().err == "mlscore: error: \n"
