"""Section monitoring: what was served from October to December, and what it was served from.

That serving computes what training does is shown in `test_suite.py`.
"""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest
from flights import data, monitor, replay, upstream
from flights import features as ft
from flights.model import late_probability
from flights.registry import Registry
from flights.schema import violations
from flights.studies import MAX_AGE_DAYS
from flights.train import in_months
from sklearn.metrics import roc_auc_score

CANDIDATE, INCUMBENT = "2013-10", "2013-09"
MONTHS = {10: "October", 11: "November", 12: "December"}
# Measured on the replayed share: 0.659, 0.650 and 0.714, each give or take 0.012.
MIN_SERVED_AUC = 0.62
# Three flights in a hundred. Measured: +0.019, +0.008, and -0.046 in December.
MAX_BIAS = 0.03


@pytest.fixture
def changes():
    """What tells of changes upstream, handed to tests so that a proof can break it."""
    return upstream.changes


@pytest.mark.mlscore("dependency-changes")
def test_upstream_is_what_was_last_looked_at(changes):
    assert changes() == []


@pytest.mark.mlscore("dependency-changes")
def test_a_change_upstream_is_reported_with_what_changed(changes, tmp_path):
    weather = pd.read_csv(data.source_path("weather.csv"))
    altered = weather.rename(columns={"visib": "visibility"}).head(26_000)
    path = tmp_path / "weather.csv"
    altered.to_csv(path, index=False)
    assert changes({"weather.csv": path}) == [
        "weather.csv: the content is not what was accepted",
        "weather.csv: column visib is gone",
        "weather.csv: column visibility is new",
        "weather.csv: 26000 rows, 26115 before",
    ]


@pytest.mark.mlscore("dependency-changes")
def test_a_single_changed_value_upstream_is_noticed(changes, tmp_path):
    source = data.source_path("flights.csv.zip")
    with zipfile.ZipFile(source) as archive:
        (name,) = archive.namelist()
        content = archive.read(name)
    altered = content.replace(b"2013,1,1,517,515,2,", b"2013,1,1,517,515,3,", 1)
    assert altered != content
    path = tmp_path / "flights.csv.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, altered)
    assert changes({"flights.csv.zip": path}) == [
        "flights.csv.zip: the content is not what was accepted"
    ]


@pytest.mark.mlscore("data-invariants")
@pytest.mark.parametrize("month", MONTHS)
def test_served_features_hold_what_the_manifest_says(month, served, manifest, mlscore):
    here = served[served["flight.day"].dt.month == month]
    features = monitor.served_features(here)
    mlscore.record("served", len(here), limit=">= 3000")
    mlscore.record("without weather", round(float(features["humid"].isna().mean()), 4))
    assert len(here) >= 3000
    assert violations(features, manifest.features) == []


@pytest.mark.mlscore("data-invariants")
def test_every_day_is_served_once_and_in_full(served):
    days = served.groupby("flight.day").size()
    assert len(days) == 92
    assert (days == replay.PER_DAY).all()
    assert not served.duplicated(monitor.LOG_KEY).any()


@pytest.mark.mlscore("data-invariants")
def test_names_that_training_never_saw_are_rare(served, registry, mlscore):
    """A new airport is served as a missing one: right now and then, wrong as a habit."""
    for version, lines in served.groupby("version"):
        known = registry.load(version).vocabulary_
        for name in ft.CATEGORIES:
            unseen = float((~lines[f"feature.{name}"].isin(known[name])).mean())
            mlscore.record(f"{version}: unseen {name}", round(unseen, 5), limit="<= 0.005")
            assert unseen <= 0.005


SERVED_DAMAGE = {
    "humidity as a fraction": (lambda f: f.assign(humid=f["humid"] / 100), ("humid", "range")),
    "wind in another unit, with a spike": (
        lambda f: f.assign(wind_speed=f["wind_speed"] * 10),
        ("wind_speed", "range"),
    ),
    "pressure feed down": (lambda f: f.assign(pressure=np.nan), ("pressure", "max_missing")),
    "local airport names": (
        lambda f: f.assign(origin=f["origin"].str.title()),
        ("origin", "values"),
    ),
    "stuck lateness": (
        lambda f: f.assign(late_yesterday=0.2),
        ("late_yesterday", "min_distinct"),
    ),
}


