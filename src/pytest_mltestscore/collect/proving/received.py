"""What a test is given: the values of its arguments, and what set-up left on its instance."""

from __future__ import annotations

import contextlib
import functools
import unittest
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

Received: TypeAlias = dict[str, Any]
"""Values by name: `flights` for an argument, `self.flights` for an attribute."""
Read: TypeAlias = dict[str, set[str]]
"""Of systems that were received: which of their parts were read."""
Change: TypeAlias = Callable[[Received], Received]
"""Gets what a test is given, and returns what it is to get instead: only what differs."""

_OWN = "self."
_NO_DATA = frozenset(
    {
        "cache",
        "capfd",
        "capfdbinary",
        "caplog",
        "capsys",
        "capsysbinary",
        "capteesys",
        "mlscore",
        "monkeypatch",
        "pytestconfig",
        "recwarn",
        "request",
        "subtests",
        "tmp_path",
        "tmp_path_factory",
        "tmpdir",
        "tmpdir_factory",
    }
)
"""Fixtures that hand a test tools, and nothing that it could be about."""


@contextlib.contextmanager
def changed(item: pytest.Function, change: Change) -> Iterator[None]:
    """Let a test that is run inside get other values than its fixtures and set-up made."""
    if isinstance(item.instance, unittest.TestCase):
        with _changed_method(item, change):
            yield
        return
    arguments = {name: item.funcargs[name] for name in _arguments(item)}
    instead = change({**arguments, **_attributes(item)})
    with _attributes_set(item.instance, instead):
        item.funcargs.update({n: v for n, v in instead.items() if not n.startswith(_OWN)})
        yield


def _arguments(item: pytest.Function) -> tuple[str, ...]:
    named = item._fixtureinfo.argnames
    return tuple(n for n in named if n in item.funcargs and n not in _NO_DATA)


@contextlib.contextmanager
def _changed_method(item: pytest.Function, change: Change) -> Iterator[None]:
    """Wrap the test method, since `setUp` runs within the call."""
    method = item.obj

    @functools.wraps(method)
    def damaged(*args: Any, **kwargs: Any) -> Any:
        with _attributes_set(item.instance, change(_attributes(item))):
            return method(*args, **kwargs)

    item.obj = damaged
    try:
        yield
    finally:
        item.obj = method


def _attributes(item: pytest.Function) -> Received:
    """Return data that set-up left on a test's instance or its class."""
    instance = item.instance
    if instance is None:
        return {}
    found = {**_data_of_class(type(instance)), **vars(instance)}
    found.pop(item.name, None)  # pytest sets the test itself on a `TestCase`
    return {f"{_OWN}{name}": value for name, value in found.items() if not name.startswith("_")}


def _data_of_class(cls: type) -> Received:
    found: Received = {}
    for base in reversed(cls.__mro__):
        if base.__module__.partition(".")[0] in ("builtins", "unittest"):
            continue
        for name, value in vars(base).items():
            if not hasattr(value, "__get__") and name not in ("pytestmark", "maxDiff"):
                found[name] = value
    return found


@contextlib.contextmanager
def _attributes_set(instance: Any, instead: Received) -> Iterator[None]:
    named = {n.removeprefix(_OWN): v for n, v in instead.items() if n.startswith(_OWN)}
    own = dict(vars(instance)) if named else {}
    for name, value in named.items():
        setattr(instance, name, value)
    try:
        yield
    finally:
        for name in named:
            if name in own:
                setattr(instance, name, own[name])
            else:  # it stood on the class, where it still stands
                delattr(instance, name)
