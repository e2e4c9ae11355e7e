"""Section infrastructure: the same model again, end to end, gated, canaried, rolled back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from flights import canary, data, gate, nightly, pipeline, replay
from flights import features as ft
from flights.client import FOLDER, ServerError
from flights.model import LateClassifier, late_probability
from flights.monitor import served_features
from flights.online import OnlineStore
from flights.registry import ArtifactError, Registry
from flights.schema import violations
from flights.trace import first_difference, trace
from flights.train import code_fingerprint, fingerprint, in_months, make_table, release

CANDIDATE, INCUMBENT = "2013-10", "2013-09"

TRAIN_ALONE = """
import hashlib, joblib
from flights import data
from flights.model import LateClassifier, late_probability
from flights.monitor import served_features
from flights.train import fingerprint, in_months, make_table
part = in_months(make_table(data.read_sources()), 1, 1)
model = LateClassifier().fit(part.columns, part.rows["late"])
found = late_probability(model, part.columns)
print(fingerprint(part), joblib.hash(model.trees_), hashlib.sha256(found.tobytes()).hexdigest())
"""


def start_training(hash_seed: str, threads: str) -> subprocess.Popen[str]:
    """Train on January in a process of its own."""
    environment = {"PYTHONPATH": str(FOLDER), "PYTHONHASHSEED": hash_seed}
    environment |= {"OMP_NUM_THREADS": threads, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", TRAIN_ALONE]
    return subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.mlscore("reproducible-training")
def test_two_processes_train_the_same_model(mlscore):
    """Bit for bit: the joined data, the trees, and every prediction for January's flights."""
    with start_training("1", threads="1") as one, start_training("2", threads="2") as other:
        digests, again = one.communicate()[0].split(), other.communicate()[0].split()
    mlscore.record("digests compared", len(digests), limit="= 3")
    assert one.returncode == other.returncode == 0
    assert len(digests) == 3
    assert digests == again


@pytest.mark.mlscore("reproducible-training")
def test_only_the_seed_makes_a_difference(table):
    """So that equal models are no accident: what is drawn at random does change the model."""
    january = in_months(table, 1, 1)
    found = [
        late_probability(LateClassifier(seed=seed).fit(january.columns, january.rows["late"]), rows)
        for seed, rows in ((0, january.columns), (0, january.columns), (1, january.columns))
    ]
    assert (found[0] == found[1]).all()
    assert (found[0] != found[2]).mean() > 0.9


@pytest.mark.mlscore("reproducible-training")
def test_a_version_says_what_it_was_made_from(registry, table):
    known = registry.metadata(CANDIDATE)
    assert known["code"] == code_fingerprint()
    assert known["data"] == fingerprint(in_months(table, 1, 10))
    changed = in_months(table, 1, 10).rows.copy()
    changed.iloc[0, changed.columns.get_loc("late")] ^= 1  # one label of 273,000
    assert fingerprint(in_months(table, 1, 10)._replace(rows=changed)) != known["data"]


@pytest.fixture(scope="module")
def sample(sources) -> data.Sources:
    """A fifth of the flights of January to October: enough to go through every stage."""
    early = sources.flights[sources.flights["month"] <= 10]
    return data.Sources(early.sample(frac=0.2, random_state=1).sort_index(), sources.weather)


@pytest.mark.mlscore("pipeline-integration")
def test_the_pipeline_runs_end_to_end(sample, manifest, tmp_path, mlscore):
    """From the raw tables over HTTP to a log that holds what the manifest says."""
    steps = [pipeline.Release(7), pipeline.Release(8, serve=10)]
    small = LateClassifier(max_iter=40)
    workspace, decisions = pipeline.run(tmp_path, sample, releases=steps, per_day=4, model=small)
    assert [d.blessed for d in decisions] == [True, True], [d.reasons for d in decisions]
    assert workspace.registry.versions() == ["2013-07", "2013-08"]
    assert workspace.registry.serving() == "2013-08"

    log = replay.read_log(workspace.log)
    mlscore.record("served", len(log), limit="= 124")
    assert len(log) == 4 * 31
    assert set(log["version"]) == {"2013-08"}
    assert (log["flight.day"].dt.month == 10).all()
    # So few flights need not show every carrier and every hour.
    features = served_features(log)
    found = [v for v in violations(features, manifest.features) if v.rule != "min_distinct"]
    assert found == []
    table = make_table(sample)
    rows = replay.draw(in_months(table, 10, 10).rows, 4)
    offline = late_probability(workspace.registry.load("2013-08"), table.columns.loc[rows.index])
    assert log["probability"].tolist() == pytest.approx(offline.tolist(), abs=1e-12)


