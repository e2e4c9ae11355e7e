"""From a team's own score to ours: what can be rewritten, and what is left for a person.

Tests are marked by what the suite itself says, never by a guess. The old markers go, and their
declarations where nothing uses them any more. Hooks that count results are named, not touched:
they may do other things as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ...domain.errors import UnknownItemError
from . import registering, sources
from .changes import Change, moved
from .homemade import found_in
from .marking import marked
from .reading import read
from .references import section_of
from .replacing import left_in, markers_in, replaced
from .survey import Audit, PassedOver


@dataclass(frozen=True, slots=True)
class ByHand:
    """A place that a migration leaves for a person to look at."""

    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What a migration would write, and what remains."""

    changes: tuple[Change, ...]
    by_hand: tuple[ByHand, ...]
    passed_over: tuple[PassedOver, ...]
    named: bool
    """Whether the suite itself names an item anywhere."""


def migration(audit: Audit, root: Path, *, whole: bool, applied: bool = False) -> Migration:
    """Return what moving to our markers comes to.

    `whole` says that every test of the suite was read; only then can be known which declarations
    of markers nothing uses any more. If it is going to be `applied`, what is left for a person is
    named by its lines afterwards, else by those of now.

    Raises
    ------
    MissingDependencyError
        If a marker has to be added and libcst is not installed.
    """
    migrating = _Migrating(audit, root, whole=whole)
    found = migrating.result()
    return found if applied else replace(found, by_hand=migrating.by_hand_now())


