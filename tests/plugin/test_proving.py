"""`--mlscore-prove`: tests are run again with faults, and nothing but the record shows it."""

from __future__ import annotations

import fnmatch
import re
import xml.etree.ElementTree as ET

import pytest

import needs
from proving import FRAME, PROVE, SOUND, TAGGED, VACUOUS, proof_of, verdicts

needs.module_at_import("narwhals", "numpy", "pandas")


def test_a_sound_test_catches_what_belongs_to_its_item(pytester, score):
    pytester.makepyfile(FRAME + SOUND)
    scored = score(*PROVE)
    found = verdicts(proof_of(scored))
    assert found["out_of_range"] == found["unseen_category"] == found["null_burst"] == "caught"
    assert scored.item("data-1")["proof"]["caught"] >= 3
    trial = next(t for t in proof_of(scored)["trials"] if t["fault"] == "out_of_range")
    assert trial["site"] == "rows"
    assert trial["error_type"] == "AssertionError"
    assert re.fullmatch(r"test_a_sound.*\.py:\d+", trial["origin"])
    scored.result.stdout.fnmatch_lines(["Proof: *1 of 1 automated item seen to fail; *caught"])


def test_a_test_that_notices_nothing_is_named(pytester, score):
    pytester.makepyfile(FRAME + VACUOUS)
    scored = score(*PROVE)
    assert "caught" not in verdicts(proof_of(scored)).values()
    assert scored.item("data-1")["proof"]["caught"] == 0
    scored.result.stdout.fnmatch_lines(
        ["Proof: *0 of 1 automated item seen to fail*", "UNPROVEN data-1 feature-schema:*vacuous*"]
    )
    assert scored.state("data-1") == "automated"  # the paper's score does not ask


def test_another_exception_is_no_verdict(pytester, score):
    pytester.makepyfile(FRAME.replace(', "carrier": ["AA", "DL", "AA"] * 20', "") + VACUOUS)
    found = proof_of(score(*PROVE))["trials"]
    (dropped,) = (t for t in found if t["fault"] == "drop_column")
    assert (dropped["verdict"], dropped["error_type"]) == ("no-verdict", "KeyError")
    assert "KeyError may come of the damage itself" in dropped["why"]


SAME = """
import logging
import unittest
import warnings

@pytest.fixture
def own(rows):
    print("set up")
    yield rows.copy()
    print("torn down")

@pytest.mark.mlscore("data-1")
def test_output(own, capsys):
    print("said")
    assert capsys.readouterr().out == "said\\n"
    assert len(own) == 60

@pytest.mark.mlscore("data-1")
def test_log(own, caplog):
    logging.getLogger().warning("logged")
    assert [r.message for r in caplog.records] == ["logged"]
    warnings.warn("once")

@pytest.mark.mlscore("data-1")
@pytest.mark.parametrize("least", [0, 1])
def test_variants(own, tmp_path, least):
    (tmp_path / "x").mkdir()
    assert own["km"].min() > least

class TestMethods:
    @pytest.fixture(autouse=True)
    def _rows(self, rows):
        self.rows = rows

    @pytest.mark.mlscore("data-1")
    def test_method(self):
        assert self.rows["km"].notna().all()

class TestUnit(unittest.TestCase):
    def setUp(self):
        self.rows = pd.DataFrame({"km": [1.0, 2.0]})

    def tearDown(self):
        print("torn down by unittest")

    @pytest.mark.mlscore("data-1")
    def test_unit(self):
        self.assertEqual(list(self.rows["km"]), [1.0, 2.0])

@pytest.mark.mlscore("data-1")
def test_red(own):
    assert len(own) == 0

@pytest.fixture
def broken(rows):
    yield rows
    raise ValueError("at the end")

@pytest.mark.mlscore("data-1")
def test_broken_at_the_end(broken):
    assert len(broken) == 60
"""


SUBTESTS = """
@pytest.mark.mlscore("data-1")
def test_subtests(own, subtests):
    for column in own.columns:
        with subtests.test(column):
            assert own[column].notna().all()
"""
if pytest.version_tuple >= (9, 0):  # which came with subtests of its own
    SAME += SUBTESTS


