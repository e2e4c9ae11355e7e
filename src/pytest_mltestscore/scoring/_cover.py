"""The cheapest set of moves by which every one of some sections gains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from ._moves import Move

MOST_TOGETHER = 8
"""Sections up to which moves that serve several are weighed against those that serve one."""

Price: TypeAlias = tuple[int, int, int, float, float]
"""What is least first: waived items that are touched, cost, and moves; then the points gained for
each thing that has to be at hand, and all of them, both below zero."""


class _Offer(NamedTuple):
    price: Price
    move: Move


def cheapest_set(moves: Iterable[Move], sections: Sequence[str]) -> tuple[Move, ...]:
    """Return the cheapest moves that serve all sections, the cheapest of them first.

    Empty where some section is served by no move: others would gain for nothing. Of more than
    `MOST_TOGETHER` sections each is served by a move on an item of its own.
    """
    together = len(sections) <= MOST_TOGETHER
    offers = _best(moves, sections, together)
    if together:
        chosen = _cover(offers, sections)
    else:
        alone = [offers.get(frozenset({section})) for section in sections]
        chosen = [offer for offer in alone if offer] if all(alone) else []
    return tuple(offer.move for offer in sorted(chosen, key=_price))


def _price(offer: _Offer) -> Price:
    return offer.price


def _best(
    moves: Iterable[Move], sections: Collection[str], together: bool
) -> dict[frozenset[str], _Offer]:
    """Return the cheapest move for each set of sections that some move serves."""
    best: dict[frozenset[str], _Offer] = {}
    for move in moves:
        own = move.items[0].section
        gains = move.gains() if together else {own: move.gains()[own]}
        served = frozenset(gains).intersection(sections)
        gain = sum(gains[section] for section in served)
        each = gain / max(len(move.provides), 1)
        price = (int(move.waived), move.cost, 1, -each, -gain)
        if served and (served not in best or price < best[served].price):
            best[served] = _Offer(price, move)
    return best


def _cover(offers: dict[frozenset[str], _Offer], sections: Sequence[str]) -> list[_Offer]:
    """Return those offers that together serve all sections at the least price."""

    @cache
    def cheapest(remaining: frozenset[str]) -> tuple[_Offer, ...] | None:
        if not remaining:
            return ()
        section = next(s for s in sections if s in remaining)
        found = [
            (offer, *rest)
            for served, offer in offers.items()
            if section in served and (rest := cheapest(remaining - served)) is not None
        ]
        return min(found, key=_sum, default=None)

    return list(cheapest(frozenset(sections)) or ())


def _sum(offers: Iterable[_Offer]) -> Price:
    waived, cost, number, each, gain = zip(*map(_price, offers), strict=True)
    return sum(waived), sum(cost), sum(number), sum(each), sum(gain)
