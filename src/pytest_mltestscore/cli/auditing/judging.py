"""Which item a test probably serves, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...domain.rubric import Rubric
from .clue import Clue, all_said_by
from .clues import (
    AGAINST,
    CALLS,
    CODE_ITEMS,
    ITEMS_OF_WHAT_IS,
    MADE_UP,
    MADE_UP_WEIGHS,
    MADE_UP_WORDS,
    MOCKS,
    MOCKS_WEIGH,
    UNHARMED,
)
from .facts import TestFacts, words_of
from .words import WORDS

Confidence = Literal["low", "medium", "high"]
CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")

_LEVELS: tuple[tuple[Confidence, float, float], ...] = (
    ("high", 2.7, 1.0),
    ("medium", 1.9, 0.6),
    ("low", 1.1, 0.0),
)
"""How much the signs must come to, and how far an item must be ahead of the next one."""

_CHECKS = "pytest_mltestscore.checks."
_SECTIONS = ("data", "model", "infra", "monitor")

_PLACES = (("name", 1.0), ("class", 0.8), ("docstring", 0.75), ("file", 0.7), ("folder", 0.4))
_FAINT = (("calls", 0.6), ("fixtures", 0.45), ("names", 0.4))
_SAYS = {
    "name": "its name says",
    "class": "its class says",
    "docstring": "its docstring says",
    "file": "its file's name says",
    "folder": "its folder's name says",
    "calls": "it calls",
    "fixtures": "it takes",
    "names": "it speaks of",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that an untagged test probably serves."""

    test: TestFacts
    item: str
    confidence: Confidence
    why: tuple[str, ...]
    """The signs, the strongest first."""
    homemade: bool = False
    """Whether a team's own way of scoring says so, and no clue was needed."""


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float
    place: str
    words: str


def judge(test: TestFacts, rubric: Rubric) -> Suggestion | None:
    """Return the item that a test most probably serves, or None if none is likely enough."""
    called = _check_called(test, rubric)
    if called:
        return called
    known = {item.id for item in rubric.items}
    signs = {item: list(_signs(test, item)) for item in WORDS if item in known}
    scores = sorted(((_total(found), item) for item, found in signs.items()), reverse=True)
    if not scores:
        return None
    best, item = scores[0]
    lead = best - scores[1][0] if len(scores) > 1 else best
    for confidence, reached, ahead in _LEVELS:
        if best >= reached and lead >= ahead and (test.can_fail or confidence == "low"):
            return Suggestion(test, item, confidence, _why(signs[item]))
    return None


def _why(signs: Sequence[_Sign]) -> tuple[str, ...]:
    """Say where the strongest signs are, each place once."""
    by_place: dict[str, dict[str, None]] = {}
    for sign in sorted(signs, key=lambda sign: -sign.weight):
        if sign.weight > 0:
            by_place.setdefault(sign.place, {}).update(dict.fromkeys(sign.words.split()))
    listed = [f"{_SAYS[place]} {', '.join(list(words)[:5])}" for place, words in by_place.items()]
    return tuple(listed[:3])


def _check_called(test: TestFacts, rubric: Rubric) -> Suggestion | None:
    """Return the item of a ready-made check that is called, since it has the item's name."""
    known = {item.name.replace("-", "_"): item.id for item in rubric.items}
    for call in test.calls:
        section, _, name = call.removeprefix(_CHECKS).partition(".")
        if call.startswith(_CHECKS) and section in _SECTIONS and name in known:
            return Suggestion(test, known[name], "high", (f"it calls checks.{section}.{name}",))
    return None


def _total(signs: Sequence[_Sign]) -> float:
    """Add signs up: the strongest counts whole, each further one for half of the one before."""
    for_it = sorted((s.weight for s in signs if s.weight > 0), reverse=True)
    against = sum(s.weight for s in signs if s.weight < 0)
    return sum(weight * 0.5**n for n, weight in enumerate(for_it)) + against


