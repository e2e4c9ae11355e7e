"""Reading what people type as gate conditions: the one parser behind the command line and ini keys.

Each function takes the name of the option, with which its errors begin.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal

from ..domain.errors import ConfigError, UnknownItemError, nearest
from ..domain.record import Requirement
from ..domain.rubric import Rubric
from ..domain.tables import shown
from .gate import requirement

# No exponents, underscores or digits of other scripts, all of which `float` would take.
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)


def fail_under(value: str | float, *, option: str, maximum: float) -> float:
    """Read a floor between 0 and `maximum`, exactly as it was typed.

    Raises
    ------
    ConfigError
        If it is no plain number, lies outside the range, or has more digits than a float holds
        (it would be compared as another number than the one on the screen).

    >>> fail_under("2.5", option="--fail-under", maximum=7)
    2.5
    >>> fail_under("3,0", option="--fail-under", maximum=7)
    Traceback (most recent call last):
    pytest_mltestscore.domain.errors.ConfigError: --fail-under: is '3,0'; did you mean 3.0?
    """
    number = _number(value, option, maximum)
    if not 0 <= number <= maximum:
        raise ConfigError(f"{option}: is {shown(value)}; give {_wanted(maximum)}")
    return float(number) + 0.0  # never -0.0


def _number(value: object, option: str, maximum: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ConfigError(f"{option}: is {shown(value)}; give {_wanted(maximum)}")
    text = value.strip()
    if not _NUMBER.fullmatch(text):
        raise ConfigError(f"{option}: is {shown(value)}; {_mend(text, maximum)}")
    number = float(text)
    if math.isfinite(number) and Decimal(repr(number)) != Decimal(text):
        raise ConfigError(
            f"{option}: is {shown(value)}, more digits than can be compared exactly;"
            f" give {_wanted(maximum)}"
        )
    return number


def _mend(text: str, maximum: float) -> str:
    with_point = text.replace(",", ".", 1)
    if _NUMBER.fullmatch(with_point):
        return f"did you mean {with_point}?"
    return f"give {_wanted(maximum)}"


def _wanted(maximum: float) -> str:
    return f"a number from 0 to {maximum:g}, such as {min(2.5, maximum):g}"


def section_floors(texts: Iterable[str], rubric: Rubric, option: str) -> dict[str, float]:
    """Read `SECTION=N` texts into floors by section id, in the order of the rubric.

    A section may be given twice only with the same floor.

    Raises
    ------
    ConfigError
        If a text has another form, names no section of the rubric, or contradicts another.
    """
    floors: dict[str, float] = {}
    for text in texts:
        section, floor = _section_floor(text, rubric, option)
        if floors.setdefault(section, floor) != floor:
            raise ConfigError(
                f"{option}: section {section} is given as {floors[section]:g} and as {floor:g};"
                " keep one of the two"
            )
    return {s.id: floors[s.id] for s in rubric.sections if s.id in floors}


def _section_floor(text: str, rubric: Rubric, option: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    if not equals or "=" in number:
        raise ConfigError(
            f"{option}: is {shown(text)}; give SECTION=N, such as {rubric.sections[0].id}=2,"
            " and once more for each further section"
        )
    section = name.strip().casefold()
    known = [s.id for s in rubric.sections]
    if section not in known:
        closest = nearest(section, known)
        mend = f"did you mean {closest!r}?" if closest else f"known sections: {', '.join(known)}"
        raise ConfigError(f"{option}: unknown section {shown(name.strip())}; {mend}")
    size = sum(item.section == section for item in rubric.items)
    most = size * rubric.credit.automated
    return section, fail_under(number, option=f"{option} {section}", maximum=most)


def requirements(texts: Iterable[str], rubric: Rubric, option: str) -> tuple[str, ...]:
    """Read `ITEM[:LEVEL]` texts, or lists of them with commas, into their canonical form.

    Items are named by id with their level, once each, in the order of the rubric. Of two levels
    for one item the higher counts, since it implies the lower.

    Raises
    ------
    ConfigError
        If an item or level is unknown, or a list has an empty entry.
    """
    levels: dict[str, str] = {}
    for entry in (entry for text in texts for entry in text.split(",")):
        wanted = _requirement(entry, rubric, option)
        if levels.get(wanted.item) != "automated":
            levels[wanted.item] = wanted.level
    return tuple(f"{i.id}:{levels[i.id]}" for i in rubric.items if i.id in levels)


def _requirement(entry: str, rubric: Rubric, option: str) -> Requirement:
    if not entry.strip():
        raise ConfigError(
            f"{option}: an item is missing; give ITEM[:LEVEL], such as"
            f" {rubric.items[0].id}:automated, with commas only between items"
        )
    name, colon, level = entry.partition(":")
    try:
        item = rubric.find(name)
    except UnknownItemError as error:
        raise ConfigError(f"{option}: {error}") from None
    if not colon:
        return Requirement(item=item.id)
    try:
        # A colon with nothing behind it is a level forgotten, not the default asked for.
        return requirement(f"{item.id}:{level.strip().casefold() or '-'}")
    except ValueError:
        closest = nearest(level.strip(), ("manual", "automated"))
        mend = f"did you mean {closest!r}?" if closest else "give manual or automated"
        raise ConfigError(
            f"{option}: {item.id} has the unknown level {shown(level.strip())}; {mend}"
        ) from None
