"""The model never gives memory back: each request is kept, for a log that nobody writes."""

from __future__ import annotations

from typing import Any

from .._effect import MOST_MIB, Effect
from .._fault import Fault
from .._hooks import Burden
from .._models import is_asked, on_asking

MIB = 16


def _kept(effect: Effect, answers: Any) -> None:
    effect.keep_memory(MIB)


FAULT = Fault(
    name="leaking_predictions",
    damage=f"keeps {MIB} MiB of memory for each answer, {MOST_MIB} MiB in all",
    fits=is_asked,
    inject=on_asking(Burden(_kept)),
    cost=3.0,
)