class _Migrating:
    """One migration on its way."""

    def __init__(self, audit: Audit, root: Path, *, whole: bool) -> None:
        self.audit = audit
        self.root = root
        self.certain = whole and not audit.cut and not audit.passed_over
        self.before: dict[str, bytes] = {}
        self.after: dict[str, bytes] = {}
        self.tests: dict[str, int] = {}
        self.declarations: dict[str, int] = {}
        self.paths: dict[str, Path] = dict(audit.paths)
        self.gone: set[str] = set()
        self.by_hand: list[ByHand] = []
        self.passed_over: list[PassedOver] = []

    def result(self) -> Migration:
        known = self._known_otherwise()
        for file in self.audit.files:
            self._rewrite(file.path, known.get(file.path, {}))
        unused = self.gone - self._still_used()
        if unused:
            self._take_out_declarations(unused)
        self._name_what_is_left()
        return Migration(
            changes=tuple(self._changes()),
            by_hand=_in_order(self.by_hand),
            passed_over=tuple(self.passed_over),
            named=any(found.item for found in self.audit.homemade),
        )

    def by_hand_now(self) -> tuple[ByHand, ...]:
        """Return what is left for a person by the lines that files have before the change."""
        return _in_order(
            replace(place, line=moved(place.line, self.after[place.path], self.before[place.path]))
            if place.path in self.after
            else place
            for place in self.by_hand
        )

    def _known_otherwise(self) -> Mapping[str, Mapping[str, list[str]]]:
        """Return the items that names, docstrings and properties give to tests, by file."""
        by_marker = {
            (found.nodeid, found.item)
            for found in self.audit.homemade
            if found.kind == "item-marker"
        }
        known: dict[str, dict[str, list[str]]] = {}
        for suggestion in self.audit.suggestions:
            test, item = suggestion.test, suggestion.item
            if suggestion.homemade and (test.nodeid, item) not in by_marker:
                known.setdefault(test.path, {}).setdefault(test.nodeid, []).append(item)
        return known

    def _rewrite(self, name: str, known: Mapping[str, Sequence[str]]) -> None:
        try:
            before = sources.content(sources.Source(self.paths[name], name))
            lines = {t.line: known[t.nodeid] for t in read(before, name).tests if t.nodeid in known}
            old = replaced(before, self._name_of, lines)
            after = self._with_those_missing(old.after, name, known)
        except OSError as error:
            self._pass_over(name, error.strerror or str(error))
        except (ValueError, SyntaxError) as error:
            self._pass_over(name, str(error))
        else:
            self.before[name], self.after[name] = before, after
            self.gone |= old.gone
            self.tests[name] = _differing(before, after, name)

    def _pass_over(self, name: str, why: str) -> None:
        self.passed_over.append(PassedOver(name, why))
        self.certain = False

    def _with_those_missing(
        self, source: bytes, name: str, known: Mapping[str, Sequence[str]]
    ) -> bytes:
        """Add our marker to tests that had none of a kind that could be replaced."""
        missing: dict[int, list[str]] = {}
        for test in read(source, name).tests:
            said = {w for m in test.markers if m.name == "mlscore" for w in m.arguments}
            names = [self._name(item) for item in known.get(test.nodeid, ())]
            fresh = [name for name in names if name not in said]
            if fresh:
                missing[test.line] = fresh
        return marked(source, missing) if missing else source

    def _still_used(self) -> set[str]:
        used: set[str] = set()
        for source in self.after.values():
            names, looked_up = markers_in(source)
            used |= names
            self.certain = self.certain and not looked_up
        if self.gone:
            others = sources.other_modules(self.root, self.paths.values())
            for other in islice(others, sources.MOST_FILES):
                used |= self._used_in(other)
            self.certain = self.certain and next(others, None) is None
        return used

    def _used_in(self, source: sources.Source) -> set[str]:
        """Return the markers that a file of another name uses: it may hold tests as well."""
        try:
            data = sources.content(source)
            if not any(name.encode() in data for name in self.gone):
                return set()
            names, looked_up = markers_in(data)
            left = list(left_in(data, self._name_of))
        except (OSError, ValueError, SyntaxError, RecursionError):
            self.certain = False
            return set()
        self.certain = self.certain and not looked_up
        self.by_hand += [
            ByHand(source.name, line, f"old marker {marker}, in a file that was not read as tests")
            for line, marker in dict.fromkeys(left)
        ]
        return set(names)

    def _take_out_declarations(self, unused: set[str]) -> None:
        for name, source in self.after.items():
            if b"addinivalue_line" in source:
                self._declared(name, registering.in_python(source, unused))
        for name in (*registering.INI_FILES, registering.PYPROJECT):
            path = self.root / name
            if path.is_file():
                self._take_out_of_configuration(name, path, unused)

    def _take_out_of_configuration(self, name: str, path: Path, unused: set[str]) -> None:
        try:
            data = sources.content(sources.Source(path, name))
        except (OSError, ValueError) as error:
            self._pass_over(name, str(error))
            return
        section = registering.INI_FILES.get(name)
        self.before[name] = self.after[name] = data
        self.paths[name] = path
        if section:
            self._declared(name, registering.in_ini(data, section, unused))
        else:
            self._declared(name, registering.in_toml(data, unused))

    def _declared(self, name: str, found: registering.Declared) -> None:
        lines = found.by_hand if self.certain else (*found.by_hand, *found.lines)
        if self.certain and found.removed:
            lines = tuple(moved(line, self.after[name], found.after) for line in lines)
            self.after[name] = found.after
            self.declarations[name] = found.removed
        what = "declares markers; those of the old score can go when nothing uses them"
        self.by_hand += [ByHand(name, line, what) for line in sorted(set(lines))]

    def _name_what_is_left(self) -> None:
        if not any(found.item or found.kind == "counting" for found in self.audit.homemade):
            return  # a marker called `model` alone makes no score
        for name, source in self.after.items():
            if name.endswith(".py"):
                self._name_what_is_left_in(name, source)

    def _name_what_is_left_in(self, name: str, source: bytes) -> None:
        for found in found_in([read(source, name)]):
            if found.kind == "counting":
                what = f"{found.text} counts results for the old score"
                self.by_hand.append(ByHand(name, found.line, what))
        for line, marker in dict.fromkeys(left_in(source, self._name_of)):
            what = f"old marker {marker}"
            if section_of(marker):
                what += ": says a section and no item"
            self.by_hand.append(ByHand(name, line, what))

    def _changes(self) -> Iterator[Change]:
        for name, after in self.after.items():
            if after != self.before[name]:
                yield Change(
                    name=name,
                    path=self.paths[name],
                    before=self.before[name],
                    after=after,
                    tests=self.tests.get(name, 0),
                    declarations=self.declarations.get(name, 0),
                )

    def _name_of(self, word: str) -> str | None:
        try:
            return self.audit.rubric.find(word).name
        except UnknownItemError:
            return None

    def _name(self, item: str) -> str:
        return self.audit.rubric.find(item).name


def _in_order(places: Iterable[ByHand]) -> tuple[ByHand, ...]:
    return tuple(sorted(places, key=lambda place: (place.path, place.line, place.what)))


def _differing(before: bytes, after: bytes, name: str) -> int:
    """Return how many tests have other markers than before."""
    if before == after:
        return 0
    sides = zip(read(before, name).tests, read(after, name).tests, strict=True)
    return sum(old.markers != new.markers for old, new in sides)
