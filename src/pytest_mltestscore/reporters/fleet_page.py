"""One page over all systems: a file that needs no network, and no script to be read.

A script of a few lines sorts and searches; the page names it by hash, as it does its sheet, and
forbids itself everything else. All text is cleaned and cut where the template engine prints it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..domain.counting import count
from ..domain.fleet import Fleet
from ..domain.text import clean, clean_line
from . import _html_words as words
from ._fleet_views import (
    BAR_WIDTH,
    GATE_SHAPES,
    GATE_WORDS,
    LEVELS,
    MAX_LISTED,
    MAX_SYSTEMS,
    SPARK_HEIGHT,
    SPARK_WIDTH,
    arrange,
)
from ._html_sheet import source, squeeze, templates
from ._svg import favicon

if TYPE_CHECKING:
    from jinja2 import Environment

SHORT = 32
"""Characters of what stands in the head of a column or below a score."""
TEXT = 120
"""Characters of any one text."""
REASON = 400


def render(fleet: Fleet) -> str:
    """Return the fleet as one HTML page. The same fleet gives the same bytes."""
    from markupsafe import Markup

    environment = _environment()
    style = squeeze(environment.get_template("fleet.css.j2").render())
    script = environment.get_template("fleet.js.j2").render()
    return environment.get_template("fleet.html.j2").render(
        fleet=fleet,
        views=arrange(fleet),
        style=Markup(style),  # noqa: S704 - our own sheet; only numbers are filled in
        style_source=source(style),
        script=Markup(script),  # noqa: S704 - our own script; nothing is filled in
        script_source=source(script),
        icon=Markup(favicon("passed")),  # noqa: S704 - built from constants
    )


@cache
def _environment() -> Environment:
    from markupsafe import Markup

    environment = templates()
    environment.finalize = _show
    environment.filters |= {
        "ago": ago,
        "count": count,
        # Marked safe once escaped, since an address that is cut to length leads nowhere.
        "link": lambda address: Markup.escape(words.link(address)),
        "points": words.points,
        "short": short,
        # Marked safe once escaped, since reasons may be longer than other texts.
        "reason": lambda text: Markup.escape(clean_line(text, limit=REASON)),
    }
    environment.globals |= {
        "bar_width": BAR_WIDTH,
        "gate_shapes": GATE_SHAPES,
        "gate_words": GATE_WORDS,
        "levels": LEVELS,
        "max_listed": MAX_LISTED,
        "max_systems": MAX_SYSTEMS,
        "spark_height": SPARK_HEIGHT,
        "spark_width": SPARK_WIDTH,
    }
    return environment


def _show(value: Any) -> Any:
    """Clean a text and cut it to length; the template engine escapes the result."""
    from markupsafe import Markup

    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value, limit=TEXT)
    return value


def short(text: str) -> str:
    """Cut the end of a text that would take a column too much room.

    >>> short("Infrastructure"), short("word " * 10)
    ('Infrastructure', 'word word word word word word w…')
    """
    line = clean_line(text)
    return line if len(line) <= SHORT else f"{line[: SHORT - 1].rstrip()}…"


def ago(days: int) -> str:
    """Say how long ago a day was.

    >>> ago(0), ago(1), ago(75)
    ('today', '1 day ago', '75 days ago')
    """
    return f"{count(days, 'day')} ago" if days else "today"
