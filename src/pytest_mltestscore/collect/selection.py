"""Whether the command line left tests out, so that the run is partial by choice.

What the project's own configuration selects (`testpaths`, `addopts`, folders) is the scope of a
run. What somebody adds on the command line narrows it.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ..domain.record import Reason
from ..domain.text import clean_line

_LONG_OPTIONS = ("--deselect", "--lf", "--last-failed", "--sw", "--stepwise", "--ignore")
_SHORT_OPTIONS = re.compile(r"-[a-zA-Z]*[km]")
_SHOWN = 3


def partial_reasons(
    config: pytest.Config, left_out: int, mask: Callable[[str], str]
) -> list[Reason]:
    """Return why a run is partial.

    Parameters
    ----------
    config
        The configuration of the run.
    left_out
        How many tagged tests were collected and deselected.
    mask
        Hides secrets in what was typed.
    """
    typed = [str(arg) for arg in config.invocation_params.args]
    narrow = [a for a in typed if _is_file_or_nodeid(a, config)]
    options = [a for a in typed if _selects(a)]
    reasons = []
    if left_out:
        by = ", ".join(sorted({_name(a) for a in options})) or "a plugin"
        tests = "1 tagged test" if left_out == 1 else f"{left_out} tagged tests"
        reasons.append(Reason(kind="deselected", detail=f"{tests} left out by {by}"))
    if narrow:
        more = f" and {len(narrow) - _SHOWN} more" if len(narrow) > _SHOWN else ""
        shown = ", ".join(clean_line(mask(a), limit=200) for a in narrow[:_SHOWN])
        reasons.append(Reason(kind="arguments", detail=f"only {shown}{more} was run"))
    elif _unseen_files(config, options):
        reasons.append(
            Reason(kind="arguments", detail=f"{_unseen_files(config, options)} was used")
        )
    return reasons


def configured(config: pytest.Config) -> bool:
    """Whether what was deselected lies outside the scope that the project's configuration sets.

    A selection that nobody asked for, such as a plugin's, is no scope.
    """
    typed = any(_selects(str(arg)) for arg in config.invocation_params.args)
    return not typed and _selected_by_configuration(config)


def names_tests(config: pytest.Config) -> bool:
    """Whether folders, files or node ids were typed, in place of the project's own `testpaths`."""
    return any(str(arg) in config.args for arg in config.invocation_params.args)


def _selects(argument: str) -> bool:
    return argument.startswith(_LONG_OPTIONS) or bool(_SHORT_OPTIONS.match(argument))


def _name(argument: str) -> str:
    if argument.startswith("--"):
        return argument.partition("=")[0]
    return "-k" if "k" in argument else "-m"


def _is_file_or_nodeid(argument: str, config: pytest.Config) -> bool:
    """Whether an argument names less than a folder. Values of options do not count."""
    if argument not in config.args:
        return False
    path = Path(config.invocation_params.dir, argument.partition("::")[0])
    return "::" in argument or path.is_file() or _is_module(argument, config)


def _is_module(argument: str, config: pytest.Config) -> bool:
    if not config.getoption("pyargs", False):
        return False
    try:
        spec = importlib.util.find_spec(argument)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.submodule_search_locations is None


def _selected_by_configuration(config: pytest.Config) -> bool:
    options = ("keyword", "markexpr", "deselect", "lf", "stepwise")
    return any(config.getoption(name, None) for name in options)


def _unseen_files(config: pytest.Config, options: Sequence[str]) -> str:
    """Return the option by which whole files were skipped without a word, if any was."""
    if any(a.startswith("--ignore") for a in options):
        return "--ignore"
    if any(_name(a) in ("--lf", "--last-failed") for a in options):
        cache = getattr(config, "cache", None)
        if cache is not None and cache.get("cache/lastfailed", {}):
            return "--lf"
    return ""
