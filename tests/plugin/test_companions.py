"""Beside other plugins: they notice nothing of us; and what third parties add to ours."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest

import inner_runs
import needs
from inner_runs import OURS, SUBTESTS, XDIST, Ended, score, strict_json, timeless

PLUGINS = {
    "pytest_asyncio": "asyncio",
    "pytest_cov": "cov",
    "pytest_html": "html",
    "_hypothesis_pytestplugin": "hypothesis",
    "pytest_randomly": "randomly",
    "pytest_rerunfailures": "rerunfailures",
    "pytest_timeout": "timeout",
    "xdist": "xdist",
}
SUITE = """
import asyncio, unittest, warnings
import pytest
from hypothesis import given, settings, strategies as st
from pathlib import Path
from subject import double

pytestmark = pytest.mark.mlscore("data-1")

@pytest.mark.asyncio
async def test_async():
    await asyncio.sleep(0)

@given(st.integers())
@settings(max_examples=10, database=None)
def test_property(n):
    assert double(n) == 2 * n

@given(st.integers())
@settings(max_examples=10, database=None, derandomize=True)
def test_property_fails(n):
    assert n != 0

@pytest.mark.flaky(reruns=2)
def test_flaky(tmp_path_factory):
    seen = Path("seen")
    if not seen.exists():
        seen.touch()
        assert False

@pytest.mark.timeout(30)
@pytest.mark.parametrize("n", range(4))
def test_variants(n, mlscore):
    mlscore.record("n", n)
    assert n != 2

def test_warns():
    warnings.warn("an error here", UserWarning)

def test_subtests(subtests):
    for n in range(3):
        with subtests.test("sub", n=n):
            assert n != 1

class TestCase(unittest.TestCase):
    @pytest.mark.mlscore("model-1")
    def test_case(self):
        self.assertEqual(double(1), 2)

@pytest.mark.skip(reason="later")
def test_skipped(): pass

@pytest.mark.xfail(reason="known", strict=True)
def test_expected(): assert 0

@pytest.fixture
def broken():
    yield
    raise ValueError("tear-down")

@pytest.mark.mlscore("model-2")
def test_breaks(broken): pass

def test_random():
    import random
    assert random.random() >= 0

@pytest.fixture
def metrics():
    return {"auc": 0.8}

@pytest.mark.mlscore("model-5")
def test_metrics(metrics):
    assert metrics["auc"] > 0.7
