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
    """Drop the blanks that a browser does not need; the sheet is a tenth of a small page.

    >>> squeeze("a { color: red; }")
    'a{color: red}'
    """
    return re.sub(r" ?([{};,]) ?", r"\1", " ".join(css.split())).replace(";}", "}")


def source(text: str) -> str:
    """Return what a content security policy calls a sheet or a script of this text.

    >>> source("a{color: red}")
    "'sha256-spnA/x3kgnJ1v2qEnIMVEoEgLTUQlzRqpcPPdccDer8='"
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
