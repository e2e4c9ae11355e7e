import datetime as dt
import json
import os
import re
from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars")

import pandas as pd  # noqa: E402 - needs what was just asked for
import polars as pl  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.monitor import model_staleness  # noqa: E402
from pytest_mltestscore.domain.checkresult import CheckResult  # noqa: E402
from pytest_mltestscore.domain.sink import measurement  # noqa: E402

NOW = dt.datetime(2026, 6, 1, 8, tzinfo=dt.UTC)
WEEK_AGO = NOW - dt.timedelta(days=7)
NAIVE = dt.datetime(2026, 5, 31, 10)  # noqa: DTZ001 - on purpose


def judged(model=WEEK_AGO, **options):
    return model_staleness(model, **{"max_age": 30, "now": NOW, **options})


def age(source, **options):
    return judged(source, max_age=10_000, **options).details["ages"]["model"] / dt.timedelta(days=1)


def test_a_model_within_its_limit_holds():
    result = judged()
    assert result
    assert result.measurements[0].value == 7
    assert result.summary == "the age is within the limit, the nearest to it is model 7 of 30 days"


def test_the_limit_itself_is_allowed_and_a_second_more_is_not():
    assert judged(max_age=7)
    assert not judged(WEEK_AGO - dt.timedelta(seconds=1), max_age=7)


def test_a_stale_stage_is_named_and_comes_first():
    result = judged(stages={"fresh": NOW, "rates": NOW - dt.timedelta(days=40)})
    assert not result
    assert [row["verdict"] for row in result.table] == ["stale", "ok", "ok"]
    assert result.table[0]["stage"] == "rates"
    assert "rates 40 of 30 days" in result.summary


def test_stages_have_limits_of_their_own():
    stages = {"rates": NOW - dt.timedelta(days=40)}
    assert judged(stages=stages, max_stage_age=dt.timedelta(days=41))
    assert judged(stages=stages, max_stage_age={"rates": 41})
    assert not judged(stages=stages, max_stage_age={"rates": 39})


@pytest.mark.parametrize(
    "limit",
    [
        dt.timedelta(days=6),
        CheckResult(name="m", holds=True, summary="", details={"age_limit": 6}),
        CheckResult(
            name="m",
            holds=True,
            summary="",
            measurements=(measurement("age_limit", 144, unit="hours"),),
        ),
    ],
)
def test_limits_of_every_kind(limit):
    assert not judged(max_age=limit)
    assert judged(NOW - dt.timedelta(days=5.9), max_age=limit)


def test_files_and_folders(tmp_path):
    (tmp_path / "models").mkdir()
    for name, days in (("a.bin", 3), ("b.bin", 2)):
        file = tmp_path / "models" / name
        file.write_text("x")
        os.utime(file, ((NOW - dt.timedelta(days=days)).timestamp(),) * 2)
    assert age(tmp_path / "models") == pytest.approx(2)
    assert age(str(tmp_path / "models" / "a.bin")) == pytest.approx(3)
    assert age((tmp_path / "models" / "a.bin").stat()) == pytest.approx(3)


def test_metadata_and_logs(tmp_path):
    meta = {"run": {"ended": "2026-05-30T08:00:00Z"}}
    (tmp_path / "meta.json").write_text(json.dumps(meta))
    lines = [{"at": "2026-05-31T08:00Z"}, {"note": 1}, {"at": "2026-05-29T08:00Z"}]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "train.log").write_text("2026-05-28T08:00Z start\n2026-05-29T08:00Z trained\n")
    assert age((meta, "run.ended")) == 2
    assert age((tmp_path / "meta.json", "run.ended")) == 2
    assert age((tmp_path / "log.jsonl", "at")) == 1
    assert age((tmp_path / "train.log", re.compile(r"^(\S+) trained", re.MULTILINE))) == 3


def test_registry_entries_count_milliseconds():
    assert age(SimpleNamespace(creation_timestamp=WEEK_AGO.timestamp() * 1000)) == 7


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame])
def test_the_newest_time_of_a_column_whatever_its_order(make):
    times = [WEEK_AGO, NOW - dt.timedelta(days=2), NOW - dt.timedelta(days=9)]
    assert age((make({"at": times}), "at")) == 2


def test_naive_times_are_read_in_the_zone_that_is_given():
    assert age(NAIVE, timezone="Europe/Vienna") == 1
    assert age(dt.date(2026, 6, 1), timezone="UTC") == pytest.approx(8 / 24)
    assert age((pd.DataFrame({"at": [NAIVE]}), "at"), timezone="Europe/Vienna") == 1


def test_ages_by_the_clock_are_volatile():
    result = model_staleness(dt.datetime.now(dt.UTC), max_age=1)
    assert result
    assert result.volatile
    assert result.measurements[0].volatile
    assert not judged().volatile


@pytest.mark.parametrize(
    "source, words",
    [
        (NAIVE, "has no timezone"),
        ("2026-05-01T08:00", "has no timezone"),
        (NOW + dt.timedelta(hours=1), "lies in the future"),
        (None, "the time is missing"),
        (pd.NaT, "the time is missing"),
        (7.5, "is of type float"),
        ("no/such/file", "there is no file 'no/such/file'"),
        ({"at": NOW}, "give \\(mapping, key\\), of at"),
        (({"made": NOW}, "mode"), "has no key 'mode' of 'mode'; did you mean 'made'"),
        (({"run": {}}, "run.at"), "has no key 'at' of 'run.at'; it has no keys"),
        (("no/such.json", "at"), "there is no file"),
        ((pd.DataFrame({"at": [NOW]}), "tt"), "has no column 'tt'"),
        ((pd.DataFrame({"at": [NOW]})[:0], "at"), "holds no time"),
        ((pd.DataFrame({"at": pd.to_datetime([None])}), "at"), "holds no time"),
        ((pd.DataFrame({"at": ["2026"]}), "at"), "not of times"),
        ((pd.DataFrame({"at": [NAIVE]}), "at"), "has no timezone"),
        (([1, 2], "at"), "is of type list"),
    ],
)
def test_times_that_cannot_be_told_are_errors(source, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(source)
    assert caught.value.argument == "model"


@pytest.mark.parametrize(
    "change, argument",
    [
        ({"max_age": 0}, "max_age"),
        ({"max_age": float("nan")}, "max_age"),
        ({"max_age": "30"}, "max_age"),
        ({"max_age": CheckResult(name="m", holds=False, summary="")}, "max_age"),
        ({"timezone": "Mars"}, "timezone"),
        ({"now": NAIVE}, "now"),
        ({"stages": {"log": None}}, "stages['log']"),
        ({"stages": {"log": NOW}, "max_stage_age": {"logs": 3}}, "max_stage_age"),
    ],
)
def test_bad_arguments_are_named(change, argument):
    with pytest.raises(InputError) as caught:
        judged(**change)
    assert caught.value.argument == argument


def test_empty_folders_and_logs_are_errors(tmp_path):
    with pytest.raises(InputError, match="holds no file"):
        judged(tmp_path)
    (tmp_path / "log.jsonl").write_text('{"other": 1}\n')
    with pytest.raises(InputError, match="holds no such time"):
        judged((tmp_path / "log.jsonl", "at"))
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(InputError, match="is no JSON"):
        judged((tmp_path / "meta.json", "at"))
