"""Every fenced block of every page: carried out, or read by what it is written for.

`HANDLERS` says how blocks of a language are judged. What a page shows as output is what some test
gets: `OUTPUT` says which.
"""

from __future__ import annotations

import ast
import contextlib
import re
import shlex
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import inner_runs
import needs
from pages import ROOT, blocks, write_files
from pytest_mltestscore import catalog, cli, config

TESTS = Path(__file__).parents[1]

CARRIED_OUT = {
    "docs/tutorial.md": "contract/test_tutorial.py",
    "docs/how-to/fleet.md": "contract/test_fleet_page.py",
    "docs/how-to/history.md": "contract/test_history_page.py",
    "docs/how-to/store.md": "contract/test_store_page.py",
    "docs/how-to/migrate.md": "contract/test_followed_pages.py",
    "docs/how-to/shards.md": "contract/test_followed_pages.py",
    "docs/how-to/rubric.md": "contract/test_followed_pages.py",
    "docs/how-to/reporter.md": "contract/test_followed_pages.py",
    "docs/how-to/package.md": "contract/test_followed_pages.py",
    "docs/how-to/proof.md": "contract/test_followed_pages.py",
    "docs/how-to/beside.md": "contract/test_beside_page.py",
    "docs/how-to/spark.md": "contract/test_spark_page.py",
    "docs/reference/items.md": "examples/test_pasted.py",
    "docs/reference/python-api.md": "contract/test_followed_pages.py",
    "docs/reference/record.md": "contract/test_followed_pages.py",
}
"""Pages whose code needs what stands above it or a prepared folder, and the test that does that."""

WHOLE = {"docs/reference/items.md", "docs/how-to/migrate.md", "docs/how-to/spark.md"}
"""Of those, the pages whose tests are carried out there, too."""

OUTPUT = {
    ("README.md", "Proof:"): "contract/test_followed_pages.py",
    ("docs/index.md", "Score "): "contract/test_tutorial.py",
    ("docs/how-to/audit.md", ""): "unit/cli/test_audit.py",
    ("docs/how-to/ci.md", "LOOSENED"): "golden/test_golden.py",
    ("docs/how-to/history.md", ""): "contract/test_history_page.py",
    ("docs/how-to/one-score.md", "Store:"): "golden/test_golden.py",
    ("docs/how-to/proof.md", ""): "plugin/test_proving_one_fault.py",
    ("docs/how-to/systems.md", "churn"): "plugin/test_systems.py",
    ("docs/how-to/migrate.md", ""): "contract/test_followed_pages.py",
    ("docs/tutorial.md", ""): "contract/test_tutorial.py",
    # No output: a tree of the files on the page, the parts of a name, the layers of the source.
    ("docs/how-to/rubric.md", "our_rubric/"): "contract/test_followed_pages.py",
    ("docs/how-to/store.md", "churn/2026-11/"): "unit/store/test_entry.py",
    ("CONTRIBUTING.md", "plugin | cli"): "contract/test_documents.py",
}
"""What pages show as text, by its beginning, and the test that gets the like of it."""

PROGRAMS = {
    "bash": "a script of this repository follows",
    "git": "",
    "mkdir": "",
    "cd": "",
    "cat": "",
    "gh": "GitHub's command, which needs its server",
    "glab": "GitLab's command, which needs its server",
    "dvc": "contract/test_beside_page.py runs it where it is",
    "aws": "Amazon's command, which needs its server",
    "sphinx-build": "the environment `docs` of tox",
    "tox": "",
    "mypy": "",
    "python": "",
    "python3": "",
    ".": "",
    ".venv/bin/python": "",
    ".venv-example/bin/python": "",
    ".venv-tests/bin/python": "",
    "../../.venv-example/bin/python": "",
}
"""Programs that pages start beside ours, whose options are not looked at, and why."""


def of(*languages):
    """Return the blocks of some languages as parameters, named by where they stand."""
    return [pytest.param(b, id=b.place) for b in blocks() if b.language in languages]


@pytest.mark.parametrize("block", [pytest.param(b, id=b.place) for b in blocks()])
def test_a_block_has_a_handler(block):
    assert block.language in HANDLERS, "say in HANDLERS how a block of this language is judged"


