"""What a test needs of the machine: skip with the mend, or fail where everything must be there.

`MLSCORE_TEST_REQUIRE=1` says that everything must be there. A test says what it needs in its first
line, such as `needs.module("xdist")`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import NoReturn

import pytest


def module(*names: str) -> None:
    """Go on only if all these modules can be imported; they come with the `test` extra."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            missing(f"needs the module {name}: pip install -e '.[test]'")


def module_at_import(*names: str) -> None:
    """Like `module`, for a whole test file: the first line of a file that imports them itself."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            what = f"needs the module {name}: pip install -e '.[test]'"
            if os.environ.get("MLSCORE_TEST_REQUIRE") == "1":
                raise ImportError(f"{what} (MLSCORE_TEST_REQUIRE is set)")
            pytest.skip(what, allow_module_level=True)


def optional(*names: str) -> None:
    """Like `module`, for what has a tox environment of its own, so that CI may skip it."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs the module {name}, as in its own tox environment")


def program(name: str, debian: str) -> str:
    """Return where a program is; `debian` is the package that brings it."""
    found = shutil.which(name)
    return found or missing(f"needs {name}: apt-get install {debian}")


def missing(what: str) -> NoReturn:
    """Skip the running test, or fail it where nothing may be missing."""
    if os.environ.get("MLSCORE_TEST_REQUIRE") == "1":
        pytest.fail(f"{what} (MLSCORE_TEST_REQUIRE is set)", pytrace=False)
    pytest.skip(what)
