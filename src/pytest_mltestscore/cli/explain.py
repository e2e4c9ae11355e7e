"""`mlscore explain`: what an item asks for, and how to tag or attest it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ..domain.rubric import Item, Rubric
from ..domain.text import clean_line
from ._output import say
from ._parsing import Subparsers, command
from ._rubrics import add_rubric, chosen
from ._text import wrapped

# Nobody earns anything by pasting this: the dates are no dates until somebody fills them in.
_FORM = """\
[[tool.mlscore.attestations]]
item = "{name}"
owner = "..."             # who answers for it
date = YYYY-MM-DD         # when it was done
expires = YYYY-MM-DD      # the last day on which it counts
link = "https://..."      # where it is written down, or file = "docs/..."
summary = "..."           # what was done and found
distributed_to = "..."    # who was told"""


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "explain",
        run,
        summary="explain an item: why it matters, what earns the points, what to do",
        details="Ends with the marker and the attestation to copy.",
        examples="mlscore explain slice-quality\nmlscore explain model-6",
    )
    parser.add_argument("item", metavar="ITEM", help="id or name, as `mlscore list` shows them")
    add_rubric(parser)


def run(args: argparse.Namespace) -> int:
    """Explain the item."""
    rubric = chosen(args)
    for line in _explain(rubric, rubric.find(args.item)):
        say(line)
    if args.rubric is not None:
        say()
        say(f"Score by this rubric: pytest --mlscore --mlscore-rubric={clean_line(args.rubric)}")
    return 0


def _explain(rubric: Rubric, item: Item) -> Iterator[str]:
    title = next(s.title for s in rubric.sections if s.id == item.section)
    yield clean_line(f"{item.id}  {item.name}  ({title})")
    yield from wrapped(item.long_title)
    yield ""
    yield from wrapped(item.holds, "If shown:      ", " " * 15)
    yield from wrapped(item.fails, "If not shown:  ", " " * 15)
    yield from _part("Why it matters", item.why)
    yield from _part(f"By hand ({_points(rubric.credit.manual)})", item.manual)
    yield from _part(f"Automated ({_points(rubric.credit.automated)})", item.automate)
    yield from _part("If it fails", item.remedy)
    yield from _part("Effort", item.effort)
    if item.builds_on:
        names = (f"{i} ({rubric.find(i).name})" for i in item.builds_on)
        yield from _part("Builds on", ", ".join(names))
    if item.faults:
        yield from _part("Faults that a test of it should catch", ", ".join(item.faults))
    if item.sources:
        yield from ("", "Sources")
        for source in item.sources:
            yield from wrapped(source, "  - ", "    ")
    yield from ("", "Tag each test that shows it (a function, a class, or a module's `pytestmark`)")
    yield f'  @pytest.mark.mlscore("{item.name}")'
    yield from ("", "Or attest work done by hand, in pyproject.toml")
    yield from (f"  {line}" for line in _FORM.format(name=item.name).splitlines())


def _part(heading: str, text: str) -> Iterator[str]:
    yield from ("", heading)
    yield from wrapped(text, "  ")


def _points(points: float) -> str:
    return f"{points:g} point" if points == 1 else f"{points:g} points"
