"""Places in a tree are places in the file, whatever its encoding and its lines are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pytest_mltestscore.cli.auditing.splicing import Text

HERE = Path(__file__).parent


def nodes(source):
    return [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.expr | ast.stmt)]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_every_node_is_where_python_finds_it(path):
    source = path.read_bytes()
    text = Text(source)
    for node in nodes(source):
        assert text.of(node) == ast.get_source_segment(source.decode(), node)


@pytest.mark.parametrize(
    "source",
    [
        "é = 'ü'; x = 1\n".encode(),
        "# coding: latin-1\né = 'ü'; x = 1\n".encode("latin-1"),
        b"\xef\xbb\xbf" + "é = 'ü'; x = 1\n".encode(),
        b"a = '\x0b\xe2\x80\xa8'\r\nx = 1\r\n",
        b"a = 0\rx = 1\r",
        b"\x0cx = 1",
    ],
)
def test_one_stretch_changes_and_every_other_byte_stays(source):
    (one,) = (n for n in nodes(source) if isinstance(n, ast.Constant) and n.value == 1)
    text = Text(source)
    assert text.of(one) == "1"
    head, _, tail = source.rpartition(b"1")
    assert text.edited([text.replacing(one, "22")]) == head + b"22" + tail
    assert text.edited([]) == source


@pytest.mark.parametrize(
    "line,goes",
    [
        ("@mark", True),
        ("  @  mark", True),
        ("@mark  # why", False),
        ("@(mark)", False),
    ],
)
def test_lines_go_where_nothing_else_stands_on_them(line, goes):
    indent = line[: len(line) - len(line.lstrip())]
    around = "if True:\n" if indent else ""
    source = f"{around}{line}\n{indent}def test(): pass\n".encode()
    (function,) = (n for n in nodes(source) if isinstance(n, ast.FunctionDef))
    text = Text(source)
    edit = text.removing(function.decorator_list[0], "@")
    assert (edit is not None) is goes
    if edit:
        assert text.edited([edit]) == f"{around}{indent}def test(): pass\n".encode()


def test_changes_that_touch_each_other_are_refused():
    source = b"a + b\n"
    text = Text(source)
    both, left = (next(n for n in nodes(source) if isinstance(n, k)) for k in (ast.BinOp, ast.Name))
    with pytest.raises(ValueError, match="touch"):
        text.edited([text.replacing(both, "x"), text.replacing(left, "y")])
