"""Several systems in one repository: a score, a gate and a report each, and one with all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import needs
from git_repository import git
from pytest_mltestscore.cli import main

CONFIG = """
    [project]
    name = "shop"
    [tool.mlscore.systems.churn]
    paths = ["tests/churn"]
    [tool.mlscore.systems.fraud]
    paths = ["tests/fraud"]
"""
TESTS = {
    "tests/churn/test_churn.py": """
        import pytest, unittest

        @pytest.mark.mlscore("data-1")
        def test_rows(): pass

        @pytest.mark.mlscore("monitor-1", system=["churn", "fraud"])
        class TestBoth:
            @pytest.mark.mlscore("monitor-2")
            def test_both(self): pass

        @pytest.mark.mlscore("infra-1", system="fraud")
        class Case(unittest.TestCase):
            def test_case(self): pass

        def test_untagged(): pass
        """,
    "tests/fraud/test_fraud.py": """
        import pytest
        pytestmark = pytest.mark.mlscore("data-1")
        def test_rows(): assert False
        def test_more(): pass
        """,
    "tests/test_all.py": """
        def test_nothing(): pass
        """,
}


@pytest.fixture
def files(pytester):
    """Write files below the folder of the inner run."""

    def write(contents):
        for name, text in contents.items():
            path = pytester.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = text.strip("\n").splitlines()
            width = min((len(s) - len(s.lstrip()) for s in lines if s.strip()), default=0)
            path.write_text("\n".join(s[width:] for s in lines) + "\n", encoding="utf-8")

    return write


@pytest.fixture
def shop(files):
    """Two systems with tests of their own, in a project with nothing to show for itself."""
    files({"pyproject.toml": CONFIG, **TESTS})


@pytest.fixture
def run(pytester, plain):
    """Score an inner run; return what was printed and the records, by system."""

    def score(*args, systems=2):
        result = plain("--mlscore", "--mlscore-report=json:out.json", *args)
        content = json.loads((pytester.path / "out.json").read_text(encoding="utf-8"))
        records = content["records"] if systems > 1 else [content]
        assert len(records) == systems
        assert len({record["run"]["id"] for record in records}) == 1
        return result, {record["system"]: record for record in records}

    return score


def served_items(record):
    """Return the names of the tests of each item that has some."""
    return {
        item["id"]: sorted(row["nodeid"].rpartition("::")[2] for row in item["tests"])
        for item in record["items"]
        if item["tests"]
    }


def message(result):
    return "\n".join(result.errlines + result.outlines)


@pytest.mark.parametrize("mode", [[], ["-n", "2"]])
def test_each_system_has_its_own_record(run, shop, mode):
    _, records = run(*mode, "-q")
    churn, fraud = records["churn"], records["fraud"]
    assert served_items(churn) == {
        "data-1": ["test_rows"],
        "monitor-1": ["test_both"],
        "monitor-2": ["test_both"],
    }
    assert served_items(fraud) == {
        "data-1": ["test_more", "test_rows"],
        "infra-1": ["test_case"],
        "monitor-1": ["test_both"],
    }
    assert churn["untagged"] == ["tests/churn/test_churn.py::test_untagged", NOBODY]
    assert fraud["untagged"] == [NOBODY], "no system of the path, and the own one is not scored"
    assert churn["run"] == fraud["run"] | {"duration_s": churn["run"]["duration_s"]}
    assert churn["run"]["selected"] == 7


NOBODY = "tests/test_all.py::test_nothing"


def test_the_own_system_is_scored_once_a_test_serves_it(run, shop, files):
    files(
        {
            "tests/test_all.py": """
                import pytest
                @pytest.mark.mlscore("data-2")
                def test_shop(): pass
                def test_nothing(): pass
                """,
            "tests/churn/test_shop.py": """
                import pytest
                @pytest.mark.mlscore("data-3", system="shop")
                def test_named(): pass
                """,
        }
    )
    _, records = run(systems=3)
    assert served_items(records["shop"]) == {"data-2": ["test_shop"], "data-3": ["test_named"]}
    assert records["shop"]["untagged"] == [NOBODY]
    assert NOBODY not in records["churn"]["untagged"] + records["fraud"]["untagged"]


def test_tags_of_the_configuration_serve_the_system_of_the_path(run, files):
    tags = """
    [tool.mlscore.tags]
    "*/legacy*" = ["data-1", "slice-quality"]
    "tests/fraud/none.py" = "data-2"
    """
    doc = '"""\n>>> 1 + 1\n2\n"""\n'
    files(
        {
            "pyproject.toml": CONFIG + tags,
            "tests/churn/legacy.py": doc,
            "tests/fraud/legacy_too.py": doc.replace("2\n", "3\n"),
        }
    )
    _, records = run("--doctest-modules", "-m", "mlscore_model")
    states = {
        name: {item["id"]: item["state"] for item in record["items"] if item["tests"]}
        for name, record in records.items()
    }
    assert states == {
        "churn": {"data-1": "automated", "model-6": "automated"},
        "fraud": {"data-1": "failing", "model-6": "failing"},
    }
    unused = "tag pattern 'tests/fraud/none.py' matched no test"
    assert (unused in records["fraud"]["notes"], unused in records["churn"]["notes"]) == (
        True,
        False,
    )


@pytest.mark.parametrize("mode", [[], ["-n", "1"]])
def test_a_marker_that_comes_while_a_test_is_set_up_names_its_system(run, files, mode):
    source = """
        import pytest
        @pytest.fixture
        def tag(request):
            request.node.add_marker(pytest.mark.mlscore("data-2", system="fraud"))
        @pytest.mark.mlscore("data-1")
        def test(tag): pass
        """
    files({"pyproject.toml": CONFIG, "tests/churn/test_a.py": source})
    _, records = run(*mode)
    found = {name: served_items(record) for name, record in records.items()}
    assert found == {"churn": {"data-1": ["test"]}, "fraud": {"data-2": ["test"]}}


# Gates


def gated(files, churn, fraud, *, config=CONFIG):
    text = config.replace('paths = ["tests/churn"]', f'paths = ["tests/churn"]\n    {churn}')
    text = text.replace('paths = ["tests/fraud"]', f'paths = ["tests/fraud"]\n    {fraud}')
    passing = TESTS["tests/fraud/test_fraud.py"].replace("assert False", "pass")
    files({"pyproject.toml": text, **TESTS, "tests/fraud/test_fraud.py": passing})


@pytest.mark.parametrize(
    "churn, fraud, options, statuses, code",
    [
        ("", "", [], ("not-asked", "not-asked"), 0),
        ("", "", ["--mlscore-fail-under=1"], ("failed", "failed"), 10),
        ("fail_under = 0", "", ["--mlscore-fail-under=1"], ("passed", "failed"), 10),
        ("fail_under = 0", "fail_under_section = {infra = 1}", [], ("passed", "passed"), 0),
        ("fail_under = 0", 'fail_under_section = ["infra=2"]', [], ("passed", "failed"), 10),
        ('require = ["canary"]', "", [], ("failed", "not-asked"), 10),
        ("", "", ["--mlscore-fail-under-section=data=1"], ("passed", "passed"), 0),
    ],
)
def test_gates_of_a_system_beat_those_of_the_run(run, files, churn, fraud, options, statuses, code):
    gated(files, churn, fraud)
    result, records = run("-q", *options)
    assert tuple(records[n]["gate"]["status"] for n in ("churn", "fraud")) == statuses
    assert result.ret == code
    last = result.outlines[-2:]
    assert all(line.startswith("mlscore: ") for line in last)
    if "failed" in statuses:
        assert "GATE FAILED" in last[-1], "the worst verdict is the last line"
    assert all(len(line) <= 80 for line in last)


def test_where_a_gate_comes_from_is_in_the_record(run, files):
    gated(files, "fail_under = 0", "")
    _, records = run("--mlscore-fail-under=1")
    config = {name: record["config"]["fail_under"] for name, record in records.items()}
    assert config["churn"] == {"value": 0.0, "origin": "pyproject.toml"}
    assert config["fraud"] == {"value": 1.0, "origin": "command line"}


def test_what_was_left_out_of_one_system_leaves_the_others_whole(run, files):
    gated(files, "fail_under = 0", "fail_under = 0")
    result, records = run("-k", "not test_more", "--mlscore-strict")
    assert records["churn"]["gate"]["status"] == "passed"
    assert records["fraud"]["gate"]["status"] == "undecided"
    (reason,) = records["fraud"]["run"]["incomplete_reasons"]
    assert reason["detail"] == "1 tagged test left out by -k"
    assert result.ret == 11


def test_each_system_is_compared_with_its_own_baseline(run, shop, files, pytester):
    gated(files, "", "")
    run()
    (pytester.path / "out.json").rename(pytester.path / "main.json")
    files({"tests/fraud/test_fraud.py": TESTS["tests/fraud/test_fraud.py"]})
    more = CONFIG + "\n    [tool.mlscore.systems.spam]\n"
    files({"pyproject.toml": more})
    _, records = run("--mlscore-baseline=main.json", "--mlscore-fail-on-regression", systems=3)
    assert {name: record["gate"]["status"] for name, record in records.items()} == {
        "churn": "passed",
        "fraud": "failed",
        "spam": "passed",
    }
    assert [c["item"] for c in records["fraud"]["baseline"]["changes"]] == ["data-1"]
    assert records["spam"]["baseline"]["reason"] == "main.json (system spam) does not exist yet"


@pytest.mark.parametrize(
    "gate, problem",
    [
        ("fail_under = 8", "fail_under: is 8; give a number from 0 to 7, such as 2.5"),
        ("fail_under_section = {dta = 1}", "fail_under_section: unknown section 'dta'; did"),
        ("fail_under_section = {data = []}", "fail_under_section.data: is []; give a number"),
        ('require = "canry"', "require: unknown rubric item 'canry'; did you mean 'canary'?"),
        ("fail_under_proof = 1", "fail_under_proof: nothing is proved; add --mlscore-prove"),
    ],
)
def test_gates_that_are_none(plain, files, gate, problem):
    gated(files, gate, "")
    result = plain("--mlscore")
    assert result.ret == 4
    assert f"pyproject.toml: tool.mlscore.systems.churn.{problem}" in message(result)


# Mistakes


@pytest.mark.parametrize("mode", [[], ["-n", "1"]])
@pytest.mark.parametrize(
    "config, keywords, problem",
    [
        (CONFIG, "system='chrun'", "unknown system 'chrun'; did you mean 'churn'?"),
        (
            CONFIG,
            "system='zzz'",
            (
                "unknown system 'zzz'; there are churn, fraud, shop, or declare it:"
                " [tool.mlscore.systems.zzz]"
            ),
        ),
        (
            '[project]\nname = "shop"',
            "system='zzz'",
            "unknown system 'zzz'; declare it: [tool.mlscore.systems.zzz]",
        ),
        (CONFIG, "system=1", "a system is a string, not int"),
        (CONFIG, "system=[]", "system= names no system; name one, or leave it out"),
        (
            CONFIG,
            "systm='churn'",
            "the marker takes no keyword 'systm', only items and system=",
        ),
    ],
)
def test_a_system_that_cannot_be_meant_ends_the_run(plain, files, config, keywords, problem, mode):
    if mode:
        needs.module("xdist")
    source = f"import pytest\n\n@pytest.mark.mlscore('data-1', {keywords})\ndef test(): pass"
    files({"pyproject.toml": config, "test_a.py": source})
    result = plain("--mlscore", *mode)
    assert result.ret == 4
    assert f"test_a.py:3: {problem}" in message(result)


def test_the_own_system_is_always_known(score, files):
    source = "import pytest\n@pytest.mark.mlscore('data-1', system='shop')\ndef test(): pass"
    files({"pyproject.toml": '[project]\nname = "shop"', "test_a.py": source})
    scored = score()
    assert (scored.record["system"], scored.state("data-1")) == ("shop", "automated")


# Some of the systems


@pytest.mark.parametrize("mode", [[], ["-n", "1"]])
def test_one_system_alone_is_a_record_like_any_other(run, shop, mode):
    result, records = run("--mlscore-system=churn", "--mlscore-fail-under=0", *mode, systems=1)
    assert list(served_items(records["churn"])) == ["data-1", "monitor-1", "monitor-2"]
    # Tests of others are neither evidence nor missed.
    assert records["churn"]["untagged"] == ["tests/churn/test_churn.py::test_untagged", NOBODY]
    assert result.outlines[-1].startswith("mlscore: gate passed  score 0")


def test_tests_of_systems_that_are_not_scored_are_not_left_out(run, shop):
    _, records = run("--mlscore-system=churn", "-k", "churn", systems=1)
    assert records["churn"]["run"]["complete"]


def test_several_are_chosen_and_unknown_ones_refused(run, shop, plain):
    run("--mlscore-system=churn", "--mlscore-system=fraud")
    _, records = run("--mlscore-system=shop", systems=1)
    assert served_items(records["shop"]) == {}
    refused = plain("--mlscore", "--mlscore-system=fruad")
    assert refused.ret == 4
    said = "mlscore: --mlscore-system: unknown system 'fruad'; did you mean 'fraud'?"
    assert said in message(refused)


def test_markers_of_sections_select_in_all_systems(plain, shop):
    outcome = plain("-m", "mlscore_infra or mlscore_monitor", "-q")
    outcome.assert_outcomes(passed=2, deselected=5)
    plain("-m", "mlscore", "-q").assert_outcomes(passed=4, failed=1, deselected=2)


def test_collect_only_counts_for_each_system(plain, shop):
    plain("--mlscore", "--collect-only", "-q").stdout.fnmatch_lines(
        [
            "churn",
            "  Data * 1 of 7 items have tests",
            "  Model * 0 of 7 items have tests",
            "  Infrastructure *0 of 7 items have tests",
            "  Monitoring * 2 of 7 items have tests",
            "fraud",
            "  Data * 1 of 7 items have tests",
        ],
        consecutive=True,
    )


# Reports

REPORTS = [
    "--mlscore-report=html:r/score.html",
    "--mlscore-report=badge:r/score.svg",
    "--mlscore-report=md:r/score.md",
    "--mlscore-report=junit:r/score.xml",
]


def test_reports_show_all_systems_or_have_a_file_each(run, shop, pytester):
    run(*REPORTS)
    found = {path.name: path.read_text(encoding="utf-8") for path in Path("r").iterdir()}
    assert sorted(found) == [
        "score-churn.html",
        "score-churn.svg",
        "score-fraud.html",
        "score-fraud.svg",
        "score.html",
        "score.md",
        "score.xml",
    ]
    for name in ("churn", "fraud"):
        assert f'href="./score-{name}.html"' in found["score.html"]
        assert f"\n## {name}: 0 of 7\n" in found["score.md"]
        assert f'name="mlscore.{name}.gate"' in found["score.xml"]


def test_the_terminal_has_a_block_a_system(run, shop):
    result, _ = run("-p", "no:cacheprovider", *REPORTS)
    result.stdout.fnmatch_lines(
        [
            "=* ML Test Score *=",
            "churn",
            "Score 0 of 7  (lowest: Model, Infrastructure)",
            "  Data 1.0  Model 0.0  Infrastructure 0.0  Monitoring 2.0",
            "Next: *",
            "",
            "fraud",
            "Score 0 of 7 *",
            "FAILING  data-1 feature-schema (1 of 2 tests)",
            "Reports: out.json  r/score.html  r/score-churn.svg *",
            "mlscore: churn: score 0 of 7  (no gate was asked for)",
            "mlscore: fraud: score 0 of 7  (no gate was asked for)",
        ]
    )


def test_reports_of_third_parties_have_a_file_a_system(run, shop, files):
    files(
        {
            "conftest.py": """
                from pytest_mltestscore import Reporter
                def pytest_mlscore_reporters():
                    return Reporter("word", "word.txt", "a word", lambda record: record.system)
                """
        }
    )
    result, _ = run("--mlscore-report=word", "--mlscore-report=word:-", "-q")
    found = {path.name: path.read_text() for path in Path().glob("word*")}
    assert found == {"word-churn.txt": "churn", "word-fraud.txt": "fraud"}
    assert "churnfraud" in result.stdout.str()


def test_files_of_systems_are_checked_stubbed_and_put_back(plain, files, shop, pytester):
    Path("score-churn.html").mkdir()
    refused = plain("--mlscore", "--mlscore-report=html:score.html")
    assert refused.ret == 4
    assert "cannot write" in message(refused)
    Path("score-churn.html").rmdir()
    Path("score-fraud.html").write_text("yesterday")
    Path("score-shop.html").write_text("yesterday")
    reading = """
        def test_stub():
            from pathlib import Path
            for name in ("churn", "fraud", "shop"):
                assert "No result yet" in Path(f"score-{name}.html").read_text()
        """
    files({"tests/test_stub.py": reading})
    plain("--mlscore", "--mlscore-report=html:score.html", "-k", "stub").assert_outcomes(
        passed=1, deselected=7
    )
    assert "No result yet" not in Path("score-fraud.html").read_text()
    assert not Path("score-shop.html").exists(), "nothing speaks of that system"
    Path("score-fraud.html").write_text("yesterday")
    Path("score-churn.html").unlink()
    files(
        {
            "test_bad.py": "import pytest\npytestmark = pytest.mark.mlscore('data-99')\n"
            "def test(): pass"
        }
    )
    assert plain("--mlscore", "--mlscore-report=html:score.html").ret == 4
    assert Path("score-fraud.html").read_text() == "yesterday"
    assert not Path("score-churn.html").exists()


def test_two_reports_in_one_file_of_a_system_are_refused(plain, shop):
    options = ["--mlscore-report=html:a.html", "--mlscore-report=md:a-churn.html"]
    refused = plain("--mlscore", *options)
    assert refused.ret == 4
    assert "two reports, html and md, go to a-churn.html" in message(refused)


def test_records_follow_the_published_schema(run, shop):
    jsonschema = pytest.importorskip("jsonschema")
    run()
    schema = Path(__file__).parents[2] / "rubric" / "record.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_bytes()))
    validator.validate(json.loads(Path("out.json").read_text(encoding="utf-8")))


def test_shards_of_several_systems_merge_to_what_one_run_gives(run, shop):
    parts = []
    for folder in ("tests/churn", "tests/fraud", "tests/test_all.py"):
        run(folder)
        parts.append(Path("out.json").rename(f"{Path(folder).stem}.json").name)
    _, whole = run()
    assert main(["merge", *parts, "--whole", "-o", "merged.json"]) == 0
    merged = {r["system"]: r for r in json.loads(Path("merged.json").read_text())["records"]}
    for name, record in merged.items():
        assert served_items(record) == served_items(whole[name])
        assert record["score"] == whole[name]["score"]
        assert record["untagged"] == whole[name]["untagged"]


# Proof


def test_a_test_of_several_systems_is_proved_once_with_the_faults_of_all(run, files):
    pytest.importorskip("pandas")
    needs_faults = """
        import pandas as pd, pytest
        @pytest.fixture
        def frame(): return pd.DataFrame({"a": [1.0, 2.0, 3.0] * 10})
        @pytest.mark.mlscore("data-1", system="churn")
        @pytest.mark.mlscore("monitor-2", system="fraud")
        def test_columns(frame):
            assert list(frame.columns) == ["a"] and len(frame) == 30
        """
    files({"pyproject.toml": CONFIG, "tests/test_a.py": needs_faults})
    _, records = run("--mlscore-prove", "--mlscore-prove-depth=full")
    rows = {
        name: next(row for item in record["items"] for row in item["tests"])
        for name, record in records.items()
    }
    assert rows["churn"]["proof"] == rows["fraud"]["proof"]
    tried = {trial["fault"] for trial in rows["churn"]["proof"]["trials"]}
    of_item = {
        name: {*next(i for i in record["items"] if i["tests"])["texts"]["faults"]}
        for name, record in records.items()
    }
    assert tried & (of_item["churn"] - of_item["fraud"])
    assert tried & (of_item["fraud"] - of_item["churn"])


# A store


def test_each_system_is_added_to_what_a_store_has_of_it(
    run, shop, files, pytester, capsys, monkeypatch
):
    monkeypatch.setenv("CI", "true")
    git(pytester.path, "init", "-q", "-b", "main")
    git(pytester.path, "add", "tests", "pyproject.toml")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(pytester.path, *identity, "commit", "-q", "-m", "a change")
    store = ["--mlscore-store=scores", "-q"]
    run(*store, "tests/churn")
    _, records = run(*store, "tests/fraud")
    assert {name: sorted(served_items(record)) for name, record in records.items()} == {
        "churn": ["data-1", "monitor-1", "monitor-2"],
        "fraud": ["data-1", "infra-1", "monitor-1"],
    }
    capsys.readouterr()
    assert main(["gate", "--store", "scores", "--fail-under-section=data=1"]) == 10
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0].startswith("mlscore: churn: gate passed")
    assert last[1].startswith("mlscore: fraud: GATE FAILED")
    assert main(["gate", "--store", "scores", "--system=churn", "--fail-under-section=data=1"]) == 0
    gated(files, "fail_under_section = {monitor = 2}", "fail_under = 1")
    assert main(["gate", "--store", "scores"]) == 10, "by the gates of the configuration"
    assert main(["gate", "--store", "scores", "--system=churn"]) == 0
    assert main(["gate", "--store", "scores", "--fail-under=0"]) == 0
