"""Faults that are about several of the values that a test is given."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("pandas", "polars", "sklearn")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402

from pytest_mltestscore.collect.proving.trials import Injection, plan  # noqa: E402
from pytest_mltestscore.domain.mlsystem import MLSystem  # noqa: E402
from pytest_mltestscore.faults import fingerprint  # noqa: E402
from unit.faults import samples  # noqa: E402

ROWS = samples.rows()
X, Y = ROWS[["size", "risk"]], ROWS["late"]
MATRIX = X.to_numpy()


def tried(name, given, read=None):
    """Return the site, and what the test is given instead; nothing if the fault does not fit."""
    planned = plan([name], "test", given, read or {})
    if not planned:
        return None
    injection = Injection(planned[0][0])
    damaged = injection(given)
    assert injection.why_not == ""
    return planned[0][0].site, damaged


def of(*keys):
    return lambda given: functools.reduce(lambda value, key: value[key], keys, given)


def leaks(features, labels):
    columns = np.asarray(features, dtype=float).T
    return any(np.array_equal(column, labels) for column in columns)


@pytest.mark.parametrize(
    "given, features",
    [
        ({"X": X, "y": Y}, of("X")),
        ({"X_train": MATRIX, "y_train": Y.tolist(), "seed": 3}, of("X_train")),
        ({"features": pl.DataFrame(X), "labels": Y.to_numpy()}, of("features")),
        ({"data": (X, Y)}, of("data", 0)),
        ({"data": [X[:30], X[30:], 1 - Y[:30], Y[30:]]}, of("data", 1)),
        ({"y_dev": 1 - Y[:30], "X_fit": X[30:], "X_dev": X[:30], "y_fit": Y[30:]}, of("X_fit")),
        ({"data": {"train": X, "target": Y}}, of("data", "train")),
        ({"data": SimpleNamespace(rows=X, label=Y)}, lambda d: d["data"].rows),
        ({"self.rows": X, "self.labels": Y}, of("self.rows")),
    ],
)
def test_labels_leak_into_the_features_beside_them(given, features):
    before = fingerprint(X), fingerprint(MATRIX)
    site, damaged = tried("leaked_target", given)
    assert site == ", ".join(given)
    assert type(features(damaged)) is type(features(given))
    rows = len(features(given))
    assert leaks(features(damaged), Y[-rows:])
    assert not leaks(features(given), Y[-rows:])
    assert (fingerprint(X), fingerprint(MATRIX)) == before


@pytest.mark.parametrize(
    "given",
    [
        {"X": X},
        {"X": X, "y": Y[:10]},
        {"X": X, "weights": np.ones(len(X))},
        {"X": X, "style": Y},
        {"y": Y, "labels": Y},
        {"X": X, "data": (1, Y)},
        {"y": (len(X), 1), "shape": [X.shape]},
    ],
)
def test_no_labels_leak_where_there_are_none(given):
    assert tried("leaked_target", given) is None


def test_labels_that_are_words_leak_as_numbers():
    _, damaged = tried("leaked_target", {"X": X, "y": ROWS["note"]})
    assert leaks(damaged["X"], (ROWS["note"] == "on time").astype(int))


ORDERS = pd.DataFrame({"customer_id": range(60), "size": range(60)})
NAMES = pl.DataFrame({"size": range(60), "user": [f"u{n}" for n in range(60)]})


@pytest.mark.parametrize(
    "given, rows, who",
    [
        ({"orders": ORDERS, "deleted": [71, 72]}, of("orders", "customer_id"), {71, 72}),
        ({"orders": ORDERS, "erased": np.array([71])}, of("orders", "customer_id"), {71}),
        (
            {"orders": ORDERS, "deleted": pd.DataFrame({"why": ["-"], "customer_id": [71]})},
            of("orders", "customer_id"),
            {71},
        ),
        ({"rows": NAMES, "forgotten": {"ada"}}, of("rows", "user"), {"ada"}),
        (
            {"data": {"rows": NAMES, "opt_out": ["ada"]}},
            of("data", "rows", "user"),
            {"ada"},
        ),
    ],
)
def test_somebody_who_was_deleted_is_back(given, rows, who):
    before = fingerprint(ORDERS), fingerprint(NAMES)
    _, damaged = tried("reinserted_subject", given)
    found = set(rows({**given, **damaged}).to_list())
    assert found & who
    assert not set(rows(given).to_list()) & who
    assert (fingerprint(ORDERS), fingerprint(NAMES)) == before


@pytest.mark.parametrize(
    "given",
    [
        {"orders": ORDERS, "kept": [71]},
        {"orders": ORDERS, "deleted": []},
        {"orders": ORDERS, "deleted": [0.5]},
        {"deleted": ORDERS},
    ],
)
def test_nobody_is_back_who_was_not_deleted(given):
    assert tried("reinserted_subject", given) is None


def test_rows_must_say_whom_they_are_about():
    given = {"rows": ORDERS[["size"]], "deleted": [71]}
    [[planned]] = plan(["reinserted_subject"], "test", given, {})
    injection = Injection(planned)
    assert injection(given) == {}
    assert injection.why_not == "no table has a column of who its rows are about"


def test_of_a_system_the_parts_that_are_read_belong_together():
    options = {"privacy-controls": {"deleted": [71]}}
    system = MLSystem(train_data=ORDERS, test_data=ORDERS, options=options)
    read = {"system": {"train_data", "options.privacy-controls"}}
    site, damaged = tried("reinserted_subject", {"system": system}, read)
    assert site == "system"
    assert 71 in set(damaged["system"].train_data["customer_id"])
    assert damaged["system"].test_data is ORDERS
    assert tried("reinserted_subject", {"system": system}, {"system": {"train_data"}}) is None


def test_what_a_system_says_to_its_checks_is_no_data_but_what_stands_in_it_is():
    system = MLSystem(options={"feature-cost": {"max_ms": 3}, "inclusion": {"metrics": {"tpr": 1}}})
    read = {"system": {"options", "options.inclusion"}}
    assert plan(["lost_entry"], "test", {"system": system}, read) == []
    [[planned]] = plan(["worse_metrics"], "test", {"system": system}, read)
    assert planned.site == "system.options['inclusion']['metrics']"
