"""Exporting functions that are imported when they are first used: heavy libraries stay out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module


def exports(
    package: str, names: Sequence[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose function `f` is in its module `_f`."""

    def get(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"._{name}", package), name)

    return get, lambda: sorted(names)
