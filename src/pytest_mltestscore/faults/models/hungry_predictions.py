"""The model takes memory: it makes a wide copy of all rows for each answer."""

from __future__ import annotations

from typing import Any

from .._effect import MOST_MIB, Effect
from .._fault import Fault
from .._hooks import Burden
from .._models import is_asked, on_asking

MIB = 64


def _hungry(effect: Effect, answers: Any) -> None:
    effect.take_memory(MIB)


FAULT = Fault(
    name="hungry_predictions",
    damage=f"takes {MIB} MiB of memory for each answer, {MOST_MIB} MiB at a time",
    fits=is_asked,
    inject=on_asking(Burden(_hungry)),
    cost=3.0,
)