"""
INI = """
[pytest]
asyncio_default_fixture_loop_scope = function
addopts = --strict-markers --strict-config
filterwarnings = error
"""


PROVED = ["--mlscore-prove", "--mlscore-prove-depth=full"]
MODES = {
    "serial": ([], []),
    "xdist": (["-n", "1"], []),
    "proved": ([], PROVED),
    "proved-xdist": (["-n", "1"], PROVED),
}


@pytest.fixture(scope="module", params=MODES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Return a run without us, and the same one scored, with every plugin there is."""
    needs.module(*PLUGINS)
    runs: dict[str, Ended] = {}
    mode, prove = MODES[request.param]
    if prove:
        needs.module("narwhals", "numpy")
    scored = ["--mlscore", "--mlscore-report=json", *prove]
    for name, options in {"without": [], "scored": scored}.items():
        folder = tmp_path_factory.mktemp(name)
        (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
        (folder / "subject.py").write_text("def double(n):\n    return 2 * n\n", encoding="utf-8")
        (folder / "pytest.ini").write_text(INI, encoding="utf-8")
        runs[name] = inner_runs.run(
            folder,
            *mode,
            *options,
            "--junitxml=junit.xml",
            "--html=report.html",
            "--self-contained-html",
            "--cov=subject",
            "--cov-branch",
            "--cov-fail-under=100",
            "--randomly-seed=7",
            "--timeout=60",
            "--color=no",
            plugins=(),
            # All plugins, and no coverage of ours in the way of pytest-cov.
            env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": None, **inner_runs.UNMEASURED},
        )
    return runs


def test_companions_are_loaded(pair):
    (line,) = [li for li in pair["scored"].out.splitlines() if li.startswith("plugins: ")]
    assert not [name for name in PLUGINS.values() if f"{name}-" not in line]


def test_exit_code_and_counts_stay(pair):
    without, scored = pair["without"], pair["scored"]
    assert without.ret == scored.ret == 1
    assert counts(without) == counts(scored)
    assert re.search(r"\b1 rerun\b", counts(scored)), "pytest-rerunfailures had work to do"


def counts(ended: Ended) -> str:
    (line,) = re.findall(r"^=+ (.* in [\d.]+s).* =+$", ended.out, re.MULTILINE)
    return str(line.rpartition(" in ")[0])


def test_the_junit_file_stays(pair):
    first, second = (timeless(ended.folder / "junit.xml") for ended in pair.values())
    assert without_places(first) == without_places(second)


def without_places(text: bytes) -> bytes:
    text = re.sub(rb'<property name="hypothesis-statistics[^>]*>', b"", text)  # times, in words
    text = re.sub(rb"/[^ \"']*(without|scored)\d+", b"", text)
    return re.sub(rb"\bgw\d\b|0x[0-9a-f]+|\[gw\d\]", b"", text)


def test_coverage_stays_and_the_html_report_is_there(pair):
    totals = [re.findall(r"^(?:subject.py|TOTAL) .*$", p.out, re.MULTILINE) for p in pair.values()]
    assert totals[0] == totals[1] != []
    for ended in pair.values():
        assert "Required test coverage of 100% reached" in ended.out
        assert (ended.folder / "report.html").stat().st_size > 10_000


def test_no_warning_is_ours(pair):
    out = pair["scored"].out + pair["scored"].err
    assert "mltestscore" not in "".join(re.findall(r".*Warning.*\n.*", out))
    assert out.count("warnings summary") == (pair["without"].out).count("warnings summary")


def test_and_the_score_is_right(pair):
    record = strict_json((pair["scored"].folder / "mlscore.json").read_text(encoding="utf-8"))
    rows = {row["nodeid"]: row for item in record["items"] for row in item.get("tests", ())}
    outcomes = {name.partition("::")[2]: row["outcome"] for name, row in rows.items()}
    assert outcomes == {
        "test_async": "passed",
        "test_property": "passed",
        "test_property_fails": "failed",
        "test_flaky": "passed",
        **{f"test_variants[{n}]": "failed" if n == 2 else "passed" for n in range(4)},
        "test_warns": "failed",
        "test_subtests": "failed",
        "TestCase::test_case": "passed",
        "test_skipped": "skipped",
        "test_expected": "xfailed",
        "test_breaks": "error",
        "test_random": "passed",
        "test_metrics": "passed",
    }
    proof = rows["test_suite.py::test_metrics"].get("proof", {"trials": ()})
    caught = {trial["fault"] for trial in proof["trials"] if trial["verdict"] == "caught"}
    assert caught == ({"worse_metrics"} if record["config"]["prove"]["value"] else set())
    assert [name for name, row in rows.items() if row.get("flaky")] == ["test_suite.py::test_flaky"]
    assert record["run"]["complete"]


def test_our_lines_are_all_that_is_added_to_the_screen(pair):
    first, second = (screen(ended) for ended in pair.values())
    if any("worker" in line for line in first):  # which take turns at the screen
        first, second = (sorted(li for li in s if "%]" not in li) for s in (first, second))
    assert first == second


def screen(ended: Ended) -> list[str]:
    ours = set(ended.block.splitlines())
    own = ("ML Test Score ==", "mlscore: proving ")
    lines = [
        li for li in ended.out.splitlines() if li not in ours and not any(o in li for o in own)
    ]
    text = without_places("\n".join(lines).encode()).decode()
    text = re.sub(r"\d+\.\d+s(\s\(\d+:\d\d:\d\d\))?", "0s", text)  # from a minute on, twice
    return [line.strip("-= ") for line in text.splitlines() if line.strip("-= ")]


# What third parties add

HOOKS = """
from pathlib import Path
from pytest_mltestscore.reporters import Reporter

def number(record):
    return f"{record.rubric.id} {record.score.final:g}\\n"

def pytest_mlscore_reporters():
    return [Reporter(name="number", destination="number.txt", help="the score", render=number)]

def pytest_mlscore_rubrics():
    return {"our-rubric": Path(__file__).parent / "our_rubric"}
"""
TAGGED = """
import pytest

@pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
def test():
    pass
"""


@pytest.fixture(params=["conftest", "installed"])
def extended(request: pytest.FixtureRequest, tmp_path: Path):
    """Return a folder with a suite, and the environment in which its extension is seen."""
    (tmp_path / "test_suite.py").write_text(TAGGED, encoding="utf-8")
    library = tmp_path if request.param == "conftest" else tmp_path / "library"
    rubric = library / "our_rubric"
    shutil.copytree(Path(__file__).parents[2] / "rubric", rubric, ignore=lambda *_: {"editions"})
    head = rubric / "rubric.toml"
    text = head.read_text(encoding="utf-8")
    assert 'id = "ml-test-score"' in text
    head.write_text(text.replace('id = "ml-test-score"', 'id = "our-rubric"'), encoding="utf-8")
    module = "conftest.py" if request.param == "conftest" else "their_hooks.py"
    (library / module).write_text(HOOKS, encoding="utf-8")
    if request.param == "installed":
        register(library, "their_hooks")
    return tmp_path, {"PYTHONPATH": str(library)}


def register(library: Path, module: str) -> None:
    """Make a module an entry point, as installing its package would."""
    facts = library / "theirs-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", "utf-8")
    entry = f"[pytest_mltestscore]\ntheirs = {module}\n"
    (facts / "entry_points.txt").write_text(entry, encoding="utf-8")


