"""Thirty features of a model, all in the manifest, and then some that the policy forbids."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from power.case import Case, Damage
from pytest_mltestscore import checks

TODAY = dt.date(2030, 1, 1)
NAMES = [f"f{number}" for number in range(30)]


def world(rng):
    features = {
        name: {"owner": "team", "source": "table", "expires": "2030-12-31", "allowed_uses": ["eta"]}
        for name in NAMES
    }
    code = "\n".join(f"rows['{name}'] = rows['{name}'] * 2" for name in NAMES)
    return {"features": features, "used": list(NAMES), "code": code}


def run(state):
    manifest = {"features": state["features"], "banned": ["*_ssn"], "banned_sources": ["crm*"]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "features.py")
        path.write_text(state["code"], encoding="utf-8")
        return checks.data.feature_policy(
            state["used"], manifest, sources=[path], use="eta", today=TODAY
        )


def changed(key, value):
    """Return a damage that changes an entry of so many features in the manifest."""

    def inject(state, count, rng):
        hit = set(rng.choice(NAMES, int(count), replace=False))
        features = {
            name: {**entry, key: value} if name in hit else entry
            for name, entry in state["features"].items()
        }
        return {**state, "features": features}

    return inject


def unlisted(state, count, rng):
    return {**state, "used": [*state["used"], *(f"g{number}" for number in range(int(count)))]}


def named_in_code(state, count, rng):
    lines = "".join(f"\nrows['pilot{number}_ssn']" for number in range(int(count)))
    return {**state, "code": state["code"] + lines}


def of_features(name, inject):
    return Damage(name=name, unit="features", sizes=(1, 3, 10), documented=1, inject=inject)


CASE = Case(
    check="data.feature_policy",
    exact=True,
    world=world,
    run=run,
    damages=(
        of_features("not in the manifest", unlisted),
        of_features("deprecated", changed("status", "deprecated")),
        of_features("expired", changed("expires", "2029-12-31")),
        of_features("no owner", changed("owner", "")),
        of_features("banned source", changed("source", "crm_export")),
        of_features("for another use", changed("allowed_uses", ["ranking"])),
        of_features("banned name in code", named_in_code),
    ),
)
