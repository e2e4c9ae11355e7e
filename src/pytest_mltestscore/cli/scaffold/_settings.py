"""Configuration of mlscore and, where there is none, of pytest: where it goes and what it says."""

from __future__ import annotations

import tomllib
from typing import NamedTuple

from ._facts import Facts


class Settings(NamedTuple):
    """What to append to `pyproject.toml`, and files to make."""

    appended: bytes
    files: dict[str, str]


def settings(facts: Facts, name: str) -> Settings:
    """Return what is to be configured; nothing where it is already."""
    own = "" if facts.settings_in else f'[tool.mlscore]\nsystem = "{name}"\n'
    folders = [] if facts.pytest_in else _folders(facts)
    listed = ", ".join(f'"{f}"' for f in folders)
    pytest = f"[tool.pytest.ini_options]\npythonpath = [{listed}]\n" if folders else ""
    if facts.pyproject is not None:
        wanted = "\n".join(part for part in (own, pytest) if part)
        appended = _appended(facts.pyproject, wanted)
        if appended or not wanted:
            return Settings(appended, {})
    files = {}
    if own:
        files["mlscore.toml"] = own.partition("\n")[2]
    if folders:
        files["pytest.ini"] = f"[pytest]\npythonpath = {' '.join(folders)}\n"
    return Settings(b"", files)


def _folders(facts: Facts) -> list[str]:
    """Return folders from which tests import code: none if there is no code, or it is installed."""
    if not any(module.functions for module in facts.modules) or "-e ." in facts.installs:
        return []
    paths = [module.path for module in facts.modules]
    inside = ["src"] if any(p.startswith("src/") for p in paths) else []
    return [*(["."] if any(not p.startswith("src/") for p in paths) else []), *inside]


def _appended(before: bytes, wanted: str) -> bytes:
    """Return what to append, or nothing if the tables cannot be added at the end of the file."""
    if not wanted:
        return b""
    line_end = "\r\n" if b"\r\n" in before else "\n"
    start = "" if not before else "\n" if before.endswith(b"\n") else "\n\n"
    added = f"{start}{wanted}".replace("\n", line_end).encode()
    try:
        tomllib.loads((before + added).removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except tomllib.TOMLDecodeError:  # such as after `tool = {}`, which cannot be added to
        return b""
    return added
