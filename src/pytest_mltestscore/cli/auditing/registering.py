"""Where a suite declares its markers, and those declarations without some of them.

A line is taken out only where the parsed file shows that nothing else would be missing. Every
other declaration is named, to be taken out by hand.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from .names import dotted
from .splicing import Edit, Text

INI_FILES = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
"""Files of the ini kind in which pytest is configured, and the section."""

PYPROJECT = "pyproject.toml"

_KEY = re.compile(r"markers\s*[=:]\s*(.*)")
_TOML_KEY = re.compile(r"\s*markers\s*=\s*")
_TOML_LINE = re.compile(r"\s*(\"([^\"\\]*)\"|'([^']*)')\s*,?\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Declared:
    """A configuration without some markers, and the lines where some are still declared."""

    after: bytes
    lines: tuple[int, ...] = ()
    """Lines that were taken out."""
    by_hand: tuple[int, ...] = ()

    @property
    def removed(self) -> int:
        """How many declarations were taken out."""
        return len(self.lines)


def in_ini(data: bytes, section: str, gone: Collection[str]) -> Declared:
    """Return an ini file without the declarations of these markers."""
    text = data.decode("utf-8", "surrogateescape")
    lines = text.splitlines(keepends=True)
    found = [n for n in _of_markers(lines, section) if _name(_value(lines[n])) in gone]
    own = [n for n in found if lines[n][0].isspace()]
    kept = "".join(line for n, line in enumerate(lines) if n not in own)
    if _ini(kept, section, ()) != _ini(text, section, gone) or not own:
        return Declared(data, (), tuple(n + 1 for n in found))
    taken, left = ([n + 1 for n in found if (n in own) is out] for out in (True, False))
    return Declared(kept.encode("utf-8", "surrogateescape"), tuple(taken), tuple(left))


def in_toml(data: bytes, gone: Collection[str]) -> Declared:
    """Return a pyproject.toml without the declarations of these markers."""
    text = data.decode("utf-8", "surrogateescape")
    lines = text.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if _TOML_KEY.match(line)]
    own = []
    for n in (n for start in starts for n in range(start + 1, len(lines))):
        match = _TOML_LINE.fullmatch(lines[n].rstrip("\r\n"))
        if match and _name(match[2] or match[3]) in gone:
            own.append(n)
        elif lines[n].strip().startswith("]"):
            break
    kept = "".join(line for n, line in enumerate(lines) if n not in own)
    before = _toml(text, ())
    if before is None or before == _toml(text, gone):
        return Declared(data)
    if not own or _toml(kept, ()) != _toml(text, gone):
        return Declared(data, (), tuple(n + 1 for n in (own or starts)))
    return Declared(kept.encode("utf-8", "surrogateescape"), tuple(n + 1 for n in own))


def in_python(source: bytes, gone: Collection[str]) -> Declared:
    """Return a conftest.py without the `addinivalue_line` of these markers.

    Calls that declare markers from a variable are those to be seen to by hand.
    """
    tree, text = ast.parse(source), Text(source)
    calls = list(_calls(tree))
    removed: list[ast.stmt] = []
    edits: list[Edit] = []
    for body in _bodies(tree):
        ours = [node for node in body if _declared(node) in gone]
        for node in ours:
            edit = text.removing(node)
            if len(ours) == len(body) and node is ours[0]:
                edit = text.replacing(node, "pass")
            if edit:
                edits.append(edit)
                removed.append(node)
    after = text.edited(edits)
    if _without(tree, removed) != _without(ast.parse(after), ()):
        after, removed = source, []
    done = [_call(node) for node in removed]
    by_hand = [c.lineno for c in calls if c not in done and _declares(c) in {None, *gone}]
    return Declared(after, tuple(node.lineno for node in removed), tuple(by_hand))


def _of_markers(lines: list[str], section: str) -> Iterator[int]:
    """Yield the numbers of the lines that are the value of `markers`, its first one with it."""
    within = in_value = False
    for n, line in enumerate(lines):
        if line.startswith("["):
            within, in_value = line.strip() == f"[{section}]", False
        elif within and _KEY.match(line):
            in_value = True
            yield n
        elif in_value and line[:1].isspace():
            if line.strip() and not line.strip().startswith(("#", ";")):
                yield n
        elif line.strip() and not line.startswith(("#", ";")):
            in_value = False


def _value(line: str) -> str:
    match = _KEY.match(line)
    return match[1] if match else line


def _name(declaration: str) -> str:
    """Return the name of a marker as pytest takes it from its declaration."""
    return declaration.partition(":")[0].partition("(")[0].strip()


def _ini(text: str, section: str, gone: Collection[str]) -> Any:
    """Return what an ini file says, without these markers, or what equals nothing."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError):  # the last where a key has no value
        return object()
    said = {name: dict(parser.items(name)) for name in parser.sections()}
    markers = said.get(section, {}).get("markers")
    if markers is not None:
        declared = [line for line in markers.splitlines() if line.strip()]
        said[section]["markers"] = "\n".join(d for d in declared if _name(d) not in gone)
    return said


def _toml(text: str, gone: Collection[str]) -> Any:
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeError):
        return None
    pytest = _table(_table(said, "tool"), "pytest")
    for table in (pytest, _table(pytest, "ini_options")):
        if isinstance(table.get("markers"), list):
            table["markers"] = [m for m in table["markers"] if _name(str(m)) not in gone]
    return said


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body:
                yield body


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that declare markers, in the order of their lines."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and dotted(node.func).endswith("addinivalue_line")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == "markers"
    ]
    yield from sorted(found, key=lambda node: node.lineno)


def _declares(call: ast.Call) -> str | None:
    """Return the name of the marker that a call declares, or None if that is not written there."""
    value = call.args[1] if len(call.args) > 1 else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return _name(value.value)
    return None


def _call(node: ast.stmt) -> ast.Call | None:
    return node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None


def _declared(node: ast.stmt) -> str | None:
    call = _call(node)
    found = next(_calls(ast.Module([node], [])), None)
    return _declares(call) if call is not None and call is found else None


def _without(tree: ast.Module, removed: Collection[ast.stmt]) -> str:
    """Return a tree as a text, without some statements and any `pass`."""
    places = [(node.lineno, node.col_offset) for node in removed]

    class Less(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            here = isinstance(node, ast.stmt) and (node.lineno, node.col_offset) in places
            if isinstance(node, ast.Pass) or (here and isinstance(node, ast.Expr)):
                return None
            return self.generic_visit(node)

    less: ast.Module = Less().visit(tree)  # type: ignore[assignment]  # a module is kept
    return ast.dump(less)
