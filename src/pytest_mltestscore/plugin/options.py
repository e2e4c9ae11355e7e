"""The options and ini keys, and which of them is in force. Light: every pytest run imports it."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn

import pytest

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
IniType = Literal["bool", "float", "linelist", "string"]


class Option(NamedTuple):
    """A command line option `--mlscore-NAME` and the ini key `mlscore_NAME`."""

    name: str
    ini_type: IniType
    metavar: str
    help: str

    @property
    def flag(self) -> str:
        """The option as typed."""
        return f"--mlscore-{self.name.replace('_', '-')}"

    @property
    def key(self) -> str:
        """The ini key, and the name of the parsed option."""
        return f"mlscore_{self.name}"


OPTIONS = (
    Option(
        "report",
        "linelist",
        "TYPE[:DEST]",
        "write a report: term[:items|line|off], html, json, md, md-comment, github, junit, ctrf, "
        "badge, badge-json, prometheus; repeatable. DEST is a file, by default mlscore.html and "
        "so on, for github standard output (-)",
    ),
    Option(
        "rubric",
        "string",
        "ID|PATH",
        "rubric to score by: ml-test-score (default), ml-test-score-2016, or a folder with a "
        "rubric.toml",
    ),
    Option(
        "system",
        "linelist",
        "NAME",
        "score this system alone, of the several that [tool.mlscore.systems] declares; repeatable",
    ),
    Option("fail_under", "float", "N", "exit with 10 if the score is below N"),
    Option(
        "fail_under_section",
        "linelist",
        "SECTION=N",
        "exit with 10 if the section is below N, such as data=4; repeatable",
    ),
    Option(
        "fail_under_proof",
        "float",
        "SHARE",
        "exit with 10 if fewer than SHARE (0 to 1) of the automated items are proven; needs "
        "--mlscore-prove",
    ),
    Option(
        "require",
        "linelist",
        "ITEM[:LEVEL]",
        "exit with 10 unless the item is at least manual, or automated with data-1:automated; "
        "repeatable, or with commas",
    ),
    Option(
        "baseline",
        "string",
        "FILE|branch:NAME|commit:HASH",
        "compare with this JSON record of an earlier run, or with the newest complete run in the "
        "store of a branch or commit",
    ),
    Option(
        "store",
        "string",
        "URL",
        "score this run together with what is still fresh in a store of run records: a folder, "
        "s3://, gs://, az://, sqlite:/// or postgresql:// (default: $MLSCORE_STORE)",
    ),
    Option(
        "store_write",
        "string",
        "ci|always|never",
        "when the record of this run goes into the store: in CI (default), always, or never",
    ),
    Option(
        "shard",
        "string",
        "K/N",
        "this run is part K of N of one that is spread over jobs; the store then knows which "
        "parts are missing",
    ),
    Option(
        "fail_on_regression",
        "bool",
        "",
        "exit with 10 if any item earns less than in the baseline",
    ),
    Option(
        "prove",
        "bool",
        "",
        "run passed tests of items again with faults in what fixtures give them, to show that they "
        "can fail; costs several times the tests' own time",
    ),
    Option(
        "prove_depth",
        "string",
        "quick|full",
        "quick (default): a test is done with once it caught a fault, or was run again 7 times; "
        "full: try every fault wherever it fits",
    ),
    Option(
        "prove_budget",
        "float",
        "SECONDS",
        "spend no more than this on proving, in each process; what was left out is said",
    ),
    Option(
        "prove_isolation",
        "string",
        "auto|process",
        "auto (default): run a test with a fault in a process of its own if the fault may crash "
        "it; process: with every fault",
    ),
    Option(
        "prove_only",
        "string",
        "FAULT",
        "prove with this fault alone, at every place that it fits, and show what it changed; "
        "brings --mlscore and --mlscore-prove along",
    ),
    Option(
        "strict",
        "bool",
        "",
        "let gates also fail on expired statements, flaky tests and bounds that were loosened "
        "since the baseline, and exit with 11 on partial runs and missing baselines",
    ),
    Option(
        "now",
        "string",
        "DATE",
        "judge expiry as of this date (ISO 8601, UTC); beats SOURCE_DATE_EPOCH",
    ),
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

    @property
    def typed(self) -> bool:
        """Whether it stands on the command line."""
        return self.origin == "command line"


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
        return Effective(typed, "command line", option.flag)
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