@pytest.mark.mlscore("data-invariants")
@pytest.mark.parametrize("damage", SERVED_DAMAGE)
def test_a_broken_feed_would_be_noticed(damage, served, manifest):
    change, expected = SERVED_DAMAGE[damage]
    features = monitor.served_features(served)
    assert violations(features, manifest.features) == []
    found = violations(change(features), manifest.features)
    assert expected in [(v.feature, v.rule) for v in found]


@pytest.mark.mlscore("model-staleness")
def test_no_prediction_came_from_a_model_past_its_age(served, registry, mlscore):
    metadata = {version: registry.metadata(version) for version in registry.versions()}
    ages = monitor.ages(served, metadata)
    mlscore.record("oldest", int(ages.max()), unit="days", limit=f"<= {MAX_AGE_DAYS}")
    mlscore.record("youngest", int(ages.min()), unit="days", limit="> 0")
    assert ages.min() > 0  # no model has served a day that it had learned from
    assert ages.max() <= MAX_AGE_DAYS


@pytest.mark.mlscore("model-staleness")
def test_a_release_train_that_stopped_would_be_noticed(served, registry):
    metadata = {version: registry.metadata(version) for version in registry.versions()}
    stuck = served.assign(version="2013-08")
    assert monitor.ages(stuck, metadata).max() > MAX_AGE_DAYS


@pytest.mark.mlscore("model-staleness")
def test_the_tables_that_serving_looks_things_up_in_are_fresh(served, mlscore):
    """Age of upstream: a day without any weather, or without yesterday's arrivals, is a stall."""
    days = served.groupby("flight.day")[["feature.humid", "feature.late_yesterday"]]
    dark = days.agg(lambda values: values.isna().all())
    blind = sorted(str(day.date()) for day in dark.index[dark["feature.humid"]])
    mlscore.record("days without weather", ", ".join(blind), limit="only 2013-12-31")
    # The weather table ends on 30 December: known, and said in the README.
    assert blind == ["2013-12-31"]
    assert not dark["feature.late_yesterday"].any()


EXTREMES = {
    "departure_minute": (0.0, 1439.0),
    "weekday": (0.0, 6.0),
    "dewp": (-1e9, 1e9),
    "humid": (0.0, 1e300),
    "wind_speed": (0.0, 1048.36, 1e300),
    "precip": (0.0, 1e-300, 1e9),
    "pressure": (-1e300, 0.0),
    "visib": (0.0, -1.0),
    "late_yesterday": (0.0, 1.0),
    "carrier_late_week": (0.0, 1.0),
}


@pytest.mark.mlscore("numerical-stability")
def test_no_input_however_extreme_gives_anything_but_a_probability(
    candidate, gate_features, mlscore
):
    rows = gate_features.iloc[:200]
    tried = 0
    for name, values in EXTREMES.items():
        for value in (*values, np.nan, np.inf, -np.inf):
            found = late_probability(candidate, rows.assign(**{name: value}))
            tried += len(found)
            assert np.isfinite(found).all(), (name, value)
            assert ((found > 0) & (found < 1)).all(), (name, value)
    nothing = rows.assign(**dict.fromkeys(EXTREMES, np.nan), carrier="?", origin="?", dest="?")
    found = late_probability(candidate, nothing)
    mlscore.record("predictions tried", tried)
    mlscore.record("probability of an unknown flight", round(float(found[0]), 3))
    assert len(set(found)) == 1
    assert 0.02 < found[0] < 0.6