def _signs(test: TestFacts, item: str) -> Iterator[_Sign]:
    places = _places(test)
    for clue in WORDS.get(item, ()):
        if clue.found_in(places.said):
            yield from _strongest(clue, places.listed)
    for clue in CALLS.get(item, ()):
        for call in test.calls:
            if _is_call(clue.words, call):
                yield _Sign(clue.weight, "calls", call)
                break
    for clue in AGAINST:
        harmless = item in UNHARMED.get(clue.words.partition("|")[0], ())
        if not harmless and clue.found_in(places.said):
            yield from _strongest(clue, places.listed[: len(_PLACES) - 1])
    if item not in CODE_ITEMS and any(_is_mock(name) for name in (*test.fixtures, *test.calls)):
        yield _Sign(MOCKS_WEIGH, "mocks", "")
    if item in ITEMS_OF_WHAT_IS and _makes_up(test):
        yield _Sign(MADE_UP_WEIGHS, "made-up data", "")


def _strongest(clue: Clue, places: Sequence[_Place]) -> Iterator[_Sign]:
    for place in places:  # the strongest come first
        for name in place.names:
            if clue.found_in(name.said):
                yield _Sign(clue.weight * place.factor, place.title, _shown(clue, name.words))
                return


@dataclass(frozen=True, slots=True)
class _Name:
    """The words of a name, and all that they say."""

    words: frozenset[str]
    said: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where names stand, and what that is worth."""

    title: str
    factor: float
    names: tuple[_Name, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of a test, and all that is said in any of them: most clues are nowhere."""

    listed: tuple[_Place, ...]
    said: frozenset[str]


@lru_cache(maxsize=8)
def _places(test: TestFacts) -> _Places:
    """Return the words of a test by where they stand.

    The further places repeat the words of the name: `test_slices.py::test_recall` is about both.
    Calls and the names of variables say something each by itself.
    """
    *folders, file = test.path.removesuffix(".py").split("/")
    name = frozenset(words_of(test.name)) - {"test"}
    together = {
        "name": name,
        "class": name | _words(test.classes),
        "docstring": name | frozenset(test.doc),
        "file": name | _words([file]) - {"test", "tests"},
        "folder": name | _words([file, *folders]) - {"test", "tests"},
    }
    apart = {
        "calls": [call.rpartition(".")[2] for call in test.calls],
        "fixtures": test.fixtures,
        "names": test.names,
    }
    listed = (
        *(_Place(title, factor, (_name(together[title]),)) for title, factor in _PLACES),
        *(
            _Place(title, factor, tuple(_name(words_of(name)) for name in apart[title]))
            for title, factor in _FAINT
        ),
    )
    said = frozenset().union(*(name.said for place in listed for name in place.names))
    return _Places(listed, said)


def _name(words: Iterable[str]) -> _Name:
    kept = frozenset(words)
    return _Name(kept, all_said_by(kept))


def _words(names: Sequence[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in words_of(name))


def _shown(clue: Clue, words: frozenset[str]) -> str:
    """Return the words of a place that a clue is about."""
    wanted = [word for group in clue.words.split() for word in group.split("|")]
    hits = [
        word
        for word in sorted(words)
        if any(word.startswith(w[:-1]) if w.endswith("*") else word == w for w in wanted)
    ]
    return " ".join(hits[:4])


def _is_call(wanted: str, call: str) -> bool:
    parts = call.split(".")
    if wanted.endswith("*"):
        return parts[-1].startswith(wanted[:-1])
    return wanted in parts or call == wanted or call.startswith(f"{wanted}.")


def _makes_up(test: TestFacts) -> bool:
    if any(call.startswith(MADE_UP) for call in test.calls):
        return True
    names = (*(call.rpartition(".")[2] for call in test.calls), *test.fixtures)
    return any(not MADE_UP_WORDS.isdisjoint(words_of(name)) for name in names)


def _is_mock(name: str) -> bool:
    return name.startswith("mock_") or any(part in MOCKS for part in name.split("."))
