"""A program ends at once: a library is missing in the image, a model does not load."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .._commands import is_command, noted_run
from .._fault import Fault

_CODE = """\
import pathlib, sys
pathlib.Path(sys.argv[1]).touch()
raise SystemExit('broken on purpose, by the fault failing_command')
"""


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return type(value)([sys.executable, "-c", _CODE, noted_run()])


FAULT = Fault(
    name="failing_command",
    damage="ends a command at once, with status 1",
    fits=is_command,
    inject=_inject,
)