@pytest.mark.parametrize("mode", [[], ["-n", "1"]], ids=["serial", "xdist"])
def test_a_reporter_and_a_rubric_of_a_third_party(extended, mode):
    if mode:
        needs.module("xdist")
    folder, env = extended
    asked = ["--mlscore-rubric=our-rubric", "--mlscore-report=number", "--mlscore-report=number:-"]
    ended = score(folder, *asked, *mode, plugins=[OURS, *([XDIST] if mode else [])], env=env)
    assert ended.ret == 0, ended.out + ended.err
    assert (folder / "number.txt").read_text(encoding="utf-8") == "our-rubric 1\n"
    assert "\nour-rubric 1\n" in ended.out
    assert "mlscore: rubric our-rubric" in ended.out


def test_a_mark_of_the_rubric_selects_its_section(extended):
    folder, env = extended
    ended = inner_runs.run(folder, "-m", "mlscore_data", "--strict-markers", env=env)
    assert "1 passed" in ended.out


BROKEN = {
    "raises": ("def pytest_mlscore_reporters(): raise ValueError('no')", "ValueError: no"),
    "leaves": ("def pytest_mlscore_rubrics(): raise SystemExit('no')", "SystemExit: no"),
    "wrong": ("def pytest_mlscore_reporters(): return ['html']", "'html' is not a pytest_mltest"),
    "no-list": ("def pytest_mlscore_reporters(): return 3", "3 is not a pytest_mltestscore"),
    "no-mapping": ("def pytest_mlscore_rubrics(): return ['x']", "is not a mapping of rubric ids"),
    "shipped": (
        "def pytest_mlscore_rubrics(): return {'ml-test-score': '.'}",
        "'ml-test-score' is taken by a shipped rubric",
    ),
    "import": ("import no_such_module_here", "No module named 'no_such_module_here'"),
    "import-leaves": ("raise SystemExit('pyspark is not there')", "pyspark is not there"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_extension_is_a_usage_error_that_names_it(tmp_path, name):
    source, said = BROKEN[name]
    (tmp_path / "test_suite.py").write_text(TAGGED, encoding="utf-8")
    (tmp_path / "mlscore.json").write_bytes(b"old")
    library = tmp_path / "library"
    register(library, "their_hooks")
    (library / "their_hooks.py").write_text(source, encoding="utf-8")
    ended = score(tmp_path, "--mlscore-report=json", env={"PYTHONPATH": str(library)})
    assert ended.ret == 4, ended.out
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert "INTERNALERROR" not in ended.out
    assert (tmp_path / "mlscore.json").read_bytes() == b"old"


def test_a_run_that_is_not_scored_does_not_look_at_extensions(tmp_path):
    (tmp_path / "test_suite.py").write_text(TAGGED, encoding="utf-8")
    library = tmp_path / "library"
    register(library, "their_hooks")
    (library / "their_hooks.py").write_text("raise SystemExit", encoding="utf-8")
    assert inner_runs.run(tmp_path, env={"PYTHONPATH": str(library)}).ret == 0


def test_two_plugins_with_one_name(tmp_path):
    (tmp_path / "test_suite.py").write_text(TAGGED, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(HOOKS, encoding="utf-8")
    library = tmp_path / "library"
    register(library, "their_hooks")
    (library / "their_hooks.py").write_text(HOOKS, encoding="utf-8")
    env = {"PYTHONPATH": str(library)}
    ended = score(tmp_path, env=env)
    assert ended.ret == 4
    assert "another plugin has a rubric 'our-rubric' already" in ended.err
    both = textwrap.dedent(HOOKS).partition("def pytest_mlscore_rubrics")[0]
    for path in (tmp_path / "conftest.py", library / "their_hooks.py"):
        path.write_text(both, encoding="utf-8")
    ended = score(tmp_path, "--mlscore-report=number", env=env)
    assert ended.ret == 4
    assert "two reporters named 'number'" in ended.err


def test_subtests_count_without_any_other_plugin(tmp_path):
    (tmp_path / "test_suite.py").write_text(
        "import pytest\n@pytest.mark.mlscore('data-1')\ndef test(subtests):\n"
        "    for n in range(3):\n        with subtests.test(n=n): assert n != 1\n",
        encoding="utf-8",
    )
    score(tmp_path, "--mlscore-report=json", plugins=[OURS, *SUBTESTS])
    record = strict_json((tmp_path / "mlscore.json").read_text(encoding="utf-8"))
    (row,) = record["items"][0]["tests"]
    assert (row["outcome"], row["subtests"]) == ("failed", {"failed": 1, "total": 3})
