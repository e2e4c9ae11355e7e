"""Section model: tuned, not beaten by something simpler, good in every slice, and for how long."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from flights import features as ft
from flights import gate, search
from flights.model import CHOSEN, LateClassifier, late_probability
from flights.studies import MAX_AGE_DAYS, by_age
from flights.train import in_months
from sklearn.metrics import roc_auc_score

DAYS_PER_MONTH = 31
# Measured: 0.012, 0.010 and 0.009 at ages of two to four months, 0.020 and 0.023 at five and six.
MAX_STALE_LOSS = 0.015
# Measured on November: 0.617 (United) to 0.720 (Southwest); the bound of the release gate is 0.57.
MIN_SLICE_AUC = 0.60
# Measured: up to 0.000 with the newest libraries, up to 0.016 with the oldest that are allowed.
MAX_SLICE_DROP = 0.03


@pytest.fixture(scope="module")
def trials() -> pd.DataFrame:
    """The committed results of the search."""
    return pd.read_csv(search.RESULTS)


@pytest.mark.mlscore("tuned-hyperparameters")
def test_the_model_has_the_hyperparameters_that_the_search_chose(trials, candidate, mlscore):
    chosen = search.choose(trials)
    mlscore.record("trials", len(trials), limit=">= 50")
    mlscore.record("log loss", round(chosen["log_loss"], 5))
    assert len(trials) >= 50
    assert {name: chosen[name] for name in search.TUNED} == CHOSEN
    used = candidate.get_params()
    assert {name: used[name] for name in search.TUNED} == CHOSEN


@pytest.mark.mlscore("tuned-hyperparameters")
def test_the_committed_trials_are_those_of_the_search(trials):
    drawn = pd.DataFrame(search.trials())
    columns = list(drawn)
    recorded = trials[columns].sort_values(columns).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        recorded, drawn.sort_values(columns).reset_index(drop=True), check_dtype=False
    )
    # None is worse than a coin, and none too good to be true.
    assert trials.filter(like="log_loss").stack().between(0.4, np.log(2)).all()
    assert trials.filter(like="auc").stack().between(0.5, 0.8).all()


@pytest.mark.mlscore("tuned-hyperparameters")
@pytest.mark.parametrize("name", search.TUNED)
def test_the_choice_is_not_at_the_edge_of_what_was_tried(trials, name):
    assert trials[name].min() < CHOSEN[name] < trials[name].max()


@pytest.mark.mlscore("tuned-hyperparameters")
def test_a_trial_run_again_gives_what_was_written_down(trials, table, mlscore):
    """The file of results is one that the code of today still produces: chosen and worst trial."""
    month = search.FOLDS[0][1]
    for trial in (search.choose(trials), trials.iloc[-1]):
        params = {name: trial[name] for name in search.TUNED}
        counts = ("max_iter", "max_leaf_nodes", "min_samples_leaf")
        params |= {name: int(params[name]) for name in counts}
        loss, auc = search.evaluate(params, table.rows, table.columns, search.FOLDS[0])
        mlscore.record(f"log loss of trial {trial.name}", round(loss, 4))
        # Another version of scikit-learn may split a tie another way.
        assert loss == pytest.approx(trial[f"log_loss_{month}"], abs=0.003)
        assert auc == pytest.approx(trial[f"auc_{month}"], abs=0.003)


@pytest.mark.mlscore("staleness-impact")
def test_quality_by_age_is_known_for_half_a_year(curve, mlscore):
    known = by_age(curve).set_index("age")
    assert set(range(1, 7)) <= set(known.index)
    for age in (2, 3, 6):
        loss = round(known.loc[age, "loss"], 4)
        mlscore.record(f"AUC lost at {age} months", loss)
    assert (known.loc[1:6, "months"] >= 4).all()
    assert curve["auc"].between(0.6, 0.8).all()


@pytest.mark.mlscore("staleness-impact")
def test_the_age_limit_is_one_that_the_curve_allows(curve, mlscore):
    known = by_age(curve).set_index("age")["loss"]
    allowed = MAX_AGE_DAYS // DAYS_PER_MONTH + 1
    worst = known.loc[:allowed].max()
    mlscore.record("age limit", MAX_AGE_DAYS, unit="days")
    mlscore.record("worst loss within", round(worst, 4), limit=f"<= {MAX_STALE_LOSS}")
    assert worst <= MAX_STALE_LOSS
    # The limit is there for a reason: two months later a model has lost more than that.
    assert known.loc[5:6].min() > MAX_STALE_LOSS


@pytest.fixture(scope="module")
def unseen(table, releases) -> dict[int, pd.DataFrame]:
    """The features of the month on which each release was judged."""
    return {month: in_months(table, month, month).columns for month in releases}


def advantage(rivals, name, releases, unseen) -> tuple[pd.Series, pd.Series]:
    """Return the AUC that the releases are ahead by month, and the log loss gained by day."""
    found = [late_probability(model, unseen[month]) for month, model in releases.items()]
    late, release, rival = rivals["late"], np.concatenate(found), rivals[name]
    assert np.isfinite(release).all()
    ahead = {}
    for month in releases:
        here = (rivals["month"] == month).to_numpy()
        ahead[month] = roc_auc_score(late[here], release[here])
        ahead[month] -= roc_auc_score(late[here], rival[here])
    gained = pd.Series(log_losses(late, rival) - log_losses(late, release))
    return pd.Series(ahead), gained.groupby(rivals["day"]).mean()


def log_losses(late, probability):
    return -np.log(np.where(late == 1, probability, 1 - probability))


@pytest.mark.mlscore("simpler-baseline")
@pytest.mark.parametrize("name", ["hour_table", "few_features"])
def test_a_simple_model_is_clearly_worse(name, rivals, releases, unseen, mlscore):
    """Paired by day: flights of a day share their weather, so 122 days are 122 observations."""
    ahead, days = advantage(rivals, name, releases, unseen)
    lower = days.mean() - 1.96 * days.std() / np.sqrt(len(days))
    mlscore.record("AUC ahead, mean", round(ahead.mean(), 4))
    mlscore.record("AUC ahead, worst month", round(ahead.min(), 4), limit="> 0.01")
    mlscore.record("log loss gained, lower bound", round(lower, 4), limit="> 0")
    assert len(days) == 122
    assert lower > 0
    assert (ahead > 0.01).all()  # measured: 0.019 to 0.081


@pytest.mark.mlscore("simpler-baseline")
def test_a_linear_model_on_all_features_is_not_better(rivals, releases, unseen, mlscore):
    """It comes near, and is ahead in November: the README says so."""
    ahead, days = advantage(rivals, "all_features", releases, unseen)
    mlscore.record("AUC ahead, mean", round(ahead.mean(), 4), limit=">= 0")
    mlscore.record("AUC ahead, worst month", round(ahead.min(), 4), limit=">= -0.015")
    mlscore.record("log loss gained", round(days.mean(), 4), limit=">= 0")
    assert ahead.mean() >= 0  # measured: 0.004
    assert ahead.min() >= -0.015  # measured: -0.006, -0.009 with the oldest libraries
    assert days.mean() >= 0  # measured: 0.004


@pytest.fixture(scope="module")
def late(gate_month) -> np.ndarray:
    """Whether each flight of that month was late."""
    return gate_month.rows["late"].to_numpy()


def slices_of(late, gate_features, candidate, incumbent) -> pd.DataFrame:
    """Return AUC by carrier and origin, and what it is below the version before."""
    return gate.slice_table(
        late,
        late_probability(candidate, gate_features),
        late_probability(incumbent, gate_features),
        {name: gate_features[name].to_numpy() for name in gate.SLICES},
    )


@pytest.mark.mlscore("slice-quality")
@pytest.mark.parametrize("name", gate.SLICES)
def test_every_slice_is_good_enough(name, late, gate_features, candidate, incumbent, mlscore):
    slices = slices_of(late, gate_features, candidate, incumbent)
    here = slices[slices["slice"].str.startswith(f"{name}=")].set_index("slice")
    worst = here["auc"].idxmin()
    mlscore.record("slices", len(here))
    mlscore.record(f"AUC of {worst}", round(here["auc"].min(), 4), limit=f">= {MIN_SLICE_AUC}")
    assert (here["auc"] >= MIN_SLICE_AUC).all(), here["auc"].round(4).to_dict()


@pytest.mark.mlscore("slice-quality")
def test_no_slice_is_much_worse_than_before(late, gate_features, candidate, incumbent, mlscore):
    drops = slices_of(late, gate_features, candidate, incumbent).set_index("slice")["drop"]
    mlscore.record("largest drop", round(drops.max(), 4), limit=f"<= {MAX_SLICE_DROP}")
    assert (drops <= MAX_SLICE_DROP).all(), drops.round(4).to_dict()


@pytest.mark.mlscore("slice-quality")
def test_slices_that_are_judged_hold_nearly_all_flights(
    late, gate_features, candidate, incumbent, mlscore
):
    """Carriers with under 1,000 flights in the month are too thin to judge: seven of them."""
    slices = slices_of(late, gate_features, candidate, incumbent)
    for name in gate.SLICES:
        here = slices[slices["slice"].str.startswith(f"{name}=")]
        share = here["rows"].sum() / len(gate_features)
        mlscore.record(f"flights judged by {name}", round(share, 3), limit=">= 0.95")
        assert share >= 0.95
    judged = set(slices["slice"])
    counts = gate_features["carrier"].value_counts()
    thin = {carrier for carrier in counts.index if f"carrier={carrier}" not in judged}
    assert (counts[list(thin)] < gate.MIN_SLICE_ROWS).all()


@pytest.mark.mlscore("slice-quality")
def test_a_slice_gone_wrong_is_seen_though_the_whole_passes(
    late, gate_features, candidate, incumbent
):
    """Southwest's probabilities are shuffled among its flights: one flight in 26."""
    good = late_probability(candidate, gate_features)
    before = late_probability(incumbent, gate_features)
    carrier = gate_features["carrier"].to_numpy()
    bad = good.copy()
    bad[carrier == "WN"] = np.random.default_rng(4).permutation(good[carrier == "WN"])
    # By its AUC alone the model could go live ...
    assert gate.judge(late, bad).blessed
    # ... and the slice says that it must not: measured, 0.22 lost there and 0.01 over all.
    lost = roc_auc_score(late, good) - roc_auc_score(late, bad)
    found = gate.slice_table(late, bad, before, {"carrier": carrier}).set_index("slice")
    assert set(found.index[found["drop"] > MAX_SLICE_DROP]) == {"carrier=WN"}
    assert found.loc["carrier=WN", "drop"] > 5 * lost
    assert found.loc["carrier=WN", "auc"] < MIN_SLICE_AUC