def test_everybody_else_sees_the_run_that_they_would_have_seen(pytester, score):
    pytester.makepyfile(FRAME + SAME)
    seen = []
    for prove in ((), PROVE):
        scored = score("-rA", "--junitxml=j.xml", *prove)
        junit = ET.parse(pytester.path / "j.xml").getroot()
        for element in junit.iter():
            for name in ("time", "timestamp"):
                element.attrib.pop(name, None)
        lines = [re.sub(r"in [\d.]+s", "", line) for line in scored.result.outlines]
        lines = [line for line in lines if not line.startswith("mlscore: proving ")]
        ours = next(n for n, line in enumerate(lines) if "ML Test Score" in line)
        summary = next(n for n, line in enumerate(lines) if "short test summary" in line)
        failed = pytester.path / ".pytest_cache" / "v" / "cache" / "lastfailed"
        shown = [*lines[:ours], *lines[summary:]]
        seen.append((scored.ret, shown, ET.tostring(junit), failed.read_text("utf-8")))
    assert seen[0] == seen[1]


def test_with_workers_too(pytester, score):
    pytester.makepyfile(FRAME + SAME)
    outcomes = [
        (scored.ret, scored.result.parseoutcomes())
        for scored in (score("-n", "2", *prove) for prove in ((), PROVE))
    ]
    assert outcomes[0] == outcomes[1]


def test_methods_and_test_cases_are_proved_by_their_attributes(pytester, score):
    pytester.makepyfile(FRAME + SAME)
    rows = score(*PROVE).rows("data-1")
    for name in ("TestMethods::test_method", "TestUnit::test_unit"):
        (row,) = (row for nodeid, row in rows.items() if nodeid.endswith(name))
        assert verdicts(row["proof"])["null_burst"] == "caught", name
        assert {t["site"] for t in row["proof"]["trials"]} >= {"self.rows"}


def test_workers_prove_what_one_process_proves(pytester, score):
    pytester.makepyfile(FRAME + SAME)
    serial, spread = (score(*PROVE, "--cache-clear", *mode) for mode in ((), ("-n", "2")))
    proofs = [
        {nodeid: row.get("proof") for nodeid, row in scored.rows("data-1").items()}
        for scored in (serial, spread)
    ]
    assert proofs[0] == proofs[1]


def test_wider_fixtures_are_kept_and_own_ones_made_anew(pytester, score):
    pytester.makepyfile(
        FRAME
        + """
from pathlib import Path

def count(name):
    with Path(name).open("a") as file:
        file.write("x")

@pytest.fixture(scope="session")
def session():
    count("session")
    yield
    count("session-end")

@pytest.fixture
def own(rows, session):
    count("own")
    yield rows
    count("own-end")

@pytest.mark.mlscore("data-1")
def test_it(own):
    assert own["km"].notna().all()
"""
    )
    trials = len(proof_of(score(*PROVE))["trials"])
    read = {name: len((pytester.path / name).read_text()) for name in ("session", "own")}
    ends = {name: len((pytester.path / f"{name}-end").read_text()) for name in read}
    assert read == ends
    assert read["session"] == 1
    assert read["own"] >= trials + 3  # the run itself, and two controls


@pytest.mark.parametrize(
    "body, why",
    [
        (
            f"calls = []\n{TAGGED}(rows):\n    calls.append(1)\n    assert len(calls) == 1\n",
            "without any fault, a second run failed (AssertionError)",
        ),
        (
            (
                "from pathlib import Path\n"
                f"{TAGGED}(rows):\n    with Path('calls').open('a') as file:\n"
                "        file.write('x')\n    assert Path('calls').stat().st_size < 4\n"
            ),
            "without any fault, a run after the faults failed (AssertionError)",
        ),
        (
            "@pytest.mark.mlscore('data-1')\ndef test_it():\n    assert 1 + 1 == 2\n",
            "it is given nothing that could be damaged; let fixtures hand it data and models",
        ),
        (
            "@pytest.mark.mlscore('data-1')\ndef test_it(tmp_path_factory):\n    assert True\n",
            "it is given nothing that could be damaged",
        ),
    ],
)
def test_a_test_that_cannot_be_judged_says_why(pytester, score, body, why):
    pytester.makepyfile(FRAME + body)
    scored = score(*PROVE)
    assert why in proof_of(scored)["why"]
    assert scored.item("data-1")["proof"]["caught"] == 0
    assert scored.ret == 0


