"""A price by size and rooms that the colour of the door does not change, and then does."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 600
COLOURS = ("blue", "green", "red")
FEET = 10.7639


def world(rng):
    """Return rows, among them what the model adds for red doors and for each room."""
    rows = pd.DataFrame({"size": rng.uniform(20, 200, ROWS), "rooms": rng.integers(1, 7, ROWS)})
    rows["colour"] = rng.choice(COLOURS, ROWS)
    return rows.assign(for_colour=0.0, for_room=10.0)


def price(rows):
    seen = nw.from_native(rows, eager_only=True)
    red = (seen["colour"] == "red").to_numpy().astype(float)
    value = 3.0 * seen["size"].to_numpy() + seen["for_room"].to_numpy() * seen["rooms"].to_numpy()
    return value + seen["for_colour"].to_numpy() * red


def repainted(rows):
    return change(rows, nw.lit("red").alias("colour"))


def one_room_more(rows):
    return change(rows, nw.col("rooms") + 1)


def smaller(rows, rng):
    seen = nw.from_native(rows, eager_only=True)
    less = seen["size"].to_numpy() * rng.uniform(0.5, 0.9, len(seen))
    return change(rows, nw.new_series("size", less, backend=seen.implementation))


def to_feet(rows):
    return change(rows, nw.col("size") * FEET)


def from_feet(rows):
    return change(rows, nw.col("size") / FEET)


def change(rows, what):
    return nw.from_native(rows, eager_only=True).with_columns(what).to_native()


def run(rows):
    return checks.model.metamorphic_relations(
        price,
        rows,
        invariant={"another colour": repainted},
        increasing={"one room more": one_room_more},
        decreasing={"smaller": smaller},
        round_trip={"square feet": (to_feet, from_feet)},
        min_change=1e-6,
    )


def red_doors_cost_more(rows, count, rng):
    """Let the colour of the door count for some rows, of those that are not red yet."""
    places = np.flatnonzero(rows["colour"] != "red")
    return with_value(rows, "for_colour", 25.0, rng.choice(places, int(count), replace=False))


def rooms_cost_nothing(rows, count, rng):
    """Let the model ignore rooms for some rows."""
    return with_value(rows, "for_room", 0.0, rng.choice(ROWS, int(count), replace=False))


def rooms_lower_the_price(rows, count, rng):
    """Let the price fall by the room for some rows."""
    return with_value(rows, "for_room", -1.0, rng.choice(ROWS, int(count), replace=False))


def with_value(rows, column, value, places):
    changed = rows[column].to_numpy(copy=True)
    changed[places] = value
    return rows.assign(**{column: changed})


CASE = Case(
    check="model.metamorphic_relations",
    exact=True,
    world=world,
    run=run,
    convert=lambda rows, to: to(rows),
    damages=(
        Damage(
            name="a colour counts",
            unit="rows of 600",
            sizes=(1, 10, 100),
            documented=1,
            inject=red_doors_cost_more,
        ),
        Damage(
            name="rooms do not count",
            unit="rows of 600",
            sizes=(1, 10, 100),
            documented=1,
            inject=rooms_cost_nothing,
        ),
        Damage(
            name="rooms lower the price",
            unit="rows of 600",
            sizes=(1, 10, 100),
            documented=1,
            inject=rooms_lower_the_price,
        ),
    ),
)
