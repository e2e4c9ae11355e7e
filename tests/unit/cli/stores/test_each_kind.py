"""`mlscore history` and `mlscore fleet` say the same of every kind of store."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from pytest_mltestscore import reporters
from pytest_mltestscore.domain.record import Reason

START = dt.datetime(2026, 3, 2, 8, 15, tzinfo=dt.UTC)
NOW = START + dt.timedelta(days=10)
PARTIAL = (Reason(kind="deselected", detail="2 deselected by -k"),)
FUTURE = dt.timedelta(days=366 * 100)


@pytest.fixture(autouse=True)
def _as_in_a_wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))


@pytest.fixture
def runs(make):
    """Two systems over a turn of the month, with what is passed over."""

    def run(system, days, outcomes, **parts):
        began = START + (days if isinstance(days, dt.timedelta) else dt.timedelta(days=days))
        facts = {"id": f"{system}-{began:%Y%m%d}", "started_at": began.isoformat()}
        facts |= parts.pop("run", {})
        return make(outcomes, system=system, run=facts, **parts)

    sections = ("data", "model", "infra", "monitor")
    one = {f"{section}-1": "passed" for section in sections}
    two = one | {f"{section}-2": "passed" for section in sections}
    return [
        run("churn", -40, one),
        run("churn", -3, two, run={"branch": "release/1"}),
        run("churn", 0, two | {"data-2": "failed"}),
        run("churn", 1, two),
        run("churn", 2, one, reasons=PARTIAL),
        run("churn", FUTURE, one),
        run("fraud \u00e9/_", 1, one),
    ]


@pytest.fixture
def filled(store, runs):
    """Append all of them, in no order, and one of them twice; return the URL."""
    for record in [*reversed(runs), runs[0]]:
        store.append(reporters.find("json").render(record).encode())
    return store


def test_history_tells_the_same(filled, place, mlscore):
    done = mlscore("history", "--store", place, "--system", "churn")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "churn, 2 branches, 2026-01-21 to 2026-03-03, 4 complete runs",
        "score  \u2581\u2588\u2581\u2588  1 -> 2",
        "",
        "time (UTC)        commit   branch     score  +/-  data  model  infra  monitor",
        "2026-03-03 08:15  1a2b3c4  main           2   +1     2      2      2        2  no-CI",
        "2026-03-02 08:15  1a2b3c4  main           1   -1     1      2      2        2  no-CI",
        "2026-02-27 08:15  1a2b3c4  release/1      2   +1     2      2      2        2  no-CI",
        "2026-01-21 08:15  1a2b3c4  main           1          1      1      1        1  no-CI",
        "Passed over: 1 partial run, 1 run begun after the moment of judging",
    ]


@pytest.mark.parametrize(
    "options, runs_told",
    [
        (["--since=2026-02-01"], 3),
        (["--since=12d"], 2),
        (["--branch=rel*"], 1),
        (["--last=2"], 2),
    ],
)
def test_history_chooses_the_same(filled, place, mlscore, options, runs_told):
    done = mlscore(
        "history", "--store", place, "--system", "churn", "--format=json", "--items", *options
    )
    rows = json.loads(done.out)
    assert len(rows) == runs_told
    assert all(set(row["sections"]) == {"data", "model", "infra", "monitor"} for row in rows)


def test_flaky_tests_are_the_same(filled, place, mlscore):
    done = mlscore("history", "--store", place, "--system", "churn", "--flaky")
    assert "failed 1 of 3 runs, 1 time on a commit on which it also passed" in " ".join(
        done.out.split()
    )


def test_pruning_takes_the_same(filled, place, mlscore):
    command = ("history", "--store", place, "--system", "churn", "--prune", "--older-than=11")
    listed = mlscore(*command)
    assert listed.last == "nothing was removed; add --yes"
    assert len(filled.entries().entries) == 7
    assert mlscore(*command, "--yes").last == "removed 2 records"
    assert len(filled.entries().entries) == 5
    assert mlscore(*command, "--yes").code == 0


def test_a_fleet_shows_the_same(filled, place, mlscore):
    done = mlscore("fleet", place, "--format=json", f"--now={NOW.isoformat()}")
    assert done.code == 0, done.err
    data = json.loads(done.out)
    systems = {s["system"]: s for group in data["groups"] for s in group["systems"]}
    churn, fraud = systems["churn"], systems["fraud \u00e9/_"]
    assert (churn["score"], churn["change"], churn["age_days"]) == (2, 1, 9)
    assert [point["final"] for point in churn["trend"]] == [1, 1]
    assert (fraud["score"], fraud["change"], fraud["trend"]) == (1, None, [])
    assert data["left_out"] == []
    assert data["notes"] == ["1 run of 1 system passed over: begun after the moment of judging"]


def test_a_fleet_page_is_made_of_each(filled, place, mlscore):
    done = mlscore("fleet", place, f"--now={NOW.isoformat()}", "-o", "fleet.html")
    assert done.code == 0
    assert "2 systems" in done.err
    assert "testing-secret-key" not in done.err