@pytest.mark.mlscore("pipeline-integration")
def test_a_column_that_upstream_dropped_stops_the_pipeline(sample, tmp_path):
    broken = sample._replace(weather=sample.weather.drop(columns="humid"))
    with pytest.raises(KeyError, match="humid"):
        pipeline.run(tmp_path, broken)
    assert not (tmp_path / "models").exists()


@pytest.mark.mlscore("pipeline-integration")
def test_weather_that_comes_twice_stops_the_pipeline(sample):
    """A join on a key that is not unique would multiply flights and go on."""
    twice = sample._replace(weather=sample.weather.iloc[[*range(len(sample.weather)), 0]])
    with pytest.raises(ValueError, match="not a many-to-one merge"):
        make_table(twice)


@pytest.mark.mlscore("quality-gate")
def test_the_gate_blessed_what_serves(registry, mlscore):
    for entry in registry.history():
        verdict = registry.metadata(entry["version"])["gate"]
        mlscore.record(f"AUC of {entry['version']}", round(verdict["metrics"]["auc"], 4))
        assert verdict["blessed"], verdict["reasons"]
    assert registry.serving() == CANDIDATE


def shuffled_within(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the values, those of one slice mixed up among themselves."""
    mixed = values.copy()
    mixed[where] = np.random.default_rng(5).permutation(values[where])
    return mixed


BAD = {
    "the same for all": (lambda p, _: np.full_like(p, p.mean()), "AUC 0.5000 is below"),
    "upside down": (lambda p, _: 1 - p, "is below 0.62"),
    "not a number": (lambda p, _: np.where(np.arange(len(p)) == 7, np.nan, p), "not all"),
    "beyond one": (lambda p, _: p * 3, "not all probabilities"),
    "twice as pessimistic": (lambda p, _: np.clip(p * 2, 0, 1), "bias"),
    "overconfident": (lambda p, _: np.where(p > 0.2, 0.6, 0.01), "log loss"),
    "a little noisy": (
        lambda p, _: np.clip(p + np.random.default_rng(6).normal(0, 0.06, len(p)), 0, 1),
        "below the incumbent's",
    ),
    "wrong for one carrier": (lambda p, c: shuffled_within(p, c["carrier"] == "WN"), "carrier=WN"),
    "wrong at one airport": (lambda p, c: shuffled_within(p, c["origin"] == "LGA"), "origin=LGA"),
}


class Judged(NamedTuple):
    """What the gate looked at when it judged the newest version."""

    late: np.ndarray
    slices: dict[str, np.ndarray]
    candidate: np.ndarray
    incumbent: np.ndarray


@pytest.fixture(scope="module")
def judged(gate_month, candidate, incumbent) -> Judged:
    """Labels and both versions' probabilities for the flights of November."""
    return Judged(
        gate_month.rows["late"].to_numpy(),
        {name: gate_month.columns[name].to_numpy() for name in gate.SLICES},
        late_probability(candidate, gate_month.columns),
        late_probability(incumbent, gate_month.columns),
    )


@pytest.mark.mlscore("quality-gate")
def test_the_gate_blesses_a_good_candidate(judged):
    assert gate.judge(judged.late, judged.candidate, judged.incumbent, judged.slices).blessed
    assert gate.judge(judged.late, judged.candidate).blessed  # the first version has no incumbent


@pytest.mark.mlscore("quality-gate")
@pytest.mark.parametrize("fault", BAD)
def test_the_gate_vetoes_a_model_that_is(fault, judged):
    spoil, reason = BAD[fault]
    bad = spoil(judged.candidate, judged.slices)
    verdict = gate.judge(judged.late, bad, judged.incumbent, judged.slices)
    assert not verdict.blessed
    assert any(reason in text for text in verdict.reasons), verdict.reasons


@pytest.mark.mlscore("quality-gate")
def test_a_vetoed_version_is_stored_and_does_not_serve(registry, table, tmp_path):
    """A real one: trained without the weather."""
    shutil.copytree(registry.root, tmp_path / "models")
    store = Registry(tmp_path / "models")
    store.rollback()
    shutil.rmtree(store.folder(CANDIDATE))
    without = LateClassifier(features=tuple(n for n in ft.FEATURES if n not in ft.WEATHER))
    recent = in_months(table, 8, 11)
    decision = release(store, recent, version=CANDIDATE, through=10, gate_month=11, model=without)
    assert not decision.blessed
    assert decision.metrics["auc"] < decision.metrics["incumbent_auc"] - 0.02
    assert store.serving() == INCUMBENT
    assert store.metadata(CANDIDATE)["gate"]["reasons"] == list(decision.reasons)


@pytest.fixture(scope="module")
def store(workspace) -> OnlineStore:
    """The tables that the server looks flights up in."""
    return OnlineStore(workspace.store)


def request_of(line) -> dict[str, object]:
    """Return the request behind a line of the log."""
    fields = {name.removeprefix("flight."): line[name] for name in line.index if "flight." in name}
    return {**fields, "day": str(line["flight.day"].date())}


@pytest.mark.mlscore("debuggability")
def test_the_steps_of_a_served_prediction_lead_to_what_was_served(served, store, candidate):
    lines = served[served["version"] == CANDIDATE].sample(10, random_state=2)
    followed = []
    for _, line in lines.iterrows():
        found = trace(candidate, store, request_of(line))
        followed.append(found.features)
        assert found.probability == pytest.approx(line["probability"], abs=1e-12)
        for name, value in found.features.items():
            logged = line[f"feature.{name}"]
            assert value == logged or (np.isnan(value) and np.isnan(logged)), name
        codes = found.encoded["dest"]
        assert candidate.vocabulary_["dest"][int(codes)] == found.features["dest"]
        assert len(found.scores) == candidate.max_iter
        # Each tree moves the score, and the last score is the logit of what was answered.
        assert len(set(found.scores)) > candidate.max_iter / 2
        odds = line["probability"] / (1 - line["probability"])
        assert found.scores[-1] == pytest.approx(np.log(odds), abs=1e-9)
    # And the model, asked for all of them at once, says the same.
    answers = late_probability(candidate, pd.DataFrame(followed)).tolist()
    assert answers == pytest.approx(lines["probability"].tolist(), abs=1e-12)


@pytest.mark.mlscore("debuggability")
def test_the_step_at_which_two_predictions_part_is_named(
    served, store, candidate, incumbent, sources, tmp_path
):
    line = served[served["feature.humid"].notna()].iloc[3000]
    request = request_of(line)
    one = trace(candidate, store, request)
    assert first_difference(one, trace(candidate, store, request)) is None

    wetter = sources.weather.assign(humid=sources.weather["humid"] + 1)
    nightly.write_store(tmp_path, data.Sources(sources.flights.head(1000), wetter))
    assert first_difference(one, trace(candidate, OnlineStore(tmp_path), request)) == "inputs.humid"
    assert first_difference(one, trace(incumbent, store, request)) == "scores[0]"
    later = {**request, "sched_dep_time": 2355}
    assert first_difference(one, trace(candidate, store, later)) == "request.sched_dep_time"


@pytest.mark.mlscore("canary")
def test_the_candidate_answers_recorded_requests_in_the_real_server(
    workspace, table, candidate, recorded_requests, tmp_path, mlscore
):
    report = canary.run(workspace, CANDIDATE, INCUMBENT, recorded_requests, tmp_path)
    mlscore.record("flights asked for", len(report.probabilities), limit=">= 200")
    mlscore.record(
        "mean change", round(report.mean_change, 4), limit=f"<= {canary.MAX_MEAN_CHANGE}"
    )
    mlscore.record("time against incumbent", round(report.slowdown, 2), volatile=True)
    assert report.healthy, report.problems
    assert len(report.probabilities) >= 200
    # What the server answers is what the model says offline.
    drawn = replay.draw(in_months(table, 12, 12).rows).head(len(report.probabilities))
    offline = late_probability(candidate, table.columns.loc[drawn.index])
    assert report.probabilities == pytest.approx(offline.tolist(), abs=1e-12)
    assert report.mean_change > 0  # two versions, not the same one twice


@pytest.mark.mlscore("canary")
def test_the_canary_stops_a_candidate_whose_file_is_damaged(workspace, recorded_requests, tmp_path):
    shutil.copytree(workspace.root, tmp_path / "copy")
    damaged = pipeline.Workspace(tmp_path / "copy")
    model = damaged.registry.folder(CANDIDATE) / "model.joblib"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    report = canary.run(damaged, CANDIDATE, INCUMBENT, recorded_requests, tmp_path)
    assert not report.healthy
    assert "is not the file that was stored" in report.problems[0]


@pytest.fixture(scope="module")
def answered(served) -> np.ndarray:
    """What was answered from October to December."""
    return served["probability"].to_numpy()


OTHERWISE = {
    "upside down": (lambda p: 1 - p, 1.0, "mean change"),
    "with no number": (lambda p: np.full_like(p, np.nan), 1.0, "mean change"),
    "slowly": (lambda p: p, 5.0, "5.0 times as long"),
}


@pytest.mark.mlscore("canary")
@pytest.mark.parametrize("how", OTHERWISE)
def test_the_canary_stops_a_candidate_that_answers(how, answered):
    spoil, slowdown, reason = OTHERWISE[how]
    assert canary.compare(answered, answered, 1.0).healthy
    assert answered.min() > 0
    assert answered.max() < 1
    report = canary.compare(answered, spoil(answered), slowdown)
    assert [reason in problem for problem in report.problems] == [True]


@pytest.mark.mlscore("rollback")
def test_golden_predictions_are_those_of_the_day_of_release(registry):
    for version in registry.versions():
        golden = registry.golden(version)
        found = late_probability(registry.load(version), golden["features"])
        assert len(found) == 20
        assert found.tolist() == pytest.approx(golden["probabilities"], abs=1e-9)


@pytest.mark.mlscore("rollback")
def test_a_version_whose_predictions_have_changed_is_not_loaded(registry, tmp_path):
    """As another version of a library may do: same file, other answers."""
    shutil.copytree(registry.root, tmp_path / "models")
    store = Registry(tmp_path / "models")
    golden = store.folder(INCUMBENT) / "golden.json"
    text = golden.read_text("utf-8")
    first = store.golden(INCUMBENT)["probabilities"][0]
    golden.write_text(text.replace(repr(first), repr(first + 0.001)), encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"golden predictions are off by 0\.001"):
        store.load(INCUMBENT)


@pytest.mark.mlscore("rollback")
def test_there_is_no_way_back_from_the_first_version(registry, tmp_path):
    shutil.copytree(registry.root, tmp_path / "models")
    store = Registry(tmp_path / "models")
    for _ in store.versions()[1:]:
        store.rollback()
    with pytest.raises(ArtifactError, match="no earlier version"):
        store.rollback()
    assert store.serving() == store.versions()[0]
    with pytest.raises(ArtifactError, match="no version '2014-01'"):
        store.promote("2014-01")


def test_bad_requests_are_refused_with_a_reason(registry, start):
    server = start(registry.root)
    good = {"carrier": "AA", "flight": 1, "origin": "JFK", "dest": "LAX"}
    good |= {"day": "2013-12-01", "sched_dep_time": 900}
    for change, reason in (
        ({"day": "2013-02-30"}, "there is no such date"),
        ({"sched_dep_time": 2460}, "sched_dep_time"),
        ({"flight": "1"}, "flight: must be a int"),
        ({"dep_delay": 5}, "dep_delay"),
    ):
        with pytest.raises(ServerError, match=f"400.*{reason}"):
            server.predict([{**good, **change}])
    with pytest.raises(ServerError, match=r"400.*1 to 500"):
        server.predict([])
    with pytest.raises(ServerError, match="404"):
        server.request("GET", "/models")
    assert len(server.predict([good, good])["probabilities"]) == 2
