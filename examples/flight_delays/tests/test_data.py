"""Section data: what features must look like, whether they earn their place, what is forbidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from flights import data
from flights import features as ft
from flights.model import LateClassifier
from flights.schema import Expectation, violations
from flights.studies import benefit
from flights.train import Table, in_months

# Measured: 0.0006 (origin) to 0.09 (departure_minute); a column of noise loses nothing at all.
MIN_AUC_LOST = 0.0003
# Hours from UTC in winter, as the table of airports has them; four Caribbean ones are not in it.
NEW_YORK_OFFSET, CARIBBEAN_OFFSET = -5, -4
LEAD_MINUTES = 120
FIRST_DEPARTURE = 300


@pytest.mark.mlscore("feature-schema", "feature-policy")
def test_manifest_and_model_name_the_same_features(manifest, candidate):
    assert set(manifest.features) == set(candidate.features) == set(ft.FEATURES)
    assert list(candidate.feature_names_in_) == list(candidate.features)


@pytest.fixture(scope="module")
def by_month(table) -> dict[int, pd.DataFrame]:
    """The features of each month."""
    return {month: in_months(table, month, month).columns for month in range(1, 13)}


@pytest.mark.mlscore("feature-schema")
def test_every_month_by_itself_holds_what_the_manifest_says(by_month, manifest):
    for month, rows in by_month.items():
        assert violations(rows, manifest.features) == [], f"month {month}"


@pytest.fixture(scope="module")
def names(table) -> pd.DataFrame:
    """What names each flight."""
    return table.rows[data.KEY]


@pytest.mark.mlscore("feature-schema")
def test_each_flight_is_there_once(names):
    assert not names.isna().any(axis=None)
    assert not names.duplicated().any()


def broken_wind(columns: pd.DataFrame) -> pd.DataFrame:
    wind = columns["wind_speed"].to_numpy(copy=True)
    wind[0] = 1048.36  # the reading of 12 February 2013
    return columns.assign(wind_speed=wind)


DAMAGE = {
    "wind of 1048 miles an hour": (broken_wind, "wind_speed", "range"),
    "a carrier nobody knows": (
        lambda c: c.assign(carrier=c["carrier"].replace("HA", "??")),
        "carrier",
        "values",
    ),
    "destinations in lower case": (
        lambda c: c.assign(dest=c["dest"].str.lower()),
        "dest",
        "values",
    ),
    "no weather for a week": (
        lambda c: c.assign(humid=c["humid"].where(np.arange(len(c)) >= len(c) // 4)),
        "humid",
        "max_missing",
    ),
    "hours instead of minutes": (
        lambda c: c.assign(departure_minute=c["departure_minute"] // 60),
        "departure_minute",
        "min_distinct",
    ),
    "numbers as text": (lambda c: c.assign(precip=c["precip"].astype(str)), "precip", "kind"),
    "a column lost": (lambda c: c.drop(columns="visib"), "visib", "column"),
    "a column too many": (lambda c: c.assign(dep_delay=0.0), "dep_delay", "column"),
}


@pytest.fixture(scope="module")
def weather(sources) -> pd.DataFrame:
    """The upstream weather as it comes."""
    return sources.weather


@pytest.mark.mlscore("feature-schema")
@pytest.mark.parametrize("damage", DAMAGE)
def test_the_schema_notices(damage, gate_features, manifest):
    change, feature, rule = DAMAGE[damage]
    assert violations(gate_features, manifest.features) == []
    found = violations(change(gate_features), manifest.features)
    assert [(v.feature, v.rule) for v in found] == [(feature, rule)]


@pytest.mark.mlscore("feature-schema")
def test_the_upstream_weather_really_breaks_the_schema(weather, manifest, mlscore):
    assert set(ft.WEATHER) <= set(weather.columns)
    beliefs: dict[str, Expectation] = {name: manifest.features[name] for name in ft.WEATHER}
    raw = violations(weather[[*ft.WEATHER]], beliefs)
    cleaned = violations(data.clean_weather(weather)[[*ft.WEATHER]], beliefs)
    mlscore.record("fastest wind upstream", float(weather["wind_speed"].max()), unit="mph")
    assert [(v.feature, v.rule) for v in raw] == [("wind_speed", "range")]
    assert cleaned == []


@pytest.mark.mlscore("feature-benefit")
def test_shuffling_any_feature_costs_quality(shuffles, mlscore):
    mean = shuffles.groupby("feature")[["auc", "log_loss"]].mean()
    lost = mean["auc"]
    months = shuffles.groupby("feature")["month"].nunique()
    mlscore.record("weakest feature", lost.idxmin())
    mlscore.record("AUC lost without it", round(lost.min(), 5), limit=f">= {MIN_AUC_LOST}")
    assert set(lost.index) == set(ft.FEATURES)
    assert (months == 4).all()
    assert (lost >= MIN_AUC_LOST).all(), lost.round(5).to_dict()
    # Seven times as much as the next one, by either measure.
    assert set(mean.idxmax()) == {"departure_minute"}


@pytest.mark.mlscore("feature-benefit")
def test_a_feature_of_noise_does_not_pass_for_a_feature(table, gate_month, mlscore):
    """The bar of the test above is one that a useless feature does not reach."""

    def noisy(part: Table, seed: int) -> Table:
        noise = np.random.default_rng(seed).normal(size=len(part.rows))
        return Table(part.rows, part.columns.assign(noise=noise))

    known = noisy(in_months(table, 9, 10), 1)
    model = LateClassifier(features=(*ft.FEATURES, "noise"))
    model.fit(known.columns, known.rows["late"])
    names = ["noise", "departure_minute"]
    found = benefit({11: model}, noisy(gate_month, 2), names).set_index("feature")["auc"]
    mlscore.record("AUC lost without noise", round(found["noise"], 5), limit=f"< {MIN_AUC_LOST}")
    assert found["noise"] < MIN_AUC_LOST
    assert found["departure_minute"] > 10 * MIN_AUC_LOST


@pytest.mark.mlscore("feature-policy")
def test_every_stored_version_uses_declared_features_only(registry, manifest, mlscore):
    versions = registry.versions()
    mlscore.record("versions", len(versions), limit=">= 4")
    assert len(versions) >= 4
    for version in versions:
        for name in registry.metadata(version)["features"]:
            assert name not in manifest.banned, f"{version}: {name}: {manifest.banned[name]}"
            assert name in manifest.features, f"{version}: {name} is not in features.toml"
            assert manifest.features[name].source in manifest.sources
            assert manifest.features[name].owner


@pytest.mark.mlscore("feature-policy")
def test_what_happens_after_the_prediction_cannot_reach_a_feature(sources):
    """Everything known only later is replaced by rubbish; the features must not move."""
    early = sources.flights[sources.flights["month"] <= 2]
    before = data.inputs(data.Sources(early, sources.weather))

    rng = np.random.default_rng(3)
    day = np.datetime64("2013-02-20")
    changed = early.copy()
    for name in ("dep_time", "dep_delay", "arr_time", "air_time", "flight", "distance"):
        changed[name] = rng.permutation(changed[name].to_numpy())
    today = (data.days_of(changed) >= day) & changed["arr_delay"].notna()
    changed.loc[today, "arr_delay"] = rng.permutation(changed.loc[today, "arr_delay"].to_numpy())
    after = data.inputs(data.Sources(changed, sources.weather))

    until = (before["day"] <= day).to_numpy()
    assert (before["late"] != after["late"]).to_numpy()[until].any()  # the rubbish is there
    one, other = pd.DataFrame(ft.build(before)), pd.DataFrame(ft.build(after))
    pd.testing.assert_frame_equal(one[until], other[until])
    # And lateness of that day does reach the day after: the test can see a leak.
    assert not one["late_yesterday"].equals(other["late_yesterday"])


@pytest.mark.mlscore("feature-policy")
def test_lateness_that_counts_is_known_before_the_next_days_first_prediction(sources, mlscore):
    """A flight is known to be late 15 minutes after its scheduled arrival, wherever it is then."""
    airports = pd.read_csv(data.source_path("airports.csv")).set_index("faa")["tz"]
    flights = data.landed(sources.flights)
    counted = flights[flights["sched_dep_time"] < data.COUNT_BEFORE]
    offset = counted["dest"].map(airports).fillna(CARIBBEAN_OFFSET).to_numpy()
    leaves = ft.minute_of_day(counted["sched_dep_time"].to_numpy())
    lands = ft.minute_of_day(counted["sched_arr_time"].to_numpy() % 2400)
    under_way = np.mod(lands - leaves - 60 * (offset - NEW_YORK_OFFSET), 24 * 60)
    known = (leaves + under_way + data.LATE_MINUTES).max() - 24 * 60
    first = FIRST_DEPARTURE - LEAD_MINUTES
    mlscore.record("known by", known, limit=f"<= {first}", unit="minutes after midnight")
    assert known <= first
    assert ft.minute_of_day(flights["sched_dep_time"].to_numpy()).min() >= FIRST_DEPARTURE