# The specification itself, on data small enough to learn by heart.


def small(rows: int = 200, seed: int = 0) -> pd.DataFrame:
    """Make features of flights that never were."""
    rng = np.random.default_rng(seed)
    made = {name: rng.choice(["A", "B", "C"], rows) for name in ft.CATEGORIES}
    made |= {name: rng.normal(size=rows) for name in ft.FEATURES if name not in ft.CATEGORIES}
    return pd.DataFrame(made)[list(ft.FEATURES)]


@pytest.fixture
def by_heart() -> LateClassifier:
    """Free to learn each single row."""
    return LateClassifier(min_samples_leaf=1, max_iter=200, max_features=1.0)


@pytest.fixture
def careful() -> LateClassifier:
    """Made to look for what many rows have in common."""
    return LateClassifier(min_samples_leaf=20, max_features=1.0)


@pytest.mark.mlscore("spec-unit-tests")
def test_it_learns_a_tiny_table_by_heart(by_heart):
    columns = small()
    late = np.random.default_rng(1).integers(0, 2, len(columns))
    model = by_heart.fit(columns, late)
    assert (model.predict(columns) == late).all()


@pytest.mark.mlscore("spec-unit-tests")
def test_it_learns_from_names_alone(careful):
    columns = small(2000)
    late = (columns["carrier"] == "B").astype(int)
    model = careful.fit(columns, late)
    other = small(500, seed=2)
    found = late_probability(model, other)
    assert np.isfinite(found).all()
    assert roc_auc_score(other["carrier"] == "B", found) > 0.99


