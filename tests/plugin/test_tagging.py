"""Every way to tag a test, and what a mistake in a tag does."""

from __future__ import annotations

import pytest

import needs


def nodes(scored, item_id):
    return sorted(nodeid.partition("::")[2] for nodeid in scored.rows(item_id))


def test_ids_names_and_several_items(score, pytester):
    pytester.makepyfile(
        "import pytest\n"
        "@pytest.mark.mlscore('data-1', 'Slice-Quality')\n"
        "@pytest.mark.mlscore('DATA-1')\n"
        "def test(): pass"
    )
    scored = score("--strict-markers", "-W", "error")
    assert scored.state("data-1") == scored.state("model-6") == "automated"
    assert len(scored.rows("data-1")) == 1


def test_markers_of_module_class_base_class_and_function_add_up(score, pytester):
    pytester.makepyfile(
        """
        import pytest, unittest
        pytestmark = pytest.mark.mlscore("data-1")

        @pytest.mark.mlscore("data-2")
        class Base:
            pass

        @pytest.mark.mlscore("data-3")
        class TestDerived(Base):
            @pytest.mark.mlscore("data-4")
            def test_method(self): pass

        @pytest.mark.mlscore("data-5")
        class Case(unittest.TestCase):
            @pytest.mark.mlscore("data-6")
            def test_case(self): pass
        """
    )
    scored = score()
    method, case = "TestDerived::test_method", "Case::test_case"
    assert nodes(scored, "data-1") == [case, method]
    assert [nodes(scored, f"data-{n}") for n in (2, 3, 4)] == [[method]] * 3
    assert [nodes(scored, f"data-{n}") for n in (5, 6)] == [[case]] * 2


@pytest.mark.parametrize("mode", [[], ["-n", "1"]])
def test_marker_added_while_a_test_is_set_up(score, pytester, mode):
    pytester.makepyfile(
        "import pytest\n@pytest.fixture\ndef tag(request):\n"
        "    request.node.add_marker(pytest.mark.mlscore('data-2'))\n"
        "def test(tag): pass\ndef test_untagged(): pass"
    )
    scored = score(*mode)
    assert nodes(scored, "data-2") == ["test"]
    assert scored.record["run"]["complete"]
    assert [n.partition("::")[2] for n in scored.record["untagged"]] == ["test_untagged"]


def test_tags_from_the_configuration(score, pytester):
    pytester.makefile(
        ".toml",
        mlscore='[tags]\n"data" = "data-1"\n'
        '"*::test_speed*" = ["computing-performance", "infra-1"]\n"gone/*" = "data-7"\n',
    )
    data = pytester.mkdir("data")
    data.joinpath("test_rows.py").write_text("def test(): pass\ndef test_speed(): pass", "utf-8")
    scored = score()
    assert nodes(scored, "data-1") == ["test", "test_speed"]
    assert nodes(scored, "monitor-6") == nodes(scored, "infra-1") == ["test_speed"]
    assert any("gone/*" in note for note in scored.record["notes"])


def test_doctests_are_tagged_by_the_configuration_only(score, pytester):
    pytester.makefile(".toml", mlscore='[tags]\n"*::doc.documented" = "data-7"\n')
    pytester.makepyfile(
        doc="import pytest\npytestmark = pytest.mark.mlscore('data-1')\n"
        "def documented():\n    '''\n    >>> 1 + 1\n    2\n    '''\n"
        "def other():\n    '''\n    >>> 1\n    1\n    '''\n"
    )
    scored = score("--doctest-modules")
    assert scored.state("data-7") == "automated"
    assert scored.state("data-1") == "missing"


