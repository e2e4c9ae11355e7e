"""Python expressions as text, laid out the way that common formatters do it."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from ...domain.text import clean_line

WIDTH = 88
_STEP = "    "


def text(value: str) -> str:
    r"""Return a literal of a text. What does not print is escaped.

    >>> print(text("it"), text('say "it"'), text("a\u202eb"))
    "it" 'say "it"' "a\u202eb"
    """
    written = repr(value)
    if written[0] == "'" and '"' not in written and "\\'" not in written:
        return f'"{written[1:-1]}"'
    return written


def import_line(path: str, name: str) -> str:
    """Return the line that imports a name from a file, empty if it cannot be imported by name."""
    dotted = path.removesuffix(".py").removeprefix("src/").removesuffix("/__init__")
    words = dotted.split("/")
    return f"from {'.'.join(words)} import {name}" if all(w.isidentifier() for w in words) else ""


def remark(words: str, indent: str) -> list[str]:
    """Return the lines of a comment. They are one text, whatever names of files are in it."""
    width = WIDTH - len(indent) - 2
    told = clean_line(words, limit=400)
    lines = textwrap.wrap(told, width, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]


def listed(values: Sequence[str], indent: str, taken: int = 0) -> str:
    """Return a list of texts. `taken` says how much of the first line is used by other things."""
    return laid_out(ast.List([ast.Constant(v) for v in values], ast.Load()), indent, taken)


def laid_out(node: ast.expr, indent: str, taken: int = 0) -> str:
    """Return an expression on one line where it fits, else one line for each of its parts.

    Knows literals, names, paths, columns, equality and calls, which is all that we write.
    """
    flat = _flat(node)
    if len(indent) + taken + len(flat) <= WIDTH:
        return flat
    opening, parts, closing = _parts(node)
    if not parts:
        return flat
    deeper = indent + _STEP
    if isinstance(node, ast.Subscript):  # a comma would make another key of it
        return f"{opening}\n{deeper}{_flat(node.slice)}\n{indent}{closing}"
    alone = isinstance(node, ast.Call)
    together = ", ".join(_joined(start, _flat(part)) for start, part in parts)
    if alone and len(deeper) + len(together) <= WIDTH:
        return f"{opening}\n{deeper}{together}\n{indent}{closing}"
    lines = [
        f"{deeper}{_joined(start, laid_out(part, deeper, len(start) + 1))},\n"
        for start, part in parts
    ]
    return f"{opening}\n{''.join(lines)}{indent}{closing}"


def _joined(start: str, part: str) -> str:
    return f"{start}{part}"


def _flat(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return text(node.value) if isinstance(node.value, str) else repr(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return f"{_flat(node.left)} / {_flat(node.right)}"
    if isinstance(node, ast.Compare):
        sign = "==" if isinstance(node.ops[0], ast.Eq) else "!="
        return f"{_flat(node.left)} {sign} {_flat(node.comparators[0])}"
    if isinstance(node, ast.Attribute):
        owner = _flat(node.value)
        owner = f"({owner})" if isinstance(node.value, ast.Compare) else owner
        return f"{owner}.{node.attr}"
    opening, parts, closing = _parts(node)
    if not opening:
        return ast.unparse(node)
    inside = ", ".join(_joined(start, _flat(part)) for start, part in parts)
    lone = isinstance(node, ast.Tuple) and len(parts) == 1
    return f"{opening}{inside}{',' if lone else ''}{closing}"


def _parts(node: ast.expr) -> tuple[str, list[tuple[str, ast.expr]], str]:
    """Return what opens an expression, its parts with what is written before each, its end."""
    if isinstance(node, ast.List):
        return "[", [("", item) for item in node.elts], "]"
    if isinstance(node, ast.Tuple):
        return "(", [("", item) for item in node.elts], ")"
    if isinstance(node, ast.Dict):
        pairs = [(k, v) for k, v in zip(node.keys, node.values, strict=True) if k]
        return "{", [(f"{_flat(key)}: ", value) for key, value in pairs], "}"
    if isinstance(node, ast.Subscript):
        return f"{_flat(node.value)}[", [("", node.slice)], "]"
    if isinstance(node, ast.Call):
        named = [(f"{k.arg}=", k.value) for k in node.keywords]
        return f"{_flat(node.func)}(", [*(("", a) for a in node.args), *named], ")"
    return "", [], ""
