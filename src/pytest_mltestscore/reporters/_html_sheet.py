"""What pages are made with: templates, style sheets and scripts.

Pages forbid themselves all but their own sheets and scripts, which they name by hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


FILE = "style.css"
"""Name of a sheet that stands beside its pages."""

_OWN_PROPERTY = re.compile(r"(?<![\w-])--[a-z-]+")


def templates() -> Environment:
    """Return the templates of pages, in which every value is escaped and none may be missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def squeeze(css: str) -> str:
    """Drop what a browser does not need; the sheet is a sixth of a small page.

    Nothing in quotes may hold a colon, comma, brace or semicolon beside a blank.

    >>> squeeze("a > b { color: var(--ink); top: 0.5em; }")
    'a>b{color:var(--a);top:.5em}'
    """
    css = re.sub(r" ?([{};,>]) ?", r"\1", " ".join(css.split()))
    names = sorted(set(_OWN_PROPERTY.findall(css)))
    short = {name: f"--{letter}" for name, letter in zip(names, ascii_letters, strict=False)}
    css = _OWN_PROPERTY.sub(lambda found: short.get(found[0], found[0]), css)
    # A blank before a colon is one between two selectors, so only those after it go.
    return re.sub(r"(?<![\w.])0(?=\.\d)", "", css.replace(": ", ":")).replace(";}", "}")


def source(text: str) -> str:
    """Return what a content security policy calls a sheet or a script of this text.

    >>> source("a{color:red}")
    "'sha256-6hWWMOcF+mJesSJGYhmK2lkIIEw9Xc5XKGLPVzh8yxs='"
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
