"""Which of the options and ini keys is in force. Light: every pytest run imports it."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from .option_list import OPTIONS, Option

_INSTEAD_OF_TESTS = (
    "cacheshow",
    "collectonly",
    "help",
    "markers",
    "setuponly",
    "setupplan",
    "show_fixtures_per_test",
    "showfixtures",
    "version",
)


def add_options(parser: pytest.Parser) -> None:
    """Register all options and ini keys."""
    group = parser.getgroup("mlscore", "ML Test Score")
    group.addoption(
        "--mlscore",
        action="store_true",
        default=None,
        dest="mlscore",
        help="score this run by the ML Test Score rubric",
    )
    group.addoption(
        "--no-mlscore",
        action="store_false",
        dest="mlscore",
        help="do not score this run, whatever the ini file says",
    )
    parser.addini("mlscore", "score every run", type="bool", default=False)
    for option in OPTIONS:
        _add(option, parser, group)


def _add(option: Option, parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    if option.ini_type == "bool":
        how: dict[str, Any] = {"action": "store_true", "default": None}
    elif option.ini_type == "linelist":
        how = {"action": "append", "metavar": option.metavar}
    else:
        how = {"metavar": option.metavar}
    group.addoption(option.flag, dest=option.key, help=option.help, **how)
    parser.addini(option.key, option.help, type=option.ini_type, default=None)


def is_active(config: pytest.Config) -> bool:
    """Whether this run is to be scored. The command line beats the ini file."""
    typed = config.getoption("mlscore", None)
    if typed is None and config.getoption("mlscore_prove_only", None) is not None:
        return True
    return bool(config.getini("mlscore") if typed is None else typed)


def stray(config: pytest.Config) -> list[str]:
    """Return the options that were typed although nothing is to be scored."""
    if config.getoption("mlscore", None) is not None:  # --no-mlscore says that this is meant
        return []
    return [o.flag for o in OPTIONS if config.getoption(o.key, None) is not None]


def runs_tests(config: pytest.Config) -> bool:
    """Whether tests are going to run, and not only to be listed or prepared."""
    return not any(config.getoption(name, False) for name in _INSTEAD_OF_TESTS)


class Effective(NamedTuple):
    """The value of an option, and where it comes from."""

    value: Any
    origin: str
    label: str
    """How to name the option in an error."""
    typed: bool = False
    """Whether it stands on the command line."""


def effective(config: pytest.Config, name: str) -> Effective:
    """Return the value in force: command line, then ini file, then None.

    Raises
    ------
    pytest.UsageError
        If the ini file holds a value of another type.
    """
    option = next(option for option in OPTIONS if option.name == name)
    typed = config.getoption(option.key, None)
    if typed is not None:
        from ..domain.record import COMMAND_LINE  # only scored runs come here

        return Effective(typed, COMMAND_LINE, option.flag, typed=True)
    try:
        value = config.getini(option.key)
    except (TypeError, ValueError, pytest.UsageError) as error:
        wanted = {"float": "a number such as 2.5", "bool": "true or false"}.get(option.ini_type)
        mend = f"; give {wanted}" if wanted else ""
        raise pytest.UsageError(f"mlscore: {option.key}: {error}{mend}") from None
    file = config.inipath.name if config.inipath else "ini"
    return Effective(value, "default" if value is None else file, option.key)


def writes_to_store(config: pytest.Config, *, in_ci: bool) -> bool:
    """Whether the record of this run goes into the store.

    Raises
    ------
    pytest.UsageError
        For a word that says neither.
    """
    when = one_of(config, "store_write", ("ci", "always", "never"))
    return when == "always" or (in_ci and when != "never")


def located(config: pytest.Config, asked: Effective) -> Path:
    """Resolve a path: typed ones from where pytest was called, those of a file from the root."""
    base = config.invocation_params.dir if asked.typed else config.rootpath
    return base / Path(asked.value).expanduser()


PROVING_NEEDS = ("numpy", "narwhals")
"""Libraries without which nothing can be proved."""


class Proving(NamedTuple):
    """What was asked of proving."""

    full: bool
    budget_s: float
    isolated: bool
    only: str


def proving(config: pytest.Config) -> Proving | None:
    """Return what was asked of proving, None if nothing is to be proved.

    Raises
    ------
    pytest.UsageError
        For a depth or isolation that is none, or seconds that are no positive number.
    """
    only = str(effective(config, "prove_only").value or "")
    if not (effective(config, "prove").value or only):
        return None
    return Proving(
        full=one_of(config, "prove_depth", ("quick", "full")) == "full",
        budget_s=_budget_s(config),
        isolated=one_of(config, "prove_isolation", ("auto", "process")) == "process",
        only=only,
    )


def one_of(config: pytest.Config, name: str, words: tuple[str, ...]) -> str | None:
    """Return the value of an option that takes one of some words; None if it was not given.

    Raises
    ------
    pytest.UsageError
        For another word.
    """
    asked = effective(config, name)
    if asked.value not in (None, *words):
        refuse(asked, f"give {' or '.join(words)}")
    return None if asked.value is None else str(asked.value)


def _budget_s(config: pytest.Config) -> float:
    asked = effective(config, "prove_budget")
    if asked.value is None:
        return inf
    try:
        seconds = float(asked.value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < inf:
        refuse(asked, "give seconds, such as 600")
    return seconds


def refuse(asked: Effective, mend: str) -> NoReturn:
    """End the run for the value of an option, and say what to give."""
    raise pytest.UsageError(f"mlscore: {asked.label}: is {asked.value!r}; {mend}")
