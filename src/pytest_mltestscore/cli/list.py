"""`mlscore list`: what there is to show."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import msgspec

from ..domain.errors import nearest
from ..domain.rubric import Rubric, Section
from ..domain.text import clean_line
from ._failure import CommandError
from ._output import say
from ._parsing import Subparsers, command
from ._rubrics import add_rubric, chosen
from ._text import wrapped


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "list",
        run,
        summary="list the items of a rubric by section",
        details="Ids and names mean the same and can be used for each other everywhere.",
        examples="mlscore list\nmlscore list --section data\nmlscore list --format json",
    )
    add_rubric(parser)
    parser.add_argument("--section", metavar="S", help="only the items of this section")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """List the items."""
    rubric = chosen(args)
    sections = _sections(rubric, args.section)
    lines = _json(rubric, sections) if args.format == "json" else _text(rubric, sections)
    for line in lines:
        say(line)
    return 0


def _sections(rubric: Rubric, wanted: str | None) -> list[Section]:
    if wanted is None:
        return list(rubric.sections)
    word = wanted.strip().casefold()
    found = [s for s in rubric.sections if s.id == word]
    if not found:
        known = [s.id for s in rubric.sections]
        closest = nearest(word, known)
        mend = f"did you mean {closest!r}?" if closest else f"known sections: {', '.join(known)}"
        raise CommandError(f"--section: unknown section {wanted!r}; {mend}")
    return found


def _text(rubric: Rubric, sections: list[Section]) -> Iterator[str]:
    yield clean_line(f"{rubric.title} ({rubric.id} {rubric.version}), {len(rubric.items)} items")
    first = max(len(item.id) for item in rubric.items)
    second = max(len(item.name) for item in rubric.items)
    for section in sections:
        yield ""
        yield clean_line(f"{section.id}: {section.long_title}")
        for item in rubric.items:
            if item.section == section.id:
                start = f"  {item.id:<{first}}  {item.name:<{second}}  "
                yield from wrapped(item.title, start, " " * len(start))


def _json(rubric: Rubric, sections: list[Section]) -> Iterator[str]:
    ids = [s.id for s in sections]
    listed = {
        "rubric": {"id": rubric.id, "version": rubric.version, "title": rubric.title},
        "sections": sections,
        "items": [
            {"id": i.id, "name": i.name, "section": i.section, "title": i.title}
            for i in rubric.items
            if i.section in ids
        ],
    }
    yield msgspec.json.format(msgspec.json.encode(listed), indent=2).decode()
