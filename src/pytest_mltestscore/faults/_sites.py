"""Finding what can be damaged inside of what a test receives, however it is wrapped."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from ._commands import is_command
from ._files import is_path
from ._moments import is_iso

MAX_DEPTH = 3
MAX_PARTS = 40
"""Parts of one container that are looked at."""


class Site(NamedTuple):
    """A value, and the way to it."""

    path: tuple[Any, ...]
    """Keys, positions or field names, from the outermost container inwards."""
    value: Any

    def named(self, root: str) -> str:
        """Return the site as people write it, such as `system.model` or `data[0]`."""
        return root + "".join(f".{key}" if _is_field(key) else f"[{key!r}]" for key in self.path)


class Field(str):
    """The name of an attribute, in a path; keys of mappings are other strings."""

    __slots__ = ()


def _is_field(key: object) -> bool:
    return isinstance(key, Field)


def sites_of(value: Any) -> Iterator[Site]:
    """Yield a value and all values inside of its containers, outermost first.

    Looked into are tuples, lists, mappings, dataclasses and simple namespaces.
    """
    waiting: list[Site] = [Site((), value)]
    seen: set[int] = set()
    while waiting:
        site = waiting.pop(0)
        if id(site.value) in seen:  # the same object twice, or a container that holds itself
            continue
        seen.add(id(site.value))
        yield site
        if len(site.path) < MAX_DEPTH:
            parts = list(parts_of(site.value))[:MAX_PARTS]
            waiting += [Site((*site.path, k), part) for k, part in parts if not _is_plain(part)]


def parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the parts of a container with their keys, positions or names; nothing for others."""
    if isinstance(value, Mapping):
        yield from ((key, value[key]) for key in value)
    elif isinstance(value, tuple | list):
        words = list(enumerate(value))
        yield from words[1:] if is_command(value) else words  # a program is nobody's data
    elif _has_fields(value):
        yield from ((Field(name), getattr(value, name)) for name in _field_names(value))


def _is_plain(value: Any) -> bool:
    """Whether there is nothing in a value that could be damaged; some texts are paths or times."""
    if isinstance(value, str):
        return not (is_iso(value) or is_path(value))
    return value is None or isinstance(value, bytes | bool | type)


def _has_fields(value: Any) -> bool:
    return not isinstance(value, type) and (
        dataclasses.is_dataclass(value) or isinstance(value, SimpleNamespace)
    )


def _field_names(value: Any) -> list[str]:
    if isinstance(value, SimpleNamespace):
        return list(vars(value))
    return [part.name for part in dataclasses.fields(value)]


def part_at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the part of a value at a path."""
    for key in path:
        value = getattr(value, key) if isinstance(key, Field) else value[key]
    return value


def with_part(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    """Return a copy of a value that holds another part at a path; the value stays as it is."""
    if not path:
        return part
    key, *further = path
    if isinstance(key, Field):
        inner = with_part(getattr(value, key), tuple(further), part)
        return _with_field(value, key, inner)
    inner = with_part(value[key], tuple(further), part)
    if isinstance(value, tuple):
        parts = [inner if place == key else old for place, old in enumerate(value)]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    changed = copy.copy(value)
    changed[key] = inner
    return changed


def _with_field(value: Any, name: str, inner: Any) -> Any:
    changed = copy.copy(value)
    # Frozen dataclasses refuse to be set, and `replace` would run what they check of themselves.
    object.__setattr__(changed, str(name), inner)
    return changed
