"""Exporting functions that are imported when they are first used: heavy libraries stay out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from ..domain.errors import MissingDependencyError

OF_CHECKS = frozenset({"narwhals", "numpy", "pandas", "scipy", "sklearn"})
"""Modules that come with the extra `checks`."""


def exports(
    package: str, names: Sequence[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose function `f` is in its module `_f`."""

    def get(name: str) -> object:
        __tracebackhide__ = True
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = import_module(f"._{name}", package)
        except ModuleNotFoundError as error:
            if error.name not in OF_CHECKS:
                raise
            raise MissingDependencyError(error.name, "checks") from None
        return getattr(module, name)

    return get, lambda: sorted(names)
