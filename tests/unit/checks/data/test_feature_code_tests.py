import ast
import json
import os
import subprocess
import sys

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "coverage", "pytest_cov")

from pytest_mltestscore import InputError  # noqa: E402 - needs what was just asked for
from pytest_mltestscore.checks.data import feature_code_tests  # noqa: E402
from pytest_mltestscore.checks.data._assertions import (  # noqa: E402
    code_of,
    find_tests,
    reached_by,
)

CODE = '''
def double(rows):
    """Twice."""
    return [2 * r for r in rows]


class Ages:
    def of(self, year):
        if year > 2000:
            return 0
        return 1


def skipped():  # pragma: no cover
    return 1
'''

TESTS = """
from features import Ages, double

def test_double():
    assert double([1]) == [2]

class TestAges:
    def test_young(self):
        self.check(2001, 0)

    def test_old(self):
        self.check(1999, 1)

    def check(self, year, expected):
        assert Ages().of(year) == expected
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Return a folder in which `measure(tests)` runs tests under coverage."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "features.py").write_text(CODE)

    env = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "COVERAGE_"))}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # Files of one size written in one second would share it.
    env["PYTHONDONTWRITEBYTECODE"] = "1"

    def measure(tests, *options):
        (folder / "test_features.py").write_text(tests)
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "pytest_cov", "-p", "no:cacheprovider",
             "--cov=features", "--cov-branch", "--cov-report=json:coverage.json", *options],
            cwd=folder, env=env, check=True, capture_output=True,
        )  # fmt: skip
        return folder

    return measure


def judged(folder, source=".coverage", **options):
    return feature_code_tests(
        folder / source,
        [folder / "features.py"],
        **{"tests": [folder / "test_features.py"], **options},
    )


def test_code_that_is_tested(measured):
    folder = measured(TESTS, "--cov-context=test")
    result = judged(folder)
    assert result
    assert result.summary == "tests run 1 files of feature code, the least 100%"
    assert result.notes == ("2 lines are excluded from the measurement",)


def test_a_report_says_the_same_and_what_it_could_not_see(measured):
    folder = measured(TESTS, "--cov-context=test")
    result = judged(folder, "coverage.json")
    assert result
    assert "measured without contexts" in result.notes[1]


def test_functions_and_branches_that_no_test_runs(measured):
    result = judged(
        measured(TESTS.replace("def test_double", "def not_double"), "--cov-context=test")
    )
    assert not result
    assert result.table[0]["untested"] == "double"
    folder = measured(TESTS.replace("def test_old", "def not_old"), "--cov-context=test")
    assert not judged(folder)
    assert judged(folder, min_coverage=0.5)
    assert judged(folder).table[0]["lines missing"] == "11"


def test_functions_that_only_tests_without_an_assertion_run(measured):
    folder = measured(
        TESTS.replace("assert double([1]) == [2]", "double([1])"), "--cov-context=test"
    )
    result = judged(folder)
    assert not result
    assert result.table[0]["unasserted"] == "double"
    assert "1 of 3 tests assert nothing: test_double" in result.notes[1]
    assert judged(folder, tests=())
    assert judged(folder, exempt=["double"])


def test_without_contexts_some_test_must_assert(measured):
    folder = measured(
        "from features import *\ndef test_a():\n    double([Ages().of(1), Ages().of(2001)])\n"
    )
    result = judged(folder)
    assert not result
    assert result.summary == "feature code is run, but none of the tests asserts anything"


def test_a_file_that_was_not_measured_counts_as_not_run(measured):
    folder = measured(TESTS)
    (folder / "other.py").write_text("def f():\n    return 1\n")
    for source in (".coverage", "coverage.json"):
        result = feature_code_tests(folder / source, [folder / "features.py", folder / "other.py"])
        assert not result
        assert result.table[0]["file"] == "other.py"
        assert result.table[0]["untested"] == "f"


def test_a_file_measured_elsewhere_is_found_by_the_end_of_its_path(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f.py").write_text("x = 1\n")
    summary = {"covered_lines": 1, "num_statements": 1}
    entry = {"summary": summary, "executed_lines": [1], "missing_lines": []}
    report = tmp_path / "coverage.json"
    meta = {"branch_coverage": True}
    report.write_text(json.dumps({"meta": meta, "files": {"a/f.py": entry}}))
    assert feature_code_tests(report, [tmp_path / "a"])
    assert not feature_code_tests(report, [tmp_path / "b"])
    report.write_text(json.dumps({"meta": meta, "files": {"a/f.py": entry, "f.py": entry}}))
    with pytest.raises(InputError, match="may be any of"):
        feature_code_tests(report, [tmp_path / "a"])


@pytest.mark.parametrize(
    "body, asserts",
    [
        ("assert f() == 1", True),
        ("assert True", False),
        ("f()", False),
        ("with pytest.raises(ValueError): f()", True),
        ("np.testing.assert_allclose(f(), 1)", True),
        ("self.assertEqual(f(), 1)", True),
        ("helper(f())", True),
        ("other(f())", False),
        ("for x in f():\n        assert x", True),
    ],
)
def test_what_counts_as_an_assertion(tmp_path, body, asserts):
    path = tmp_path / "test_a.py"
    path.write_text(
        f"def test_a():\n    {body}\ndef helper(x):\n    deeper(x)\ndef deeper(x):\n    assert x\n"
    )
    assert [test.asserts for test in find_tests([path], "tests")] == [asserts]


def test_contexts_are_read_as_tests(tmp_path):
    path = tmp_path / "test_a.py"
    path.write_text("def test_b():\n    assert f()\n")
    tests = find_tests([path], "tests")
    for context in ("tests/test_a.py::test_b[x-1]|run", "test_a.test_b", "m.TestA.test_b"):
        assert [t.name for t in reached_by(context, tests)] == ["test_b"]
    assert reached_by("test_a.test_c", tests) == reached_by("", tests) == []


def test_functions_have_a_body():
    tree = ast.parse('def f():\n    "doc"\nclass A:\n    async def g(self):\n        x = 1\n')
    assert list(code_of(tree)) == [("g", 5, 5)]


def coverage_file(tmp_path, content):
    path = tmp_path / "coverage.json"
    path.write_text(content)
    return path


def test_a_text_in_place_of_exempt_functions_is_named(tmp_path):
    (tmp_path / "f.py").write_text("x = 1\n")
    content = '{"meta": {"branch_coverage": true}, "files": {}}'
    with pytest.raises(InputError, match="exempt: is the text 'main'; give a list of functions"):
        feature_code_tests(coverage_file(tmp_path, content), [tmp_path / "f.py"], exempt="main")


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", "is neither a data file nor a JSON report"),
        ("[]", "is no JSON report"),
        ('{"meta": {}, "files": {}}', "without branches"),
    ],
)
def test_a_bad_measurement_is_named(tmp_path, content, words):
    (tmp_path / "f.py").write_text("x = 1\n")
    with pytest.raises(InputError, match=words) as caught:
        feature_code_tests(coverage_file(tmp_path, content), [tmp_path / "f.py"])
    assert caught.value.argument == "coverage"


def test_a_data_file_without_branches_is_named(measured):
    folder = measured(TESTS)
    subprocess.run(
        [sys.executable, "-m", "coverage", "run", "--data-file=lines", "features.py"],
        cwd=folder,
        check=True,
    )
    with pytest.raises(InputError, match="without branches"):
        judged(folder, "lines")


@pytest.mark.parametrize(
    "options, argument",
    [
        ({"min_coverage": 0}, "min_coverage"),
        ({"tests": ["no/such.py"]}, "tests"),
        ({"coverage": "no/such"}, "coverage"),
        ({"sources": ["no/such.py"]}, "sources"),
    ],
)
def test_bad_arguments_are_named(tmp_path, options, argument):
    (tmp_path / "f.py").write_text("x = 1\n")
    given = {"coverage": coverage_file(tmp_path, "{}"), "sources": [tmp_path], **options}
    with pytest.raises(InputError) as caught:
        feature_code_tests(given.pop("coverage"), given.pop("sources"), **given)
    assert caught.value.argument == argument


def test_test_files_without_a_test_are_named(tmp_path):
    (tmp_path / "f.py").write_text("x = 1\n")
    with pytest.raises(InputError, match="has no test function"):
        feature_code_tests(coverage_file(tmp_path, "{}"), [tmp_path / "f.py"], tests=[tmp_path])