def test_the_original_stays_as_it_was(pytester, score):
    pytester.makepyfile(
        FRAME
        + SOUND
        + """
def test_last(rows):
    assert rows["km"].tolist() == [100.0, 200.0, 300.0] * 20
    assert rows["carrier"].tolist() == ["AA", "DL", "AA"] * 20
    assert rows.index.tolist() == list(range(60))
"""
    )
    assert score(*PROVE).ret == 0


def test_chance_falls_as_it_fell(pytester, score):
    pytester.makepyfile(
        FRAME
        + """
import random
import numpy as np

random.seed(1)
np.random.seed(1)
drawn = []

@pytest.mark.mlscore("data-1")
def test_it(rows):
    numbers = random.random(), float(np.random.rand())
    drawn.append(numbers)
    assert numbers == drawn[0]
    assert rows["km"].between(0, 1000).all()

def test_later():
    random.seed(1), random.random()
    np.random.seed(1), np.random.rand()
    expected = random.random(), float(np.random.rand())
    assert STATE == expected

@pytest.fixture(autouse=True)
def state(request):
    global STATE
    if request.node.name == "test_later":
        STATE = random.random(), float(np.random.rand())
"""
    )
    scored = score(*PROVE)
    assert scored.ret == 0
    assert scored.item("data-1")["proof"]["caught"] >= 1


def test_a_time_limit_is_that_of_the_test_alone(pytester, score):
    needs.module("pytest_timeout")
    pytester.makepyfile(
        FRAME
        + """
import time

@pytest.mark.mlscore("data-1")
def test_it(rows):
    time.sleep(0.15)
    assert rows["km"].notna().all()
"""
    )
    scored = score(*PROVE, "-p", "pytest_timeout", "--timeout=0.8")
    assert scored.ret == 0
    assert len(proof_of(scored)["trials"]) > 5


def test_tests_that_were_run_again_are_proved_once(pytester, score):
    needs.module("pytest_rerunfailures")
    pytester.makepyfile(
        FRAME
        + """
tries = []

@pytest.mark.mlscore("data-1")
def test_it(rows):
    tries.append(1)
    assert len(tries) > 1
    assert rows["km"].notna().all()
"""
    )
    scored = score(*PROVE, "--reruns", "2")
    assert scored.row("data-1")["flaky"]
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


def test_asynchronous_tests_are_proved(pytester, score):
    needs.module("pytest_asyncio")
    pytester.makepyfile(
        FRAME
        + """
@pytest.mark.asyncio
@pytest.mark.mlscore("data-1")
async def test_it(rows):
    assert rows["km"].notna().all()
"""
    )
    scored = score(*PROVE, "--asyncio-mode=strict")
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


def test_hypothesis_tests_are_proved(pytester, score):
    needs.module("hypothesis")
    pytester.makepyfile(
        FRAME
        + """
from hypothesis import given, settings, HealthCheck, strategies as st

@pytest.mark.mlscore("data-1")
@settings(max_examples=5, database=None, deadline=None)
@given(number=st.integers(0, 59))
def test_it(rows, number):
    assert rows["km"].notna().all()
"""
    )
    scored = score(*PROVE, "-p", "_hypothesis_pytestplugin")
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


DRAWN = """
from hypothesis import given, settings, strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
import numpy as np

@pytest.mark.mlscore("data-1")
@settings(max_examples=20, database={database})
@given(drawn=st.lists(st.floats(0, 1), min_size=8, max_size=8).map(np.array))
{head}
    {body}
"""


