"""Floors of the gate: how figures are written, and which floors lie below what was reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

from ..domain.record import ItemScore
from .gate_rules import GateRules, Judged


def exact(number: float) -> str:
    """Write every digit that was compared: 2.9999999 must not read as 3.

    >>> exact(3.0), exact(2.9999999)
    ('3', '2.9999999')
    """
    return repr(float(number)).removesuffix(".0")


def proven_of(items: Sequence[ItemScore]) -> tuple[int, int]:
    """Count the automated items that are proven, and all automated ones."""
    automated = [i for i in items if i.state == "automated"]
    return sum(i.proof is not None and i.proof.proven for i in automated), len(automated)


def nudges(rules: GateRules, judged: Judged) -> Iterator[str]:
    """Yield the floors that lie below what was reached, each with what it could be raised to.

    Only a floor that was asked for is spoken of.
    """
    if rules.fail_under is not None:
        reached = _steps(judged.score.final, 0.5)
        if rules.fail_under < reached:
            yield f"fail_under could be {exact(reached)}"
    for section in judged.sections:
        reached = _steps(section.score, 0.5)
        if rules.fail_under_section.get(section.id, reached) < reached:
            yield f"fail_under_section could be {section.id}={exact(reached)}"
    if rules.fail_under_proof is not None:
        proven, automated = proven_of(judged.items)
        reached = _steps(proven / automated, 0.01) if automated else 0.0
        if rules.fail_under_proof < reached:
            yield f"fail_under_proof could be {exact(reached)}"


def _steps(number: float, step: float) -> float:
    """Round down to whole steps, so that the new floor is one that was reached.

    >>> _steps(2 / 3, 0.01), _steps(2.5, 0.5), _steps(0.29, 0.01)
    (0.66, 2.5, 0.29)
    """
    return round(floor(number / step + 1e-9) * step, 2)
