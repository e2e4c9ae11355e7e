"""Each item's check as its docs show it, on small values that it is content with.

A use is what a test would be given, and the test.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from git_repository import BOB, Change, git, make_repository
from pytest_mltestscore import checks
from pytest_mltestscore.collect.proving.trials import Injection, Planned, plan
from unit.faults import samples

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
REVIEW = f"\n\nReviewed-by: {BOB}"


class Use(NamedTuple):
    """A test by its values and its body."""

    given: dict[str, Any]
    test: Callable[..., Any]

    def tries(self, fault: str) -> Iterator[tuple[Planned, Injection, dict[str, Any]]]:
        """Yield what the engine tries a fault at, how, and what the test is given then."""
        for planned in chain.from_iterable(plan([fault], "test", self.given, {})):
            injection = Injection(planned)
            if damaged := injection(self.given):
                yield planned, injection, damaged


def accuracy(truth, answers):
    return float(np.mean(np.asarray(truth) == np.asarray(answers)))


def people(rows=600, seed=0):
    """Rows of two groups and a number, and a label that a rule on the number foretells."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=rows),
            "z": rng.normal(size=rows),
            "region": np.where(rng.random(rows) < 0.6, "north", "south"),
        }
    )
    frame["late"] = (frame["x"] + 0.3 * rng.normal(size=rows) > 0).astype(int)
    return frame


def rule(rows):
    return (np.asarray(rows["x"]) > 0).astype(int)


def measured(metrics, item, baseline=None, **limits):
    """Hold metrics of a run, as a tracker keeps them, against thresholds in MLflow's words."""
    return checks.adapters.mlflow_validation(
        metrics, thresholds=limits, baseline=baseline, item=item
    )


def at_least(bound):
    return {"threshold": bound, "greater_is_better": True}


def at_most(bound):
    return {"threshold": bound, "greater_is_better": False}


def fitted(rows, columns=("x", "z")):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(rows[list(columns)], rows["late"])


def feature_schema(folder):
    rows = people(200).assign(id=range(200))
    schema = {
        "columns": {
            "x": {"dtype": "number", "min": -5, "max": 5},
            "z": {"dtype": "number", "min": -5, "max": 5},
            "region": {"dtype": "category", "allowed": ["north", "south"]},
            "late": {"dtype": "integer", "min": 0, "max": 1},
            "id": {"dtype": "integer", "unique": True, "min": 0, "max": 200},
        }
    }
    return Use({"rows": rows}, lambda rows: checks.data.feature_schema(rows, schema))


def feature_benefit(folder):
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(300, 2)), columns=["size", "age"])
    rows["late"] = (rows["size"] + rows["age"] + 0.5 * rng.normal(size=300) > 0).astype(int)

    def test(model, rows, features, labels, gains):
        good = all(
            checks.data.feature_benefit(model, frame, label="late", repeats=1, cv=3)
            for frame in (rows, features.assign(late=labels))
        )
        return good and measured(gains, "feature-benefit", size=at_least(0.01), age=at_least(0.01))

    given = {"model": LogisticRegression(), "rows": rows, "features": rows[["size", "age"]]}
    return Use({**given, "labels": rows["late"], "gains": {"size": 0.08, "age": 0.07}}, test)


def feature_cost(folder):
    functions = {"length": lambda rows: rows["text"].str.len()}
    rows = pd.DataFrame({"text": ["late", "never", "on time", "late"] * 25})

    def test(functions, rows, benefit):
        return checks.data.feature_cost(
            functions, rows, benefit=benefit, max_ms=10, max_mib=10, max_missing=0.1, repeats=1
        )

    return Use({"functions": functions, "rows": rows, "benefit": {"length": 0.02}}, test)


def feature_policy(folder):
    rows = people(100)
    written = {n: {"owner": "flights team", "source": "legs", "status": "active"} for n in "xz"}
    manifest = folder / "features.json"
    manifest.write_text(json.dumps({"features": written}, indent=1))

    def test(model, names, manifest, written):
        return all(
            checks.data.feature_policy(*given)
            for given in ((model, manifest), (names, {"features": written["features"]}))
        )

    given = {
        "model": fitted(rows),
        "names": ["x", "z"],
        "manifest": manifest,
        "written": {"features": written},
    }
    return Use(given, test)