@pytest.mark.parametrize(
    "body, verdict", [("assert np.isfinite(drawn).all()", "caught"), ("drawn.sum()", "missed")]
)
def test_what_hypothesis_draws_is_damaged(pytester, score, body, verdict):
    needs.module("hypothesis")
    head = "def test_it(drawn):"
    pytester.makepyfile(FRAME + DRAWN.format(database="None", head=head, body=body))
    scored = score("-p", "_hypothesis_pytestplugin", "--mlscore-prove-only=nan_array")
    (trial,) = proof_of(scored)["trials"]
    assert (trial["site"], trial["verdict"]) == ("drawn", verdict)


def test_fixtures_are_damaged_beside_what_hypothesis_draws(pytester, score):
    needs.module("hypothesis")
    body = "assert rows['km'].notna().all()"
    head = "def test_it(rows, drawn):"
    pytester.makepyfile(FRAME + DRAWN.format(database="None", head=head, body=body))
    scored = score("-p", "_hypothesis_pytestplugin", *PROVE)
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


def test_failures_of_damaged_tests_are_not_kept_by_hypothesis(pytester, score):
    needs.module("hypothesis")
    database = "DirectoryBasedExampleDatabase('kept')"
    body = "assert np.isfinite(drawn).all()"
    head = "def test_it(drawn):"
    pytester.makepyfile(FRAME + DRAWN.format(database=database, head=head, body=body))
    score("-p", "_hypothesis_pytestplugin")
    before = sorted(pytester.path.glob("kept/**/*"))
    scored = score("-p", "_hypothesis_pytestplugin", "--mlscore-prove-only=nan_array")
    assert verdicts(proof_of(scored)) == {"nan_array": "caught"}
    assert sorted(pytester.path.glob("kept/**/*")) == before


def test_asynchronous_hypothesis_tests_are_proved(pytester, score):
    needs.module("hypothesis", "pytest_asyncio")
    body = "assert np.isfinite(drawn).all()"
    head = "@pytest.mark.asyncio\nasync def test_it(drawn):"
    pytester.makepyfile(FRAME + DRAWN.format(database="None", head=head, body=body))
    scored = score(
        "-p", "_hypothesis_pytestplugin", "--asyncio-mode=strict", "--mlscore-prove-only=nan_array"
    )
    assert verdicts(proof_of(scored)) == {"nan_array": "caught"}


def test_anyio_tests_are_proved(pytester, score):
    needs.module("anyio")
    pytester.makepyfile(
        FRAME
        + """
import anyio

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def own(rows):
    await anyio.sleep(0)
    return rows

@pytest.mark.anyio
@pytest.mark.mlscore("data-1")
async def test_it(own):
    await anyio.sleep(0)
    assert own["km"].notna().all()
"""
    )
    scored = score(*PROVE, "-p", "anyio")
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


@pytest.mark.parametrize("named, verdict", [(False, "no-verdict"), (True, "caught")])
def test_a_project_may_name_errors_that_count(pytester, score, named, verdict):
    pytester.makepyfile(
        mine="class BadFrame(Exception):\n    pass\n",
        test_it=FRAME
        + f"""
from mine import BadFrame

{TAGGED}(rows):
    if rows["km"].isna().any():
        raise BadFrame
""",
    )
    if named:
        pytester.makepyprojecttoml('[tool.mlscore]\nvalidation_errors = ["mine.BadFrame"]\n')
    assert verdicts(proof_of(score(*PROVE)))["null_burst"] == verdict


def test_what_a_damaged_test_leaves_open_is_nobodys_business(pytester, score):
    pytester.makepyfile(
        FRAME
        + """
import gc

class Holder:
    pass

@pytest.mark.mlscore("data-1")
def test_it(rows):
    holder = Holder()
    holder.itself = holder
    holder.file = open(__file__)
    assert rows["km"].notna().all()
    holder.file.close()

def test_later():
    gc.collect()
"""
    )
    scored = score(*PROVE, "-W", "error")
    scored.result.assert_outcomes(passed=2)
    assert verdicts(proof_of(scored))["null_burst"] == "caught"


