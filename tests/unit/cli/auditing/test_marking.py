"""Markers are written, and nothing else changes."""

from __future__ import annotations

import ast
import sys

import pytest

import needs
from pytest_mltestscore.cli.auditing import marking
from pytest_mltestscore.cli.auditing.marking import CannotMarkError, marked
from pytest_mltestscore.cli.auditing.reading import read
from pytest_mltestscore.domain.errors import MissingDependencyError

TAG = '@pytest.mark.mlscore("canary")\n'


def mark(source, *names):
    """Mark the tests of these names as `canary`."""
    data = source if isinstance(source, bytes) else source.encode()
    lines = {t.line: ["canary"] for t in read(data, "t.py").tests if t.name in names}
    assert len(lines) == len(names)
    return marked(data, lines)


@pytest.fixture(autouse=True)
def _libcst(request):
    if "without" not in request.node.name:
        needs.module("libcst")


@pytest.mark.parametrize(
    "before,after",
    [
        (
            "import pytest\n\n\ndef test_a():\n    pass\n",
            f"import pytest\n\n\n{TAG}def test_a():\n    pass\n",
        ),
        (
            "import pytest as pt\ndef test_a(): pass",
            'import pytest as pt\n@pt.mark.mlscore("canary")\ndef test_a(): pass',
        ),
        (
            "from pytest import mark\ndef test_a(): pass\n",
            'from pytest import mark\n@mark.mlscore("canary")\ndef test_a(): pass\n',
        ),
        (
            "import pytest\n\n# why\n@pytest.mark.slow  # really\n# more\ndef test_a(): pass\n",
            (
                f"import pytest\n\n# why\n{TAG}@pytest.mark.slow  # really\n# more\n"
                "def test_a(): pass\n"
            ),
        ),
        (
            "import pytest\nclass TestX:\n\n\tdef test_a( self ) :  pass\n",
            f"import pytest\nclass TestX:\n\n\t{TAG}\tdef test_a( self ) :  pass\n",
        ),
        (
            "import pytest\nif x:\n  async def test_a(): pass\n",
            f"import pytest\nif x:\n  {TAG}  async def test_a(): pass\n",
        ),
        ("def test_a(): pass\n", f"import pytest\n\n\n{TAG}def test_a(): pass\n"),
        (
            "# licence\nimport os\n\n\ndef test_a(): pass\n",
            f"# licence\nimport os\n\nimport pytest\n\n\n{TAG}def test_a(): pass\n",
        ),
        (
            "import os\n\nimport numpy as np\nimport torch\n\n\ndef test_a(): pass\n",
            (
                "import os\n\nimport numpy as np\nimport pytest\nimport torch\n\n\n"
                f"{TAG}def test_a(): pass\n"
            ),
        ),
        (
            "import os\n\n# ours\nfrom ours import x\n\n\ndef test_a(): pass\n",
            (
                "import os\n\n# ours\nimport pytest\nfrom ours import x\n\n\n"
                f"{TAG}def test_a(): pass\n"
            ),
        ),
        (
            "from . import x\ndef test_a(): pass\n",
            f"import pytest\nfrom . import x\n{TAG}def test_a(): pass\n",
        ),
        (
            '"""Doc."""\n\nfrom __future__ import annotations\n\nimport x\ndef test_a(): pass\n',
            (
                '"""Doc."""\n\nfrom __future__ import annotations\n\nimport pytest\nimport x\n'
                f"{TAG}def test_a(): pass\n"
            ),
        ),
        (
            '"""Doc."""\n\n\ndef test_a(): pass\n',
            f'"""Doc."""\n\nimport pytest\n\n\n{TAG}def test_a(): pass\n',
        ),
        (
            "def f():\n    import pytest\ndef test_a(): pass\n",
            f"import pytest\n\n\ndef f():\n    import pytest\n{TAG}def test_a(): pass\n",
        ),
    ],
)
def test_markers_go_above_and_all_else_stays(before, after):
    assert mark(before, "test_a").decode() == after


def test_several_items_share_a_marker():
    source = b"import pytest\ndef test_a(): pass\n"
    assert b'@pytest.mark.mlscore("canary", "rollback")' in marked(
        source, {2: ["canary", "rollback"]}
    )


def test_of_two_tests_of_one_name_each_has_its_own_marker():
    source = b"import pytest\ndef test_a(): pass\ndef test_a(): pass\n"
    assert marked(source, {3: ["canary"]}).decode() == (
        f"import pytest\ndef test_a(): pass\n{TAG}def test_a(): pass\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        b"import pytest\r\ndef test_a():\r\n    x = 1   \r\n\r\n",
        "# coding: latin-1\nimport pytest\ndef test_a(): 'Größe'\n".encode("latin-1"),
        b"\xef\xbb\xbfimport pytest\ndef test_a(): pass\n",
        b"import pytest\ndef test_a():\n\tx = (  1,\n  2 )  # odd\n\x0c\n",
        b"import pytest\ndef test_a(): pass",
    ],
    ids=["crlf", "latin-1", "bom", "odd", "no end"],
)
def test_every_line_that_was_there_is_there_byte_for_byte(source):
    result = mark(source, "test_a")
    added = [line for line in result.splitlines(True) if line not in source.splitlines(True)]
    assert [line.rstrip() for line in added] == [TAG.strip().encode()]
    assert [line for line in result.splitlines(True) if line not in added] == (
        source.splitlines(True)
    )


def test_what_was_marked_is_tagged_and_still_python():
    source = "import pytest\nclass TestX:\n    def test_a(self): assert 1\ndef test_b(): pass\n"
    result = mark(source, "test_a", "test_b")
    tests = read(result, "t.py").tests
    assert [[m.arguments for m in test.markers] for test in tests] == [[("canary",)]] * 2
    plain = ast.parse(result)
    for node in ast.walk(plain):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    assert ast.dump(plain) == ast.dump(ast.parse(source))


def test_a_change_of_more_than_lines_is_refused(monkeypatch):
    monkeypatch.setattr(marking, "_transformer", lambda cst, *_: cst.CSTTransformer())
    monkeypatch.setattr(marking, "_with_import", lambda cst, _: cst.parse_module("x = 1\n"))
    with pytest.raises(CannotMarkError, match="would not stay"):
        mark("def test_a(): pass\n", "test_a")


def test_without_libcst_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "libcst", None)
    with pytest.raises(MissingDependencyError, match=r"pytest-mltestscore\[audit\]"):
        marked(b"def test_a(): pass\n", {1: ["canary"]})