def privacy_controls(folder):
    rows = pd.DataFrame(
        {"note": ["late", "on time"] * 50, "size": range(100), "customer": range(500, 600)}
    )
    secret = folder / "rows.csv"
    secret.write_text("a,b\n1,2\n")
    secret.chmod(0o600)
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:role/t"}}]}

    def test(rows, secret, policy, deleted):
        return checks.data.privacy_controls(
            rows, files=[secret], policies={"bucket": policy}, subject="customer", deleted=deleted
        )

    given = {"rows": rows, "secret": secret, "policy": policy, "deleted": [17, 4711]}
    return Use(given, test)


def feature_velocity(folder):
    begun = pd.date_range("2030-01-01", periods=6, freq="30D")
    rows = pd.DataFrame({"started": begun, "released": begun + pd.Timedelta(days=20)})
    now = dt.datetime(2030, 12, 31, tzinfo=dt.UTC)
    changes = []
    for n in range(6):
        changes += [
            Change({f"features/f{n}.py": f"{n}"}, day=30 * n),
            Change({"README": f"{n}"}, day=30 * n + 20, tag=f"v{n}"),
        ]
    root = make_repository(folder / "repository", changes)

    def test(rows, root, now):
        return checks.data.feature_velocity(
            rows, max_days=30, now=now
        ) and checks.data.feature_velocity(root, features="features/*.py", max_days=30, now=now)

    return Use({"rows": rows, "root": root, "now": now}, test)


def feature_code_tests(folder):
    code, data = folder / "speed.py", folder / "coverage.json"
    code.write_text("def speed(km, h):\n    if h:\n        return km / h\n    return 0\n")
    summary = {"covered_lines": 4, "num_statements": 4, "covered_branches": 2, "num_branches": 2}
    entry = {"summary": summary, "executed_lines": [1, 2, 3, 4], "missing_lines": []}
    data.write_text(json.dumps({"meta": {"branch_coverage": True}, "files": {"speed.py": entry}}))
    schema = {"columns": {"km": {"dtype": "number", "min": 0, "max": 9}}}
    output = {"columns": {"half": {"dtype": "number", "min": 0, "max": 4.5}}}

    def test(data, code, half):
        good = checks.data.feature_code_tests(data, [code])
        return good and checks.data.feature_properties(
            half, schema, output=output, max_examples=20, properties=("total", "schema")
        )

    half = functools.partial(halved, "km")
    return Use({"data": data, "code": code, "half": half}, test)


def halved(column, rows):
    return (rows[column] / 2).rename("half")


def spec_review(folder):
    changes = [
        Change({"model.toml": "depth = 1"}, message=f"Begin{REVIEW}"),
        Change({"model.toml": "depth = 3"}, day=1, message=f"Grow{REVIEW}"),
    ]
    root = make_repository(folder / "repository", changes)

    def test(root, artifact):
        return checks.model.spec_review(root, ["model.toml"], artifact=artifact)

    return Use({"root": root, "artifact": {"commit": git(root, "rev-parse", "HEAD")}}, test)


def metric_correlation(folder):
    auc = [0.71, 0.72, 0.74, 0.73, 0.75, 0.76, 0.78, 0.77, 0.79, 0.81]
    lift = [0.1, 0.0, 0.3, 0.2, 0.4, 0.3, 0.5, 0.6, 0.7, 0.6]
    releases = pd.DataFrame({"offline": auc, "online": lift})

    def test(releases, auc, lift):
        good = checks.model.metric_correlation(releases, min_correlation=0.5)
        return good and checks.model.metric_correlation({"offline": auc, "online": lift})

    return Use({"releases": releases, "auc": auc, "lift": lift}, test)


def tuned_hyperparameters(folder):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    rng = np.random.default_rng(0)
    runs = pd.DataFrame({"params.rate": rng.random(30), "params.depth": rng.integers(1, 13, 30)})
    loss = 0.3 * (runs["params.rate"] - 0.5) ** 2 + 0.002 * (runs["params.depth"] - 6) ** 2
    runs["auc"] = 0.9 - loss
    best = {
        name: float(runs.loc[runs["auc"].idxmax(), f"params.{name}"]) for name in ("rate", "depth")
    }
    rows = people(60)
    search = GridSearchCV(LogisticRegression(), {"C": np.logspace(-4, 4, 9)}, cv=2)
    search.fit(rows[["x", "z"]], rows["late"])
    model = LogisticRegression(C=float(search.best_params_["C"]))

    def test(runs, best, search, model):
        good = checks.model.tuned_hyperparameters(runs, score="auc", model=best)
        return good and checks.model.tuned_hyperparameters(
            search, model=model, min_trials=8, natural_limits=["C"]
        )

    return Use({"runs": runs, "best": best, "search": search, "model": model}, test)


