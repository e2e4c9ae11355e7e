"""Reporters and rubrics of other packages, asked one by one, so that a broken one can be named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ..domain.errors import ConfigError
from ..domain.text import clean_line
from ..reporters import Reporter


def extra_reporters(config: pytest.Config) -> list[Reporter]:
    """Return what plugins and `conftest.py` add to the reporters.

    Raises
    ------
    ConfigError
        If one of them fails, or returns something else.
    """
    found: list[Reporter] = []
    for plugin, result in results_of(config, "pytest_mlscore_reporters"):
        # A reporter is a tuple too, and easily returned without a list around it.
        listed = isinstance(result, Sequence) and not isinstance(result, str | Reporter)
        for reporter in result if listed else [result]:
            if not isinstance(reporter, Reporter):
                raise wrong(plugin, f"{reporter!r} is not a pytest_mltestscore.Reporter")
            found.append(reporter)
    return found


def extra_rubrics(config: pytest.Config) -> dict[str, Path]:
    """Return the rubrics that plugins and `conftest.py` bring, by id.

    Raises
    ------
    ConfigError
        If one of them fails, returns something else, or takes the id of another.
    """
    found: dict[str, Path] = {}
    for plugin, result in results_of(config, "pytest_mlscore_rubrics"):
        if not isinstance(result, Mapping):
            raise wrong(plugin, f"{result!r} is not a mapping of rubric ids to folders")
        for rubric, folder in result.items():
            if rubric in found:
                raise wrong(plugin, f"another plugin has a rubric {rubric!r} already; rename one")
            found[rubric] = Path(folder)
    return found


def results_of(config: pytest.Config, hook: str) -> Iterator[tuple[str, Any]]:
    """Yield what a hook returns, with the name of each plugin that has it.

    Raises
    ------
    ConfigError
        If one of them fails.
    """
    manager = config.pluginmanager
    plugins = [found.plugin for found in getattr(config.hook, hook).get_hookimpls()]
    for plugin in plugins:
        others = [other for other in plugins if other is not plugin]
        name = str(manager.get_name(plugin))
        try:
            results = manager.subset_hook_caller(hook, others)()
        except (Exception, SystemExit) as error:  # another's code may do anything
            problem = f"{hook} failed: {type(error).__name__}: {error}; mend or uninstall it"
            raise wrong(name, problem) from error
        yield from ((name, result) for result in results)


def wrong(plugin: str, problem: str) -> ConfigError:
    """Return an error that names the plugin."""
    return ConfigError(clean_line(f"plugin {plugin}: {problem}", limit=400))
