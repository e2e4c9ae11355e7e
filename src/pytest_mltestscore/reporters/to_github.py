"""Annotations in GitHub's interface: workflow commands, to be printed in a step of a job.

This is the one place where text may begin with two colons; elsewhere that is undone, since a CI
server would obey it. What is printed here is ours, and all text from a record is escaped in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from ..domain.counting import count
from ..domain.record import ItemScore, Loosened, Record
from ..domain.text import MESSAGE_LIMIT, clean_line, shorten
from . import _wording as words

AT_MOST = 10
"""Annotations of one kind that GitHub shows of a step."""

TESTS_AN_ITEM = 5

_PAIR = re.compile("#(?=#)")

_Kind = Literal["error", "warning"]


class _Annotation(NamedTuple):
    title: str
    lines: Sequence[str]
    file: str = ""


def render(record: Record) -> str:
    """Return workflow commands, a line each; nothing where all is well."""
    return render_all((record,))


def render_all(records: Sequence[Record]) -> str:
    """Return the commands for several systems, which share what GitHub shows."""
    errors = [found for record in records for found in _errors(record)]
    warnings = [found for record in records for found in _warnings(record)]
    lines = [*_commands("error", errors), *_commands("warning", warnings)]
    return "".join(f"{line}\n" for line in lines)


def _errors(record: Record) -> Iterator[_Annotation]:
    unfinished, status = words.unfinished(record), record.gate.status
    about = f"ML Test Score of {record.system}"
    if unfinished == "in progress":  # whatever gate was asked for
        yield _Annotation(f"{about}: in progress", [words.reasons(record)])
        return
    if status == "failed":
        unmet = [check.message for check in record.gate.checks if check.ok is False]
        yield _Annotation(f"{about}: gate failed", unmet or [words.verdict(record.gate)])
    elif status == "undecided":
        yield _Annotation(f"{about}: gate undecided", [words.verdict(record.gate)])
    for item in words.in_state(record, "failing"):
        yield _failing(item)


def _failing(item: ItemScore) -> _Annotation:
    tests = words.blocking(item)
    lines = [item.reason] if not tests else []
    for test in tests[:TESTS_AN_ITEM]:
        said = test.message.strip().splitlines()[:1]
        lines.append(": ".join([f"{test.nodeid} {words.outcome(test)}", *said]))
    if len(tests) > TESTS_AN_ITEM:
        lines.append(f"and {count(len(tests) - TESTS_AN_ITEM, 'more test')}")
    file = _file(tests[0].nodeid) if tests else ""
    return _Annotation(f"{item.id} {item.name} is failing", lines, file)


def _warnings(record: Record) -> Iterator[_Annotation]:
    unfinished, status = words.unfinished(record), record.gate.status
    if unfinished == "in progress":
        return
    if unfinished and status != "undecided":
        about = f"ML Test Score of {record.system}: {unfinished}"
        yield _Annotation(about, [words.reasons(record)])
    if record.baseline is not None:
        yield from map(_loosened, record.baseline.loosened)
    for item, what, statement in words.ending(record):
        said = f"{what} {words.standing(statement)}; owner: {words.owner(statement)}"
        yield _Annotation(f"{item.id} {item.name}: {what}", [said])


def _loosened(bound: Loosened) -> _Annotation:
    about = f"{bound.item}: bound loosened" if bound.item else "Bound loosened"
    file = _file(bound.test) if bound.test else ""
    return _Annotation(about, [bound.in_words], file)


def _file(nodeid: str) -> str:
    """Return the file of a test; nothing where its name would have to be changed to be shown."""
    path = nodeid.partition("::")[0]
    return path if clean_line(path) == path else ""


def _commands(kind: _Kind, found: Sequence[_Annotation]) -> Iterator[str]:
    shown = found if len(found) <= AT_MOST else found[: AT_MOST - 1]
    yield from (_command(kind, annotation) for annotation in shown)
    if len(found) > len(shown):
        more = count(len(found) - len(shown), f"more {kind}")
        yield _command(kind, _Annotation("ML Test Score", [f"and {more}; see the report"]))


def _command(kind: _Kind, annotation: _Annotation) -> str:
    properties = _properties([("file", annotation.file), ("title", annotation.title)])
    message = shorten("\n".join(map(clean_line, annotation.lines)), MESSAGE_LIMIT)
    return f"::{kind} {properties}::{_data(message)}"


def _properties(values: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{name}={_property(value)}" for name, value in values if value)


def _data(text: str) -> str:
    """Escape a message. Where it holds `##`, other servers would look for commands to them."""
    safe = _PAIR.sub("# ", text)
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean_line(text)).replace(":", "%3A").replace(",", "%2C")
