"""Whether somebody left tests out of this run, so that it is partial by choice.

What the project's own configuration selects (`testpaths`, `-k`, `-m` or `--deselect` in `addopts`,
folders) is the scope of a run. What somebody adds on the command line narrows it, and so does what
a plugin or the last run decides (`--lf`, `--sw`, a splitting plugin), wherever that was asked for.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from ..domain.record import Reason
from ..domain.text import clean_line

SILENT = "a plugin"
"""Who removed tests without a word."""

_BY_MARK, _BY_MAIN = "_pytest.mark", "_pytest.main"
_NAMES = {"_pytest.cacheprovider": "--lf", "_pytest.stepwise": "--sw", _BY_MAIN: "--deselect"}
_SHOWN = 3


class Typed:
    """What was typed on the command line, apart from what `addopts` adds to it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        arguments = [str(argument) for argument in config.invocation_params.args]
        try:
            self._options, rest = _parser().parse_known_args(arguments)
        except (ValueError, OSError):  # pytest itself would have refused it; ask for everything
            self._options, rest = _parser().parse_known_args(["-k", "?", "--ignore", "?"])
        self.paths = [word for word in rest if word in config.args]
        """Folders, files and node ids."""

    @property
    def narrow(self) -> list[str]:
        """Paths that name less than a folder."""
        return [path for path in self.paths if self._is_file_or_nodeid(path)]

    @property
    def ignores(self) -> bool:
        """Whether files or folders were left out by `--ignore` or `--ignore-glob`."""
        return bool(self._options.ignore)

    def asked_for(self, who: str) -> bool:
        """Whether what `who` deselected was left out by somebody, and is not the scope."""
        if who == _BY_MARK:
            return bool(self._options.keyword or self._options.markexpr)
        return bool(self._options.deselect) if who == _BY_MAIN else True

    def name_of(self, who: str) -> str:
        """Return how to name to people what deselected tests."""
        if who != _BY_MARK:
            return _NAMES.get(who, who)
        words = {"-k": self._options.keyword, "-m": self._options.markexpr}
        return " and ".join(word for word, value in words.items() if value)

    def _is_file_or_nodeid(self, argument: str) -> bool:
        path = Path(self._config.invocation_params.dir, argument.partition("::")[0])
        return "::" in argument or path.is_file() or self._is_module(argument)

    def _is_module(self, argument: str) -> bool:
        if not self._config.getoption("pyargs", False):
            return False
        try:
            spec = importlib.util.find_spec(argument)
        except (ImportError, ValueError):
            return False
        return spec is not None and spec.submodule_search_locations is None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _parser() -> argparse.ArgumentParser:
    """Return a parser of the options that select, and of those they could be mistaken for."""
    parser = _Parser(add_help=False, allow_abbrev=False, fromfile_prefix_chars="@")
    parser.add_argument("-k", dest="keyword", default="")
    parser.add_argument("-m", dest="markexpr", default="")
    parser.add_argument("--deselect", action="append")
    parser.add_argument("--ignore", "--ignore-glob", action="append")
    for flag in "vqxslh":  # may stand before -k in one word
        parser.add_argument(f"-{flag}", action="count")
    for option in "pconrWD":  # their value may stand in the same word
        parser.add_argument(f"-{option}", action="append")
    return parser


def who_deselected() -> str:
    """Return the module that called the hook `pytest_deselected`, from inside of it.

    The hook says which tests were deselected and not why, and only the caller tells `-k` in
    `addopts` from a plugin that splits the suite.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in ("pluggy", "pytest_mltestscore"):
            return module if module in (_BY_MARK, *_NAMES) else f"plugin {module}"
        frame = frame.f_back
    return SILENT


def partial_reasons(
    config: pytest.Config, left_out: int, by: Iterable[str], mask: Callable[[str], str]
) -> list[Reason]:
    """Return why a run is partial.

    Parameters
    ----------
    config
        The configuration of the run.
    left_out, by
        How many tagged tests were left out, and by what, in words.
    mask
        Hides secrets in what was typed.
    """
    typed = Typed(config)
    reasons = []
    if left_out:
        tests = "1 tagged test" if left_out == 1 else f"{left_out} tagged tests"
        detail = f"{tests} left out by {', '.join(sorted(by))}"
        reasons.append(Reason(kind="deselected", detail=clean_line(detail, limit=300)))
    if narrow := typed.narrow:
        more = f" and {len(narrow) - _SHOWN} more" if len(narrow) > _SHOWN else ""
        shown = ", ".join(clean_line(mask(a), limit=200) for a in narrow[:_SHOWN])
        reasons.append(Reason(kind="arguments", detail=f"only {shown}{more} was run"))
    elif typed.ignores:
        reasons.append(Reason(kind="arguments", detail="--ignore was used"))
    elif runs_last_failed(config):
        reasons.append(Reason(kind="arguments", detail="--lf was used"))
    return reasons


def names_tests(config: pytest.Config) -> bool:
    """Whether folders, files or node ids were typed, in place of the project's own `testpaths`."""
    return bool(Typed(config).paths)


def runs_last_failed(config: pytest.Config) -> bool:
    """Whether `--lf` skips whole files without a word, as it does once something has failed."""
    cache = getattr(config, "cache", None)
    if cache is None or not config.getoption("lf", False):
        return False
    return bool(cache.get("cache/lastfailed", {}))
