"""How a repository is set up: its name, configuration of pytest and mlscore, CI, DVC, installs."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...domain.tables import parse_toml
from .._failure import CommandError
from ._files import beginning

SIZE_LIMIT = 1_000_000
CI_FILES = {
    "gitlab": (".gitlab-ci.yml",),
    "jenkins": ("Jenkinsfile",),
    "travis": (".travis.yml",),
}
"""By service, the files that give it away. GitHub's are all below `.github/workflows/`."""
_PYTEST_FILES = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest"}
_PYTEST_FILES["setup.cfg"] = "tool:pytest"
_STAGE = re.compile(r"(  |    )([A-Za-z0-9_-]{1,100}):\s*(#.*)?")
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def read_pyproject(root: Path, paths: Iterable[str]) -> tuple[bytes | None, dict[str, Any]]:
    """Return `pyproject.toml` as it is and as a table; no bytes if there is none.

    Raises
    ------
    CommandError
        If there is one that pytest could not read either.
    """
    if "pyproject.toml" not in paths:
        if os.path.lexists(root / "pyproject.toml"):
            raise CommandError("pyproject.toml: is no regular file; put a TOML file there")
        return None, {}
    content, whole = beginning(root / "pyproject.toml", SIZE_LIMIT)
    if not whole:
        raise CommandError("pyproject.toml: cannot be read, or is larger than 1 MB; mend that")
    problems: list[str] = []
    table = parse_toml(content, where="pyproject.toml", problems=problems)
    if table is None:
        raise CommandError(f"{problems[0]}; mend it first")
    return content, table


def settings_in(pyproject: dict[str, Any], paths: Iterable[str]) -> str:
    """Return where mlscore is configured already; empty if nowhere."""
    if "mlscore.toml" in paths:
        return "mlscore.toml"
    return "[tool.mlscore] in pyproject.toml" if "mlscore" in table(pyproject, "tool") else ""


def pytest_settings(
    root: Path, pyproject: dict[str, Any], sizes: dict[str, int]
) -> tuple[str, list[str]]:
    """Return where pytest is configured, empty if nowhere, and the folders where it looks."""
    for name in ("pytest.toml", ".pytest.toml"):
        if name in sizes:
            return name, []
    options = table(table(pyproject, "tool"), "pytest")
    for name, section in _PYTEST_FILES.items():
        if name in sizes:
            found = _ini_section(root / name, section)
            if found is not None or name == "pytest.ini":
                return name, (found or {}).get("testpaths", "").split()
    if options:
        wanted = (table(options, "ini_options") or options).get("testpaths", [])
        folders = wanted.split() if isinstance(wanted, str) else wanted
        return "pyproject.toml", [f for f in folders if isinstance(f, str)]
    return "", []


def test_folder(testpaths: Iterable[str], paths: Iterable[str]) -> str:
    """Return the folder for tests, from the top: where pytest looks, or where tests are."""
    known = {path.rpartition("/")[0] for path in paths}
    wanted = [p.strip("/").removeprefix("./") for p in testpaths]
    usable = [p for p in wanted if re.fullmatch(r"[\w-]+(/[\w-]+)*", p, re.ASCII)]
    if usable and "tests" not in usable:
        return usable[0]
    return "test" if "test" in known and "tests" not in known else "tests"


def system_name(pyproject: dict[str, Any], root: Path) -> str:
    """Return a name for the system: that of the project or of the folder, with plain letters."""
    given = table(pyproject, "project").get("name")
    name = given if isinstance(given, str) and given.strip() else root.resolve().name
    return _NAME.sub("-", name).strip("-.")[:100] or "ml-system"


def ci_found(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the CI services that the repository is set up for."""
    known = set(paths)
    folder = ".github/workflows/"
    github = any(p.startswith(folder) and p.endswith((".yml", ".yaml")) for p in known)
    others = [service for service, files in CI_FILES.items() if known & set(files)]
    return (*(["github"] if github else []), *others)


def ci_texts(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the beginnings of the files that services of CI read, by service."""
    known = set(paths)
    return {
        service: beginning(root / name, SIZE_LIMIT)[0].decode("utf-8", "replace")
        for service, names in CI_FILES.items()
        for name in names
        if name in known
    }


def scoring(texts: dict[str, str]) -> frozenset[str]:
    """Return the services whose files name mlscore, or the file that we write, in no comment."""
    return frozenset(
        service
        for service, text in texts.items()
        if any("mlscore" in line.partition("#")[0] for line in text.splitlines())
    )


def dvc_stages(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the stages in `dvc.yaml`, by its indentation."""
    if "dvc.yaml" not in paths:
        return ()
    content, _ = beginning(root / "dvc.yaml", SIZE_LIMIT)
    found: list[str] = []
    inside, depth = False, ""
    for line in content.decode("utf-8", "replace").splitlines():
        if line[:1].strip() and not line.startswith("#"):
            inside, depth = line.split("#")[0].strip() == "stages:", ""
        match = _STAGE.fullmatch(line.rstrip()) if inside else None
        if match and match[1] == (depth or match[1]):
            depth = match[1]
            found.append(match[2])
    return tuple(found[:100])


def installs(pyproject: dict[str, Any], paths: Iterable[str]) -> tuple[str, ...]:
    """Return the arguments of `pip install` that bring what the project needs."""
    known = set(paths)
    found = ["-r requirements.txt"] if "requirements.txt" in known else []
    if "setup.py" in known or ("project" in pyproject and "build-system" in pyproject):
        found.append("-e .")
    return tuple(found)


def table(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a table of a table, empty if there is none, whatever is there in its place."""
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def _ini_section(path: Path, section: str) -> dict[str, str] | None:
    content, _ = beginning(path, SIZE_LIMIT)
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(content.decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError):
        return None
    return dict(parser[section]) if parser.has_section(section) else None
