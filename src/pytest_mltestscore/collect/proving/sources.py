"""A digest of the code that a test depends on, so that what is known of it ends when that changes.

Followed are imports as they stand in the sources, wherever in a module. What a test imports in
another way, as by a name that it computes, is not seen.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

_OURS = Path(__file__).parents[2]
_INFO = (".dist-info", ".egg-info")
_INSTALLED = ("site-packages", "dist-packages")


def digest_of_sources(item: pytest.Item) -> str:
    """Return a digest of the test's module and plugins, of what they import, and of all packages.

    Packages that are installed are known by their versions; modules of the project by their text.
    """
    waiting = [file for module in _roots(item) if (file := _file_of(module))]
    found: set[tuple[str, str]] = set()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            modules = (sys.modules.get(name) for name in _imported(*file))
            waiting += filter(None, map(_file_of, modules))
    files = ((name, _Version(path, _changed_at(path))) for name, path in sorted(found))
    texts = (f"{name}:{_digest_of(file)}" for name, file in files)
    return hashlib.sha256("\n".join((_installed(), *texts)).encode()).hexdigest()


def _roots(item: pytest.Item) -> Iterator[ModuleType]:
    module = getattr(item, "module", None)
    if isinstance(module, ModuleType):
        yield module
    for plugin in item.config.pluginmanager.get_plugins():  # conftest files among them
        if isinstance(plugin, ModuleType):
            yield plugin


def _file_of(module: ModuleType | None) -> tuple[str, str] | None:
    """Return name and source file of a module of the project, None for any other."""
    path = getattr(module, "__file__", None)
    if module is None or not path or not str(path).endswith(".py") or _is_installed(path):
        return None
    return module.__name__, str(path)


@cache
def _is_installed(path: str) -> bool:
    place = Path(path)
    if any(part in _INSTALLED for part in place.parts) or place.is_relative_to(_OURS):
        return True
    return place.is_relative_to(sysconfig.get_path("stdlib"))


def _imported(name: str, path: str) -> tuple[str, ...]:
    """Return the names of modules that a module may import, and of the packages around them."""
    package = name if Path(path).name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = {name}
    for level, base, names in _imports(_Version(path, _changed_at(path))):
        origin = _absolute(package, level, base)
        found |= {origin, *(f"{origin}.{one}" for one in names)}
    return tuple(sorted(part for one in found for part in _with_packages(one)))


def _with_packages(name: str) -> Iterator[str]:
    words = name.split(".")
    return (".".join(words[:count]) for count in range(1, len(words) + 1))


def _absolute(package: str, level: int, base: str) -> str:
    if not level:
        return base
    above = package.split(".")
    return ".".join(part for part in (*above[: len(above) - level + 1], base) if part)


class _Version(NamedTuple):
    """A file as it was at some time."""

    path: str
    changed_at: int


@cache
def _imports(file: _Version) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Return the imports in a file: dots in front, module, and the names taken from it."""
    try:
        tree = ast.parse(Path(file.path).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ()
    found: list[tuple[int, str, tuple[str, ...]]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(0, alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or "", tuple(a.name for a in node.names)))
    return tuple(found)


def _changed_at(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


@cache
def _digest_of(file: _Version) -> str:
    try:
        return hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
    except OSError:
        return "gone"


@cache
def _installed() -> str:
    """Return a digest of this package, of Python, and of the versions of what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(_OURS.rglob("*.py")):
        digest.update(file.read_bytes())
    for name in sorted(_installed_versions()):
        digest.update(name.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _installed_versions() -> Iterator[str]:
    """Yield names and versions of packages, as the folders say that installers make for them."""
    for folder in filter(None, sys.path):
        with contextlib.suppress(OSError):
            yield from (entry.name for entry in Path(folder).iterdir() if entry.suffix in _INFO)
