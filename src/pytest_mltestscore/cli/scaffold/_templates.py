"""The files that are written, as templates. What is put into them has been made safe before."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def render(template: str, /, **values: Any) -> str:
    """Fill a template in."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # not for `--help`

    environment = Environment(  # noqa: S701 - Python and YAML, in which nothing of HTML is escaped
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)
