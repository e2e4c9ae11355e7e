"""What pages are made with: templates, style sheets and scripts.

Pages forbid themselves all but their own sheets and scripts, which they name by hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


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

    >>> squeeze("a > b { color: red; top: 0.5em; }")
    'a>b{color:red;top:.5em}'
    """
    css = re.sub(r" ?([{};,>]) ?", r"\1", " ".join(css.split()))
    # A blank before a colon is one between two selectors, so only those after it go.
    return re.sub(r"(?<![\w.])0(?=\.\d)", "", css.replace(": ", ":")).replace(";}", "}")


def source(text: str) -> str:
    """Return what a content security policy calls a sheet or a script of this text.

    >>> source("a{color:red}")
    "'sha256-6hWWMOcF+mJesSJGYhmK2lkIIEw9Xc5XKGLPVzh8yxs='"
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
