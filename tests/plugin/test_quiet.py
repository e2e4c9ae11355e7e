"""What does not happen: no write that nobody asked for, no import that nobody needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import inner_runs
import needs
from inner_runs import FILES, OURS, XDIST, all_reports, run, score

SUITE = """
import pytest

@pytest.mark.mlscore("data-1")
def test(mlscore):
    mlscore.record("rows", 1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project: a suite, attestations with a file, a record to compare with."""
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    (tmp_path / "proof.md").write_text("done", encoding="utf-8")
    (tmp_path / "mlscore.toml").write_text(
        "[[attestations]]\nitem = 'model-1'\nowner = 'x'\ndate = 2026-03-01\nsummary = 'x'\n"
        "distributed_to = 'x'\nfile = 'proof.md'\n",
        encoding="utf-8",
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every file and folder below with size and time, apart from Python's own."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


BARE = ["-p", "no:cacheprovider"]
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}


GATED = ["--mlscore", "--mlscore-report=term:items", "--mlscore-fail-under=7", "--mlscore-strict"]


@pytest.mark.parametrize(
    "options, mode",
    [
        pytest.param([], [], id="plain"),
        pytest.param(["--mlscore"], [], id="scored"),
        pytest.param(["--mlscore"], ["-n", "2"], id="scored-xdist"),
        pytest.param(GATED, [], id="gated"),
        pytest.param(["-o", "mlscore_report=json"], [], id="unscored"),
        pytest.param(["--no-mlscore", "--mlscore-report=html:new/x.html"], [], id="switched-off"),
        pytest.param(["-m", "mlscore_data"], [], id="selected"),
        pytest.param(["-m", "mlscore_data"], ["-n", "1"], id="selected-xdist"),
    ],
)
def test_nothing_is_written_unless_asked_for(folder, options, mode, tmp_path_factory):
    plugins = [OURS]
    if mode:
        needs.module("xdist")
        plugins.append(XDIST)
    temporary = tmp_path_factory.mktemp("temporary")
    before = listing(folder)
    env = {**NO_BYTECODE, "TMPDIR": str(temporary), "HOME": str(temporary)}
    ended = run(folder, *BARE, *options, *mode, plugins=plugins, env=env)
    assert ended.ret == (10 if "--mlscore-strict" in options else 0), ended.out + ended.err
    assert listing(folder) == before
    left = [p.name for p in temporary.iterdir() if not p.name.startswith("pytest-of-")]
    assert not left, "the folder that we give to workers is removed"


def test_a_read_only_disk_is_no_obstacle(folder):
    needs.program("unshare", debian="util-linux")
    command = (
        f'mount -t tmpfs tmpfs /mnt && cp "{folder}"/*.* /mnt && mount -o remount,ro /mnt'
        ' && cd /mnt && exec "$@"'
    )
    before = ["unshare", "-Urm", "sh", "-c", command, "sh"]
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let its users mount (unshare -Urm)")
    ended = score(folder, *BARE, "--mlscore-fail-under=0", before=before)
    assert ended.ret == 0, ended.out + ended.err
    assert ended.last_line.startswith("mlscore: gate passed")
    assert "Read-only" not in ended.out + ended.err


def test_only_what_was_asked_for_is_written(folder):
    before = listing(folder)
    score(folder, *BARE, *all_reports("reports/"), env=NO_BYTECODE)
    after = listing(folder)
    assert set(after) - set(before) == {f"reports/{name}" for name in FILES.values()}
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(
    "options", ["--collect-only", "--fixtures", "--help", "--mlscore-fail-under=nan"]
)
def test_no_folder_is_made_for_a_run_that_is_not_scored(folder, options):
    score(folder, *BARE, *all_reports("new/deep/"), options, env=NO_BYTECODE)
    assert not (folder / "new").exists()


# Without --mlscore


def test_plain_runs_say_nothing_of_us(folder):
    with_us = run(folder, *BARE, "-v")
    without = run(
        folder, *BARE, "-v", "--strict-markers", plugins=["no_marker"], env=marker(folder)
    )
    assert with_us.ret == without.ret == 0
    assert lines(with_us.out) == lines(without.out)
    assert with_us.err == without.err


def marker(folder: Path) -> dict[str, str]:
    """Write a plugin that only has our marker and fixture, and return where it is found."""
    (folder / "no_marker.py").write_text(
        "import pytest\n"
        "def pytest_configure(config): config.addinivalue_line('markers', 'mlscore: x')\n"
        "@pytest.fixture\n"
        "def mlscore():\n    class Nothing:\n        def record(self, *args): pass\n"
        "    return Nothing()\n",
        encoding="utf-8",
    )
    return {"PYTHONPATH": str(folder)}


def lines(out: str) -> list[str]:
    return [line for line in out.splitlines() if "passed" not in line and "cachedir" not in line]


def test_a_scored_run_without_tags_says_what_to_do(tmp_path):
    (tmp_path / "test_suite.py").write_text("def test(): pass\n", encoding="utf-8")
    ended = score(tmp_path)
    assert ended.ret == 0
    assert "@pytest.mark.mlscore(ITEM)" in ended.out


@pytest.mark.parametrize(
    "statement", ["import pytest_mltestscore", "import pytest_mltestscore.plugin"]
)
def test_importing_us_imports_pytest_and_the_standard_library_only(statement, tmp_path):
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        f"{statement}\n"
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    loaded = python(code, tmp_path)
    roots = {name.partition(".")[0] for name in loaded}
    allowed = set(sys.stdlib_module_names) | set(needed_by_pytest(tmp_path))
    assert roots - allowed == {"pytest_mltestscore"}
    ours = {name for name in loaded if name.startswith("pytest_mltestscore")}
    assert ours <= {
        "pytest_mltestscore",
        "pytest_mltestscore.plugin",
        "pytest_mltestscore.plugin.option_list",
        "pytest_mltestscore.plugin.options",
    }, "nothing of ours either that a run without --mlscore does not need"


def python(code: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=inner_runs.environment(**inner_runs.UNMEASURED),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def needed_by_pytest(folder: Path) -> list[str]:
    code = "import sys, json, pytest; print(json.dumps([n.partition('.')[0] for n in sys.modules]))"
    return python(code, folder)


LOADED = """
import json, sys
from pathlib import Path

def pytest_unconfigure():
    Path("loaded.json").write_text(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize(
    "options, expected",
    [
        ([], set()),
        (["--mlscore"], {"msgspec"}),
        (["--mlscore", "--mlscore-report=json:x.json"], {"msgspec"}),
        (["--mlscore", "--mlscore-report=html:x.html"], {"msgspec", "jinja2", "markupsafe"}),
    ],
    ids=["plain", "scored", "json", "html"],
)
def test_a_run_loads_what_it_needs_and_no_more(folder, options, expected):
    (folder / "conftest.py").write_text(LOADED, encoding="utf-8")
    hidden = inner_runs.UNMEASURED
    assert run(folder, *BARE, *options, env=hidden).ret == 0
    with_us = set(json.loads((folder / "loaded.json").read_text(encoding="utf-8")))
    run(folder, *BARE, plugins=["no_marker"], env={**marker(folder), **hidden})
    without = set(json.loads((folder / "loaded.json").read_text(encoding="utf-8")))
    added = {name.partition(".")[0] for name in with_us - without} - set(sys.stdlib_module_names)
    added -= {"pytest_mltestscore", "typing_extensions"}  # the latter msgspec takes if it is there
    assert added == expected
    ours = {name for name in with_us if name.startswith("pytest_mltestscore.")}
    if not options:
        assert ours <= {
            "pytest_mltestscore.plugin",
            "pytest_mltestscore.plugin.option_list",
            "pytest_mltestscore.plugin.options",
            "pytest_mltestscore.hookspecs",
        }


def test_plain_runs_register_no_hook_that_is_called_for_every_test(folder):
    (folder / "conftest.py").write_text(
        "def pytest_configure(config):\n"
        "    for name in ('pytest_runtest_logreport', 'pytest_runtest_makereport',\n"
        "                 'pytest_runtest_setup', 'pytest_collection_modifyitems'):\n"
        "        for found in getattr(config.hook, name).get_hookimpls():\n"
        "            assert 'mltestscore' not in found.function.__module__, name\n",
        encoding="utf-8",
    )
    assert run(folder).ret == 0


def test_options_and_ini_keys_are_listed_in_help(folder):
    out = run(folder, "--help").out
    for name in ("--mlscore", "--mlscore-report", "--mlscore-fail-under", "mlscore_report"):
        assert name in out
