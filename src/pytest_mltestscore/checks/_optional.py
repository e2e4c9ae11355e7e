"""Libraries that only some checks need, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..domain.errors import MissingDependencyError


def load(module: str, *, extra: str) -> ModuleType:
    """Import a module that comes with an extra of this package.

    Raises
    ------
    MissingDependencyError
        If it cannot be imported, also where the import ends the process: pyspark without its
        connect part calls `sys.exit`.
    """
    try:
        return import_module(module)
    except (ImportError, SystemExit) as error:
        raise MissingDependencyError(module, extra) from error
