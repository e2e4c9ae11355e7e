"""Faults that users bring by `pytest_mlscore_faults` are tried, shown and counted as any other."""

from __future__ import annotations

import pytest

import needs
from rubric_files import small_rubric, write_rubric

needs.module_at_import("narwhals", "numpy", "pandas")

PROVE = ("--mlscore-prove", "--mlscore-prove-depth=full")
CONFTEST = """
from pytest_mltestscore.faults import Fault, fault


class Track:
    def __init__(self, points):
        self.points = points


@fault(items=["feature-schema"], fits=Track)
def swapped_axes(track, rng):
    \"""Exchanges latitude and longitude.

    Two libraries do not agree on their order.
    \"""
    return Track([(y, x) for x, y in track.points])


def pytest_mlscore_faults():
    return [swapped_axes]
"""
SUITE = """
import pytest
from conftest import Track

@pytest.fixture
def track():
    return Track([(13.4, 52.5), (13.5, 52.4)])

@pytest.mark.mlscore("data-1")
def test_sound(track):
    assert all(x < y for x, y in track.points)

@pytest.mark.mlscore("data-1")
def test_weak(track):
    assert len(track.points) == 2

@pytest.mark.mlscore("data-2")
def test_of_another_item(track):
    assert all(x < y for x, y in track.points)
"""


@pytest.fixture
def project(pytester):
    def made(conftest=CONFTEST, suite=SUITE):
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_suite=suite)

    return made


def trials(scored, item="data-1"):
    """Return the trials of each test by its name."""
    rows = scored.rows(item).values()
    return {row["nodeid"].partition("::")[2]: row["proof"].get("trials", []) for row in rows}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["serial", "xdist"])
def test_a_fault_of_ones_own_is_tried_for_its_items_and_counted(project, score, workers):
    project()
    scored = score(*PROVE, *workers)
    ours = {
        name: [(t["fault"], t["verdict"]) for t in found] for name, found in trials(scored).items()
    }
    assert ours == {
        "test_sound": [("swapped_axes", "caught")],
        "test_weak": [("swapped_axes", "missed")],
    }
    item = scored.item("data-1")
    assert item["texts"]["faults"][0] == "swapped_axes"
    assert (item["proof"]["caught"], item["proof"]["missed"]) == (1, 0)
    (trial,) = trials(scored)["test_weak"]
    assert trial["severity"] == "exchanges latitude and longitude"
    assert trial["site"] == "track"
    assert trials(scored, "data-2") == {"test_of_another_item": []}
    assert "swapped_axes" not in scored.item("data-2")["texts"]["faults"]
    assert scored.ret == 0


def test_reports_show_it(project, score, pytester):
    project(suite=SUITE.partition('@pytest.mark.mlscore("data-1")\ndef test_sound')[0] + WEAK)
    scored = score(*PROVE, "--mlscore-report=html:out.html", "--mlscore-report=md:out.md")
    text = scored.result.stdout.str()
    assert "still passes with swapped_axes in track" in text
    assert "swapped_axes" in (pytester.path / "out.html").read_text("utf-8")


WEAK = """
@pytest.mark.mlscore("data-1")
def test_weak(track):
    assert track is not None
"""


def test_without_a_proof_nobody_asks(project, score, plain, pytester):
    project(conftest="def pytest_mlscore_faults():\n    raise SystemExit", suite=TAGGED)
    assert score().ret == 0
    pytester.makeini("[pytest]\nmlscore_prove = true")
    assert plain("-m", "mlscore_data").ret == 0  # it selects, and scores nothing


TAGGED = """
import pytest

@pytest.mark.mlscore("data-1")
def test_it():
    pass
"""


def made(returned, **kwargs):
    given = {"name": "ours", "damage": "does harm", "items": ("data-1",)} | kwargs
    words = ", ".join(f"{key}={value!r}" for key, value in given.items())
    one = f"Fault({words}, fits=lambda value: True, inject=lambda value, rng: value)"
    return f"""
from pytest_mltestscore.faults import Fault, fault

def pytest_mlscore_faults():
    one = {one}
    return {returned}
"""


