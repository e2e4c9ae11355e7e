"""Of which folders a run knows every tagged test, so that one that it does not list is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .selection import Typed, runs_last_failed


def collected_folders(config: pytest.Config) -> tuple[str, ...]:
    """Return the folders and files below pytest's root that were collected as a whole, sorted.

    Empty where somebody named files or node ids, or ignored some. Tests that were collected and
    then left out by choice are listed like others, so they do not matter here.
    """
    typed = Typed(config)
    ignored = config.getoption("ignore", None) or config.getoption("ignore_glob", None)
    if typed.narrow or ignored or config.getoption("pyargs", False) or runs_last_failed(config):
        return ()
    places = {_below_root(config, str(argument)) for argument in config.args}
    return tuple(sorted(places))


def _below_root(config: pytest.Config, argument: str) -> str:
    place = Path(config.invocation_params.dir, argument.partition("::")[0])
    try:
        return Path(os.path.relpath(place, config.rootpath)).as_posix()
    except ValueError:  # on another drive
        return place.as_posix()