@pytest.mark.parametrize("mode", [[], ["-n", "1"]], ids=["serial", "xdist"])
@pytest.mark.parametrize(
    "tag, line, message",
    [
        (
            "mlscore('feature-shema')",
            4,
            "unknown rubric item 'feature-shema'; did you mean 'feature-schema'?",
        ),
        ("mlscore('data-8')", 4, "unknown rubric item 'data-8'"),
        ("mlscore()", 4, "the marker names no item"),
        ("mlscore", 4, "the marker names no item"),
        ("mlscore(1)", 4, "an item is a string, not int"),
        ("mlscore('data-1', sytem='x')", 4, "takes no keyword 'sytem'"),
        ("mlscore(\n    'data-1',\n    'dta-2')", 6, "unknown rubric item 'dta-2'"),
    ],
)
def test_mistakes_in_markers(score, pytester, tag, line, message, mode):
    pytester.makepyfile(test_wrong=f"import pytest\n\n\n@pytest.mark.{tag}\ndef test(): pass\n")
    scored = score(*mode, expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    errors = scored.result.stderr.str()
    assert f"test_wrong.py:{line}: " in errors
    assert message in errors
    assert "Traceback" not in errors + scored.result.stdout.str()


def test_every_mistake_is_reported_once(score, pytester):
    pytester.makepyfile(
        test_many="import pytest\npytestmark = pytest.mark.mlscore('modul-1')\n"
        "@pytest.mark.mlscore('klass')\nclass TestX:\n"
        "    def test_a(self): pass\n    def test_b(self): pass\n"
    )
    errors = score(expect_record=False).result.stderr.str()
    assert errors.count("modul-1") == 1
    assert errors.count("'klass'") == 1
    assert "test_many.py:2: " in errors
    assert "test_many.py:3: " in errors


SELECTABLE = """
import pytest
@pytest.mark.mlscore("data-1")
def test_data(): pass
@pytest.mark.mlscore("model-1", "infra-1")
def test_both(): pass
def test_none(): pass
def test_configured(): pass
"""


@pytest.mark.parametrize("scored", [[], ["--mlscore"]], ids=["plain", "scored"])
@pytest.mark.parametrize(
    "expression, passed",
    [
        ("mlscore", 3),
        ("mlscore_data", 1),
        ("mlscore_model", 1),
        ("mlscore_infra", 1),
        ("mlscore_monitor", 1),
        ("not mlscore", 1),
        ("mlscore_data or mlscore_infra", 2),
    ],
)
def test_selecting_by_section(plain, pytester, scored, expression, passed):
    pytester.makepyfile(test_x=SELECTABLE)
    pytester.makefile(".toml", mlscore='[tags]\n"*::test_configured" = "monitor-1"\n')
    result = plain("-m", expression, "--strict-markers", *scored)
    result.assert_outcomes(passed=passed, deselected=4 - passed)


@pytest.mark.parametrize("scored", [[], ["--mlscore"]], ids=["plain", "scored"])
@pytest.mark.parametrize(
    "expression, message",
    [
        ("not mlscore_modle", "'mlscore_modle' is no section tag; did you mean 'mlscore_model'?"),
        (
            "slow or (mlscore_data and mlscore_xyz)",
            "'mlscore_xyz' is no section tag; there are mlscore_data, mlscore_model,",
        ),
    ],
)
def test_a_section_tag_that_does_not_exist_is_a_usage_error(
    plain, pytester, scored, expression, message
):
    pytester.makepyfile(test_x=SELECTABLE)
    result = plain("-m", expression, *scored)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: mlscore: -m: {message}" in result.stderr.str()


def test_only_whole_words_outside_of_strings_are_section_tags(plain, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): pass")
    result = plain("-m", "mlscore_data and not our.mlscore_tag and not mlscore(x='mlscore_y')")
    result.assert_outcomes(passed=1)


def test_selecting_refuses_unknown_items_too(plain, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('nonsense')\ndef test(): pass")
    result = plain("-m", "mlscore_data")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_unscored_runs_know_the_marker_and_the_fixture(plain, pytester):
    pytester.makepyfile(
        "import pytest, sys\n@pytest.mark.mlscore('data-1')\ndef test(mlscore):\n"
        "    mlscore.record('rows', 3, limit='>= 1')\n"
        "    assert 'msgspec' not in sys.modules and 'jinja2' not in sys.modules\n"
    )
    result = plain("--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    assert "mlscore:" not in result.stdout.str()


def test_fixture_is_listed_and_markers_are_documented(plain):
    plain("--markers").stdout.fnmatch_lines(["@pytest.mark.mlscore(*items, system=...):*"])
    plain("--fixtures").stdout.fnmatch_lines(["mlscore*"])


def test_another_rubric(score, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('data-1')\ndef test(): pass")
    scored = score("--mlscore-rubric=ml-test-score-2016")
    assert scored.item("data-1")["points"] == 2.0
    assert scored.record["score"]["max"] == 14.0


def test_measurements_of_every_kind(score, pytester):
    needs.module("numpy")
    pytester.makepyfile(
        "import decimal, fractions, numpy, pytest\n"
        "class Odd:\n    def __repr__(self): raise ValueError('no repr')\n"
        "@pytest.mark.mlscore('data-1')\ndef test(mlscore):\n"
        "    values = [1, 2.5, 'text', True, None, float('nan'), float('inf'),\n"
        "              numpy.float32(0.5), numpy.int64(7), decimal.Decimal('1.5'),\n"
        "              fractions.Fraction(1, 2), 10**30,\n"
        "              [1, 2], Odd(), '\\ud800 \\x1b[31m']\n"
        "    for n, value in enumerate(values):\n        mlscore.record(f'v{n:02}', value)\n"
    )
    found = [m.get("value") for m in score().row("data-1")["measurements"]]
    assert found == [
        1, 2.5, "text", True, None, None, None, 0.5, 7, 1.5, 0.5, str(10**30), "[1, 2]",
        "<Odd: repr raised ValueError>", "\\ud800",
    ]  # fmt: skip


def test_too_many_measurements_are_bounded(score, pytester):
    pytester.makepyfile(
        "import pytest\n@pytest.mark.mlscore('data-1')\ndef test(mlscore):\n"
        "    for n in range(5000): mlscore.record('n', n)"
    )
    assert len(score().row("data-1")["measurements"]) == 200


CONFTEST = """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.mlscore({tag!r}))
"""


def test_markers_that_a_conftest_adds(score, pytester):
    pytester.makeconftest(CONFTEST.format(tag="data-1"))
    pytester.makepyfile("def test_good(): pass\ndef test_bad(): assert 0")
    assert score().state("data-1") == "failing"
    scored = score("-k", "good", "--mlscore-require=data-1:automated")
    assert scored.reasons == {"deselected"}
    assert scored.record["gate"]["status"] == "not-evaluated"


def test_mistakes_in_markers_that_a_conftest_adds(score, pytester):
    pytester.makeconftest(CONFTEST.format(tag="data-l"))
    pytester.makepyfile("def test(): pass")
    assert score(expect_record=False).ret == pytest.ExitCode.USAGE_ERROR


def test_mistake_in_a_marker_added_during_set_up_makes_the_run_incomplete(score, pytester):
    pytester.makepyfile(
        "import pytest\n@pytest.fixture\ndef tag(request):\n"
        "    request.node.add_marker(pytest.mark.mlscore('data-99'))\ndef test(tag): pass"
    )
    scored = score("--mlscore-fail-under=0")
    assert scored.ret == 11
    assert "data-99" in scored.record["run"]["incomplete_reasons"][0]["detail"]


def test_selecting_over_workers_refuses_unknown_items_too(plain, pytester):
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('nonsense')\ndef test(): pass")
    assert plain("-m", "mlscore_data", "-n", "1").ret not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)
