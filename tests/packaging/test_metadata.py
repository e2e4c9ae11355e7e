"""What pyproject.toml promises, compared with the files that depend on it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TESTED_LOWEST = ("checks", "coverage", "examples", "postgresql", "sql", "xdist")
"""Extras that are in `test`, so that the environment with the lowest versions has them."""

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def requirements(*lists):
    """Return the direct requirements of these lists, without references to our own extras."""
    found = [Requirement(text) for entries in lists for text in entries]
    return [r for r in found if r.name != PROJECT["name"]]


def pins(path):
    """Return name -> version of a file of `name==version` lines."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): v for name, _, v in (line.partition("==") for line in lines)}


def test_the_environment_with_lowest_versions_has_exactly_the_lower_bounds():
    users = requirements(PROJECT["dependencies"], *(EXTRAS[name] for name in TESTED_LOWEST))
    floors = {canonicalize_name(r.name): min(s.version for s in r.specifier) for r in users}
    lowest = pins(ROOT / "tools" / "lowest.txt")
    assert lowest.keys() == floors.keys()
    # 8.4 and 8.4.0 are one version, and a pin may name the first release that was not withdrawn.
    short = {name: v for name, v in lowest.items() if not (v + ".").startswith(floors[name] + ".")}
    assert not short


def test_constraints_hold_names_and_versions_only():
    text = (ROOT / "constraints.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []


@pytest.mark.parametrize("extra", ["core", *sorted(EXTRAS.keys() - {"pii", "spark"})])
def test_constraints_pin_every_direct_requirement_within_its_bounds(extra):
    pinned = pins(ROOT / "constraints.txt")
    wanted = requirements(PROJECT["dependencies"] if extra == "core" else EXTRAS[extra])
    unmet = {
        r.name: pinned.get(canonicalize_name(r.name), "no pin")
        for r in wanted
        if not r.specifier.contains(pinned.get(canonicalize_name(r.name), "0"))
    }
    assert not unmet


def test_all_names_every_extra_for_users():
    (entry,) = [Requirement(text) for text in EXTRAS["all"]]
    apart = {"pii", "spark"}  # one pins an older pandas, the other is large for what it adds
    assert entry.extras == EXTRAS.keys() - {"all", "dev", "docs", "test"} - apart
