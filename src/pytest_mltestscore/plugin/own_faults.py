"""Faults that plugins and `conftest.py` bring, made known to the run and to its rubric."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
import pytest

from ..domain.errors import ConfigError, UnknownItemError, nearest
from ..domain.rubric import Item, Rubric
from ..domain.text import clean_line
from ..faults import Fault, all_faults, know
from .extensions import results_of, wrong

_HOOK = "pytest_mlscore_faults"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MAX_DAMAGE = 200


def with_own_faults(config: pytest.Config, rubric: Rubric) -> Rubric:
    """Return a rubric whose items name the faults that were brought for them, too.

    They come first: nobody knows better what belongs to an item of a system. The run knows them
    until it ends.

    Raises
    ------
    ConfigError
        If a hook fails or returns something else, for a fault with a name that is taken or no
        name, that does not say what it does, or that is for no item of the rubric; and if the
        rubric names one that nobody brings.
    """
    found: dict[str, Fault] = {}
    of_item: dict[str, list[str]] = {}
    for plugin, fault in _brought(config):
        for item in _items(plugin, fault, rubric):
            of_item.setdefault(item, []).append(fault.name)
        if fault.name in all_faults() or fault.name in found:
            whose = "another plugin" if fault.name in found else "this package"
            raise wrong(plugin, f"{whose} has a fault {fault.name!r} already; rename yours")
        found[fault.name] = fault
    _require_known(rubric, {*all_faults(), *found})
    config.add_cleanup(know(found.values()))
    items = tuple(_with_faults(item, of_item.get(item.id, ())) for item in rubric.items)
    return msgspec.structs.replace(rubric, items=items)


def _with_faults(item: Item, own: Sequence[str]) -> Item:
    return msgspec.structs.replace(item, faults=tuple(dict.fromkeys((*own, *item.faults))))


def _require_known(rubric: Rubric, known: set[str]) -> None:
    for item in rubric.items:
        if unknown := next((name for name in item.faults if name not in known), None):
            closest = nearest(unknown, known)
            hint = f"did you mean {closest!r}?" if closest else f"bring it by {_HOOK}"
            raise ConfigError(f"rubric {rubric.id}: {item.id} names the fault {unknown!r}; {hint}")


def _brought(config: pytest.Config) -> Iterator[tuple[str, Fault]]:
    for plugin, result in results_of(config, _HOOK):
        listed = isinstance(result, Sequence) and not isinstance(result, str)
        for fault in result if listed else [result]:
            if not isinstance(fault, Fault):
                mend = "make one with @pytest_mltestscore.faults.fault"
                raise wrong(plugin, f"{fault!r} is not a Fault; {mend}")
            _require_words(plugin, fault)
            yield plugin, fault


def _require_words(plugin: str, fault: Fault) -> None:
    if not _NAME.fullmatch(str(fault.name)):
        mend = "use small letters, digits and underscores, 60 at most"
        raise wrong(plugin, f"{fault.name!r} is no name for a fault; {mend}")
    damage = str(fault.damage)
    if not damage or len(damage) > _MAX_DAMAGE or damage != clean_line(damage, limit=_MAX_DAMAGE):
        mend = f"give a line of {_MAX_DAMAGE} characters at most"
        raise wrong(plugin, f"the fault {fault.name} does not say what it does; {mend}")


def _items(plugin: str, fault: Fault, rubric: Rubric) -> set[str]:
    listed = {item.id for item in rubric.items if fault.name in item.faults}
    if not listed and not fault.items:
        mend = "say so by items=['feature-schema']"
        raise wrong(plugin, f"the fault {fault.name} is for no item; {mend}")
    try:
        return listed | {rubric.find(word).id for word in fault.items}
    except UnknownItemError as error:
        raise wrong(plugin, f"the fault {fault.name}: {error}") from None
    except AttributeError:
        raise wrong(plugin, f"the fault {fault.name}: items are names, and no others") from None
