"""A least-squares fit in two processes, and then with something in it that no seed fixes."""

from __future__ import annotations

from functools import partial

from power.case import Case, Damage
from power.trainers import least_squares
from pytest_mltestscore import checks


def world(rng):
    return {"seed": int(rng.integers(2**31))}


def run(options):
    return checks.infra.reproducible_training(partial(least_squares, **options))


def noisy(options, size, rng):
    """Multiply the coefficients by unseeded noise."""
    return {**options, "noise": size}


def sampled(options, share, rng):
    """Leave out rows without a seed."""
    return {**options, "unseeded_share": share}


def by_hash(options, count, rng):
    """Number categories by their place in a set of words."""
    return {**options, "words": tuple(f"word{n}" for n in rng.integers(10**6, size=int(count)))}


CASE = Case(
    check="infra.reproducible_training",
    exact=False,
    world=world,
    run=run,
    damages=(
        Damage(
            name="unseeded noise in coefficients",
            unit="of their size",
            sizes=(1e-12, 1e-7, 1e-3),
            documented=1e-7,
            inject=noisy,
        ),
        Damage(
            name="rows left out without a seed",
            unit="share of rows",
            sizes=(0.01, 0.1, 0.5),
            documented=0.01,
            inject=sampled,
        ),
        Damage(
            name="categories numbered by hash",
            unit="categories",
            sizes=(2, 6, 20),
            documented=6,
            inject=by_hash,
        ),
    ),
)
