"""Report files: never half a one, never yesterday's, and none lost because of another."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import inner_runs
import needs
from inner_runs import (
    FILES,
    OURS,
    SUBTESTS,
    XDIST,
    all_reports,
    score,
    strict_json,
    timeless,
    two_reports,
    whole,
)

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files and signals")
dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")

SUITE = """
import pytest

@pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
def test_all():
    pass
"""
# A fault of somebody else's reporter, in every form that Python knows.
REPORTERS = """
from pytest_mltestscore.reporters import Reporter

def raises(record):
    raise ValueError("broken\\n\\x1b[31mreporter")

def leaves(record):
    raise SystemExit("pyspark is not installed")

def nothing(record):
    return None

def fine(record):
    return f"{record.score.final:g}\\n"

def pytest_mlscore_reporters():
    made = (raises, leaves, nothing, fine)
    return [Reporter(f.__name__, f"{f.__name__}.txt", "", f) for f in made]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a suite that scores 1."""
    return with_suite(tmp_path)


def with_suite(folder: Path, source: str = SUITE, **more: str) -> Path:
    files = {"test_suite.py": source, **{f"{name}.py": text for name, text in more.items()}}
    for name, text in files.items():
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES.values()}


def names(folder: Path) -> set[str]:
    """Return what lies in a folder, without what pytest and Python put there."""
    return {p.name for p in folder.iterdir()} - {"__pycache__", ".pytest_cache"}


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the reports of a run that came to its end."""
    folder = with_suite(tmp_path_factory.mktemp("yesterday"))
    assert score(folder, *all_reports()).ret == 0
    assert all(whole(kind, folder / name) for kind, name in FILES.items())
    return content(folder)


@pytest.fixture
def old(folder: Path, yesterday: dict[str, bytes]) -> Path:
    """Return a folder with a suite and with reports of an earlier run."""
    for name, data in yesterday.items():
        (folder / name).write_bytes(data)
    return folder


# Runs that die

ENDS = {
    "exit": ("import os; os._exit(0)", 0),
    "kill": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
    "term": ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15),
    "segfault": ("import ctypes; ctypes.string_at(0)", -11),
    "abort": ("import os; os.abort()", -6),
    "timeout": ("import time; time.sleep(60)", 1),
}


@posix
@pytest.mark.parametrize("end", ENDS)
def test_a_run_that_dies_leaves_stubs_and_never_the_old_score(old, yesterday, end):
    source, ret = ENDS[end]
    with_suite(old, f"def test_first(): pass\ndef test_end(): {source}\n")
    plugins, options = [OURS], ["-p", "no:faulthandler"]
    if end == "timeout":
        needs.module("pytest_timeout")
        plugins.append("pytest_timeout")
        options += ["--timeout=0.3", "--timeout-method=thread"]
    ended = score(old, *all_reports(), "--mlscore-fail-under=0", *options, plugins=plugins)
    assert ended.ret == ret, "what we write must not change how a process ends"
    assert names(old) == {"test_suite.py", *FILES.values()}, "no temporary file is left"
    for kind, name in FILES.items():
        assert not whole(kind, old / name), f"{name} says that the run came to its end"
        assert (old / name).read_bytes() != yesterday[name]
    record = strict_json((old / "score.json").read_text(encoding="utf-8"))
    assert not record["run"]["complete"]
    assert record["gate"]["status"] == "undecided"


def test_a_folder_is_filled_twice_too_and_its_page_is_named(folder):
    (folder / "web").mkdir()
    (folder / "web" / "style.css").write_text("body { color: red }", encoding="utf-8")
    ended = score(folder, "--mlscore-report=html-dir:web")
    assert ended.ret == 0
    assert "web/index.html" in ended.block
    page = (folder / "web" / "index.html").read_text(encoding="utf-8")
    assert '1</span> <span class="max">of 7' in page
    assert '<link rel="stylesheet" href="style.css">' in page
    with_suite(folder, "import os\ndef test(): os._exit(0)\n")
    score(folder, "--mlscore-report=html-dir:web/")
    assert "No result yet" in (folder / "web" / "index.html").read_text(encoding="utf-8")
    assert names(folder / "web") == {"index.html", "style.css"}


