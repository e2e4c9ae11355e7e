"""What a fault is: a damage that a test ought to notice, done to a copy of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Inject = Callable[[Any, np.random.Generator], Any]

Fits = Callable[[Any], bool]


class NothingToDamageError(Exception):
    """A value turned out to have nothing that the fault damages, such as no column of numbers."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A damage, and how to do it.

    Parameters
    ----------
    name
        The damage, such as `null_burst`.
    damage
        What is done, as a sentence without a subject, such as `"blanks 30 % of one column"`.
    fits
        Whether a value has the structure that the fault damages. It is asked about everything that
        a test receives, so it must be quick and must not run anything of the value's own.
    inject
        `inject(value, rng)` returns a damaged copy of a value that fits; never changes the value.
        Raises `NothingToDamageError` where there is nothing to damage in it.
    cost
        Roughly how much longer a test takes with it: faults that cost little go first.
    draws
        How many random choices are worth trying at one place, such as 3 where a column is drawn: a
        sound test may look at another one.
    may_crash
        Whether it may end or hang the process, so that it is tried in a process of its own.
    items
        Ids or names of the items that it is tried for, where it is one of your own. Those of this
        package stand in the rubric.

    Examples
    --------
    >>> import numpy as np
    >>> def fits(value):
    ...     return isinstance(value, float)
    >>> off_by_one = Fault(
    ...     name="off_by_one",
    ...     damage="adds 1",
    ...     fits=fits,
    ...     inject=lambda value, rng: value + 1,
    ... )
    >>> off_by_one.inject(2.0, np.random.default_rng(0))
    3.0
    """

    name: str
    damage: str
    fits: Fits
    inject: Inject
    cost: float = 1.0
    draws: int = 1
    may_crash: bool = False
    items: tuple[str, ...] = ()


def fault(
    *,
    items: Sequence[str],
    fits: type | tuple[type, ...] | UnionType | Fits,
    name: str = "",
    damage: str = "",
    cost: float = 1.0,
    draws: int = 1,
    may_crash: bool = False,
) -> Callable[[Inject], Fault]:
    """Make a fault of a function that damages a copy of a value; the hook hands it to the run.

    Parameters
    ----------
    items
        Ids or names of the items that it is tried for.
    fits
        The type of the values that it damages, or a function that tells, as in `Fault`.
    name
        By default that of the function.
    damage
        By default the first line of the function's docstring.
    cost, draws, may_crash
        As in `Fault`.

    Examples
    --------
    >>> import numpy as np
    >>> @fault(items=["feature-schema"], fits=dict)
    ... def swapped_coordinates(place, rng):
    ...     '''Exchanges latitude and longitude.'''
    ...     return {**place, "lat": place["lon"], "lon": place["lat"]}
    >>> swapped_coordinates.damage
    'exchanges latitude and longitude'
    >>> swapped_coordinates.inject({"lat": 52.5, "lon": 13.4}, np.random.default_rng(0))
    {'lat': 13.4, 'lon': 52.5}
    """

    def made(inject: Inject) -> Fault:
        own_name = name or inject.__name__
        return Fault(
            name=own_name,
            damage=damage or _as_damage(inject.__doc__) or own_name.replace("_", " "),
            fits=_is_a(fits) if isinstance(fits, type | tuple | UnionType) else fits,
            inject=inject,
            cost=cost,
            draws=draws,
            may_crash=may_crash,
            items=(items,) if isinstance(items, str) else tuple(items),
        )

    return made


def _is_a(types: type | tuple[type, ...] | UnionType) -> Fits:
    return lambda value: isinstance(value, types)


def _as_damage(docstring: str | None) -> str:
    """Return the first line of a docstring as a sentence without a subject and a full stop."""
    first = (docstring or "").strip().partition("\n")[0].strip().rstrip(".")
    return first[:1].lower() + first[1:] if first[1:2].islower() else first
