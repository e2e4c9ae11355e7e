"""`mlscore fleet`: sources of every kind, what is left out, and what is written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

import fleet_records as records
import needs
import sample_records as samples
from pytest_mltestscore.domain.record import Shard
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.store import Store, open_store

NOW = ("--now", records.NOW.isoformat())


def write(path, *found):
    """Write records as a run does: one as it is, several as a list."""
    texts = [render(record) for record in found]
    text = texts[0] if len(texts) == 1 else f'{{"records": [{",".join(texts)}]}}'
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")
    return str(path)


def append(url, *found):
    with open_store(url) as store:
        return [store.append(render(record).encode()) for record in found]


def run_of(number, days_ago, final=None, **run):
    """Return another run of a system, so many days before now."""
    started_at = (records.NOW - dt.timedelta(days=days_ago)).isoformat()
    facts = {"id": f"{number}-{days_ago}", "started_at": started_at, "branch": "main"}
    record = records.system(number, **{**facts, **run})
    return record if final is None else replace(record, score=replace(record.score, final=final))


@pytest.fixture
def fleet(mlscore):
    """Run `mlscore fleet` for JSON, and return what was said and what it holds."""

    def run(*arguments):
        done = mlscore("fleet", *arguments, *NOW, "--format", "json")
        assert done.code == 0, done.err
        return done, json.loads(done.out)

    return run


def shown(data):
    return {s["system"]: s for group in data["groups"] for s in group["systems"]}


# Sources


def test_a_store_and_a_folder_of_records_are_told_apart_by_looking(fleet):
    append("store", run_of(0, 1), run_of(1, 1))
    write("plain/team/a.json", run_of(2, 1))
    write("plain/both.json", run_of(3, 1), run_of(4, 1))
    done, data = fleet("store", "plain")
    assert sorted(shown(data)) == sorted(records.name(n) for n in range(5))
    assert data["sources"] == ["store", "plain"]
    assert done.err.startswith("mlscore: 5 systems, median ")


def test_a_folder_may_be_both(fleet):
    append("store", run_of(0, 1))
    write("store/loose.json", run_of(1, 1))
    write("store/deep/er/than/that.json", run_of(2, 1))
    _, data = fleet("store")
    assert sorted(shown(data)) == sorted(records.name(n) for n in range(3))
    assert data["left_out"] == []


def test_files_and_standard_input_are_sources(fleet, stdin):
    stdin(render(run_of(1, 1)).encode())
    _, data = fleet(write("a.json", run_of(0, 1)), "-")
    assert len(shown(data)) == 2


def test_hidden_files_are_no_records(fleet):
    write("plain/.git/a.json", run_of(0, 1))
    write("plain/.b.json", run_of(1, 1))
    write("plain/c.json", run_of(2, 1))
    _, data = fleet("plain")
    assert list(shown(data)) == [records.name(2)]


def test_a_database_is_a_source(fleet):
    needs.module("sqlalchemy")
    append("sqlite:///scores.db", run_of(0, 3, 1.0), run_of(0, 1, 2.0))
    _, data = fleet("sqlite:///scores.db")
    assert shown(data)[records.name(0)]["change"] == 1.0


def test_one_record_of_each_system_is_read_and_trends_come_from_names_alone(fleet, monkeypatch):
    append("store", *(run_of(n, ago, ago / 2) for n in range(3) for ago in range(1, 9)))
    asked = []
    read = Store.read
    monkeypatch.setattr(Store, "read", lambda self, e: read(self, asked.extend(e := [*e]) or e))
    _, data = fleet("store")
    assert len(asked) == 3
    for system in shown(data).values():
        assert [point["final"] for point in system["trend"]] == [4, 3.5, 3, 2.5, 2, 1.5, 1]
        assert (system["score"], system["change"]) == (0.5, -0.5)
        assert set(system["trend"][0]["sections"]) == set(samples.SECTIONS)


def test_a_trend_holds_no_run_of_another_branch(fleet):
    append("store", run_of(0, 3, 1.0), run_of(0, 2, 5.0, branch="wild"), run_of(0, 1, 2.0))
    _, data = fleet("store")
    assert [p["final"] for p in shown(data)[records.name(0)]["trend"]] == [1.0]


def test_a_system_in_two_sources_is_one_and_that_is_said(fleet):
    append("store", run_of(0, 1))
    done, data = fleet("store", write("a.json", run_of(0, 2)))
    assert shown(data)[records.name(0)]["age_days"] == 1
    [note] = data["notes"]
    assert f"{records.name(0)} is in 2 of the sources" in note
    assert "mlscore: note: " in done.err


# Branches


@pytest.mark.parametrize(
    "patterns, days",
    [
        ([], 1),
        (["main"], 3),
        (["rel*"], 2),
        (["main", "rel*"], 2),
        (["feature/a-name-that-is-longer-than-names-hold"], 1),
    ],
)
@pytest.mark.parametrize("stored", [True, False], ids=["store", "files"])
def test_only_runs_of_the_branches_asked_for_count(fleet, patterns, days, stored):
    long = "feature/a-name-that-is-longer-than-names-hold"
    branches = {1: long, 2: "release/1", 3: "main"}
    found = [run_of(0, ago, branch=branch) for ago, branch in branches.items()]
    if stored:
        append("source", *found)
    else:
        for number, record in enumerate(found):
            write(f"source/{number}.json", record)
    options = [word for pattern in patterns for word in ("--branch", pattern)]
    _, data = fleet("source", *options)
    assert shown(data)[records.name(0)]["age_days"] == days
    assert data["branches"] == patterns


@pytest.mark.parametrize("stored", [True, False], ids=["store", "files"])
def test_a_system_without_such_a_branch_is_not_scored(fleet, stored):
    found = [run_of(0, 1), run_of(1, 1, branch=None)]
    if stored:
        append("source", *found)
    else:
        write("source/both.json", *found)
    _, data = fleet("source", "--branch", "main")
    assert list(shown(data)) == [records.name(0)]
    assert [(u["system"], u["reason"]) for u in data["unscored"]] == [
        (records.name(1), "it has no run on a branch like main")
    ]


# Not all is well


@pytest.mark.parametrize("stored", [True, False], ids=["store", "files"])
def test_runs_that_have_not_begun_are_passed_over_and_counted(fleet, stored, monkeypatch):
    found = [run_of(0, 1), run_of(0, -1), run_of(0, -2), run_of(1, -1)]
    if stored:
        append("source", *found)
    else:
        write("source/all.json", *found)
    done, data = fleet("source")
    assert list(shown(data)) == [records.name(0)]
    assert [(u["system"], u["reason"]) for u in data["unscored"]] == [
        (
            records.name(1),
            "its newest run was begun after the moment of judging, and no other is complete",
        )
    ]
    said = "3 runs of 2 systems passed over: begun after the moment of judging"
    assert data["notes"] == [said]
    assert f"mlscore: note: {said}\n" in done.err


def test_the_clock_of_reproducible_builds_passes_nothing_over(mlscore, monkeypatch):
    append("source", run_of(0, 1))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    done = mlscore("fleet", "source", "--format=json")
    assert list(shown(json.loads(done.out))) == [records.name(0)]


def test_a_torn_record_is_named_and_the_run_before_shows_the_system(fleet):
    append("store", run_of(0, 5), run_of(1, 1))
    [torn] = append("store", run_of(0, 1))
    Path("store", torn.key).write_bytes(b'{"report_format": ')
    done, data = fleet("store")
    assert shown(data)[records.name(0)]["age_days"] == 5
    [left_out] = data["left_out"]
    assert "holds something else than was written" in left_out["reason"]
    assert torn.key in left_out["place"]
    assert "mlscore: warning: " in done.err


def test_a_system_of_torn_records_only_is_not_scored(fleet):
    for torn in append("store", run_of(0, 1), run_of(0, 2)):
        Path("store", torn.key).write_bytes(b"")
    append("store", run_of(1, 1))
    _, data = fleet("store")
    assert [(u["system"], u["reason"]) for u in data["unscored"]] == [
        (records.name(0), "no complete run of it can be read")
    ]
    assert len(data["left_out"]) == 2


def test_what_cannot_be_read_is_named_and_the_rest_is_shown(fleet):
    write("plain/good.json", run_of(0, 1))
    Path("plain/broken.json").write_text("{")
    Path("plain/alien.json").write_text("{}")
    write("plain/newer.json", replace(run_of(1, 1), schema_version="9.0"))
    done, data = fleet("plain", "nowhere")
    assert list(shown(data)) == [records.name(0)]
    assert [each["place"] for each in data["left_out"]] == [
        "plain/alien.json",
        "plain/broken.json",
        "plain/newer.json",
        "nowhere",
    ]
    assert done.err.count("left out: ") == 4
    assert "4 left out" in done.err.splitlines()[-1]


def test_warnings_beyond_some_are_counted(fleet):
    write("plain/good.json", run_of(0, 1))
    for number in range(30):
        Path(f"plain/{number:02}.json").write_text("{")
    done, data = fleet("plain")
    assert done.err.count(" left out: ") == 20
    assert "10 more records left out" in done.err
    assert len(data["left_out"]) == 30


def test_incomplete_runs_in_a_store_are_explained(fleet):
    partial, cut = samples.partial(), samples.cut_short()
    append("store", replace(partial, system="half"), replace(cut, system="ended"))
    _, data = fleet("store")
    assert {u["system"]: u["reason"] for u in data["unscored"]} == {
        "half": "its newest run is partial, and none is complete",
        "ended": "its newest run is cut short, and none is complete",
    }
    assert data["groups"] == []


def test_the_run_that_completed_all_shards_shows_a_system(fleet):
    append("store", run_of(0, 1, shard=Shard(2, 2)))
    _, data = fleet("store")
    assert list(shown(data)) == [records.name(0)]


def test_nothing_that_can_be_read_is_an_error(mlscore):
    Path("a.json").write_text("{")
    done = mlscore("fleet", "a.json", "nowhere", "-o", "fleet.html", *NOW)
    assert done.code == 2
    assert done.err.splitlines()[-1] == (
        "mlscore: error: nothing could be read; the lines above say why"
    )
    assert not Path("fleet.html").exists()


def test_an_empty_store_gives_an_empty_page(mlscore):
    Path("store").mkdir()
    done = mlscore("fleet", "store", "-o", "fleet.html", *NOW)
    assert (done.code, done.err) == (
        0,
        f"mlscore: 0 systems (in {Path('fleet.html').absolute()})\n",
    )
    assert "No system has a score yet" in Path("fleet.html").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["s5://bucket"], "unknown scheme 's5'"),
        (["a.json", "--stale-after", "0"], "--stale-after: '0' is no number of days above 0"),
        (["a.json", "--stale-after", "nan"], "--stale-after: 'nan' is no number"),
        (["a.json", "--stale-after", "1e9"], "up to 36,500"),
        (["a.json", "--now", "soon"], "--now: 'soon' is no point in time"),
        (["a.json", "--now", "2026-11-28T12:00:00"], "--now: '2026-11-28T12:00:00' has no time"),
        (["a.json", "--format", "parquet"], "name a file with -o; two tables go there"),
        (["a.json", "-o", "a.json"], "a.json: is the record itself"),
        (["-", "-"], "standard input can be read only once"),
        ([], "SOURCE"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(refused, arguments, said):
    write("a.json", run_of(0, 1))
    assert said in refused("fleet", *arguments)


def test_a_password_in_a_url_is_not_shown(mlscore):
    needs.module("psycopg")
    write("a.json", run_of(0, 1))
    url = "postgresql://me:hunter2@127.0.0.1:1/scores"
    done = mlscore("fleet", "a.json", url, "--format", "html", *NOW)
    assert done.code == 0
    assert "hunter2" not in done.out + done.err
    assert "postgresql://me:***@127.0.0.1:1/scores" in done.out


# What is written


@pytest.mark.parametrize(
    "name, beginning", [("a.html", "<!doctype"), ("a.csv", "system,"), ("a.JSON", "{"), ("a", "<!")]
)
def test_the_name_of_the_output_says_the_format(mlscore, name, beginning):
    append("store", run_of(0, 1))
    assert mlscore("fleet", "store", "-o", name, *NOW).code == 0
    assert Path(name).read_text("utf-8").lstrip().startswith(beginning)


def test_the_page_of_the_same_store_has_the_same_bytes_by_the_same_clock(mlscore, monkeypatch):
    append("store", *(run_of(n, 1) for n in range(5)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(records.NOW.timestamp())))
    pages = [mlscore("fleet", "store").out for _ in range(2)]
    assert pages == [mlscore("fleet", "store", *NOW).out] * 2
    assert mlscore("fleet", "store", "--now", "2027-01-01").out != pages[0]


def test_csv_has_a_row_a_system_that_no_spreadsheet_computes(mlscore):
    evil = replace(run_of(0, 1), system="=HYPERLINK(1)")
    append("store", evil, run_of(1, 40), replace(samples.partial(), system="half"))
    done = mlscore("fleet", "store", "--format", "csv", *NOW)
    rows = {row["system"]: row for row in csv.DictReader(io.StringIO(done.out))}
    assert set(rows) == {"'=HYPERLINK(1)", records.name(1), "half"}
    assert sorted(row["stale"] for row in rows.values()) == ["", "false", "true"]
    assert rows["half"]["status"] == "not scored"


def test_parquet_is_two_tables(mlscore):
    needs.module("pyarrow")
    from pyarrow import parquet

    append("store", run_of(0, 1), run_of(1, 1))
    done = mlscore("fleet", "store", "-o", "out/fleet.parquet", *NOW)
    assert done.code == 0
    assert parquet.read_table("out/fleet.parquet").num_rows == 2 * 28
    assert parquet.read_table("out/fleet.systems.parquet").num_rows == 2
    assert "fleet.parquet and " in done.err


def test_parquet_says_what_to_install_before_anything_is_read(refused, monkeypatch):
    append("store", run_of(0, 1))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = refused("fleet", "store", "--format", "parquet", "-o", "fleet.parquet")
    assert said == (
        "pyarrow is needed here and cannot be imported: pip install 'pytest-mltestscore[parquet]'"
    )


def test_no_store_is_written_over(refused):
    needs.module("sqlalchemy")
    append("sqlite:///scores.db", run_of(0, 1))
    before = Path("scores.db").read_bytes()
    for option in ([], ["--format=csv"]):
        said = refused("fleet", "sqlite:///scores.db", "-o", "scores.db", *option)
        assert said == (
            "cannot write 'scores.db': it is a database, perhaps a store; name another file"
        )
    assert Path("scores.db").read_bytes() == before


@pytest.mark.parametrize("form", ["html", "csv", "json", "parquet"])
def test_what_was_written_before_is_written_over_and_nothing_else(mlscore, refused, form):
    if form == "parquet":
        needs.module("pyarrow")
    append("store", run_of(0, 1))
    Path("out").write_bytes(b"")  # as mktemp leaves it
    for again in (form, form, "html"):
        done = mlscore("fleet", "store", "-o", "out", "--format", again, *NOW)
        assert done.code == 0, done.err
    for text in (render(run_of(0, 1)), "<!doctype html><p>ours", "system;status", "a = 1"):
        Path("out").write_text(text, "utf-8")
        said = refused("fleet", "store", "-o", "out", "--format", form)
        assert said.endswith(
            "out: is there, and mlscore fleet did not write it; name another file, or remove this"
            " one"
        )
        assert Path("out").read_text("utf-8") == text


def test_the_output_of_last_time_is_no_record(fleet, mlscore):
    write("plain/a.json", run_of(0, 1))
    for _ in range(2):
        done = mlscore("fleet", "plain", "-o", "plain/fleet.json", *NOW)
        assert "left out" not in done.err


def test_title_and_limit_are_taken(mlscore):
    append("store", run_of(0, 3))
    done = mlscore("fleet", "store", "--title", "Our <b>models", "--stale-after", "2", *NOW)
    assert "Our &lt;b&gt;models" in done.out
    assert "1 stale system" in done.out