def test_what_is_said_to_be_carried_out_elsewhere_is():
    assert [test for test in CARRIED_OUT.values() if not (TESTS / test).is_file()] == []
    shown = {b.page: [] for b in blocks()}
    for block in blocks():
        shown[block.page].append(block)
    assert set(CARRIED_OUT) <= set(shown)
    stale = [
        (page, start)
        for page, start in OUTPUT
        if not any(b.language == "text" and b.text.startswith(start) for b in shown.get(page, ()))
    ]
    assert stale == []
    assert [test for test in OUTPUT.values() if not (TESTS / test).is_file()] == []


@pytest.mark.parametrize("block", of("python"))
def test_python_runs(block, tmp_path):
    tree = ast.parse(block.text)
    if block.page in CARRIED_OUT and ("def test_" not in block.text or block.page in WHOLE):
        return
    if "pyspark" in block.text:
        needs.optional("pyspark")
    needs.module(*imported(tree))
    if "def test_" not in block.text:
        command = [sys.executable, "-W", "error", "-c", block.text]
        subprocess.run(command, cwd=tmp_path, check=True, env=inner_runs.environment())
        return
    (tmp_path / "test_shown.py").write_text(block.text, encoding="utf-8")
    write_files([b for b in _beside(block) if b.language == "python"], tmp_path)
    if "system=" in block.text:  # which a page declares beside it, with gates in one place alone
        *_, declared = (b for b in _beside(block) if ".systems." in b.text)
        (tmp_path / "pyproject.toml").write_text(declared.text, encoding="utf-8")
    done = inner_runs.score(tmp_path, "test_shown.py")
    assert done.ret == pytest.ExitCode.OK, done.out


def _beside(block):
    return [b for b in blocks(ROOT / block.page) if b != block]


def imported(tree):
    """Yield the packages that code imports, but for those that are always there."""
    for node in ast.walk(tree):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in (name.partition(".")[0] for name in names):
            if name not in sys.stdlib_module_names:
                yield name


@pytest.mark.parametrize("block", of("toml"))
def test_toml_is_what_its_reader_takes(block, tmp_path):
    found = tomllib.loads(block.text)
    settings = found.get("tool", {}).get("mlscore")
    if settings is None:
        assert block.file, "neither settings nor a file that another test reads"
        assert block.page in CARRIED_OUT
        return
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    for table in settings.get("attestations", []):
        if "file" in table:
            (tmp_path / table["file"]).parent.mkdir(parents=True)
            (tmp_path / table["file"]).touch()
    assert config.load(tmp_path, catalog.load()).path == tmp_path / "pyproject.toml"


@pytest.mark.parametrize("block", of("ini"))
def test_settings_of_pytest_are_known(block, tmp_path):
    (tmp_path / "pytest.ini").write_text(block.text, encoding="utf-8")
    done = inner_runs.run(tmp_path, "--strict-config", "-q")
    assert done.ret == pytest.ExitCode.NO_TESTS_COLLECTED, done.err


SERVERS = [
    (r"^jobs:", "vendor.github-workflows"),
    (r"^language: ", "vendor.travis"),
    (r"^services:", "vendor.compose-spec"),
    (r"^\w+:\n(  .*\n)*  script:", "vendor.gitlab-ci"),
]
"""How a job is told from others, and the schema of the service that takes it."""