@pytest.mark.mlscore("numerical-stability")
def test_one_flight_at_a_time_gives_what_a_month_gives(candidate, gate_features):
    whole = late_probability(candidate, gate_features)
    places = np.linspace(0, len(whole) - 1, 25).astype(int)
    for place in places:
        assert late_probability(candidate, gate_features.iloc[[place]])[0] == whole[place]


@pytest.mark.mlscore("numerical-stability")
def test_scores_stay_in_a_plausible_range_from_tree_to_tree(candidate, gate_features, mlscore):
    rows = gate_features.iloc[::20]
    matrix = candidate.encode(rows)
    stages = np.array([s.ravel() for s in candidate.trees_.staged_decision_function(matrix)])
    steps = np.abs(np.diff(stages, axis=0))
    mlscore.record("largest score", round(float(np.abs(stages).max()), 2), limit="<= 6")
    mlscore.record("largest step of a tree", round(float(steps.max()), 3), limit="<= 0.5")
    assert np.isfinite(stages).all()
    assert np.abs(stages).max() <= 6  # measured: 3.2; 6 is a probability of 0.25 %
    assert steps.max() <= 0.5  # measured: 0.19
    assert (steps.max(axis=1) > 0).all()  # no dead tree
    # What is answered is the last score and nothing else.
    assert late_probability(candidate, rows) == pytest.approx(1 / (1 + np.exp(-stages[-1])))


@pytest.fixture(scope="module")
def answered(served) -> np.ndarray:
    """What was answered from October to December."""
    return served["probability"].to_numpy()


@pytest.mark.mlscore("numerical-stability")
def test_every_served_probability_is_one(answered):
    assert np.isfinite(answered).all()
    assert ((answered > 0) & (answered < 1)).all()
    assert len(np.unique(answered)) > 5000


@pytest.mark.mlscore("computing-performance")
def test_the_server_answers_in_time(served, mlscore):
    """Five flights a request. Measured: 3 ms in the middle, 5 to 8 ms at the 95th percentile."""
    middle, slow = served["latency_ms"].quantile([0.5, 0.95])
    mlscore.record("median", round(middle, 1), unit="ms", limit="<= 100", volatile=True)
    mlscore.record("95th percentile", round(slow, 1), unit="ms", limit="<= 400", volatile=True)
    assert middle <= 100
    assert slow <= 400


@pytest.mark.mlscore("computing-performance")
def test_latency_does_not_creep_from_release_to_release(served, mlscore):
    """The same machine in the same minutes, at its quietest: a ratio says more than a time."""
    fast = served.groupby("version")["latency_ms"].quantile(0.1)
    ratio = fast[CANDIDATE] / fast.drop(CANDIDATE).min()
    mlscore.record("against the fastest before", round(ratio, 2), limit="<= 3", volatile=True)
    assert ratio <= 3  # measured: 1.0


@pytest.mark.mlscore("computing-performance")
def test_training_stays_within_its_budget(registry, mlscore):
    """CPU time, which other processes on the machine hardly change. Measured: 4 s."""
    seconds = registry.metadata(CANDIDATE)["training_cpu_s"]
    mlscore.record("training", round(seconds, 1), unit="CPU s", limit="<= 60", volatile=True)
    assert 0 < seconds <= 60


@pytest.mark.mlscore("computing-performance")
def test_the_model_does_not_grow_from_release_to_release(registry, mlscore):
    sizes = {v: (registry.folder(v) / "model.joblib").stat().st_size for v in registry.versions()}
    mlscore.record("size", round(sizes[CANDIDATE] / 1e6, 2), unit="MB", limit="<= 2", volatile=True)
    assert sizes[CANDIDATE] <= 2e6
    assert sizes[CANDIDATE] <= 1.5 * min(sizes.values())


