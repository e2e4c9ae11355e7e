"""What a gate found."""

from __future__ import annotations

from typing import Literal

import msgspec

GateStatus = Literal["passed", "failed", "not-asked", "not-evaluated", "undecided"]
"""Verdict over all gate checks.

`not-evaluated`: the run was partial by choice. `undecided`: a gate was asked for, but the run was
cut short, or something that the gate needs is missing, such as a baseline to compare with.
"""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a gate asks for."""

    item: str
    level: Literal["manual", "automated"] = "manual"


class GateCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the gate. `ok` is None where it could not be decided."""

    rule: str
    expected: str
    actual: str
    ok: bool | None
    message: str


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The one verdict that exit code, terminal and every report read."""

    status: GateStatus
    verdict: str
    """The verdict in one line."""
    checks: tuple[GateCheck, ...] = ()
    nudges: tuple[str, ...] = ()
    """Floors that lie below what was reached, each with what they could be raised to."""
