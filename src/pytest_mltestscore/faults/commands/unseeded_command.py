"""A command writes something else each time: a seed is missing, or a time is written along."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .._commands import is_command, noted_run
from .._fault import Fault

_CODE = """\
import os, pathlib, subprocess, sys
pathlib.Path(sys.argv[1]).touch()
status = subprocess.run(sys.argv[3:]).returncode
out = pathlib.Path(sys.argv[2])
files = [out] if out.is_file() else [path for path in out.rglob("*") if path.is_file()]
for file in files:
    file.write_bytes(file.read_bytes() + os.urandom(8).hex().encode())
sys.exit(status)
"""


def _fits(value: Any) -> bool:
    return is_command(value) and any("{output}" in word for word in value)


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return type(value)([sys.executable, "-c", _CODE, noted_run(), "{output}", *value])


FAULT = Fault(
    name="unseeded_command",
    damage="adds random characters to what a command writes at {output}",
    fits=_fits,
    inject=_inject,
)