def staleness_impact(folder):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=2400, freq="h")})
    rows["x"] = rng.normal(size=2400)
    rows["late"] = (rows["x"] > 0).astype(int)

    def test(train, rows):
        return checks.model.staleness_impact(
            train, rows, label="late", time="day", step_days=10, scoring=accuracy,
            max_drop=0.05, max_age_days=40,
        )  # fmt: skip

    return Use({"train": threshold_model, "rows": rows}, test)


def threshold_model(features, labels):
    x, labels = np.asarray(features["x"], dtype=float), np.asarray(labels)
    if np.isnan(x).any():
        raise ValueError("x is missing")
    above = np.sign(x[labels == 1].mean() - x[labels == 0].mean())
    return lambda rows: (above * np.asarray(rows["x"]) > 0).astype(int)


def simpler_baseline(folder):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"minute": rng.integers(0, 600, 600), "size": rng.normal(size=600)})
    rows["late"] = (rows["minute"] % 60 > 30).astype(int)

    def test(model, train, test, metrics):
        good = checks.model.simpler_baseline(
            model, train, test, label="late", scoring="accuracy", cost=False
        )
        gain = {"min_absolute_change": 0.1, "greater_is_better": True}
        simple = {"accuracy": 0.57}
        return good and measured(metrics, "simpler-baseline", simple, accuracy=gain)

    given = {"model": half_past, "train": rows[:400], "test": rows[400:]}
    return Use({**given, "metrics": {"accuracy": 0.98}}, test)


def half_past(rows):
    return (rows["minute"] % 60 > 30).astype(int)


def slice_quality(folder):
    def test(model, rows, by_region):
        good = checks.model.slice_quality(
            model, rows, label="late", slices=["region"], scoring="accuracy", min_score=0.8
        )
        limits = {"north": at_least(0.8), "south": at_least(0.8)}
        return good and measured(by_region, "slice-quality", **limits)

    by_region = {"north": 0.91, "south": 0.9}
    return Use({"model": rule, "rows": people(), "by_region": by_region}, test)


def inclusion(folder):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"sex": ["f", "m"] * 300, "x": np.arange(600) // 2 % 10})
    rows["good"] = (rows["x"] > 4).astype(int)
    rows["x"] = rows["x"] + 0 * rng.random(600)

    def test(model, rows, gaps):
        good = checks.model.inclusion(model, rows, label="good", sensitive=["sex"])
        limits = {"selection_rate_difference": at_most(0.1), "selection_rate_ratio": at_least(0.8)}
        return good and measured(gaps, "inclusion", **limits)

    gaps = {"selection_rate_difference": 0.04, "selection_rate_ratio": 0.93}
    return Use({"model": above_four, "rows": rows, "gaps": gaps}, test)


def above_four(rows):
    return (np.asarray(rows["x"]) > 4).astype(int)


def reproducible_training(folder):
    line = functools.partial(np.polyfit, [1, 2, 3], [2, 4, 6], deg=1)
    command = [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write('1')", "{output}"]

    def test(train, command):
        good = checks.infra.reproducible_training(train)
        return good and checks.infra.reproducible_training(command, level="artifact")

    return Use({"train": line, "command": command}, test)


def spec_unit_tests(folder):
    from sklearn.linear_model import LogisticRegression

    def test(spec, rows):
        return checks.infra.spec_unit_tests(spec, rows, label="late", features=["x", "z"])

    return Use({"spec": LogisticRegression(), "rows": people(100)}, test)


def pipeline_integration(folder):
    rows = pd.DataFrame({"distance": [1.0, 2.0, 3.0], "late": [0, 1, 1]})
    columns = {"distance": {"min": 0}, "late": {"allowed": [0, 1]}}
    contracts = {
        "clean": {"columns": columns},
        "features": {"columns": {**columns, "half": {"min": 0}}},
        "mean": lambda found: all(np.isfinite(value) for value in found.values()),
    }

    def test(stages, sample):
        return checks.infra.pipeline_integration(stages, sample, contracts=contracts)

    stages = {"clean": cleaned, "features": with_half, "mean": means}
    return Use({"stages": stages, "sample": rows}, test)


def cleaned(rows):
    if rows.isna().any().any():
        raise ValueError("values are missing")
    return rows[["distance", "late"]]


def with_half(rows):
    return rows.assign(half=rows["distance"] / 2)


def means(rows):
    return {"half": rows["half"].mean(), "late": rows["late"].mean()}


def quality_gate(folder):
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"x": np.arange(400) % 2})
    rows["late"] = rows["x"]

    def gate(candidate):
        return accuracy(candidate.predict(rows[["x"]]), rows["late"]) > 0.96

    def test(gate, model, rows):
        return checks.infra.quality_gate(gate, model, rows, label="late")

    model = LogisticRegression().fit(rows[["x"]], rows["late"])
    return Use({"gate": gate, "model": model, "rows": rows}, test)


