"""The HTML report: one file that needs no script, no network and no second look to be read.

The page forbids itself everything by a content security policy: no script, no request, and no
style but its own sheet, which it names by hash. All text is cleaned and cut in one place, where
the template engine prints a value, and escaped there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from ..domain.counting import count
from ..domain.evidence import Outcome
from ..domain.record import GateStatus, Record
from ..domain.text import clean
from . import _html_systems as _systems
from . import _html_words as words
from . import _wording as wording
from ._html_checks import arrange_table
from ._html_detail import FULLEST, Detail, details
from ._html_page import STEPS, Page, arrange
from ._html_proof import MEANINGS, VERDICTS
from ._html_sheet import FILE as SHEET
from ._html_sheet import source, squeeze, templates
from ._html_tests import PROBLEMS
from ._svg import favicon
from .evidence_words import from_others, seen_elsewhere

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context
    from markupsafe import Markup


def render(record: Record) -> str:
    """Return the record as one HTML page. The same record gives the same bytes."""
    return page_of(record, own_sheet=True)


def page_of(record: Record, *, own_sheet: bool) -> str:
    """Return the page of a record, with its style sheet in it or beside it."""
    page = arrange(record)
    tests = sum(len(item.tests) for item in record.items)
    made = (_until(limit, _pieces(page, detail, own_sheet)) for limit, detail in details(tests))
    return "".join(next(filter(None, made)))


def _until(limit: float, pieces: Iterable[str]) -> list[str]:
    """Return the pieces, or none if they come to more bytes than `limit`.

    It stops at the first byte too many, so that trying a page that is far too long costs little.
    """
    kept, size = [], 0
    for piece in pieces:
        size += len(piece.encode())
        if size > limit:
            return []
        kept.append(piece)
    return kept


def _pieces(page: Page, detail: Detail, own_sheet: bool) -> Iterator[str]:
    status = page.record.gate.status
    return (
        _environment()
        .get_template("report.html.j2")
        .generate(
            page=page,
            record=page.record,
            detail=detail,
            from_others=list(from_others(page.record)),
            shortened=detail.shortened,
            **(_looks(_sheet(page, detail), status) if own_sheet else LINKED),
        )
    )


def render_index(systems: Sequence[tuple[Record, str]]) -> str:
    """Return the page that leads to those of several systems, each given with its file name."""
    return index_of(systems, own_sheet=True)


def index_of(systems: Sequence[tuple[Record, str]], *, own_sheet: bool) -> str:
    """Return the page that leads to others, with its style sheet in it or beside it."""
    records = [record for record, _ in systems]
    found = _systems.entries(systems)
    # The sheet of a report serves here too, where nothing can be filtered.
    bare = replace(found[0].page, states=(), sections=(), empty=())
    sheet = _sheet(bare, FULLEST, "systems.css.j2") if own_sheet else ""
    template = _environment().get_template("systems.html.j2")
    return template.render(
        entries=found,
        record=records[0],
        headline=_systems.headline(records),
        detail=FULLEST,
        **(_looks(sheet, _systems.worst(records)) if own_sheet else LINKED),
    )


def sheet_of(records: Sequence[Record]) -> str:
    """Return one style sheet for the pages of these records, whatever they hold."""
    pages = list(map(arrange, records))
    sections = max((page.sections for page in pages), key=len)
    indices = tuple(view.index for view in sections)
    page = replace(
        pages[0],
        states=tuple((state, 0) for state in wording.WORST_FIRST),
        sections=sections,
        empty=tuple((state, indices) for state in wording.WORST_FIRST),
    )
    return _sheet(page, FULLEST, "systems.css.j2", for_all=True)


def _sheet(page: Page, detail: Detail, *more: str, for_all: bool = False) -> str:
    sheets = (
        _environment().get_template(name).render(page=page, detail=detail, for_all=for_all)
        for name in ("style.css.j2", *more)
    )
    return squeeze("\n".join(sheets))


LINKED: dict[str, Any] = {"style": "", "style_source": "'self'", "sheet": SHEET}
"""What a page says of a sheet beside it. It has no icon, since that would be one more file."""


def _looks(sheet: str, status: GateStatus) -> dict[str, Any]:
    """Return the style sheet, the hash by which the page allows it, and the icon."""
    from markupsafe import Markup

    return {
        "style": Markup(sheet),  # noqa: S704 - our own sheet; only numbers and states are filled in
        "style_source": source(sheet),
        "icon": Markup(favicon(status)),  # noqa: S704 - built from constants
    }


@cache
def _environment() -> Environment:
    from markupsafe import Markup

    environment = templates()
    environment.finalize, environment.filters["code"] = _printers()
    environment.filters |= {
        "anchor": words.anchor,
        "bands": words.bands,
        "command": words.command,
        "count": count,
        "days": words.days,
        "duration": words.duration,
        "effect": wording.effect,
        "figure": words.figure,
        "gains": wording.gains,
        # Marked safe once escaped, since what is cut to length leads nowhere, or does not run.
        "link": lambda address: Markup.escape(words.link(address)),
        "judged": wording.judged,
        "lifts": wording.lifts,
        "notes": wording.notes,
        "points": words.points,
        "seen_elsewhere": seen_elsewhere,
        "seen_to_fail": wording.seen_to_fail,
        "setting": words.setting,
        "snippet": lambda source: Markup.escape(words.snippet(source)),
        "table": arrange_table,
        "unproven": wording.unproven,
        "verdict": wording.verdict,
        "written_sum": words.written_sum,
    }
    environment.globals |= {"verdicts": VERDICTS, "meanings": MEANINGS, "most_steps": STEPS}
    environment.globals["kinds"] = {
        outcome: "bad" if outcome in PROBLEMS else "idle" for outcome in get_args(Outcome)
    }
    return environment


def _printers() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the two ways in which text reaches the page, both cleaned and cut to length.

    The first is the template engine's own, for every value; its result is escaped after it. The
    second also sets `words in backticks` as code.
    """
    from jinja2 import pass_context
    from markupsafe import Markup

    @pass_context
    def show(context: Context, value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Markup):
            return clean(value, limit=context["detail"].text)
        return value

    @pass_context
    def code(context: Context, text: str) -> Markup:
        parts = show(context, text).split("`")
        if len(parts) % 2 == 0:  # a backtick without its partner
            return Markup("{}").format("`".join(parts))
        whole = Markup()
        for number, part in enumerate(parts):
            whole += Markup("<code>{}</code>").format(part) if number % 2 else part
        return whole

    return show, code