@pytest.mark.mlscore("spec-unit-tests")
def test_every_tree_lowers_the_loss(table):
    rows = table.columns.iloc[:5000], table.rows["late"].to_numpy()[:5000]
    model = LateClassifier(max_iter=30).fit(*rows)
    matrix = model.encode(rows[0])
    losses = [
        log_losses(rows[1], stage[:, 1]).mean()
        for stage in model.trees_.staged_predict_proba(matrix)
    ]
    assert (np.diff(losses) < 0).all()


@pytest.mark.mlscore("spec-unit-tests")
def test_the_order_of_columns_and_rows_does_not_matter(candidate, gate_features):
    rows = gate_features.iloc[:300]
    expected = late_probability(candidate, rows)
    assert (late_probability(candidate, rows[rows.columns[::-1]]) == expected).all()
    assert (late_probability(candidate, rows.iloc[::-1]) == expected[::-1]).all()


@pytest.mark.mlscore("spec-unit-tests")
def test_an_airport_never_seen_is_predicted_like_a_missing_one(candidate, gate_features):
    rows = gate_features.iloc[:50]
    unseen = late_probability(candidate, rows.assign(dest="QQQ"))
    assert (unseen == late_probability(candidate, rows.assign(dest=np.nan))).all()
    assert (unseen != late_probability(candidate, rows)).any()


@pytest.mark.mlscore("spec-unit-tests")
@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2], [0.0, 1.0, np.nan]])
def test_labels_other_than_0_and_1_are_refused(labels):
    with pytest.raises(ValueError, match="labels must be 0 and 1"):
        LateClassifier().fit(small(3), labels)


@pytest.mark.mlscore("spec-unit-tests")
def test_a_feature_that_is_missing_is_named(candidate, gate_features):
    with pytest.raises(ft.MissingColumnError, match="no column 'humid'"):
        candidate.predict_proba(gate_features.drop(columns="humid"))
