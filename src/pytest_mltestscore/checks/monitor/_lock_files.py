"""Versions that a lock file lays down, of pip, uv, Poetry or the standard `pylock.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ...domain.errors import InputError
from ...domain.tables import parse_toml
from ...domain.text import clean_line

_EXACT = ("==", "===")


class Locked(NamedTuple):
    """What a lock file says of one package."""

    name: str
    versions: frozenset[str]
    """Any of these; empty where none is laid down."""
    written: str
    """As it stands in the file, where there is no version."""


def read_lock(path: Path, argument: str) -> dict[str, Locked]:
    """Return what a lock file lays down for this environment, by canonical name.

    Raises
    ------
    InputError
        If the file cannot be read, or lists nothing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"{path} cannot be read ({error.strerror}); give a lock or requirements file"
        raise InputError(argument, problem) from error
    entries = (
        _of_toml(content, path, argument)
        if path.suffix in (".toml", ".lock")
        else _of_requirements(content.decode("utf-8", "replace"), path, argument)
    )
    found: dict[str, Locked] = {}
    for entry in entries:
        name = str(canonicalize_name(entry.name))
        before = found.get(name, Locked(name, frozenset(), ""))
        written = before.written or entry.written
        found[name] = Locked(name, before.versions | entry.versions, written)
    if not found:
        raise InputError(argument, f"{path.name} lists no package for this environment")
    return found


def _of_toml(content: bytes, path: Path, argument: str) -> Iterator[Locked]:
    """Yield the packages of `pylock.toml`, `uv.lock` or `poetry.lock`."""
    problems: list[str] = []
    table = parse_toml(content, where=path.name, problems=problems)
    if table is None:
        raise InputError(argument, "; ".join(problems))
    packages = table.get("packages", table.get("package"))
    if not isinstance(packages, list):
        raise InputError(argument, f"{path.name} has no packages; give a lock file")
    for package in packages:
        if not _is_project(package) and _applies(package.get("marker", package.get("markers"))):
            version = package.get("version")
            versions = frozenset([str(version)]) if version else frozenset()
            yield Locked(str(package["name"]), versions, "" if version else "no version")


def _is_project(package: Mapping[str, Any]) -> bool:
    """Whether it is the locked project itself, or code beside it, which has no fixed version."""
    source = package.get("source", {})
    local = isinstance(source, Mapping) and {"virtual", "editable", "directory"} & set(source)
    return bool(local) or "directory" in package


def _applies(marker: Any) -> bool:
    if not isinstance(marker, str) or not marker:
        return True
    try:
        return Marker(marker).evaluate({"extra": ""})
    except InvalidMarker:
        return True  # looked at rather than skipped


def _of_requirements(text: str, path: Path, argument: str) -> Iterator[Locked]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        content = re.sub(r"(^|\s)#.*$", "", line).strip()
        nested = re.match(r"(?:-r|-c|--requirement|--constraint)[ =]*(.+)", content)
        if nested:
            yield from read_lock(path.parent / nested[1].strip(), argument).values()
        elif content and not content.startswith("-"):
            yield from _of_line(content, path, argument)


def _of_line(content: str, path: Path, argument: str) -> Iterator[Locked]:
    written = re.split(r"\s--", content, maxsplit=1)[0].strip()
    try:
        requirement = Requirement(written)
    except InvalidRequirement as error:
        problem = f"{path.name}: {written!r} is no requirement: {clean_line(str(error))}"
        raise InputError(argument, problem) from error
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return
    pins = frozenset(
        s.version for s in requirement.specifier if s.operator in _EXACT and "*" not in s.version
    )
    yield Locked(requirement.name, pins, "" if pins else written)