def test_a_test_itself_is_nothing_to_damage(pytester, score):
    pytester.makepyfile(
        FRAME
        + """
import unittest

class TestUnit(unittest.TestCase):
    def setUp(self):
        self.rows = pd.DataFrame({"km": [1.0, 2.0]})

    @pytest.mark.mlscore("data-1", "infra-4", "infra-7")
    def test_unit(self):
        self.assertEqual(list(self.rows["km"]), [1.0, 2.0])
"""
    )
    trials = proof_of(score(*PROVE))["trials"]
    assert {trial["site"] for trial in trials} == {"self.rows"}


WIDE = """
@pytest.fixture(scope="module")
def wide():
    yield
    raise ValueError("of the module")

"""
ENDS = """
calls = []

@pytest.mark.mlscore("data-1")
def test_it(rows):
    calls.append(1)
    if len(calls) == 3:
        {end}

def test_later():
    pass
"""


def test_who_interrupts_the_run_ends_it(pytester, score):
    pytester.makepyfile(FRAME + ENDS.format(end="raise KeyboardInterrupt"))
    scored = score(*PROVE)
    assert scored.ret == 2
    assert scored.reasons == {"interrupted"}


def test_a_damaged_test_cannot_end_the_run(pytester, score):
    pytester.makepyfile(FRAME + ENDS.format(end="pytest.exit('enough', 3)"))
    scored = score(*PROVE)
    scored.result.assert_outcomes(passed=2)
    assert scored.ret == 0
    assert "Exit" in {trial.get("error_type") for trial in proof_of(scored)["trials"]}


@pytest.mark.parametrize("capture", ["fd", "sys", "tee-sys", "no"])
def test_output_is_shown_as_often_as_ever(pytester, score, capture):
    pytester.makeconftest(
        """
        import os
        import pandas as pd
        from pytest_mltestscore.faults import fault

        @fault(items=["data-1"], fits=pd.DataFrame, may_crash=True)
        def crash(value, rng):
            os.abort()

        def pytest_mlscore_faults():
            return [crash]
        """
    )
    pytester.makepyfile(
        FRAME
        + WIDE
        + """
@pytest.fixture
def own(wide, rows):
    print("HELLO")
    yield rows
    print("GOOD BYE")

@pytest.mark.mlscore("data-1")
def test_it(own):
    print("HERE")
    assert own["km"].notna().all()
"""
    )
    said = [
        [
            score(f"--capture={capture}", "-rA", *prove).result.stdout.str().count(word)
            for word in ("HELLO", "GOOD BYE", "HERE")
        ]
        for prove in ((), PROVE)
    ]
    assert said[0] == said[1]
    assert min(said[0]) > 0


def test_subtests_that_skip_say_nothing(pytester, score):
    if pytest.version_tuple < (9, 0):
        needs.module("pytest_subtests")
    pytester.makepyfile(
        FRAME
        + """
@pytest.mark.mlscore("data-1")
def test_it(rows, subtests):
    with subtests.test("skipped"):
        pytest.skip("no such machine here")
    with subtests.test("judged"):
        assert rows["km"].notna().all()
"""
    )
    assert verdicts(proof_of(score(*PROVE)))["null_burst"] == "caught"


def test_several_errors_in_tear_down_are_told_as_ever(pytester, score):
    pytester.makepyfile(
        FRAME
        + WIDE
        + """
@pytest.fixture
def own(wide, rows):
    yield
    raise ValueError("of the test")

@pytest.mark.mlscore("data-1")
def test_it(own):
    pass
"""
    )
    plain, proved = (score("-rE", *prove) for prove in ((), PROVE))
    for scored in (plain, proved):
        scored.result.assert_outcomes(passed=1, errors=1)
    lines = [
        [line for line in scored.result.outlines if re.search(r"2 sub-exc|ValueError: of", line)]
        for scored in (plain, proved)
    ]
    assert lines[0] == lines[1] != []


