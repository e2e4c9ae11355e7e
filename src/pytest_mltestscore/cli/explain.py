"""`mlscore explain`: what an item asks for, a test to paste, and how to tag or attest it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Iterator

from ..domain.asked import ASKED, lacking
from ..domain.mlsystem import MLSystem
from ..domain.rubric import BY_HAND, Item, Rubric
from ..domain.text import clean_line
from ._failure import CommandError
from ._output import say
from ._parsing import Subparsers, command
from ._rubrics import add_rubric, chosen
from ._said_in_sources import Said, checks_of, fault
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

# How the tests begin that this package ships, all for one project.
_FOR_OURS = "# For examples/credit_default"
_HERE = (
    "A test to paste. It runs in examples/credit_default of pytest-mltestscore; replace its names"
    " by yours before you run it elsewhere. To have it in a file:"
)
_ANYWHERE = "A test to paste and adapt; to have it in a file:"

_EXAMPLES = """\
mlscore explain slice-quality
mlscore explain model-6
mlscore explain model-6 --example > tests/test_slice_quality.py
mlscore explain"""


def add(subparsers: Subparsers) -> None:
    """Declare the command."""
    parser = command(
        subparsers,
        "explain",
        run,
        summary="explain an item: why it matters, what earns the points, a test to paste",
        details="Tells also which ready-made checks there are and which faults a test of the item\n"
        "should notice. Ends with the marker and the attestation to copy.",
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "item", metavar="ITEM", nargs="?", help="id or name; without one, all are listed"
    )
    parser.add_argument(
        "--example", action="store_true", help="print the test to paste, and nothing else"
    )
    add_rubric(parser)


def run(args: argparse.Namespace) -> int:
    """Explain the item."""
    rubric = chosen(args)
    option = None if args.rubric is None else f"rubric={clean_line(shlex.quote(args.rubric))}"
    lines: Iterable[str]
    if args.item is None:
        lines = _names(rubric, args.example)
    elif args.example:
        lines = _example(rubric.find(args.item))
    else:
        lines = _explain(rubric, rubric.find(args.item), option)
    for line in lines:
        say(line)
    return 0


def _names(rubric: Rubric, example: bool) -> Iterator[str]:
    if example:
        raise CommandError("--example: whose? name an item, as `mlscore list` shows them")
    width = max(len(item.id) for item in rubric.items)
    for section in rubric.sections:
        yield clean_line(f"{section.title}")
        for item in rubric.items:
            if item.section == section.id:
                yield f"  {item.id:<{width}}  {item.name}"
    yield ""
    yield "`mlscore explain ITEM` explains one, by its id or its name."


def _example(item: Item) -> list[str]:
    if not item.example:
        raise CommandError(f"--example: {item.id} has none in this rubric")
    return item.example.splitlines()


def _explain(rubric: Rubric, item: Item, option: str | None) -> Iterator[str]:
    title = next(s.title for s in rubric.sections if s.id == item.section)
    yield clean_line(f"{item.id}  {item.name}  ({title})")
    yield from wrapped(item.long_title)
    yield ""
    yield from wrapped(item.holds, "If shown:      ", " " * 15)
    yield from wrapped(item.fails, "If not shown:  ", " " * 15)
    yield from _part("Why it matters", item.why)
    by_hand, automated = _points(rubric.credit.manual), _points(rubric.credit.automated)
    yield from _part(f"By hand, written down and passed on ({by_hand})", item.manual)
    yield from _part(f"Automated, by a test that runs again and again ({automated})", item.automate)
    yield from _with_the_suite(item)
    yield from _to_paste(item, option)
    yield from _checks(checks_of(item))
    yield from _faults(map(fault, item.faults))
    yield from _part("If it fails", item.remedy)
    yield from _part("Effort", f"{item.effort} by a test, {BY_HAND[item.effort]} by hand")
    if item.builds_on:
        names = (f"{i} ({rubric.find(i).name})" for i in item.builds_on)
        yield from _part("Builds on", ", ".join(names))
    if item.sources:
        yield from ("", "Sources")
        for source in item.sources:
            yield from wrapped(source, "  - ", "    ")
    yield from ("", "Tag each test that shows it (a function, a class, or a module's `pytestmark`)")
    yield f'  @pytest.mark.mlscore("{item.name}")'
    yield from ("", "Or attest work done by hand, in pyproject.toml (in mlscore.toml it is")
    yield "[[attestations]])"
    yield from (f"  {line}" for line in _FORM.format(name=item.name).splitlines())
    if option:
        yield from ("", f"Score by this rubric: pytest --mlscore --mlscore-{option}")


def _with_the_suite(item: Item) -> Iterator[str]:
    """Yield what the suite's test of it skips for, if there is one."""
    if item.name in ASKED:
        yield from ("", "With MLTestScoreSuite (from pytest_mltestscore.suite): give MLSystem")
        for _, wanted in lacking(MLSystem(), item.name):
            yield from wrapped(wanted, "  - ", "    ")


def _to_paste(item: Item, option: str | None) -> Iterator[str]:
    """Yield the example as it is: neither set in nor wrapped, so that it can be copied."""
    if item.example:
        yield ""
        yield from wrapped(_HERE if item.example.startswith(_FOR_OURS) else _ANYWHERE)
        by = f" --{option}" if option else ""
        yield f"  mlscore explain {item.id} --example{by} > {_file_of(item)}"
        yield from ("", *item.example.splitlines())


def _file_of(item: Item) -> str:
    return f"tests/test_{item.name.replace('-', '_')}.py"


def _checks(found: Iterable[Said]) -> Iterator[str]:
    found = list(found)
    if found:
        yield from ("", "Ready-made checks (from pytest_mltestscore import checks)")
    for check in found:
        yield f"  {check.name}"
        yield from wrapped(check.summary, "    ")


def _faults(found: Iterable[Said]) -> Iterator[str]:
    found = list(found)
    if found:
        yield from ("", "Faults that a test of it should notice (tried by --mlscore-prove)")
    width = max((len(said.name) for said in found), default=0)
    for said in found:
        start = f"  {said.name:<{width}}  "
        yield from wrapped(
            said.summary or "(not shipped with this package)", start, " " * len(start)
        )


def _part(heading: str, text: str) -> Iterator[str]:
    yield from ("", heading)
    yield from wrapped(text, "  ")


def _points(points: float) -> str:
    return f"{points:g} point" if points == 1 else f"{points:g} points"
