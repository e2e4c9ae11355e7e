"""A fault that nobody could feel is neither caught nor missed."""

from __future__ import annotations

import pytest

import needs

needs.module_at_import("narwhals", "numpy")

PROVE = ("--mlscore-prove", "--mlscore-prove-depth=full")
GATE = """
import pytest

@pytest.fixture
def gate():
    return lambda candidate: candidate > 0.5

@pytest.mark.mlscore("quality-gate")
"""


def verdicts(scored, item="infra-4"):
    return {
        t["fault"]: (t["verdict"], t.get("why", "")) for t in scored.row(item)["proof"]["trials"]
    }


def test_a_function_that_is_never_called(pytester, score):
    pytester.makepyfile(GATE + "def test_gate(gate):\n    assert gate is not None")
    found = verdicts(score(*PROVE))
    assert found["always_true"] == ("no-verdict", "the test never called it")
    assert {verdict for verdict, _ in found.values()} == {"no-verdict"}


def test_a_function_that_is_called_and_not_looked_at(pytester, score):
    pytester.makepyfile(GATE + "def test_gate(gate):\n    gate(0.9)")
    found = verdicts(score(*PROVE))
    assert found["always_true"] == found["always_false"] == ("missed", "")
    assert found["constant_predictions"] == (
        "no-verdict",
        "it changed nothing of what was returned",
    )


def test_what_hypothesis_calls_once_in_a_while(pytester, score):
    needs.module("hypothesis")
    pytester.makepyfile(
        GATE.replace(
            "import pytest", "import pytest\nfrom hypothesis import given, settings, strategies"
        ).replace("@pytest.fixture", '@pytest.fixture(scope="module")')
        + """
@settings(max_examples=30, database=None, derandomize=True)
@given(strategies.integers(0, 9))
def test_gate(gate, number):
    if number == 3:
        assert not gate(0.1)
"""
    )
    found = verdicts(score("-p", "_hypothesis_pytestplugin", *PROVE))
    assert found["always_true"] == ("caught", "")
    assert found["always_false"] == ("missed", "")


def test_a_slow_function_that_is_called_very_often(pytester, score):
    pytester.makepyfile(
        """
        import time
        import pytest

        @pytest.fixture
        def feature():
            return lambda: 1

        @pytest.mark.mlscore("feature-cost")
        def test_feature(feature):
            began = time.thread_time()
            for _ in range(10_000):
                feature()
            took = time.thread_time() - began
            assert took < 1
        """
    )
    found = verdicts(score(*PROVE), "data-3")
    assert found["slow_function"] == ("caught", "")


@pytest.mark.parametrize("run, verdict", [("True", "missed"), ("False", "no-verdict")])
def test_a_command_that_is_run_or_not(pytester, score, run, verdict):
    pytester.makepyfile(
        f"""
        import subprocess
        import sys
        import pytest

        @pytest.fixture
        def train():
            return [sys.executable, "-c", "print(1)"]

        @pytest.mark.mlscore("reproducible-training")
        def test_train(train):
            if {run}:
                subprocess.run(train)
        """
    )
    found = verdicts(score(*PROVE), "infra-1")
    assert found["failing_command"][0] == verdict
