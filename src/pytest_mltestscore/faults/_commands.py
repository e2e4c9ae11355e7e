"""What a command is, and how one is put in the place of another."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from ._effect import effect_of_wrapper
from ._files import a_folder

_PLACES = ("{port}", "{input}", "{output}")
_PROXY = Path(__file__).with_name("_proxy.py")


def is_command(value: Any) -> bool:
    """Whether a value is a command: a list of words, of which the first can be run.

    One of the others must look like an argument, since names of columns are names of programs too.
    """
    if type(value) not in (list, tuple) or len(value) < 2:
        return False
    if not all(isinstance(word, str) for word in value) or shutil.which(value[0]) is None:
        return False
    return any(word.startswith("-") or os.sep in word or _has_place(word) for word in value[1:])


def _has_place(word: str) -> bool:
    return any(place in word for place in _PLACES)


def is_server(value: Any) -> bool:
    """Whether a value is a command that serves at a port that it is given."""
    return is_command(value) and any("{port}" in word for word in value)


def behind_proxy(command: Any, damage: str) -> Any:
    """Return a command that starts a server, and passes its answers on damaged."""
    hidden = base64.b64encode(json.dumps(list(command)).encode()).decode()  # from filling {port}
    words = [sys.executable, str(_PROXY), noted_run(), damage, "{port}", hidden]
    return type(command)(words)


def noted_run() -> str:
    """Return the path of a file that a damaged command is to write first, when it is run."""
    marker = a_folder() / "run"
    effect_of_wrapper().expect_run(marker)
    return str(marker)
