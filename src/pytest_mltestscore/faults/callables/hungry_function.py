"""A function takes memory: it loads a whole table of embeddings for a few rows."""

from __future__ import annotations

from typing import Any

from .._effect import MOST_MIB, Effect
from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Burden

MIB = 64


def _load(effect: Effect, result: Any) -> None:
    effect.take_memory(MIB)


FAULT = Fault(
    name="hungry_function",
    damage=f"takes {MIB} MiB of memory for each call, {MOST_MIB} MiB at a time",
    fits=is_function,
    inject=on_functions(Burden(_load)),
    cost=3.0,
)