@pytest.mark.mlscore("computing-performance")
def test_memory_of_the_server_stays_within_its_budget(
    registry: Registry, start, recorded_requests, mlscore
):
    """A slow leak shows as growth over many requests."""
    server = start(registry.root)
    for flights in recorded_requests[:30]:
        server.predict(flights)
    warm = server.health()["memory_mb"]
    for flights in recorded_requests * 2:
        server.predict(flights)
    after = server.health()["memory_mb"]
    mlscore.record("memory", after, unit="MB", limit="<= 500", volatile=True)
    growth = round(after - warm, 1)
    mlscore.record("growth over 120 requests", growth, unit="MB", limit="<= 20", volatile=True)
    assert 20 < after <= 500  # measured: 226
    assert after - warm <= 20  # measured: 0.1


@pytest.mark.mlscore("prediction-quality")
@pytest.mark.parametrize("month", MONTHS)
def test_served_predictions_rank_flights_as_promised(month, arrived, mlscore):
    here = arrived[arrived["flight.day"].dt.month == month]
    auc = roc_auc_score(here["late"], here["probability"])
    mlscore.record(f"AUC in {MONTHS[month]}", round(auc, 4), limit=f">= {MIN_SERVED_AUC}")
    mlscore.record("flights", len(here))
    assert auc >= MIN_SERVED_AUC


@pytest.mark.mlscore("prediction-quality")
@pytest.mark.parametrize(
    "month",
    [
        10,
        11,
        pytest.param(
            12,
            marks=pytest.mark.xfail(
                reason="known gap: December's storms are underestimated by 4 flights in 100; "
                "see 'What is wrong with it' in the README"
            ),
        ),
    ],
)
def test_as_many_flights_are_late_as_were_predicted(month, arrived, mlscore):
    here = arrived[arrived["flight.day"].dt.month == month]
    found = monitor.bias(here)
    mlscore.record(f"bias in {MONTHS[month]}", round(found, 4), limit=f"within {MAX_BIAS}")
    assert abs(found) <= MAX_BIAS


@pytest.mark.mlscore("prediction-quality")
def test_a_probability_means_what_it_says(arrived, mlscore):
    """Over the three months, of the flights given about 30 % about 30 % are late."""
    bins = pd.cut(arrived["probability"], np.arange(0, 1.01, 0.1))
    groups = arrived.groupby(bins, observed=True)
    gap = (groups["probability"].mean() - groups["late"].mean())[groups.size() >= 300]
    worst = float(gap.abs().max())
    mlscore.record("bins judged", len(gap), limit=">= 5")
    mlscore.record("largest gap", round(worst, 4), limit="<= 0.06")
    assert len(gap) >= 5
    assert worst <= 0.06  # measured: 0.040 at 40 to 50 %


@pytest.mark.mlscore("prediction-quality")
@pytest.mark.parametrize("origin", ["EWR", "JFK", "LGA"])
def test_served_quality_at_each_airport(origin, arrived, mlscore):
    here = arrived[arrived["feature.origin"] == origin]
    auc = roc_auc_score(here["late"], here["probability"])
    mlscore.record(f"AUC at {origin}", round(auc, 4), limit=">= 0.65")
    assert auc >= 0.65  # measured: 0.692 to 0.712, give or take 0.012
    assert abs(monitor.bias(here)) <= MAX_BIAS


@pytest.mark.mlscore("prediction-quality")
def test_labels_given_to_the_wrong_flights_would_be_noticed(arrived):
    mixed = arrived.assign(late=np.random.default_rng(8).permutation(arrived["late"]))
    for month in MONTHS:
        here = mixed[mixed["flight.day"].dt.month == month]
        assert roc_auc_score(here["late"], here["probability"]) < MIN_SERVED_AUC


@pytest.mark.mlscore("prediction-quality")
def test_the_log_is_what_the_registry_says_was_serving(served, registry, table):
    """Nothing served by a version that was not promoted, and each by the newest of its time."""
    promoted = [entry["version"] for entry in registry.history()]
    assert set(served["version"]) <= set(promoted)
    for month in MONTHS:
        here = served[served["flight.day"].dt.month == month]
        assert set(here["version"]) == {f"2013-{month - 2:02}"}
        drawn = replay.draw(in_months(table, month, month).rows)
        assert len(here) == len(drawn)
