"""Items that are named in words, as the paper numbers them: "Data 3", `data_3`, `Infra1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SECTIONS = {
    "data": "data",
    "feature": "data",
    "features": "data",
    "model": "model",
    "infra": "infra",
    "infrastructure": "infra",
    "monitor": "monitor",
    "monitoring": "monitor",
}
"""What teams call the sections, and their ids."""

_SECTION = "|".join(sorted(_SECTIONS, key=len, reverse=True))
_ITEM = rf"({_SECTION})[\s_#-]{{0,2}}([1-7])"
_WHOLE = re.compile(_ITEM, re.IGNORECASE)
_IN_NAME = re.compile(rf"(?:^|_){_ITEM}(?=_|$)", re.IGNORECASE)
_IN_TEXT = re.compile(
    rf"(?:^[\W_]*|ml[ -]?test[ -]?score\W{{0,3}}|[(\[]){_ITEM}(?=\s*[:.)\],\u2013\u2014-]|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_TEST_BEHIND = re.compile(r"_?tests?$")
_LONGEST = 5_000


def section_of(word: str) -> str | None:
    """Return the id of the section that somebody calls by this word.

    >>> section_of("Monitoring_tests")
    'monitor'
    """
    return _SECTIONS.get(_TEST_BEHIND.sub("", word.casefold()))


def item_of(word: str) -> str | None:
    """Return the id of the item that a word is, and nothing else.

    >>> item_of("Infra1"), item_of("data_8")
    ('infra-1', None)
    """
    match = _WHOLE.fullmatch(word.strip()[:_LONGEST])
    return _id(match) if match else None


def named_in_name(name: str) -> str | None:
    """Return the item whose number is part of a name.

    >>> named_in_name("test_data_3_cost"), named_in_name("test_model_2x")
    ('data-3', None)
    """
    match = _IN_NAME.search(name[:_LONGEST])
    return _id(match) if match else None


def named_in_text(text: str) -> Iterator[str]:
    """Yield the items that a text names where a reader would look for a label.

    >>> list(named_in_text("Data 3: cost. Compares model 1 with model 2."))
    ['data-3']
    """
    for match in _IN_TEXT.finditer(text[:_LONGEST]):
        yield _id(match)


def _id(match: re.Match[str]) -> str:
    return f"{_SECTIONS[match[1].casefold()]}-{match[2]}"
