"""Pages that build something up are followed, and what they show comes of it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest

import inner_runs
import needs
from page_session import Session, command
from pages import ROOT, blocks, write_files
from pytest_mltestscore import catalog, config, parse_records

HOW_TO = ROOT / "docs" / "how-to"
REFERENCE = ROOT / "docs" / "reference"


def code(page, language, having=""):
    """Return the texts of the blocks of a page, in a language, that contain a word."""
    return [b.text for b in blocks(page) if b.language == language and having in b.text]


def test_the_first_screen_shows_what_really_happens(tmp_path):
    """The first code of the README, proved, says what stands below it, and so does its command."""
    needs.module("narwhals", "pandas")
    first, shown, *_ = blocks(ROOT / "README.md")
    write_files([first], tmp_path)
    done = inner_runs.score(tmp_path, "--mlscore-prove")
    assert shown.text in done.out
    *_, again = shown.text.splitlines()
    again = inner_runs.run(tmp_path, *shlex.split(again)[1:])
    assert "MISSED   rescale_column in flights" in again.out
    assert "| column 'km'" in again.out


def test_the_score_can_be_checked_by_hand(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_nothing(): pass", encoding="utf-8")
    inner_runs.score(tmp_path, "--mlscore-report=json:mlscore.json")
    (text,) = code(REFERENCE / "record.md", "python")
    subprocess.run([sys.executable, "-c", text], cwd=tmp_path, check=True)


def carry_out(line, folder):
    """Run a line of a shell block in a folder and return how it ended."""
    env = inner_runs.environment()
    return subprocess.run(
        command(line), cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def write_test(path, item, body="pass"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"import pytest\n@pytest.mark.mlscore({item!r})\ndef test_it(): {body}\n", encoding="utf-8"
    )


@pytest.fixture
def in_parts(tmp_path):
    """A folder with tests that jobs can share between them."""
    write_test(tmp_path / "tests" / "data" / "test_rows.py", "data-1")
    write_test(tmp_path / "tests" / "model" / "test_slices.py", "model-6")
    return tmp_path


def test_the_suite_runs_as_shown(tmp_path):
    """What the first description is enough for passes, and no test fails."""
    needs.module("narwhals", "pandas", "sklearn")
    write_files(blocks(HOW_TO / "suite.md"), tmp_path)
    (line,) = code(HOW_TO / "suite.md", "sh", having="--mlscore")
    done = carry_out(f"{line.strip()} --mlscore-report=json:out.json", tmp_path)
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    (found,) = parse_records((tmp_path / "out.json").read_bytes(), "out.json")
    states = [item.state for item in found.items]
    assert (states.count("automated"), states.count("skipped")) == (8, 20), done.stdout


def shard_blocks():
    return code(HOW_TO / "shards.md", "sh", having="mlscore merge")


@pytest.mark.parametrize("text", shard_blocks())
def test_parts_are_put_together_as_shown(text, in_parts):
    done = [carry_out(line, in_parts) for line in text.splitlines()]
    assert [(d.returncode, d.stderr) for d in done if d.returncode] == []


@pytest.mark.parametrize("dropped,code", [([" --whole"], 11), ([" --whole", " --strict"], 0)])
def test_parts_named_file_by_file_need_a_voucher(in_parts, dropped, code):
    (text,) = (text for text in shard_blocks() if "--whole" in text)
    for words in dropped:
        text = text.replace(words, "")
    *_, last = (carry_out(line, in_parts) for line in text.splitlines())
    assert last.returncode == code


def test_records_are_worked_with_as_shown(in_parts):
    (text,) = code(REFERENCE / "python-api.md", "python", having="parse_records")
    carry_out("pytest --mlscore --mlscore-report=json:main.json", in_parts)
    write_test(in_parts / "tests" / "model" / "test_slices.py", "model-6", "assert 0")
    for part in ("data", "model"):
        carry_out(
            f"pytest --mlscore tests/{part} --mlscore-report=json:parts/{part}.json", in_parts
        )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=in_parts, capture_output=True, text=True, check=True
    )
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("default: 0 of 7. ")
    assert last.startswith("model-6: automated -> failing: ")
    assert (in_parts / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_rubrics_are_worked_with_as_shown():
    (text,) = code(REFERENCE / "python-api.md", "python", having="load_rubric")
    subprocess.run([sys.executable, "-c", text], check=True)


EXTENSIONS = ("rubric.md", "reporter.md", "package.md")


@pytest.fixture
def extended(tmp_path):
    """The files that these pages show, the package among them as if installed."""
    for page in EXTENSIONS:
        write_files(blocks(HOW_TO / page), tmp_path)
    shutil.copytree(tmp_path / "our_rubric", tmp_path / "our_mlscore" / "our_rubric")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]
    installed = tmp_path / f"our_mlscore-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Name: {project['name']}\nVersion: 1.0\n", "utf-8")
    points = [
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (installed / "entry_points.txt").write_text("".join(points), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "having,item,expected",
    [
        ("--rubric our_rubric", "refusals", {}),
        ("=chat:", "canary", {"chat.json": '{"text": "our-mlscore: 0 of 7, held down by '}),
        ("=our-rubric", "refusals", {"items.csv": "item,state,points\nsafety-1,automated,1.0\n"}),
    ],
)
def test_extensions_work_as_shown(extended, having, item, expected):
    write_test(extended / "test_it.py", item)
    (text,) = (text for page in EXTENSIONS for text in code(HOW_TO / page, "sh", having))
    done = [carry_out(line, extended) for line in text.splitlines()]
    assert [(d.returncode, d.stdout, d.stderr) for d in done if d.returncode] == []
    assert [d.stderr for d in done] == [""] * len(done)
    for name, start in expected.items():
        assert (extended / name).read_text("utf-8").startswith(start)


NOTICES = """
import pytest
from recording import Recording

@pytest.fixture
def recording():
    return Recording(samples=(0.0, 0.5) * 50, hertz=100)

@pytest.mark.mlscore("feature-schema")
def test_a_second(recording):
    assert len(recording.samples) == recording.hertz
"""


def test_a_fault_is_written_as_shown(tmp_path):
    needs.module("numpy", "narwhals")
    write_files(blocks(HOW_TO / "proof.md"), tmp_path)
    (tmp_path / "test_recording.py").write_text(NOTICES, encoding="utf-8")
    record = tmp_path / "out.json"
    inner_runs.score(tmp_path, "--mlscore-prove", f"--mlscore-report=json:{record}")
    (found,) = parse_records(record.read_bytes(), "out.json")
    (row,) = found.item("data-1").tests
    assert [(t.fault, t.verdict) for t in row.proof.trials] == [("lost_samples", "caught")]


def test_a_score_of_ones_own_moves_over_as_shown(tmp_path):
    """The page `migrate.md` is followed; it shows a sheet and no name for it but in the script."""
    needs.module("libcst")
    session = Session(tmp_path)
    for block in blocks(HOW_TO / "migrate.md"):
        if block.text.startswith("item,score,"):
            (tmp_path / "sheet.csv").write_text(block.text, encoding="utf-8")
        else:
            session.follow(block)
            assert not any(session.codes)
    found = config.load(tmp_path, catalog.load())
    assert [a.item for a in found.attestations] == ["data-5", "infra-7"]
