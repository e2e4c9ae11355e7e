"""The registries of the examples: the way back leads to the version before, however often asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import needs

needs.module_at_import("joblib", "numpy", "pandas", "sklearn")

EXAMPLES = Path(__file__).parents[2] / "examples"


class ModelOf(str):
    """Stands for a model: what a registry does not ask, when it promotes, it need not have."""

    __slots__ = ()


def credit(folder):
    from credit.registry import Registry

    registry = Registry(folder)
    for version in ("1", "2"):
        registry.save(version, ModelOf(version), {})
    return registry, lambda: registry.serving


def flights(folder):
    from flights.registry import METADATA, Registry

    for version in ("1", "2"):
        place = folder / "versions" / version
        place.mkdir(parents=True)
        (place / METADATA).write_text(json.dumps({"version": version}), encoding="utf-8")
    registry = Registry(folder)
    return registry, registry.serving


@pytest.fixture(params=[(credit, "credit_default"), (flights, "flight_delays")], ids=lambda p: p[1])
def registry(request, tmp_path, monkeypatch):
    make, example = request.param
    monkeypatch.syspath_prepend(EXAMPLES / example)
    yield make(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("credit", "flights")]:
        del sys.modules[name]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_promoting_what_serves_does_not_hide_the_way_back(registry, times):
    store, serving = registry
    store.promote("1")
    for _ in range(times):
        store.promote("2")
    assert serving() == "2"
    assert store.rollback() == "1"
    assert serving() == "1"


def test_a_version_may_serve_again_after_another_one(registry):
    store, serving = registry
    for version in ("1", "2", "1"):
        store.promote(version)
    assert serving() == "1"
    assert store.rollback() == "2"
    assert store.rollback() == "1"