@pytest.mark.parametrize("block", of("yaml"))
def test_jobs_are_what_their_service_takes(block, tmp_path):
    needs.module("check_jsonschema")
    schemas = [name for how, name in SERVERS if re.search(how, block.text, re.MULTILINE)]
    if not schemas:
        assert block.page in CARRIED_OUT, "of which service is this?"
        return
    file = tmp_path / "job.yml"
    file.write_text(block.text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schemas[0], file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for line in _steps(block.text):
        check_commands(line)


def _steps(text):
    """Yield the lines that a job runs."""
    import yaml

    pending = [yaml.safe_load(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            for key in {"run", "script", "install", "command"} & set(node):
                lines = node[key] if isinstance(node[key], list) else [node[key]]
                yield "\n".join(lines)
            pending += node.values()
        elif isinstance(node, list):
            pending += node


@pytest.mark.parametrize("block", of("groovy"))
def test_pipelines_of_jenkins_are_groovy(block):
    needs.module("groovy_parser")
    from groovy_parser.parser import parse_groovy_content

    parse_groovy_content(block.text)
    assert block.text.lstrip().startswith("pipeline {")
    for line in re.findall(r"\bsh '(.*)'$", block.text, re.MULTILINE):
        check_commands(line)


@pytest.mark.parametrize("block", of("promql"))
def test_queries_of_prometheus_are_read_and_name_metrics_that_there_are(block):
    needs.module("promql_parser")
    import promql_parser

    promql_parser.parse(block.text)
    described = (ROOT / "docs" / "how-to" / "beside.md").read_text("utf-8")
    for name in re.findall(r"\bmlscore_\w+", block.text):
        assert f"`{name}`" in described


@pytest.mark.parametrize("block", of("sql"))
def test_queries_are_carried_out(block):
    assert block.page in CARRIED_OUT


@pytest.mark.parametrize("block", of("diff"))
def test_edits_are_made(block):
    assert block.page in CARRIED_OUT


@pytest.mark.parametrize("block", of("text"))
def test_output_is_what_a_test_gets(block):
    starts = [start for page, start in OUTPUT if page == block.page]
    assert any(block.text.startswith(start) for start in starts), "which test gets this output?"


@pytest.mark.parametrize("block", of("{toctree}"))
def test_pages_of_the_contents_exist(block):
    names = [line for line in block.text.splitlines() if line and not line.startswith(":")]
    assert [n for n in names if not (ROOT / "docs" / f"{n}.md").is_file()] == []


@pytest.mark.parametrize("block", of("sh"))
def test_commands_can_be_given(block):
    check_commands(block.text)


def check_commands(text):
    """See that a shell takes a text, and that each program in it takes its arguments."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for words in _commands(text):
        program, *arguments = words
        if program in ("pip", "pytest", "mlscore"):
            {"pip": _pip, "pytest": _pytest, "mlscore": _mlscore}[program](arguments)
        elif arguments[:2] == ["-m", "pytest"]:
            _pytest(arguments[2:])
        elif arguments[:3] == ["-m", "pip", "install"]:
            _pip(arguments[2:])
        elif program == "docker":
            check_commands(arguments[arguments.index("-c") + 1])
        else:
            assert program in PROGRAMS, f"say in PROGRAMS what {program} is"


def _commands(text):
    """Yield the simple commands of a text, as words, without redirections."""
    for line in re.sub(r"\\\n|&&\n", lambda m: m[0][:-1] + " ", text).splitlines():
        if re.match(r"\s*\w+=\$\(", line):  # what a variable is made of, quotes and all
            continue
        filled = re.sub(r"\$\{\{.*?\}\}|\$\(.*?\)", "X", line)
        lexer = shlex.shlex(filled, posix=True, punctuation_chars="&|;>")
        lexer.whitespace_split = True
        words, place = [], False
        for word in [*lexer, ";"]:
            if place or set(word) == {">"}:  # where output goes is no argument
                place = not place
            elif set(word) <= set("&|;"):
                if words and not _SHELL_WORD.match(words[0]):
                    yield words
                words = []
            elif not (not words and re.fullmatch(r"\w+=.*", word)):
                words.append(word)


_SHELL_WORD = re.compile(r"if$|fi$|else$|then$|\[$|exit$|head$|\w+=")


def _pip(arguments):
    assert arguments[0] == "install"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extras in re.findall(r"(?:pytest-mltestscore|\.)\[([\w,]+)\]", " ".join(arguments)):
        assert set(extras.split(",")) <= set(project["optional-dependencies"])


@cache
def _options_of_pytest():
    done = inner_runs.run(ROOT, "--help", plugins=(inner_runs.OURS, inner_runs.XDIST))
    return frozenset(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", done.out))


def _pytest(arguments):
    needs.module("xdist")
    for word in (w for w in arguments if w.startswith("-")):
        option = word.partition("=")[0] if word.startswith("--") else word[:2]
        assert option in _options_of_pytest(), f"pytest has no {option}"


def _mlscore(arguments):
    with contextlib.suppress(SystemExit):  # of `--help` and `--version`
        cli._parser().parse_args([re.sub(r"\$\{?\w+\}?", "X", word) for word in arguments])


HANDLERS = {
    "python": test_python_runs,
    "toml": test_toml_is_what_its_reader_takes,
    "ini": test_settings_of_pytest_are_known,
    "yaml": test_jobs_are_what_their_service_takes,
    "groovy": test_pipelines_of_jenkins_are_groovy,
    "promql": test_queries_of_prometheus_are_read_and_name_metrics_that_there_are,
    "sql": test_queries_are_carried_out,
    "diff": test_edits_are_made,
    "text": test_output_is_what_a_test_gets,
    "sh": test_commands_can_be_given,
    "{toctree}": test_pages_of_the_contents_exist,
}
"""The test of each language."""
