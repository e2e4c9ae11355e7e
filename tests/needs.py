"""What a test needs of the machine: skip with the mend, or fail where everything must be there.

`MLSCORE_TEST_REQUIRE=1` says that all of the extra `test` must be there, `all` that all of `dev`
must. A test says what it needs in its first line, such as `needs.module("xdist")`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

WITH_DEV = frozenset(
    {
        "check_jsonschema",
        "duckdb",
        "fairlearn",
        "great_expectations",
        "groovy_parser",
        "ibis",
        "libcst",
        "moto",
        "optuna",
        "pandera",
        "prometheus_client",
        "promql_parser",
        "pyarrow",
        "requests",
        "ruff",
        "s3fs",
        "skore",
        "yaml",
    }
)
"""Modules that come with the extra `dev` only."""

REQUIRED = os.environ.get("MLSCORE_TEST_REQUIRE", "")


def module(*names: str) -> None:
    """Go on only if all these modules can be imported; they come with `test` or `dev`."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            missing(_mend(name), required=_is_required(name))


def module_at_import(*names: str) -> None:
    """Like `module`, for a whole test file: the first line of a file that imports them itself."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            if _is_required(name):
                raise ImportError(f"{_mend(name)} (MLSCORE_TEST_REQUIRE is set)")
            pytest.skip(_mend(name), allow_module_level=True)


def optional(*names: str) -> None:
    """Like `module`, for what has a tox environment of its own, so that CI may skip it.

    As the first line of a file it skips the whole file.
    """
    for name in names:
        if importlib.util.find_spec(name) is None:
            why = f"needs the module {name}, as in its own tox environment"
            pytest.skip(why, allow_module_level=True)


def program(name: str, debian: str, folders: str = "") -> str:
    """Return where a program is; `debian` is the package that brings it.

    Some packages put it off the path, into `folders`, a pattern; of several, the last one counts.
    """
    places = sorted(map(str, Path("/").glob(folders.lstrip("/"))), reverse=True) if folders else []
    path = os.pathsep.join([*places, os.environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=path)
    return found or missing(f"needs {name}: apt-get install {debian}")


def missing(what: str, *, required: bool = REQUIRED in ("1", "all")) -> NoReturn:
    """Skip the running test, or fail it where what is missing is required."""
    if required:
        pytest.fail(f"{what} (MLSCORE_TEST_REQUIRE is set)", pytrace=False)
    pytest.skip(what)


def _is_required(name: str) -> bool:
    return REQUIRED == "all" or (REQUIRED == "1" and name not in WITH_DEV)


def _mend(name: str) -> str:
    extra = "dev" if name in WITH_DEV else "test"
    return f"needs the module {name}: pip install -e '.[{extra}]'"
