"""What applying suggestions would do to files: new content, and the difference to look at."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import sources
from .judging import Suggestion
from .marking import CannotMarkError, marked
from .survey import Audit, PassedOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file with its markers written in."""

    name: str
    path: Path
    before: bytes
    after: bytes
    tests: int
    """How many get a marker, or another one."""
    declarations: int = 0
    """How many markers are no longer declared."""

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff, without line ends."""
        before, after = (_lines(data) for data in (self.before, self.after))
        yield from difflib.unified_diff(
            before, after, f"a/{self.name}", f"b/{self.name}", lineterm=""
        )


def changes(
    audit: Audit, suggestions: Sequence[Suggestion]
) -> tuple[tuple[Change, ...], tuple[PassedOver, ...]]:
    """Return each file that gets markers as it would be, and those that cannot be written.

    Raises
    ------
    MissingDependencyError
        If libcst is not installed.
    """
    by_file: dict[str, dict[int, list[str]]] = {}
    for suggestion in suggestions:
        name = audit.rubric.find(suggestion.item).name
        lines = by_file.setdefault(suggestion.test.path, {})
        lines.setdefault(suggestion.test.line, []).append(name)
    made, passed_over = [], []
    for file, items in by_file.items():
        source = sources.Source(audit.paths[file], file)
        try:
            before = sources.content(source)
            after = marked(before, items)
        except CannotMarkError as error:
            passed_over.append(PassedOver(file, str(error)))
        except OSError as error:
            passed_over.append(PassedOver(file, error.strerror or str(error)))
        else:
            change = Change(
                name=file, path=source.path, before=before, after=after, tests=len(items)
            )
            made.append(change)
    return tuple(made), tuple(passed_over)


def moved(line: int, before: bytes, after: bytes) -> int:
    """Return where a line of one content stands in another, or would if it has gone."""
    sides = difflib.SequenceMatcher(None, _lines(before), _lines(after))
    behind = (start for start in sides.get_matching_blocks() if start.a < line)
    last = max(behind, default=None, key=lambda block: block.a)
    return line if last is None else last.b + line - last.a


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "backslashreplace").splitlines()
