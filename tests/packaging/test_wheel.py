"""The wheel, built as a release is and installed where nothing of the checkout can be seen.

Marked `packaging`, since it needs the package index and the better part of a minute.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
MEGABYTE = 1_000_000
TESTS = """
import pytest

@pytest.mark.mlscore("feature-schema")
def test_schema():
    pass

@pytest.mark.mlscore("canary")
def test_canary():
    raise AssertionError("red")
"""


def run(*command, cwd, check=True):
    """Run a command in a bare environment, and show what it said if it fails."""
    keep = ("HOME", "LANG", "PATH", "TMPDIR")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in keep or name.startswith(("PIP_", "SSL_", "REQUESTS_"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**environment, "COLUMNS": "80", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        pytest.fail(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """Build the sdist, and the wheel from the sdist; return the folder that holds both."""
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", target, ROOT, cwd=target)
    return target


@pytest.fixture(scope="module")
def wheel(distributions):
    """Return the one wheel."""
    (path,) = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def clean(tmp_path_factory, wheel):
    """Install the wheel, without extras, into a new environment; return its `bin` folder."""
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return folder / "bin"


def rubric_files(folder):
    """Return the paths of all rubric files below a folder, relative to it."""
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(path for path in found if "__pycache__" not in path)


def test_the_wheel_holds_the_whole_rubric(wheel):
    prefix = "pytest_mltestscore/_rubric/"
    with zipfile.ZipFile(wheel) as archive:
        packed = sorted(n.removeprefix(prefix) for n in archive.namelist() if n.startswith(prefix))
    assert packed == rubric_files(ROOT / "rubric")
    assert len([path for path in packed if path.endswith(".toml")]) >= 29


def test_the_wheel_holds_nothing_of_the_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"pytest_mltestscore"}


def test_it_is_typed_and_licensed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "pytest_mltestscore/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_core_install_is_small(clean):
    """Beyond pytest and what pytest brings, all of it together stays under 10 MB."""
    site = next((clean.parent / "lib").glob("python*/site-packages"))
    of_pytest = ("_pytest", "iniconfig", "packaging", "pluggy", "py", "pygments", "pytest")
    of_venv = ("_distutils_hack", "distutils", "pip", "pkg_resources", "setuptools")
    theirs = {f"{name}{suffix}" for name in of_pytest + of_venv for suffix in ("", ".py")}

    def is_ours(entry):
        name = entry.name.lower()
        stem = name.partition("-")[0]
        return name not in theirs and stem not in theirs

    files = (
        path
        for entry in site.iterdir()
        if is_ours(entry)
        for path in ([entry] if entry.is_file() else entry.rglob("*"))
    )
    size = sum(p.stat().st_size for p in files if p.is_file() and "__pycache__" not in p.parts)
    assert 0 < size < 10 * MEGABYTE, f"{size / MEGABYTE:.1f} MB"


def test_the_command_lists_all_items(clean, tmp_path):
    listed = run(clean / "mlscore", "list", cwd=tmp_path).stdout
    for item in ("data-1", "feature-schema", "model-7", "infra-7", "monitor-7"):
        assert item in listed


def test_pytest_knows_the_marker(clean, tmp_path):
    shown = run(clean / "pytest", "--markers", cwd=tmp_path).stdout
    assert "@pytest.mark.mlscore(" in shown


def test_a_suite_is_scored(clean, tmp_path):
    (tmp_path / "test_system.py").write_text(TESTS, encoding="utf-8")
    options = ("--mlscore", "--mlscore-report=json:out.json", "--mlscore-report=html:out.html")
    done = run(clean / "pytest", *options, cwd=tmp_path, check=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr

    record = json.loads((tmp_path / "out.json").read_text("utf-8"))
    judged = {i["name"]: (i["state"], i["points"]) for i in record["items"] if i.get("tests")}
    assert judged == {"feature-schema": ("automated", 1.0), "canary": ("failing", 0.0)}
    assert "<html" in (tmp_path / "out.html").read_text("utf-8")
