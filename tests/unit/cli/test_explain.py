from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib

import pytest

from pytest_mltestscore import catalog
from pytest_mltestscore.scoring._moves import moves
from pytest_mltestscore.suite import MLSystem, MLTestScoreSuite

RUBRIC = catalog.load()
EDITION_2016 = catalog.load("ml-test-score-2016")


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_everything_about_an_item_is_told_in_80_columns(mlscore, item):
    done = mlscore("explain", item.name)
    assert (done.code, done.err) == (0, "")
    told = " ".join(done.out.split())
    texts = (item.long_title, item.holds, item.fails, item.why, item.manual, item.automate)
    for text in (*texts, item.remedy, item.effort, *item.builds_on, *item.sources):
        assert " ".join(text.split()) in told
    assert f'@pytest.mark.mlscore("{item.name}")' in told
    assert f"\n\n{item.example}\n\n" in done.out
    assert f" > tests/test_{item.name.replace('-', '_')}.py\n" in done.out
    assert f"  checks.{item.section}.{item.name.replace('-', '_')}\n" in done.out
    for fault in item.faults:
        [line] = [li for li in done.out.splitlines() if li.split()[:1] == [fault]]
        assert len(line.split()) > 1, f"{fault} says nothing of itself"
    assert "It runs in examples/credit_default of pytest-mltestscore; replace its names by" in told
    long = [line for line in done.out.splitlines() if len(line) > 80]
    assert all(len(line.split()) == 1 for line in long)


def test_id_and_name_in_any_case_are_the_same(mlscore):
    outs = {mlscore("explain", word).out for word in ("model-6", "MODEL-6", " Slice-Quality ")}
    assert len(outs) == 1


def test_points_are_those_of_the_rubric(mlscore):
    assert "By hand, written down and passed on (0.5 points)\n" in mlscore("explain", "data-1").out
    out = mlscore("explain", "data-1", "--rubric", EDITION_2016.id).out
    assert "By hand, written down and passed on (1 point)\n" in out
    assert "Automated, by a test that runs again and again (2 points)\n" in out
    assert out.endswith("pytest --mlscore --mlscore-rubric=ml-test-score-2016\n")


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_the_example_alone_is_a_module_with_its_tag(mlscore, item):
    done = mlscore("explain", item.id, "--example")
    assert (done.code, done.out, done.err) == (0, f"{item.example}\n", "")
    tree = ast.parse(done.out)
    tests = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[:5] == "test_"]
    tags = [ast.unparse(mark) for test in tests for mark in test.decorator_list]
    assert set(tags) == {f"pytest.mark.mlscore({item.name!r})"}
    assert len(tags) == len(tests)


def test_an_item_without_an_example_has_no_such_part(mlscore, refused):
    edition = ("--rubric", EDITION_2016.id)
    assert "to paste" not in mlscore("explain", "infra-7", *edition).out
    message = refused("explain", "infra-7", "--example", *edition)
    assert message == "--example: infra-7 has none in this rubric"


def asked(out):
    """Return what the part about the suite asks for, each as one text."""
    _, _, part = out.partition("\nWith MLTestScoreSuite (from pytest_mltestscore.suite): ")
    heading, *lines = part.partition("\n\n")[0].splitlines()
    assert heading == "give MLSystem"
    return [" ".join(text.split()) for text in "\n".join(lines).split("  - ")[1:]]


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_what_the_suite_asks_for_is_what_its_test_skips_for(mlscore, item):
    test = getattr(MLTestScoreSuite(), f"test_{item.name.replace('-', '_')}")
    with pytest.raises(pytest.skip.Exception) as skipped:
        test(MLSystem())
    out = mlscore("explain", item.name).out
    assert str(skipped.value) == f"{item.name}: add to MLSystem: {' and '.join(asked(out))}"
    assert out.index("\nWith MLTestScoreSuite") < out.index("\nA test to paste")


def test_an_example_of_a_rubric_of_ones_own_is_asked_for_with_it(mlscore, tmp_path):
    shutil.copytree(catalog.available()[RUBRIC.id], tmp_path / "our --rubric")
    [path] = (tmp_path / "our --rubric" / "infra").glob("infra-7-*.toml")
    text = path.read_text("utf-8").replace("# For examples/credit_default", "# For our shop")
    path.write_text(text, encoding="utf-8")
    out = mlscore("explain", "infra-7", "--rubric", "our --rubric").out
    assert "\nA test to paste and adapt; to have it in a file:\n" in out
    assert "examples/credit_default" not in out
    line = "  mlscore explain infra-7 --example --rubric='our --rubric' > tests/test_rollback.py\n"
    assert line in out
    assert out.endswith("pytest --mlscore --mlscore-rubric='our --rubric'\n")


