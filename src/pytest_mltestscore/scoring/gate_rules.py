"""What a gate asks for, and all that it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ..domain.record import (
    Baseline,
    ItemScore,
    Policy,
    Requirement,
    Run,
    Score,
    SectionScore,
    Setting,
)


class GateRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the project asks of a run, beyond its policy."""

    fail_under: float | None = None
    fail_under_section: dict[str, float] = {}
    fail_under_proof: float | None = None
    """Share of the automated items that are proven, from 0 to 1."""
    require: tuple[Requirement, ...] = ()
    fail_on_regression: bool = False
    strict: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Setting]) -> GateRules:
        """Read the rules back from the effective configuration in a record.

        Raises
        ------
        msgspec.ValidationError
            If a value is not of its type.
        """
        values: dict[str, Any] = {
            name: config[name].value for name in cls.__struct_fields__ if name in config
        }
        if "require" in values:
            values["require"] = [requirement(text) for text in values["require"]]
        return msgspec.convert(values, cls)


def requirement(text: str) -> Requirement:
    """Read `data-1` or `data-1:automated`; the item is not looked up.

    Raises
    ------
    ValueError
        If the level is neither `manual` nor `automated`.

    >>> requirement("data-1:automated").level
    'automated'
    """
    item, _, level = text.partition(":")
    match level.strip():
        case "" | "manual":
            return Requirement(item=item.strip())
        case "automated":
            return Requirement(item=item.strip(), level="automated")
    raise ValueError(f"level {level.strip()!r} is neither 'manual' nor 'automated'")


class Judged(NamedTuple):
    """Everything that a gate looks at."""

    score: Score
    sections: Sequence[SectionScore]
    items: Sequence[ItemScore]
    baseline: Baseline | None
    policy: Policy
    run: Run
