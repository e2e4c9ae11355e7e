"""A specification reviewed by merges and trailers, and a model that was made from it.

Sizes count commits and lines. Every world is a real repository, made anew.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from git_repository import ADA, BOB, Change, git, make_repository
from power.case import Case, Damage
from pytest_mltestscore import checks

REVIEW = f"\n\nReviewed-by: {BOB}"


class World(NamedTuple):
    changes: list[Change]
    behind: int
    """How many commits after the model was made."""
    edits: int


def world(rng):
    changes = [Change({"model.toml": "depth = 1"}, message=f"Begin{REVIEW}")]
    for n in range(int(rng.integers(2, 5))):
        spec = {"model.toml": f"depth = {n + 2}"}
        if rng.random() < 0.5:
            changes.append(Change(spec, ADA, day=n, message=f"Deeper{REVIEW}"))
        else:
            branch = f"topic-{n}"
            changes.append(Change(spec, ADA, day=n, branch=branch, starts="main"))
            changes.append(Change(spec, BOB, day=n, merges=branch))
    return World([*changes, Change({"README": "x"}, day=9)], 0, 0)


def run(world):
    with tempfile.TemporaryDirectory() as folder:
        root = make_repository(Path(folder), world.changes)
        made_from = git(root, "rev-parse", f"HEAD~{world.behind}")
        if world.edits:
            (root / "model.toml").write_text("depth = 9\n" * world.edits)
        return checks.model.spec_review(root, ["model.toml"], artifact={"commit": made_from})


def unreviewed(world, count, rng):
    """Push commits that nobody else has seen."""
    pushed = [Change({"model.toml": f"rate = {n}"}, day=20 + n) for n in range(int(count))]
    return world._replace(changes=[*world.changes, *pushed])


def old_model(world, count, rng):
    """Serve a model that was made before the last commits, all of them reviewed."""
    later = [
        Change({"model.toml": f"rate = {n}"}, day=20 + n, message=f"Faster{REVIEW}")
        for n in range(int(count))
    ]
    return world._replace(changes=[*world.changes, *later], behind=int(count))


def edited(world, lines, rng):
    """Edit the specification without a commit."""
    return world._replace(edits=int(lines))


CASE = Case(
    check="model.spec_review",
    exact=True,
    world=world,
    run=run,
    damages=(
        Damage(
            name="not reviewed", unit="commits", sizes=(1, 2, 4), documented=1, inject=unreviewed
        ),
        Damage(name="old model", unit="commits", sizes=(1, 2, 4), documented=1, inject=old_model),
        Damage(name="not committed", unit="lines", sizes=(1, 2, 4), documented=1, inject=edited),
    ),
)