def debuggability(folder):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    matrix = np.arange(12.0).reshape(6, 2)
    steps = {"scale": tenth, "sum": row_sums}

    rows = people(60)

    def test(steps, matrix, served, pipeline):
        good = checks.infra.debuggability(steps, matrix, served=served)
        return good and checks.infra.debuggability(pipeline, rows, features=["x", "z"])

    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    pipeline.fit(rows[["x", "z"]], rows["late"])
    served = matrix.sum(axis=1) / 10
    return Use({"steps": steps, "matrix": matrix, "served": served, "pipeline": pipeline}, test)


def tenth(rows):
    return rows / 10


def row_sums(rows):
    return rows.sum(axis=1)


SERVER = """
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.answer(None)
    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["x"] * 2.0)
    def answer(self, value):
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def canary(folder):
    script = folder / "serve.py"
    script.write_text(SERVER)

    def test(serve, requests, recorded, model, incumbent):
        told = [incumbent.post("/predict", json=body) for body in requests[:2]]
        answers = [*(t.json() for t in told), *recorded, *(model(body) for body in requests[4:])]
        good = all(t.status_code == 200 for t in told)
        return good and checks.infra.canary(serve, requests, answers=answers, start_s=20)

    given = {
        "serve": [sys.executable, str(script), "{port}"],
        "requests": [{"x": n} for n in range(6)],
        "incumbent": samples.Client(twice),
        "recorded": [4.0, 6.0],
        "model": twice,
    }
    return Use(given, test)


def twice(body):
    return 2.0 * body["x"]


def rollback(folder):
    serving, store = {"version": 2}, folder / "store"
    store.mkdir()
    (store / "1.json").write_text("[0.2, 0.7]")
    (store / "2.json").write_text("[0.3, 0.61]")

    def back():
        serving.update(version=1)

    def forward():
        serving.update(version=2)

    def ask(store):
        return json.loads((store / f"{serving['version']}.json").read_text())

    def test(back, ask, golden, forward, store):
        try:
            return checks.infra.rollback(
                back, lambda: ask(store), golden, restore=forward, max_seconds=0.1
            )
        finally:
            serving.update(version=2)

    given = {"back": back, "ask": ask, "golden": [0.2, 0.7], "forward": forward, "store": store}
    return Use(given, test)


def dependency_changes(folder):
    legs = pd.DataFrame({"km": [1.0, 2.0, 3.0]})
    recorded = {"legs": checks.monitor.upstream_fingerprint(legs)}
    lock = folder / "requirements.txt"
    lock.write_text("flights==1.2.3\nweather==2.0\n")
    inbox = []

    def notify(text):
        inbox.append(text)

    def test(notify, legs, lock, installed):
        return checks.monitor.dependency_changes(
            notify, lambda: inbox, lock=lock, installed=installed, upstream={"legs": legs},
            fingerprints=recorded, timeout_s=0,
        )  # fmt: skip

    installed = {"flights": "1.2.3", "weather": "2.0"}
    return Use({"notify": notify, "legs": legs, "lock": lock, "installed": installed}, test)


def data_invariants(folder):
    rng = np.random.default_rng(0)

    def drawn(rows):
        return pd.DataFrame(
            {
                "km": rng.normal(size=rows),
                "min": rng.normal(size=rows),
                "zone": rng.choice(["a", "b"], rows),
                "at": pd.date_range(NOW - dt.timedelta(hours=20), NOW, periods=rows),
            }
        )

    trained = drawn(2000)
    schema = {
        "columns": {
            "km": {"min": -6, "max": 6},
            "min": {"min": -6, "max": 6},
            "zone": {"allowed": ["a", "b"]},
            "at": {},
        }
    }

    def test(rows):
        return checks.monitor.data_invariants(
            rows, schema=schema, reference=trained, rows=(500, None), time="at", max_age=1, now=NOW
        )

    return Use({"rows": drawn(1000)}, test)


def training_serving_skew(folder):
    rng = np.random.default_rng(0)
    offline = pd.DataFrame({"ride": range(50), "km": rng.normal(size=50), "zone": list("ab") * 25})

    def serve(rows):
        return rows.copy()

    def test(offline, online, serve):
        good = checks.monitor.training_serving_skew(offline, online, key="ride")
        return good and checks.monitor.training_serving_skew(
            lambda rows: rows, serve, key="ride", inputs=offline
        )

    return Use({"offline": offline, "online": offline.copy(), "serve": serve}, test)


def model_staleness(folder):
    log = pd.DataFrame({"at": [NOW - dt.timedelta(hours=hours) for hours in range(1, 20)]})
    record = folder / "model.json"
    record.write_text(json.dumps({"trained_at": "2026-05-21T08:00:00+00:00"}))

    def test(made, text, log, record):
        return checks.monitor.model_staleness(
            made, max_age=30, now=NOW,
            stages={"text": text, "log": (log, "at"), "record": (record, "trained_at")},
        )  # fmt: skip

    made = NOW - dt.timedelta(days=12)
    given = {"made": made, "text": "2026-05-20T08:00+00:00", "log": log, "record": record}
    return Use(given, test)


def numerical_stability(folder):
    rows = people(100)

    def test(model, rows, losses):
        return checks.monitor.numerical_stability(model, rows, features=["x", "z"], losses=losses)

    return Use({"model": fitted(rows), "rows": rows, "losses": [3.0, 2.0, 1.0, 0.9]}, test)


def computing_performance(folder):
    rows = np.ones((500, 10))

    def test(model, rows, train, timings):
        good = checks.monitor.computing_performance(
            model, rows, train=train, max_memory_mb=10, max_latency_ms=10, max_training_s=0.01,
            min_rows_per_s=15_000, repeats=3, trainings=3,
        )  # fmt: skip
        limits = {"latency_ms": at_most(50), "rows_per_s": at_least(15_000)}
        return good and measured(timings, "computing-performance", **limits)

    given = {"model": row_sums, "rows": rows, "train": trained_nothing}
    return Use({**given, "timings": {"latency_ms": 12.0, "rows_per_s": 90_000.0}}, test)


def trained_nothing():
    return None


def prediction_quality(folder):
    rng = np.random.default_rng(0)
    log = pd.DataFrame({"site": ["a", "b"] * 1000, "age": rng.uniform(0, 100, 2000)})
    log["risk"] = known_risk(log)
    log["ill"] = (rng.random(2000) < log["risk"]).astype(int)

    def test(log, model):
        asked = log.assign(risk=model(log))
        return all(
            checks.monitor.prediction_quality(
                rows, label="ill", score="risk", slices=["site"], release_score=0.82
            )
            for rows in (log, asked)
        )

    return Use({"log": log, "model": known_risk}, test)


def known_risk(rows):
    return np.asarray(rows["age"]) / 100


USES: dict[str, Callable[[Path], Use]] = {
    "data-1": feature_schema,
    "data-2": feature_benefit,
    "data-3": feature_cost,
    "data-4": feature_policy,
    "data-5": privacy_controls,
    "data-6": feature_velocity,
    "data-7": feature_code_tests,
    "model-1": spec_review,
    "model-2": metric_correlation,
    "model-3": tuned_hyperparameters,
    "model-4": staleness_impact,
    "model-5": simpler_baseline,
    "model-6": slice_quality,
    "model-7": inclusion,
    "infra-1": reproducible_training,
    "infra-2": spec_unit_tests,
    "infra-3": pipeline_integration,
    "infra-4": quality_gate,
    "infra-5": debuggability,
    "infra-6": canary,
    "infra-7": rollback,
    "monitor-1": dependency_changes,
    "monitor-2": data_invariants,
    "monitor-3": training_serving_skew,
    "monitor-4": model_staleness,
    "monitor-5": numerical_stability,
    "monitor-6": computing_performance,
    "monitor-7": prediction_quality,
}