WRONG = {
    "no fault": (
        made("[one.inject]"),
        "is not a Fault; make one with @pytest_mltestscore.faults.fault",
    ),
    "no list": (made("3"), "3 is not a Fault"),
    "twice": (made("[one, one]"), "another plugin has a fault 'ours' already; rename yours"),
    "taken": (made("[one]", name="null_burst"), "this package has a fault 'null_burst' already"),
    "no name": (made("one", name="Our Fault"), "'Our Fault' is no name for a fault; use small"),
    "no word": (made("[one]", damage=""), "the fault ours does not say what it does; give a line"),
    "two lines": (made("[one]", damage="a\nb"), "the fault ours does not say what it does"),
    "no item": (made("[one]", items=()), "the fault ours is for no item; say so by items="),
    "unknown item": (made("[one]", items=("feature-scheme",)), "did you mean 'feature-schema'?"),
    "number": (made("[one]", items=(1,)), "the fault ours: items are names, and no others"),
    "raises": (
        "def pytest_mlscore_faults():\n    1 / 0",
        "pytest_mlscore_faults failed: ZeroDivision",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_a_usage_error_that_names_the_plugin(project, score, name):
    conftest, said = WRONG[name]
    project(conftest, TAGGED)
    scored = score(*PROVE, expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    text = scored.result.stderr.str()
    assert said in text
    assert "conftest.py" in text
    assert "Traceback" not in text


BROKEN = {
    "crashes": ("1 / 0", "the fault itself failed: ZeroDivisionError: division by zero"),
    "asserts": ("assert not rows", "the fault itself failed: AssertionError"),
    "fails": ("pytest.fail('no')", "the fault itself failed: Failed: no"),
    "leaves": ("raise SystemExit(3)", "the fault itself failed: SystemExit: 3"),
    "returns nothing": ("[*rows]", "the fault returned nothing in place of a damaged copy"),
    "mutates and copies": (
        "rows.append(3); return [*rows]",
        "the fault changed the original, which is a mistake in it",
    ),
    "returns it": ("return rows", "the fault returned the original in place of a damaged copy"),
    "does nothing": ("return [*rows]", "it changes nothing here"),
}
ROWS = """
import pytest

@pytest.fixture
def rows():
    return [1, 2]

@pytest.mark.mlscore("data-1")
def test_rows(rows):
    assert rows == [1, 2]
"""


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_that_is_broken_is_no_catch_and_says_so(project, score, name):
    code, why = BROKEN[name]
    body = f"""
import pytest
from pytest_mltestscore.faults import fault

@fault(items="data-1", fits=list)
def ours(rows, rng):
    {code}

def pytest_mlscore_faults():
    return ours
"""
    project(body, ROWS)
    scored = score(*PROVE)
    (trial,) = [t for t in trials(scored)["test_rows"] if t["fault"] == "ours"]
    assert trial["verdict"] == "no-verdict"
    assert trial["why"].startswith(why)


def test_a_fault_that_cannot_say_whether_it_fits_says_why(project, score):
    body = """
from pytest_mltestscore.faults import fault

@fault(items="data-1", fits=lambda value: value.no_such_attribute)
def ours(rows, rng):
    return [3]

def pytest_mlscore_faults():
    return [ours]
"""
    project(body, ROWS)
    found = trials(score(*PROVE))["test_rows"]
    (trial,) = [t for t in found if t["fault"] == "ours"]
    assert trial["verdict"] == "no-verdict"
    assert trial["why"].startswith("the fault itself failed: AttributeError")


def test_faults_of_a_run_are_forgotten_when_it_ends(pytester, monkeypatch):
    from pytest_mltestscore import faults

    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_it(): pass")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    before = dict(faults.known_faults())
    ours = ("-p", "pytest_mltestscore.plugin", "-p", "no:cacheprovider")
    assert pytester.inline_run(*ours, "--mlscore", *PROVE).ret == 0
    assert dict(faults.known_faults()) == before


@pytest.mark.parametrize("named", ["swapped_axes", "swapped_axis"])
def test_a_rubric_may_name_them(pytester, project, score, named):
    rubric = small_rubric({"data": 1})
    rubric["data/data-1-data-name-1.toml"]["faults"] = [named]
    write_rubric(pytester.path / "ours", rubric)
    known = named == "swapped_axes"
    items = "items=[]" if known else 'items=["data-1"]'
    conftest = CONFTEST.replace('items=["feature-schema"]', items)
    project(conftest, SUITE.replace("data-2", "data-1"))
    scored = score(*PROVE, "--mlscore-rubric=ours", expect_record=known)
    if known:
        assert scored.item("data-1")["proof"]["caught"] == 1
    else:
        assert scored.ret == pytest.ExitCode.USAGE_ERROR
        said = f"rubric ours: data-1 names the fault {named!r}; did you mean 'swapped_axes'?"
        assert said in scored.result.stderr.str()
