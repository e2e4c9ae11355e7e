"""A training set of numbers, codes and notes about known people, and a closed bucket."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from power.case import Case, Damage
from pytest_mltestscore import checks

ROWS = 400
WORDS = ("late", "on time", "gate 12", "call 12:30", "v1.2.3", "2024-01-02")


class World(NamedTuple):
    rows: pd.DataFrame
    deleted: list[int]
    policy: dict[str, Any]


def world(rng):
    rows = pd.DataFrame(
        {
            "note": rng.choice(WORDS, ROWS),
            "order": rng.integers(10**15, 10**16, ROWS),  # a tenth pass the test of card numbers
            "distance": rng.normal(size=ROWS),
            "band": rng.choice(["young", "old"], ROWS),
            "region": rng.choice(["north", "south"], ROWS),
            "person": rng.permutation(ROWS),
        }
    )
    statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:role/train"}}
    return World(rows, list(range(ROWS, ROWS + 20)), {"Statement": [statement] * 3})


def run(world):
    return checks.data.privacy_controls(
        world.rows,
        quasi_identifiers=["band", "region"],
        subject="person",
        deleted=world.deleted,
        policies={"bucket": world.policy},
    )


def addresses(world, count, rng):
    """Leave e-mail addresses in notes."""
    rows = world.rows.copy()
    rows.loc[: int(count) - 1, "note"] = "late, see ada.b@mail.example.org"
    return world._replace(rows=rows)


def cards(world, count, rng):
    """Put card numbers where other words were."""
    rows = world.rows.copy()
    rows.loc[: int(count) - 1, "note"] = "4111 1111 1111 1111"
    return world._replace(rows=rows)


def loners(world, size, rng):
    """Let a group shrink to this many fewer rows than wanted."""
    rows = world.rows.copy()
    rows.loc[: 5 - int(size), "region"] = "island"
    rows.loc[: 5 - int(size), "band"] = "old"
    return world._replace(rows=rows[: ROWS - 1])


def undeleted(world, count, rng):
    """Let people who asked to be deleted be there still."""
    return world._replace(deleted=[*world.deleted, *range(int(count))])


def opened(world, count, rng):
    """Open statements of the bucket's policy to everybody."""
    public = {"Effect": "Allow", "Principal": "*"}
    return world._replace(
        policy={"Statement": [*world.policy["Statement"], *[public] * int(count)]}
    )


CASE = Case(
    check="data.privacy_controls",
    exact=False,
    world=world,
    run=run,
    convert=lambda world, to: world._replace(rows=to(world.rows)),
    damages=(
        Damage(
            name="e-mail addresses",
            unit="rows of 400",
            sizes=(1, 4, 40),
            documented=1,
            inject=addresses,
        ),
        Damage(
            name="card numbers", unit="rows of 400", sizes=(1, 4, 40), documented=4, inject=cards
        ),
        Damage(
            name="small group", unit="rows too few", sizes=(2, 3, 4), documented=2, inject=loners
        ),
        Damage(name="not deleted", unit="people", sizes=(1, 4, 20), documented=1, inject=undeleted),
        Damage(name="open bucket", unit="statements", sizes=(1, 2, 3), documented=1, inject=opened),
    ),
)
