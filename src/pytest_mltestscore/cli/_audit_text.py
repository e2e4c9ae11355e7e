"""An audit in 80 columns, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..domain.counting import count
from ._text import wrapped
from .auditing.homemade import HomeMade
from .auditing.judging import Suggestion
from .auditing.survey import Audit, PassedOver

_MOST_LISTED = 200
_KINDS = {
    "item-marker": "markers that number items",
    "item-name": "names that number items",
    "item-docstring": "docstrings that name items",
    "item-property": "properties for JUnit that name items",
    "section-marker": "markers of sections",
    "counting": "hooks that count results",
}


def to_text(
    audit: Audit, suggestions: Sequence[Suggestion], passed_over: Sequence[PassedOver]
) -> Iterator[str]:
    """Yield the lines of the report, without what was written."""
    tests, files = count(audit.tests, "test"), count(len(audit.files), "file")
    yield f"{tests} in {files} read; nothing was run"
    yield from _tagged(audit)
    yield from _problems(audit)
    yield from _suggestions(audit, suggestions)
    yield from _homemade(audit.homemade)
    yield from _passed_over(audit, passed_over)


def _tagged(audit: Audit) -> Iterator[str]:
    tests = Counter(item for tagged in audit.tagged for item in tagged.items)
    inherited = audit.inherited - tests.keys()
    yield ""
    total = count(len(audit.rubric.items), "item")
    also = f", {len(inherited)} of them by an inherited test alone" if inherited else ""
    yield from wrapped(f"Tagged: {len(tests) + len(inherited)} of {total}{also}", "", "  ")
    width = max(len(section.id) for section in audit.rubric.sections)
    for section in audit.rubric.sections:
        items = [item for item in audit.rubric.items if item.section == section.id]
        tagged = [f"{item.name} ({tests[item.id]})" for item in items if tests[item.id]]
        given = [item.name for item in items if item.id in inherited]
        nothing = [item.name for item in items if not tests[item.id] and item.id not in inherited]
        start = f"  {section.id:<{width}}  {len(items) - len(nothing)} of {len(items)}  "
        lines = [", ".join(tagged), _listed("inherited", given), _listed("nothing", nothing)]
        if not (tagged or given):
            yield start.rstrip()
            continue
        for line in filter(None, lines):
            yield from wrapped(line, start, " " * len(start))
            start = " " * len(start)
    for suite in audit.suites:
        yield from wrapped(
            f"{suite} inherits a test for every item; it skips until MLSystem has its parts",
            "  ",
            "    ",
        )


def _listed(title: str, names: Sequence[str]) -> str:
    return f"{title}: {', '.join(names)}" if names else ""


def _problems(audit: Audit) -> Iterator[str]:
    if audit.toothless:
        yield from ("", "Tagged, but without an assertion, so they fail by errors only")
        for tagged in audit.toothless[:_MOST_LISTED]:
            names = ", ".join(audit.rubric.find(item).name for item in tagged.items)
            yield from wrapped(f"{tagged.test.nodeid} ({names})", "  ", "    ")
        yield from _more(len(audit.toothless))
    if audit.unknown:
        yield from ("", "Tags that are no item")
        for unknown in audit.unknown[:_MOST_LISTED]:
            yield from wrapped(f"{unknown.test.nodeid}: {unknown.message}", "  ", "    ")
        yield from _more(len(audit.unknown))


def _suggestions(audit: Audit, suggestions: Sequence[Suggestion]) -> Iterator[str]:
    yield ""
    if not suggestions:
        yield "No untagged test looks as if it served an item"
        return
    tests = len({suggestion.test.nodeid for suggestion in suggestions})
    verb = "serves" if tests == 1 else "serve"
    yield f"{count(tests, 'untagged test')} probably {verb} an item"
    shown = suggestions[:_MOST_LISTED]
    for item in audit.rubric.items:
        of_item = [suggestion for suggestion in shown if suggestion.item == item.id]
        if of_item:
            yield f"  {item.id} {item.name}"
        for suggestion in of_item:
            yield from wrapped(
                suggestion.test.nodeid, f"    {suggestion.confidence:<6}  ", " " * 12
            )
            yield from wrapped("; ".join(suggestion.why), " " * 12)
    yield from _more(len(suggestions))


def _homemade(homemade: Sequence[HomeMade]) -> Iterator[str]:
    if not homemade:
        return
    yield from ("", "Home-made scoring")
    for kind, title in _KINDS.items():
        of_kind = [found for found in homemade if found.kind == kind]
        if of_kind:
            texts = list(dict.fromkeys(_shown(found) for found in of_kind))
            listed = ", ".join(texts[:8]) + (", ..." if len(texts) > 8 else "")
            yield from wrapped(f"{title}: {listed}", "  ", "    ")


def _shown(found: HomeMade) -> str:
    return f"{found.path}: {found.text}" if found.kind == "counting" else found.text


def _passed_over(audit: Audit, passed_over: Sequence[PassedOver]) -> Iterator[str]:
    if passed_over:
        yield from ("", "Passed over")
        for entry in passed_over[:_MOST_LISTED]:
            yield from wrapped(f"{entry.name}: {entry.why}", "  ", "    ")
        yield from _more(len(passed_over))
    if audit.cut:
        yield from ("", "There are more files than an audit reads; name folders to go on")


def _more(number: int) -> Iterator[str]:
    if number > _MOST_LISTED:
        yield f"  and {number - _MOST_LISTED} more; --format json has all"
