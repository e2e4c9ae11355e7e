"""The suite of ready-made tests, inherited by inner runs."""

from __future__ import annotations

import json

import pytest

import needs
from pytest_mltestscore import catalog
from pytest_mltestscore.domain.mlsystem import MLSystem

HEAD = """
    import pytest
    from pytest_mltestscore.suite import MLSystem, MLTestScoreSuite
"""


def run_suite(pytester, body, *options):
    """Run a module that inherits the suite."""
    pytester.makepyfile(f"{HEAD}\n{body}")
    return pytester.runpytest_subprocess("-p", "no:randomly", "-rA", *options)


def test_the_suite_has_a_test_for_each_item_in_the_order_of_the_rubric(pytester):
    result = run_suite(
        pytester,
        """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem()

    class TestIt(MLTestScoreSuite):
        pass
    """,
        "--mlscore",
        "-v",
    )
    result.assert_outcomes(skipped=28)
    names = [
        line.partition("::test_")[2].split()[0] for line in result.outlines if "::test_" in line
    ]
    assert names == [item.name.replace("-", "_") for item in catalog.load().items]


def test_a_skipped_test_says_what_to_add(pytester):
    result = run_suite(
        pytester,
        """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem(train_data=[])

    class TestIt(MLTestScoreSuite):
        pass
    """,
        "-k",
        "test_feature_schema",
    )
    result.stdout.fnmatch_lines(["SKIPPED*: feature-schema: add to MLSystem: schema= (schema of *"])


WITH_A_LABEL = """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem(test_data=[], label="y")

    class TestIt(MLTestScoreSuite):
        pass
"""


WITH_A_WRONG_OPTION = """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem(
            trained_at="2026-01-01", options={"model-staleness": {"max_age": "90d"}}
        )

    class TestIt(MLTestScoreSuite):
        pass
"""


def test_what_a_check_cannot_work_with_is_said_without_its_code(pytester):
    """It stays an error of its own kind: a fault that ends so was not caught by the test."""
    needs.module("narwhals")
    result = run_suite(pytester, WITH_A_WRONG_OPTION, "-k", "model_staleness")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * pytest_mltestscore.domain.errors.InputError: max_age: *",
            "E * options of this check: MLSystem(options={'model-staleness': {...}})",
        ]
    )
    result.stdout.no_fnmatch_line("*checks/monitor/*")


def test_without_the_libraries_of_checks_it_says_how_to_install_them(pytester):
    pytester.makeconftest(
        """
        import sys

        class Nowhere:
            def find_spec(self, name, path=None, target=None):
                if name == "narwhals":
                    raise ModuleNotFoundError("No module named 'narwhals'", name=name)

        sys.meta_path.insert(0, Nowhere())
        """
    )
    result = run_suite(pytester, WITH_A_WRONG_OPTION, "-k", "model_staleness")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *narwhals*: pip install 'pytest-mltestscore[[]checks]'"])
    result.stdout.no_fnmatch_line("*_lazy.py*")


def test_all_that_a_test_lacks_is_said_at_once(pytester):
    result = run_suite(pytester, WITH_A_LABEL, "-k", "staleness_impact or slice_quality")
    result.stdout.fnmatch_lines(
        [
            "SKIPPED*: staleness-impact: *: train_data= (*) and time= (*) and train= (*) or estim*",
            "SKIPPED*: slice-quality: *: model= (*) and slices= (*) and options={'slice-*': {*wit*",
        ],
    )


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_what_tests_lack_is_in_the_record_and_the_next_step_adds_it(pytester, processes):
    if processes:
        needs.module("xdist")
    result = run_suite(
        pytester, WITH_A_LABEL, "--mlscore", "--mlscore-report=json:score.json", *processes
    )
    result.assert_outcomes(skipped=28)
    record = json.loads(pytester.path.joinpath("score.json").read_text("utf-8"))
    lacking = {i["name"]: [t.get("needs", []) for t in i["tests"]] for i in record["items"]}
    assert lacking["debuggability"] == [["model="]]
    assert lacking["staleness-impact"] == [["train_data=", "time=", "train= or estimator="]]
    (rollback,) = lacking["rollback"][0]
    assert rollback == "options={'rollback': {...}} with roll_back=, ask= and golden="
    assert all(all(each) for each in lacking.values())
    first = record["next_steps"][0]
    assert first["score_after"] == 1, first
    parts = "model= and train_data="
    assert first["action"] == f"add {parts} to MLSystem for simpler-baseline and 3 more"


def test_a_class_without_a_system_is_told_how_to_describe_one(pytester):
    result = run_suite(
        pytester, "    class TestIt(MLTestScoreSuite):\n        pass", "-k", "canary"
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["TestIt describes no system; add a fixture `system`*"])


def test_options_for_what_is_no_item_are_an_error(pytester):
    result = run_suite(
        pytester,
        """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem(options={"slice-qualty": {}})

    class TestIt(MLTestScoreSuite):
        pass
    """,
        "-k",
        "canary",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*'slice-qualty' is no item of the suite; did you mean*"])


def test_a_check_that_does_not_hold_explains_itself(pytester):
    needs.module("narwhals", "pandas")
    result = run_suite(
        pytester,
        """
    import pandas as pd

    @pytest.fixture(scope="module")
    def system():
        rows = pd.DataFrame({"height": [1.7, 170.0]})
        schema = {"columns": {"height": {"dtype": "number", "max": 3}}}
        return MLSystem(train_data=rows, schema=schema)

    class TestIt(MLTestScoreSuite):
        pass
    """,
        "--mlscore",
        "-k",
        "test_feature_schema",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["feature_schema: DOES NOT HOLD - 1 of * expectations broken*"])


def test_options_replace_what_the_suite_passes(pytester):
    needs.module("narwhals", "pandas")
    result = run_suite(
        pytester,
        """
    import pandas as pd

    @pytest.fixture(scope="module")
    def system():
        rows = pd.DataFrame({"km": [1.0, 2.0]})
        instead = {"data": rows.head(1), "schema": None, "reference": None, "rows": (1, 1)}
        options = {"data-invariants": instead}
        return MLSystem(train_data=rows, schema="none.toml", served_data=rows, options=options)

    class TestIt(MLTestScoreSuite):
        pass
    """,
        "-k",
        "test_data_invariants",
    )
    result.assert_outcomes(passed=1)


def test_a_test_of_the_same_name_replaces_one_of_the_suite(pytester):
    result = run_suite(
        pytester,
        """
    @pytest.fixture(scope="module")
    def system():
        return MLSystem()

    class TestIt(MLTestScoreSuite):
        @pytest.mark.mlscore("canary")
        def test_canary(self, system):
            assert system.name == ""
    """,
        "-k",
        "canary",
    )
    result.assert_outcomes(passed=1)


def test_two_systems_in_one_module(pytester):
    result = run_suite(
        pytester,
        """
    class TestOne(MLTestScoreSuite):
        @pytest.fixture
        def system(self):
            return MLSystem(name="one")

    class TestTwo(MLTestScoreSuite):
        @pytest.fixture
        def system(self):
            return MLSystem(name="two")
    """,
    )
    result.assert_outcomes(skipped=56)


def test_every_part_is_described():
    parts = MLSystem.parts()
    assert all(parts.values())
    with pytest.raises(TypeError, match="unexpected keyword argument 'lable'"):
        MLSystem(lable="late")