@pytest.mark.parametrize(
    "place, said",
    [
        ("proof.plan", "test_sound: ZeroDivisionError: ours"),
        ("trying.judge", "test_sound with * in rows: ZeroDivisionError: ours"),
    ],
)
def test_a_mistake_of_ours_costs_no_result_and_makes_the_run_incomplete(
    pytester, score, place, said
):
    pytester.makepyfile(FRAME + SOUND)
    pytester.makeconftest(
        f"""
        from pytest_mltestscore.collect.proving import proof, trying

        def broken(*args):
            raise ZeroDivisionError("ours")

        {place} = broken
        """
    )
    scored = score("--mlscore-prove")
    scored.result.assert_outcomes(passed=1)
    assert scored.reasons == {"internal-error"}
    detail = scored.record["run"]["incomplete_reasons"][0]["detail"]
    assert "proving test_a_mistake" in detail
    assert fnmatch.fnmatch(detail, f"*{said}")


# Gates and policy


@pytest.mark.parametrize("body, status", [(SOUND, 0), (VACUOUS, 10)])
def test_a_gate_on_the_share_of_proven_items(pytester, score, body, status):
    pytester.makepyfile(FRAME + body)
    scored = score(*PROVE, "--mlscore-fail-under-proof=1")
    assert scored.ret == status
    assert "automated items, required 1" in scored.last_line


@pytest.mark.parametrize("option", ["fail-under-proof=1", "prove-depth=full", "prove-budget=60"])
def test_what_is_said_of_a_proof_needs_one(plain, option):
    result = plain("-p", "pytest_mltestscore.plugin", "--mlscore", f"--mlscore-{option}")
    assert result.ret == 4
    name = option.partition("=")[0]
    result.stderr.fnmatch_lines([f"*--mlscore-{name}: nothing is proved; add --mlscore-prove"])


@pytest.mark.parametrize(
    "body, options, state, reason",
    [
        (SOUND, list(PROVE), "automated", "1 test passed"),
        (VACUOUS, list(PROVE), "withheld", "did so with every fault"),
        (SOUND, [], "withheld", "were not proved with --mlscore-prove"),
    ],
)
def test_a_policy_may_ask_for_proof(pytester, score, body, options, state, reason):
    pytester.makepyprojecttoml("[tool.mlscore.policy]\nrequire_proof = true\n")
    pytester.makepyfile(FRAME + body)
    item = score(*options).item("data-1")
    assert item["state"] == state
    assert reason in item["reason"]


# Depth and budget


def test_a_test_is_done_with_once_it_has_proved_itself(pytester, score):
    pytester.makepyfile(FRAME + SOUND + VACUOUS)
    rows = score("--mlscore-prove").rows("data-1")
    sound, vacuous = (rows[nodeid]["proof"] for nodeid in sorted(rows))
    assert list(verdicts(sound).values())[-1] == "caught"
    assert list(verdicts(sound).values()).count("caught") == 1
    assert sound["left_out"] > 0
    assert len(vacuous["trials"]) == 7


def test_a_test_of_several_items_proves_itself_for_each(pytester, score):
    pytester.makepyfile(FRAME + SOUND.replace('"data-1"', '"data-1", "data-5"'))
    scored = score("--mlscore-prove")
    assert scored.item("data-1")["proof"]["caught"] >= 1
    assert scored.item("data-5")["proof"]["caught"] >= 1


def test_a_spent_budget_is_said(pytester, score):
    pytester.makepyfile(FRAME + VACUOUS + VACUOUS.replace("vacuous", "later"))
    rows = score("--mlscore-prove", "--mlscore-prove-budget=0.0001").rows("data-1")
    vacuous, later = (rows[nodeid]["proof"] for nodeid in sorted(rows, reverse=True))
    assert vacuous["left_out"] > 0
    assert later["why"] == "the budget was spent before it"


@pytest.mark.parametrize(
    "option, words",
    [
        ("depth=deep", "is 'deep'; give quick or full"),
        ("budget=0", "is '0'; give seconds, such as 600"),
        ("budget=long", "is 'long'; give seconds, such as 600"),
    ],
)
def test_wrong_limits_are_usage_errors(plain, option, words):
    result = plain(
        "-p",
        "pytest_mltestscore.plugin",
        "--mlscore",
        "--mlscore-prove",
        f"--mlscore-prove-{option}",
    )
    assert result.ret == 4
    result.stderr.fnmatch_lines([f"*--mlscore-prove-{option.partition('=')[0]}: {words}"])