@posix
def test_the_gate_of_a_stub_is_undecided(folder):
    with_suite(folder, "import os\ndef test(): os._exit(0)\n")
    score(folder, "--mlscore-report=json:stub.json")
    command = [sys.executable, "-m", "pytest_mltestscore.cli", "gate", "stub.json"]
    done = subprocess.run(
        [*command, "--fail-under=0"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 11, done.stderr


@posix
def test_a_controller_that_is_killed_leaves_stubs(old):
    needs.module("xdist")
    with_suite(old, "import os, signal, time\ndef test(): os.kill(os.getppid(), signal.SIGKILL)\n")
    env = {"TMPDIR": str(old)}  # where the folder for its worker is left behind
    assert score(old, *all_reports(), "-n", "1", plugins=[OURS, XDIST], env=env).ret == -9
    assert not any(whole(kind, old / name) for kind, name in FILES.items())


@posix
def test_interrupts_while_a_reporter_is_at_work(old):
    """The second Ctrl-C of an impatient person."""
    with_suite(
        old,
        "import os, signal\ndef test(): os.kill(os.getpid(), signal.SIGINT)\n",
        conftest="""
        import os, signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
        from pytest_mltestscore.reporters import Reporter

        def impatient(record):
            if record.run.duration_s and record.untagged:  # not for the stub
                os.kill(os.getpid(), signal.SIGINT)
            return "whole"

        def pytest_mlscore_reporters():
            return [Reporter("impatient", "", "", impatient)]
        """,
    )
    options = all_reports()
    options.insert(2, "--mlscore-report=impatient:i.txt")
    assert score(old, *options).ret != 0
    done = [whole(kind, old / name) for kind, name in FILES.items()]
    assert not all(done)
    record = strict_json((old / "score.json").read_text(encoding="utf-8"))
    assert not record["run"]["complete"], "JSON goes first, and says that it was interrupted"


KILL_RUNS = Path(__file__).parents[2] / "tools" / "kill_runs.py"


@posix
def test_a_few_rounds_of_killing_runs():
    """The whole is two hundred: `python tools/kill_runs.py`."""
    done = subprocess.run(
        [sys.executable, str(KILL_RUNS), "--rounds=4"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 rounds: every report can be read" in done.stdout


@pytest.fixture
def judged(folder, yesterday, monkeypatch):
    """Return a function that judges a folder as `kill_runs.py` does."""
    monkeypatch.syspath_prepend(KILL_RUNS.parent)
    kill_runs = importlib.import_module("kill_runs")
    (folder / "mlscore.toml").write_text("system = 'today'", encoding="utf-8")
    score(folder, *all_reports())
    clean = kill_runs.Clean(1.0, 1, yesterday)
    monkeypatch.setattr(kill_runs, "record_problems", lambda path: [])
    return lambda: kill_runs.judge(folder, clean, killed=True).problems


def test_killing_runs_would_find_half_a_report(judged, folder):
    (folder / "begun").touch()
    (folder / "ended").touch()
    assert judged() == []
    for kind, name in FILES.items():
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])
        (problem,) = judged()
        assert problem.startswith(f"{name} cannot be read"), kind
        (folder / name).write_bytes(data)


def test_killing_runs_would_find_a_lie(judged, folder, yesterday):
    (folder / "begun").touch()
    said = "says that the run came to its end, which it did not"
    assert judged() == [f"{name} {said}" for name in FILES.values()]
    for name, data in yesterday.items():
        (folder / name).write_bytes(data)
    said = "is yesterday's, though the session had begun"
    assert judged() == [f"{name} {said}" for name in FILES.values()]
    (folder / "begun").unlink()
    assert judged() == []


# Runs that do not start, or run no test


@pytest.mark.parametrize(
    "options",
    [
        "--collect-only",
        "--collect-only -n2",
        "--fixtures",
        "--fixtures-per-test",
        "--setup-only",
        "--setup-plan",
        "--cache-show",
        "--markers",
        "--version",
        "--help",
        "--no-such-option",
        "--mlscore-fail-under=nan",
        "--mlscore-report=json:.",
    ],
)
def test_nothing_is_overwritten(old, yesterday, options):
    plugins = [OURS]
    if "-n2" in options:
        needs.module("xdist")
        plugins.append(XDIST)
    options = [*options.split(), "--mlscore-require=data-7"]
    ended = score(old, *all_reports(), *options, plugins=plugins)
    assert content(old) == yesterday
    assert "mlscore: " not in ended.out.replace("mlscore: rubric", ""), "and nothing is judged"
    assert ended.ret in (0, 4), ended.err
    assert "Traceback" not in ended.err


LATE_MISTAKES = {
    "path": (["no_such_folder"], {}, "no_such_folder"),
    "item": ([], {"source": SUITE.replace("model-1", "modle-1")}, "unknown rubric item 'modle-1'"),
    "plugin": (
        [],
        {"conftest": "import pytest\ndef pytest_sessionstart(): raise pytest.UsageError('late')\n"},
        "late",
    ),
}


@pytest.mark.parametrize("mistake", LATE_MISTAKES)
@pytest.mark.parametrize("mode", [[], ["-n1"]], ids=["serial", "xdist"])
def test_mistakes_that_are_found_late_overwrite_nothing(old, yesterday, mistake, mode):
    """When a session has begun, and with it the stubs."""
    options, suite, said = LATE_MISTAKES[mistake]
    plugins = [OURS]
    if mode:
        if mistake == "path":
            pytest.skip("only workers look at paths, and for xdist that is a run without tests")
        needs.module("xdist")
        plugins.append(XDIST)
    with_suite(old, **suite)
    (old / "score.md").unlink()
    (old / "score.svg").unlink()
    (old / "score.svg").symlink_to("badge.svg")
    ended = score(old, *all_reports(), "--mlscore-fail-under=0", *options, *mode, plugins=plugins)
    assert ended.ret == 4
    assert said in ended.err.rstrip().splitlines()[-1], "pytest's message comes last"
    assert "mlscore: " not in ended.out.replace("mlscore: rubric", "")
    for name in ("score.json", "score.html", "score.xml"):
        assert (old / name).read_bytes() == yesterday[name]
    made = {"conftest.py"} if "conftest" in suite else set()
    assert names(old) == {"test_suite.py", *FILES.values()} - {"score.md"} | made
    assert not (old / "badge.svg").exists()


def test_a_report_that_is_too_large_to_keep_is_not_put_back(old):
    with (old / "score.json").open("ab") as file:
        file.truncate(64 * 1024**2 + 1)
    assert score(old, *all_reports(), "no_such_folder").ret == 4
    assert not whole("json", old / "score.json")
    assert whole("html", old / "score.html")


def test_a_report_that_cannot_be_put_back_is_named(old):
    with_suite(
        old,
        conftest="""
        import pathlib, pytest
        def pytest_collection_finish():
            path = pathlib.Path("score.json")
            path.unlink()
            path.mkdir()
            raise pytest.UsageError("late")
        """,
    )
    ended = score(old, *all_reports())
    assert ended.ret == 4
    assert "mlscore: score.json holds no report of a run and could not be put back: " in ended.out
    assert whole("html", old / "score.html")


def test_an_exit_with_the_code_of_a_usage_error_is_none(old):
    with_suite(old, "import pytest\ndef test(): pytest.exit('enough', returncode=4)\n")
    assert score(old, *all_reports()).ret == 4
    record = strict_json((old / "score.json").read_text(encoding="utf-8"))
    assert [r["kind"] for r in record["run"]["incomplete_reasons"]] == ["exit"]


# Destinations that cannot be written


@pytest.mark.parametrize(
    "target, said",
    [
        ("reports", "it is a folder"),
        ("new/", "it is a folder"),
        ("test_suite.py/score.html", "Not a directory"),
        ("n" * 300, "too long"),
    ],
    ids=["folder", "slash", "below-a-file", "long"],
)
def test_bad_destinations_are_usage_errors(folder, target, said):
    (folder / "reports").mkdir()
    ended = score(folder, f"--mlscore-report=html:{target}")
    assert ended.ret == 4
    assert said in ended.err
    assert "--mlscore-report=html:" in ended.err
    assert target[:50] in ended.err, "the message names the path"
    assert "Traceback" not in ended.err
    assert "passed" not in ended.out


def test_a_bad_destination_in_the_ini_file(folder):
    (folder / "pytest.ini").write_text("[pytest]\nmlscore_report = html:.\n", encoding="utf-8")
    ended = score(folder)
    assert ended.ret == 4
    assert "mlscore_report=html:.: cannot write" in ended.err


@pytest.mark.parametrize(
    "options, said",
    [
        ("--mlscore-report=md:x --mlscore-report=html:./x", "two reports, md and html, go to ./x;"),
        ("--mlscore-report=md:sub/../x --mlscore-report=html:x", "md and html, go to x;"),
        ("--mlscore-report=md:x --mlscore-report=html:link", "md and html, go to link;"),
        ("--mlscore-report=md:- --mlscore-report=badge:-", "md and badge, go to -;"),
        ("--mlscore-report=junit:x.xml --junitxml=x.xml", "--junitxml and junit, go to x.xml;"),
    ],
    ids=["same", "dots", "link", "screen", "pytest"],
)
def test_two_reports_for_one_file(folder, options, said):
    (folder / "sub").mkdir()
    (folder / "link").symlink_to("x")
    ended = score(folder, *options.split())
    assert ended.ret == 4
    assert said in ended.err
    assert not (folder / "x").exists()


@posix
def test_folders_that_may_not_be_written_to(folder):
    (folder / "locked").mkdir(mode=0o555)
    if os.access(folder / "locked", os.W_OK):
        pytest.skip("root may write everywhere")
    ended = score(folder, "--mlscore-report=json:locked/score.json")
    assert ended.ret == 4
    assert "Permission denied" in ended.err


def disk(options: str, folder: Path) -> list[str]:
    """Return what to put before a command, so that `folder/disk` is a disk like that for it."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("mounting a small disk takes Linux with util-linux")
    (folder / "disk").mkdir()
    mount = f'mount -t tmpfs -o {options} tmpfs "{folder}/disk" && exec "$@"'
    before = ["unshare", "-Urm", "sh", "-c", mount, "sh"]
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let its users mount (unshare -Urm)")
    return before


def test_disks_that_are_read_only(folder):
    before = disk("ro,size=64k", folder)
    ended = score(folder, "--mlscore-report=json:disk/score.json", before=before)
    assert ended.ret == 4
    assert "Read-only file system" in ended.err
    assert "--mlscore-report=json:disk/score.json" in ended.err


def test_disks_that_are_full_keep_the_old_file_whole(folder):
    """The stub fits, the record of three hundred failing tests does not."""
    before = disk("size=128k", folder)
    with_suite(
        folder,
        """
        import pytest

        @pytest.mark.mlscore("data-1")
        @pytest.mark.parametrize("n", range(300))
        def test(n):
            assert False, "x" * 1000
        """,
        # The disk is gone with the process, so what it holds is looked at from inside.
        conftest="""
        import os, pathlib

        def pytest_unconfigure():
            for path in pathlib.Path("disk").iterdir():
                pathlib.Path(f"seen-{path.name}").write_bytes(path.read_bytes())
        """,
    )
    reports = ["--mlscore-report=json:disk/score.json", "--mlscore-report=badge:disk/score.svg"]
    ended = score(folder, *reports, "--tb=no", "-q", before=before)
    assert ended.ret == 1, "failing tests win"
    assert ended.out.count("No space left on device") == 1
    seen = {p.name for p in folder.glob("seen-*")}
    assert seen == {"seen-score.json", "seen-score.svg"}, "no temporary file is left"
    assert not whole("json", folder / "seen-score.json")
    assert whole("badge", folder / "seen-score.svg")


@dev_full
@pytest.mark.parametrize(
    "options, ret",
    [([], 11), (["--mlscore-fail-under=1"], 11), (["--mlscore-fail-under=7"], 10)],
    ids=["no-gate", "passed", "failed"],
)
def test_a_report_that_cannot_be_written_loses_no_other(folder, options, ret):
    ended = score(folder, "--mlscore-report=md:/dev/full", *all_reports()[:2], *options)
    assert ended.ret == ret
    (line,) = [line for line in ended.out.splitlines() if "No space left" in line]
    assert line.startswith("mlscore: report md to /dev/full failed: ")
    assert whole("json", folder / "score.json")
    assert whole("html", folder / "score.html")
    assert "/dev/full" not in ended.block.partition("Reports:")[2].splitlines()[0]


@dev_full
def test_a_report_that_cannot_be_written_does_not_hide_red_tests(folder):
    with_suite(folder, "def test(): assert 0")
    assert score(folder, "--mlscore-report=md:/dev/full", "--mlscore-fail-under=7").ret == 1


def test_a_folder_that_a_test_puts_in_the_place_of_a_file(folder):
    with_suite(
        folder, "from pathlib import Path\ndef test(): Path('x.md').unlink(); Path('x.md').mkdir()"
    )
    ended = score(folder, "--mlscore-report=md:x.md", "--mlscore-report=json:score.json")
    assert ended.ret == 11
    assert "mlscore: report md to x.md failed" in ended.out
    assert whole("json", folder / "score.json")


# Reporters of third parties


@pytest.mark.parametrize(
    "options, ret",
    [([], 11), (["--mlscore-fail-under=7"], 10), (["-k", "nothing_of_this_name"], 5)],
    ids=["no-gate", "failed", "pytest"],
)
def test_a_reporter_that_fails_loses_nothing(folder, options, ret):
    with_suite(folder, conftest=REPORTERS)
    broken = [f"--mlscore-report={name}" for name in ("raises", "leaves", "nothing", "fine")]
    ended = score(folder, *broken, *two_reports(), *options)
    assert ended.ret == ret, ended.out
    for name, said in {
        "raises": "ValueError: broken reporter",
        "leaves": "SystemExit: pyspark is not installed",
        "nothing": "NoneType",
    }.items():
        (line,) = [li for li in ended.out.splitlines() if f"report {name} to {name}.txt" in li]
        assert said in line
        assert not (folder / f"{name}.txt").exists()
    assert (folder / "fine.txt").read_text("utf-8") == ("0\n" if "-k" in options else "1\n")
    assert whole("json", folder / "score.json")
    assert whole("md", folder / "score.md")
    assert ended.last_line.startswith("mlscore: "), "the verdict still is the last line"
    assert "Traceback" not in ended.out + ended.err


def test_a_fault_of_ours_loses_no_test_result(folder):
    """The scoring code itself raises; without a gate that is 11, and never an INTERNALERROR."""
    with_suite(
        folder,
        SUITE + "def test_red(): assert 0\n",
        conftest="""
        from pytest_mltestscore.plugin import scored_run
        def scorecard(**parts): raise RuntimeError("no score")
        scored_run.scorecard = scorecard
        """,
    )
    ended = score(folder, *two_reports())
    assert ended.ret == 1
    assert "1 failed, 1 passed" in ended.out
    assert "mlscore: scoring failed: RuntimeError: no score" in ended.out
    assert "INTERNALERROR" not in ended.out
    assert score(folder, *two_reports(), "-k", "test_all").ret == 11


def test_a_fault_of_ours_on_the_screen_costs_nothing_else(folder):
    with_suite(
        folder,
        conftest="""
        from pytest_mltestscore.reporters import to_terminal
        def summary(*args, **kwargs): raise RuntimeError("no words")
        to_terminal.summary = summary
        """,
    )
    ended = score(folder, *two_reports())
    assert ended.ret == 11
    assert "1 passed" in ended.out
    assert "mlscore: the summary failed: RuntimeError: no words" in ended.out
    assert ended.last_line.startswith("mlscore: score 1 of 7")
    assert whole("json", folder / "score.json")


# Where files land, and who writes them


@posix
def test_links_are_followed_and_modes_are_those_of_other_files(folder):
    (folder / "real").mkdir()
    (folder / "real" / "score.json").write_text("old", encoding="utf-8")
    (folder / "link.json").symlink_to("real/score.json")
    (folder / "lost.md").symlink_to("real/not-yet.md")
    ended = score(folder, "--mlscore-report=json:link.json", "--mlscore-report=md:lost.md")
    assert ended.ret == 0
    assert (folder / "link.json").is_symlink()
    assert whole("json", folder / "real" / "score.json")
    assert (folder / "lost.md").is_symlink()
    assert whole("md", folder / "real" / "not-yet.md")
    assert names(folder / "real") == {"score.json", "not-yet.md"}
    umask = os.umask(0)
    os.umask(umask)
    assert (folder / "real" / "not-yet.md").stat().st_mode & 0o777 == 0o666 & ~umask


@posix
def test_pipes_get_the_report_once_and_no_stub(folder):
    os.mkfifo(folder / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(
        target=lambda: read.append((folder / "pipe").read_bytes()), daemon=True
    )
    reader.start()
    ended = score(folder, "--mlscore-report=json:pipe")
    reader.join(timeout=10)
    assert ended.ret == 0
    assert strict_json(read[0].decode())["run"]["complete"]


@pytest.mark.parametrize("options", [[], ["-s"], ["-q"], ["-v"], ["-s", "-q"]], ids=" ".join)
def test_annotations_begin_lines_wherever_pytest_stands(folder, options):
    """A server obeys a command only at the beginning of a line, and tests may print half a one."""
    with_suite(
        folder,
        """
        import pytest
        @pytest.mark.mlscore("data-1")
        def test_it():
            print("half a line", end="")
            assert 1 == 2, "a\\n::warning::b"
        """,
    )
    ended = score(folder, "--mlscore-report=github", *options)
    found = [line for line in ended.out.splitlines() if line.startswith("::")]
    where = "file=test_suite.py,title=data-1 feature-schema is failing"
    assert found == [f"::error {where}::test_suite.py::test_it failed: AssertionError: a"]
    assert names(folder) == {"test_suite.py"}


def test_standard_output_begins_on_a_line_of_its_own_and_has_no_stub(folder):
    ended = score(folder, "--mlscore-report=badge:-", "--mlscore-report=md:score.md")
    assert ended.out.count("<svg") == 1
    assert "\n<svg" in ended.out
    assert "Reports: score.md\n" in ended.out, "what one sees need not be listed"


def test_without_the_terminal_plugin_standard_output_is_the_report(folder):
    options = ["-p", "no:terminal", "--mlscore-fail-under=7", "-s"]
    ended = score(folder, "--mlscore-report=json:-", *all_reports()[1:], *options)
    assert ended.ret == 10
    assert strict_json(ended.out)["score"]["final"] == 1
    assert ended.err.startswith("mlscore: GATE FAILED")
    assert all(whole(kind, folder / name) for kind, name in FILES.items() if kind != "json")


def test_without_the_terminal_plugin_problems_are_still_told(folder):
    with_suite(folder, conftest=REPORTERS)
    ended = score(folder, "-p", "no:terminal", "--mlscore-report=raises")
    assert ended.ret == 11
    assert ended.err.count("mlscore: report raises to raises.txt failed: ValueError") == 1


@pytest.mark.parametrize("mode", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_only_the_controller_writes_each_file_twice(folder, mode):
    """A stub and the report; what a worker wrote would be somebody else's run."""
    plugins = [OURS]
    if mode:
        needs.module("xdist")
        plugins.append(XDIST)
    with_suite(
        folder,
        conftest="""
        import os, sys
        LOG = os.open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        WHO = os.environ.get("PYTEST_XDIST_WORKER", "controller")

        def watch(event, args):
            if event == "os.rename" and ".mlscore-" in str(args[0]):
                os.write(LOG, f"{WHO} {os.path.basename(args[1])}\\n".encode())

        sys.addaudithook(watch)
        """,
    )
    assert score(folder, *two_reports(), *mode, plugins=plugins).ret == 0
    written = (folder / "log.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(written) == sorted(
        f"controller {name}" for name in ["score.json", "score.md"] * 2
    )


def test_a_test_that_changes_the_working_directory(folder):
    with_suite(
        folder,
        "import os\nfrom pathlib import Path\n"
        "def test(tmp_path):\n    os.chdir(tmp_path)\n    tmp_path.rmdir()\n",
    )
    (folder / "pytest.ini").write_text("[pytest]\nmlscore_report = json:from_ini.json\n", "utf-8")
    (folder / "sub").mkdir()
    ended = score(folder / "sub", "..")
    assert ended.ret == 0, ended.err
    assert whole("json", folder / "from_ini.json"), "a path in a file counts from the root"
    ended = score(folder / "sub", "..", "--mlscore-report=json:typed.json")
    assert ended.ret == 0, ended.err
    assert whole("json", folder / "sub" / "typed.json"), "a typed one from where pytest was called"


@posix
def test_a_child_that_a_test_forked_reports_nothing(folder):
    """It runs on to the end of the session, like its parent, with results of its own."""
    with_suite(
        folder,
        """
        import os, pytest, time

        PARENT = os.getpid()

        @pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
        def test_forks():
            child = os.fork()
            assert not child, "the parent fails, the child passes"

        @pytest.fixture(scope="session", autouse=True)
        def the_child_is_the_last_to_end():
            yield
            if os.getpid() != PARENT:
                while not os.path.exists("parent-is-done"):
                    time.sleep(0.01)
        """,
        conftest="""
        import os
        PARENT = os.getpid()

        def pytest_unconfigure():
            if os.getpid() == PARENT:
                open("parent-is-done", "w").close()
                os.wait()
        """,
    )
    ended = score(folder, *two_reports(), "--mlscore-fail-under=1", "-s")
    assert ended.ret == 1
    record = strict_json((folder / "score.json").read_text(encoding="utf-8"))
    assert record["score"]["final"] == 0
    assert record["gate"]["status"] == "failed"
    assert ended.out.count("mlscore: GATE") == 1


def test_a_test_that_runs_pytest_in_its_own_process(folder):
    """The inner run is scored, too, and neither sees anything of the other."""
    with_suite(
        folder,
        r"""
        import pytest

        @pytest.mark.mlscore("data-1")
        def test_outer(mlscore, tmp_path):
            mlscore.record("before", 1)
            inner = tmp_path / "test_inner.py"
            inner.write_text(
                "import pytest\n@pytest.mark.mlscore('model-1')\n"
                "def test_inner(mlscore): mlscore.record('inner', 2)\n"
            )
            arguments = ["-p", "pytest_mltestscore.plugin", "--mlscore", f"--rootdir={tmp_path}"]
            assert pytest.main([str(inner), *arguments, "--mlscore-report=json:inner.json"]) == 0
            mlscore.record("after", 3)
        """,
    )
    assert score(folder, "--mlscore-report=json:outer.json").ret == 0
    found = {}
    for name in ("outer", "inner"):
        record = strict_json((folder / f"{name}.json").read_text(encoding="utf-8"))
        rows = [row for item in record["items"] for row in item.get("tests", ())]
        found[name] = [m["name"] for row in rows for m in row["measurements"]]
    assert found == {"outer": ["before", "after"], "inner": ["inner"]}


def test_reports_within_the_folder_that_pytest_empties(folder):
    with_suite(folder, SUITE + "def test_more(tmp_path): (tmp_path / 'x').touch()\n")
    ended = score(folder, *all_reports("scratch/deep/"), "--basetemp=scratch")
    assert ended.ret == 0, ended.out
    assert all(whole(kind, folder / "scratch/deep" / name) for kind, name in FILES.items())


def test_no_file_is_named_after_a_test(folder):
    with_suite(
        folder,
        "import pytest\n@pytest.mark.mlscore('data-1')\n"
        "@pytest.mark.parametrize('n', [1], ids=['a/../../b'])\ndef test(n): assert 0\n",
    )
    before = names(folder.parent)
    score(folder, *all_reports("out/"))
    assert names(folder / "out") == set(FILES.values())
    assert names(folder) == {"test_suite.py", "out"}
    assert names(folder.parent) == before


# pytest's own report


@pytest.mark.parametrize("mode", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_the_junit_file_of_pytest_stays_what_it_was(folder, mode):
    """Apart from times: what we attach to reports must not show in it."""
    plugins = [OURS, *SUBTESTS]
    if mode:
        needs.module("xdist")
        plugins.append(XDIST)
    with_suite(
        folder,
        """
        import pytest
        pytestmark = pytest.mark.mlscore("data-1")

        def test_passes(mlscore, record_property):
            mlscore.record("rows", 3)
            record_property("own", 1)

        @pytest.mark.parametrize("n", [1, 2, 3])
        def test_fails(n):
            print("noise")
            assert n != 2

        @pytest.mark.skip(reason="later")
        def test_skips(): pass

        @pytest.mark.xfail(reason="known")
        def test_xfails(): assert 0

        @pytest.fixture
        def broken():
            yield
            raise ValueError

        def test_breaks(broken): pass

        def test_subtests(subtests):
            with subtests.test("one"): pass
        """,
    )
    options = ["-o", "junit_logging=all"]
    with_it = score(folder, "--junitxml=with.xml", *two_reports(), *options, *mode, plugins=plugins)
    without = inner_runs.run(folder, "--junitxml=without.xml", *options, *mode, plugins=plugins)
    assert with_it.ret == without.ret == 1
    assert timeless(folder / "with.xml") == timeless(folder / "without.xml")
