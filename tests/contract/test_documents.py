"""What README and documentation show: every block runs, parses or names things that exist."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

import inner_runs
import needs
import pytest_mltestscore
from pytest_mltestscore import catalog, cli, config, parse_records
from pytest_mltestscore.domain.record import State
from pytest_mltestscore.scoring.fold import WORST_FIRST

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(?P<language>[\w{}]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"--(?:no-)?mlscore\b[a-z-]*")
FILE_NAME = re.compile(r"# ([\w./-]+\.(?:py|toml))\n")


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    text: str


def blocks():
    """Yield all fenced blocks of all pages."""
    for page in PAGES:
        content = page.read_text("utf-8")
        for match in FENCE.finditer(content):
            line = content.count("\n", 0, match.start()) + 1
            yield Block(page.relative_to(ROOT).as_posix(), line, match["language"], match["text"])


def of(language, having=""):
    """Return the blocks of a language as parameters, named by where they stand."""
    return [
        pytest.param(block, id=f"{block.page}:{block.line}")
        for block in blocks()
        if block.language == language and having in block.text
    ]


@pytest.mark.parametrize("block", of("toml", having="[tool.mlscore"))
def test_settings_are_read(block, tmp_path):
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    for table in tomllib.loads(block.text)["tool"]["mlscore"].get("attestations", []):
        if "file" in table:
            (tmp_path / table["file"]).parent.mkdir(parents=True)
            (tmp_path / table["file"]).touch()
    found = config.load(tmp_path, catalog.load())
    assert found.path == tmp_path / "pyproject.toml"


@pytest.mark.parametrize("block", of("python", having="def test_"))
def test_examples_pass(block, pytester):
    needs.module(*imported(block.text))
    pytester.makepyfile(block.text)
    if "system=" in block.text:  # which a page declares beside it, with gates in one place alone
        pytester.makepyprojecttoml(declared_beside(block))
    done = pytester.runpytest_subprocess("-p", "no:randomly", "--mlscore")
    assert done.ret == pytest.ExitCode.OK


def declared_beside(block):
    *_, config = (
        other.text
        for other in blocks()
        if (other.page, other.language) == (block.page, "toml") and ".systems." in other.text
    )
    return config


def imported(text):
    """Return the packages that a block imports, but for those that are always there."""
    for node in ast.walk(ast.parse(text)):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in (name.partition(".")[0] for name in names):
            if name not in sys.stdlib_module_names:
                yield name


def test_the_first_screen_shows_what_really_happens(tmp_path):
    """The first code of the README, proved, says what stands below it, and so does its command."""
    needs.module("narwhals", "pandas")
    first_screen, _, _ = (ROOT / "README.md").read_text("utf-8").partition("\n## ")
    (code, shown) = (match["text"] for match in FENCE.finditer(first_screen))
    (tmp_path / FILE_NAME.match(code)[1]).write_text(code, encoding="utf-8")
    done = inner_runs.score(tmp_path, "--mlscore-prove")
    assert shown in done.out
    *_, command = shown.splitlines()
    again = inner_runs.run(tmp_path, *shlex.split(command)[1:])
    assert "MISSED   rescale_column in flights" in again.out
    assert "| column 'km'" in again.out


def test_the_score_can_be_checked_by_hand(pytester):
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess("--mlscore", "--mlscore-report=json:mlscore.json")
    (block,) = (b for b in blocks() if b.language == "python" and "min(sums.values())" in b.text)
    assert pytester.runpython(pytester.makepyfile(check=block.text)).ret == 0


def test_options_exist(pytester):
    known = set(OPTION.findall(pytester.runpytest_subprocess("--help").stdout.str()))
    named = {
        (option, page.name) for page in PAGES for option in OPTION.findall(page.read_text("utf-8"))
    }
    assert {(option, page) for option, page in named if option not in known} == set()


def test_every_option_is_documented(pytester):
    known = set(OPTION.findall(pytester.runpytest_subprocess("--help").stdout.str()))
    page = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")
    assert known - set(OPTION.findall(page)) == set()


@pytest.mark.parametrize("block", of("sh", having="mlscore "))
def test_commands_exist(block):
    for line in block.text.splitlines():
        program, *words = line.split()
        if program != "mlscore":
            continue
        command = [sys.executable, "-m", "pytest_mltestscore.cli", words[0], "--help"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        options = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert {option for option in options if option not in shown} == set()


@pytest.mark.parametrize("block", of("yaml"))
def test_jobs_are_what_their_server_takes(block, tmp_path):
    needs.module("check_jsonschema")
    file = tmp_path / "job.yml"
    file.write_text(block.text, encoding="utf-8")
    server = "github-workflows" if re.search(r"^jobs:", block.text, re.MULTILINE) else "gitlab-ci"
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        f"vendor.{server}",
        file,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page):
    targets = re.findall(r"\]\((?!\w+:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def chapters(page):
    """Split a page at its second-level headings."""
    _, *parts = re.split(r"^## (.*)\n", (REFERENCE / page).read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def column(text, number=0):
    """Return the cells of a column of the tables in a text, without their heads."""
    rows = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
    cells = [re.split(r"(?<!\\)\|", row)[number].strip() for row in rows]
    heads = [n for n, cell in enumerate(cells) if cell == "---"]
    return [c for n, c in enumerate(cells) if n not in heads and n + 1 not in heads]


def commands():
    """Return the parsers of the `mlscore` command by name."""
    (action,) = (a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction))
    return action.choices


def test_every_command_is_described_and_no_other():
    assert list(chapters("command-line.md")) == [f"mlscore {name}" for name in commands()]
    page = (REFERENCE / "command-line.md").read_text("utf-8")
    linked = re.findall(r"^\| \[(\w+)\]\(#mlscore-(\w+)\)", page, re.MULTILINE)
    assert linked == [(name, name) for name in commands()]


@pytest.mark.parametrize("name", commands())
def test_a_command_is_described_by_its_help(name):
    text, parser = chapters("command-line.md")[f"mlscore {name}"], commands()[name]
    options = {o for a in parser._actions for o in a.option_strings} - {"-h", "--help"}
    assert set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text)) == options
    explained = " ".join(cell for cell in column(text) if cell.startswith("`-"))
    assert set(re.findall(r"`(--?[a-z-]+)", explained)) == options
    arguments = [a.metavar for a in parser._actions if not a.option_strings]
    assert not arguments or f"`mlscore {name} {' '.join(arguments)}" in text
    examples, exits = parser.epilog.removeprefix("examples:\n").split("\n\nexit codes:\n")
    (shown,) = (m["text"] for m in FENCE.finditer(text) if m["language"] == "sh")
    assert shown.splitlines() == [line.strip() for line in examples.splitlines()]
    codes = [line.split()[0] for line in exits.splitlines()]
    assert [cell for cell in column(text) if cell.isdecimal()] == codes


def test_every_public_name_is_described_and_no_other():
    (table, *_) = (REFERENCE / "python-api.md").read_text("utf-8").split("\n## ")
    cells = [cell.strip("`") for cell in column(table)]
    assert {cell.partition("(")[0] for cell in cells} == set(pytest_mltestscore.__all__)
    for cell in (cell for cell in cells if "(" in cell):
        (written,) = ast.parse(f"def {cell}: ...").body
        named = [a.arg for a in (*written.args.args, *written.args.kwonlyargs)]
        by_keyword = {a.arg for a in written.args.kwonlyargs}
        signature = inspect.signature(getattr(pytest_mltestscore, written.name))
        found = list(signature.parameters.values())
        assert named == [p.name for p in found[: len(named)]]
        assert by_keyword == {p.name for p in found[: len(named)] if p.kind is p.KEYWORD_ONLY}
        assert all(p.default is not p.empty for p in found[len(named) :])


def test_names_for_faults_are_described_with_their_arguments():
    needs.module("numpy", "narwhals")
    from pytest_mltestscore import faults

    for cell in (c.strip("`") for c in column(chapters("python-api.md")["Faults of your own"])):
        name, _, arguments = cell.partition("(")
        named = re.findall(r"\w+", arguments)
        assert not named or list(inspect.signature(getattr(faults, name)).parameters) == named
        assert name in faults.__all__


def test_outcomes_states_and_bands_are_those_of_the_code():
    found = chapters("scoring.md")
    outcomes = column(found["From reports to the outcome of a test"])
    assert [cell.strip("`") for cell in outcomes] == list(WORST_FIRST)
    states = column(found["From tests to the state of an item"])
    assert {cell.strip("`") for cell in states} == set(get_args(State))
    bands = column(found["From items to the score"], 1)
    assert bands == [band.text for band in catalog.load().bands]


def carry_out(line, folder):
    """Run a line of a shell block in a folder and return how it ended."""
    program, *words = line.split()
    command = [sys.executable, "-m", "pytest_mltestscore.cli", *words]
    if program == "pytest":
        command = inner_runs.command("-q", *words)
    env = inner_runs.environment()
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


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


def shard_blocks():
    page = "docs/how-to/shards.md"
    found = [b for b in blocks() if b.page == page and "mlscore merge" in b.text]
    return [b.text for b in found if b.language == "sh"]


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
    (text,) = (b.text for b in blocks() if b.language == "python" and "parse_records" in b.text)
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
    (text,) = (b.text for b in blocks() if b.language == "python" and "load_rubric" in b.text)
    subprocess.run([sys.executable, "-c", text], check=True)


@pytest.fixture
def extended(tmp_path):
    """The files that the page on extensions shows, the package among them as if installed."""
    for block in blocks():
        name = FILE_NAME.match(block.text)
        if block.page == "docs/how-to/extend.md" and name:
            path = tmp_path / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
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
    page = "docs/how-to/extend.md"
    (text,) = (b.text for b in blocks() if b.page == page and having in b.text)
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
    for block in blocks():
        name = FILE_NAME.match(block.text)
        if block.page == "docs/how-to/proof.md" and name:
            (tmp_path / name[1]).write_text(block.text, encoding="utf-8")
    (tmp_path / "test_recording.py").write_text(NOTICES, encoding="utf-8")
    record = tmp_path / "out.json"
    inner_runs.score(tmp_path, "--mlscore-prove", f"--mlscore-report=json:{record}")
    (found,) = parse_records(record.read_bytes(), "out.json")
    (row,) = found.item("data-1").tests
    assert [(t.fault, t.verdict) for t in row.proof.trials] == [("lost_samples", "caught")]
