"""Facts from trees: what is a test, its markers, names, calls and whether it can fail."""

from __future__ import annotations

import pytest

from pytest_mltestscore.cli.auditing.facts import Marker
from pytest_mltestscore.cli.auditing.reading import read


def facts(text, path="tests/test_it.py"):
    return read(text.encode(), path)


def only(text):
    (test,) = facts(text).tests
    return test


@pytest.mark.parametrize(
    "text,nodeids",
    [
        ("def test_a(): pass\ndef helper(): pass", ["test_a"]),
        ("async def test_a(): pass", ["test_a"]),
        ("class TestX:\n def test_a(self): pass\n def other(self): pass", ["TestX::test_a"]),
        ("class X:\n def test_a(self): pass", []),
        ("class X(unittest.TestCase):\n def test_a(self): pass", ["X::test_a"]),
        ("class TestX:\n class TestY:\n  def test_a(self): pass", ["TestX::TestY::test_a"]),
        ("if True:\n def test_a(): pass\nelse:\n def test_b(): pass", ["test_a", "test_b"]),
        ("try:\n def test_a(): pass\nexcept E:\n def test_b(): pass", ["test_a", "test_b"]),
        ("def outer():\n def test_a(): pass", []),
    ],
)
def test_tests_are_what_pytest_collects(text, nodeids):
    found = [test.nodeid for test in facts(text).tests]
    assert found == [f"tests/test_it.py::{nodeid}" for nodeid in nodeids]


@pytest.mark.parametrize(
    "text,markers",
    [
        ("import pytest\n@pytest.mark.slow\ndef test_a(): pass", [Marker("slow")]),
        ("import pytest\n@pytest.mark.x('a', b='c')\ndef test_a(): pass", ["x('a', b='c')"]),
        ("import pytest as pt\n@pt.mark.slow\ndef test_a(): pass", [Marker("slow")]),
        ("from pytest import mark\n@mark.slow\ndef test_a(): pass", [Marker("slow")]),
        ("from pytest import mark as m\n@m.slow()\ndef test_a(): pass", [Marker("slow")]),
        ("import pytest\npytestmark = pytest.mark.a\ndef test_a(): pass", [Marker("a")]),
        (
            "import pytest\npytestmark = [pytest.mark.a, pytest.mark.b]\ndef test_a(): pass",
            [Marker("a"), Marker("b")],
        ),
        (
            (
                "import pytest\n@pytest.mark.a\nclass TestX:\n pytestmark = pytest.mark.b\n"
                " @pytest.mark.c\n def test_a(self): pass"
            ),
            [Marker("c"), Marker("a"), Marker("b")],
        ),
        (
            "import pytest\nslow = pytest.mark.slow\n@slow\ndef test_a(): pass",
            [Marker("slow")],
        ),
        (
            (
                "import pytest\n"
                "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.a)])\n"
                "def test_a(x): pass"
            ),
            [Marker("parametrize", ("x",)), Marker("a")],
        ),
        ("@other.mark.slow\ndef test_a(): pass", []),
    ],
)
def test_markers_come_from_function_class_and_module(text, markers):
    expected = [Marker("x", ("a",), ("c",)) if isinstance(m, str) else m for m in markers]
    assert list(only(text).markers) == expected


def test_names_of_a_test():
    test = only(
        "from sklearn.metrics import roc_auc_score as auc\nimport numpy as np\nfrom . import near\n"
        "def test_quality(model, *, holdout):\n"
        "    '''Quality is HIGH.\n\n    Not read.'''\n"
        "    best = auc(holdout.y, model.predict(holdout.x))\n"
        "    np.random.default_rng().shuffle(best)\n"
    )
    assert test.imports == ("near", "numpy", "sklearn")
    assert test.fixtures == ("model", "holdout")
    assert test.doc == ("quality", "is", "high")
    assert "sklearn.metrics.roc_auc_score" in test.calls
    assert "numpy.random.default_rng.shuffle" in test.calls
    assert "best" in test.names


@pytest.mark.parametrize(
    "body,can_fail",
    [
        ("assert x", True),
        ("pass", False),
        ("print(x)", False),
        ("assert True", False),
        ("assert 'text'", False),
        ("assert False", True),
        ("raise AssertionError", True),
        ("with pytest.raises(ValueError): x()", True),
        ("pytest.fail('no')", True),
        ("self.assertEqual(1, x)", True),
        ("mock.assert_called_once()", True),
        ("np.testing.assert_allclose(x, y)", True),
        ("check_columns(x)", True),
        ("schema.validate(x)", True),
        ("checks.data.feature_schema(x, y)", True),
        ("_verify(x)", True),
        ("local(x)", True),
        ("indirect(x)", True),
        ("harmless(x)", False),
        ("loops(x)", False),
        ("def inner():\n        assert x\n    inner()", True),
    ],
)
def test_what_can_turn_a_test_red(body, can_fail):
    text = (
        "from pytest_mltestscore import checks\n"
        "def local(x): assert x\n"
        "def indirect(x): return local(x)\n"
        "def harmless(x): return x\n"
        "def loops(x): return loops(x)\n"
        f"def test_it(x):\n    {body}\n"
    )
    assert only(text).can_fail is can_fail


def test_a_fixture_of_the_file_that_asserts_can_turn_a_test_red():
    assert only("def frame(): assert 1 == x\ndef test_it(frame): pass").can_fail


@pytest.mark.parametrize("base", ["MLTestScoreSuite", "pytest_mltestscore.suite.MLTestScoreSuite"])
def test_suites_to_inherit_are_seen(base):
    assert facts(f"class TestChurn({base}): pass").suites == ("tests/test_it.py::TestChurn",)


def test_hooks_are_seen_with_the_words_around_them():
    found = facts("def pytest_sessionfinish(session):\n    print('ML score', session.dataScore)")
    assert [(hook.name, hook.line) for hook in found.hooks] == [("pytest_sessionfinish", 1)]
    assert {"ml", "score", "data"} <= found.words


def elifs(count):
    return "if a: pass\n" + "elif a: pass\n" * count + "def test_a(): pass\n"


@pytest.mark.parametrize(
    "source",
    [
        b"def test_a(:\n",
        b"\x00",
        b"# coding: nonsense\n",
        b"x = '\xff'\n",
        b"(" * 100_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"a" + b".b" * 100_000,
        elifs(20_000).encode(),
    ],
    ids=["syntax", "null", "coding", "bytes", "brackets", "minus", "dots", "elif"],
)
def test_hostile_sources_are_refused_in_words_or_read(source):
    refusal = "none"
    try:
        read(source, "test_it.py")
    except (ValueError, SyntaxError) as error:
        refusal = str(error)
    assert refusal


def test_nothing_is_run(tmp_path):
    mark = tmp_path / "mark"
    facts(f"open({str(mark)!r}, 'w')\ndef test_a(): pass")
    assert not mark.exists()


def test_sources_that_python_warns_about_are_read_in_silence():
    assert facts(r"x = '\d'" + "\ndef test_a(): assert (1, 2)").tests


def test_encodings_are_those_that_a_file_declares():
    source = "# coding: latin-1\ndef test_a():\n    'Größe'\n".encode("latin-1")
    assert read(source, "test_it.py").tests[0].doc