def test_of_an_item_of_ones_own_nothing_is_said_that_is_not_known(mlscore, tmp_path):
    shutil.copytree(catalog.available()[RUBRIC.id], tmp_path / "rubric")
    [path] = (tmp_path / "rubric" / "infra").glob("infra-7-*.toml")
    text = path.read_text("utf-8").replace('"rollback"', '"way-back"')
    text = text.replace('"idle_function"', '"../../cli/explain", "lost_way"')
    (path.parent / "infra-7-way-back.toml").write_text(text, encoding="utf-8")
    path.unlink()
    out = mlscore("explain", "way-back", "--rubric", "rubric").out
    assert "Ready-made checks" not in out
    assert "MLTestScoreSuite" not in out
    said = dict(line.split(maxsplit=1) for line in out.splitlines() if line.strip().count(" "))
    assert said["../../cli/explain"] == said["lost_way"] == "(not shipped with this package)"
    assert said["raising_function"].startswith("A stage breaks")


def test_without_an_item_all_are_named(mlscore, refused):
    done = mlscore("explain")
    assert (done.code, done.err) == (0, "")
    listed = [line.split() for line in done.out.splitlines() if line.startswith("  ")]
    assert listed == [[item.id, item.name] for item in RUBRIC.items]
    assert refused("explain", "--example").startswith("--example: whose? name an item")


def test_nothing_is_imported_to_say_what_checks_and_faults_do():
    code = """
import sys
from pytest_mltestscore.cli import main
assert main(["explain", "slice-quality"]) == 0
heavy = {"numpy", "pandas", "polars", "narwhals", "sklearn", "scipy", "pytest"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "checks.model.slice_quality\n    Check that quality is sufficient" in done.stdout


@pytest.mark.parametrize("item", RUBRIC.items, ids=lambda item: item.id)
def test_the_effort_is_that_of_the_next_steps(mlscore, make, item):
    bare = [one for one in make().items if one.id == item.id]
    by_test, by_hand = (move.effort for move in moves(bare, RUBRIC.credit, ()))
    told = f"\n\nEffort\n  {by_test} by a test, {by_hand} by hand\n\n"
    assert told in mlscore("explain", item.name).out


def test_items_that_it_builds_on_are_named(mlscore):
    item = next(item for item in RUBRIC.items if item.builds_on)
    other = RUBRIC.find(item.builds_on[0])
    assert f"{other.id} ({other.name})" in mlscore("explain", item.id).out


def test_an_item_without_sources_has_no_such_heading(mlscore, tmp_path):
    shutil.copytree(catalog.available()[RUBRIC.id], tmp_path / "rubric")
    [path] = (tmp_path / "rubric" / "infra").glob("infra-7-*.toml")
    text = path.read_text("utf-8")
    path.write_text(f"{text[: text.index('sources =')]}sources = []\n", encoding="utf-8")
    assert "Sources" in mlscore("explain", "infra-6", "--rubric", "rubric").out
    assert "Sources" not in mlscore("explain", "infra-7", "--rubric", "rubric").out


def test_the_attestation_earns_nothing_until_it_is_filled_in(mlscore):
    out = mlscore("explain", "rollback").out
    form = out[out.index("  [[tool.mlscore.attestations]]") :]
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(form)
    filled = tomllib.loads(form.replace("YYYY-MM-DD", "2026-03-02"))
    [statement] = filled["tool"]["mlscore"]["attestations"]
    assert statement["item"] == "rollback"
    assert set(statement) == {
        "item", "owner", "date", "expires", "link", "summary", "distributed_to",
    }  # fmt: skip


@pytest.mark.parametrize(
    "word,message",
    [
        ("feature-shema", "unknown rubric item 'feature-shema'; did you mean 'feature-schema'?"),
        ("xyz", "unknown rubric item 'xyz' (`mlscore list` shows all items)"),
        ("", "unknown rubric item ''"),
    ],
)
def test_an_unknown_item_is_refused_with_the_nearest(refused, word, message):
    assert refused("explain", word).startswith(message)
