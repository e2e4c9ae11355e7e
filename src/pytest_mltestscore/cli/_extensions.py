"""Reporters and rubrics of other packages, found without pytest."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from .. import hookspecs
from ..domain.errors import nearest
from ..domain.text import clean_line
from ..reporters import Reporter
from ._output import complain

GROUP = "pytest_mltestscore"
PREFIX = "pytest_mlscore_"

_UNMARKED = pluggy.HookimplOpts(
    wrapper=False,
    hookwrapper=False,
    optionalhook=False,
    tryfirst=False,
    trylast=False,
    specname=None,
)


class _Manager(pluggy.PluginManager):
    """Takes the hooks that pytest's own manager would take: our names need no mark."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        marked = super().parse_hookimpl_opts(plugin, name)
        if marked is None and name.startswith(PREFIX) and inspect.isroutine(getattr(plugin, name)):
            return _UNMARKED
        return marked


def manager() -> pluggy.PluginManager:
    """Return a manager with every plugin that can be used; a warning is printed for the others."""
    made = _Manager("pytest")
    made.add_hookspecs(hookspecs)
    named = {e.value: e for e in entry_points(group=GROUP)}  # a package may be listed twice
    for _, entry_point in sorted(named.items()):
        _load(made, entry_point)
    return made


def _load(made: pluggy.PluginManager, entry_point: EntryPoint) -> None:
    try:
        plugin = entry_point.load()
        made.register(plugin, name=entry_point.value)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - another's code may do anything
        _warn(entry_point.value, f"not loaded: {_said(error)}")
        return
    known = [name for name in dir(hookspecs) if name.startswith(PREFIX)]
    for name in dir(plugin):
        if name.startswith(PREFIX) and name not in known:
            closest = nearest(name, known)
            hint = f"; did you mean {closest}?" if closest else ""
            _warn(entry_point.value, f"its hook {name} is unknown to this version{hint}")


def extra_reporters() -> tuple[Reporter, ...]:
    """Return the reporters of all plugins."""
    found = []
    for plugin, result in _call("pytest_mlscore_reporters"):
        reporters = list(result) if isinstance(result, Sequence) else [result]
        for reporter in reporters:
            if isinstance(reporter, Reporter):
                found.append(reporter)
            else:
                _warn(plugin, f"{reporter!r} is not a pytest_mltestscore.Reporter")
    return tuple(found)


def extra_rubrics() -> dict[str, Path]:
    """Return the rubrics of all plugins by id."""
    found: dict[str, Path] = {}
    for plugin, result in _call("pytest_mlscore_rubrics"):
        if not isinstance(result, Mapping):
            _warn(plugin, f"{result!r} is not a mapping of rubric ids to folders")
            continue
        for name, folder in result.items():
            if name in found:
                _warn(plugin, f"its rubric {name!r} is left out: another plugin has that id")
            else:
                found[name] = Path(folder)
    return found


def _call(hook: str) -> Iterator[tuple[str, Any]]:
    """Call a hook plugin by plugin, so that a broken one can be named and left out."""
    made = manager()
    plugins = [plugin for _, plugin in made.list_name_plugin() if plugin is not None]
    for plugin in plugins:
        others = [other for other in plugins if other is not plugin]
        name = made.get_name(plugin) or ""
        try:
            results = made.subset_hook_caller(hook, others)()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - another's code may do anything
            _warn(name, f"{hook} failed: {_said(error)}")
        else:
            yield from ((name, result) for result in results)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _warn(plugin: str, problem: str) -> None:
    complain("warning", clean_line(f"plugin {plugin}: {problem}", limit=400))
