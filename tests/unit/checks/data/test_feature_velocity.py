import datetime as dt
import subprocess

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import pandas as pd  # noqa: E402 - needs what was just asked for

import git_repository  # noqa: E402
from frames import KINDS, to_kind  # noqa: E402
from git_repository import START, Change, make_repository  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.data import feature_velocity  # noqa: E402

NOW = dt.datetime(2030, 12, 31, tzinfo=dt.UTC)
with_git = pytest.mark.skipif(not git_repository.AVAILABLE, reason="git is missing: install git")


def table(days, begun="2030-06-01"):
    started = pd.Series([pd.Timestamp(begun)] * len(days))
    return pd.DataFrame({"started": started, "released": started + pd.to_timedelta(days, "D")})


def judged(rows, **options):
    return feature_velocity(rows, **{"max_days": 60, "now": NOW, **options})


def test_quick_features_hold():
    result = judged(table([10, 20, 30, 40, 50]))
    assert result
    assert result.summary == "80 % of 5 features shipped within 42 days (limit 60)"
    assert [row["days"] for row in result.table] == [50, 40, 30, 20, 10]


def test_slow_features_are_named():
    result = judged(table([10, 20, 30, 100, 120]))
    assert not result
    assert [row["verdict"] for row in result.table] == ["slow", "slow", "ok", "ok", "ok"]


def test_the_quantile_says_how_many_must_be_quick():
    assert judged(table([10, 20, 30, 40, 100]), quantile=0.5)
    assert not judged(table([10, 20, 30, 40, 100]), quantile=1)


def test_a_feature_that_never_ships_counts_with_its_age():
    result = judged(table([10, 20, 30, None, None]))
    assert not result
    assert result.table[0]["verdict"] == "stuck"
    assert "2 of them not released yet" in result.summary


def test_a_young_feature_that_is_not_released_is_left_out_and_said():
    young = table([None], begun="2030-12-20")
    result = judged(pd.concat([table([10, 20, 30, 40, 50]), young]))
    assert result
    assert [row["verdict"] for row in result.table].count("waiting") == 1
    assert result.notes == ("1 features are not released and younger than the limit: left out",)


def test_old_features_are_left_out_and_said():
    old = table([500, 500], begun="2020-01-01")
    result = judged(pd.concat([table([10, 20, 30, 40, 50]), old]))
    assert result
    assert result.notes == ("2 features begun more than 730 days ago are left out",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_comes_in_any_frame(kind):
    rows = table([10, 20, 30, 100, None]).assign(feature=list("abcde"))
    result = judged(to_kind(kind, rows), name="feature")
    assert not result
    assert [row["feature"] for row in result.table] == ["e", "d", "c", "b", "a"]


def test_dates_and_times_with_a_zone_are_read():
    rows = table([10, 20, 30, 40, 50])
    dates = rows.assign(started=rows["started"].dt.date, released=rows["released"].dt.date)
    zoned = rows.apply(lambda column: column.dt.tz_localize("Asia/Tokyo"))
    assert judged(dates).measurements == judged(zoned).measurements == judged(rows).measurements


def test_the_clock_can_be_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    assert judged(table([10, 20, 30, 40, 50]), now=None)


def past(root, *, days=10):
    """Make a repository of six features, each released some days after it was begun."""
    changes = [Change({"README": "x"}, day=0, tag="v0")]
    for n in range(6):
        day = 20 * n
        changes.append(Change({f"src/features/f{n}.py": f"unlike the others: {n}\n" * 5}, day=day))
        changes.append(Change({f"src/features/f{n}.py": f"more {n}\n" * 5}, day=day + 1))
        changes.append(Change({"README": f"{n}"}, day=day + days, tag=f"v{n + 1}"))
    return make_repository(root, changes)


@with_git
def test_lead_times_come_from_git(tmp_path):
    result = judged(past(tmp_path / "repo"), features="src/features/*.py", releases="v*")
    assert result
    assert {row["feature"]: row["release"] for row in result.table}["f3"] == "v4"
    assert {row["days"] for row in result.table} == {10}
    assert not judged(tmp_path / "repo", features="src/features/*.py", max_days=9)


@with_git
def test_features_are_named_with_their_files(tmp_path):
    features = {"both": ["src/features/f1.py", "src/features/f2.py"], "one": "src/features/f3.py"}
    result = judged(past(tmp_path / "repo"), features=features, releases="v*", min_features=2)
    assert {row["feature"]: row["started"] for row in result.table} == {
        "both": (START + dt.timedelta(days=20)).date().isoformat(),
        "one": (START + dt.timedelta(days=60)).date().isoformat(),
    }


@with_git
def test_a_feature_that_no_release_contains_is_waiting(tmp_path):
    changes = [Change({"old": "x"}, tag="v1"), Change({"f/new.py": "x"}, day=5)]
    root = make_repository(tmp_path / "repo", changes)
    result = judged(root, features="f/*.py", min_features=1)
    assert not result
    assert result.table[0]["verdict"] == "stuck"


@with_git
def test_a_shallow_clone_is_said_and_not_guessed_over(tmp_path):
    root = past(tmp_path / "repo")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", root.as_uri(), str(clone)], check=True)
    with pytest.raises(InputError, match=r"history: is a shallow clone.*fetch-depth: 0"):
        judged(clone, features="src/features/*.py")


@with_git
@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"features": None}, "features", "is missing"),
        ({"features": {}}, "features", "is empty"),
        ({"features": "lib/*.py"}, "features", "is the path of no tracked file"),
        ({"features": {"x": "lib/x.py"}}, "features", "'x' has no commit to lib/x.py"),
        ({"features": {"x": []}}, "features", "'x' has no commit to no files"),
        ({"releases": "release-*"}, "releases", "is the name of no tag"),
        ({"min_features": 7}, "features", "6 were released in the last 730 days"),
        ({"now": dt.datetime(2029, 1, 1, tzinfo=dt.UTC)}, "history", "dates in the future"),
    ],
)
def test_bad_questions_to_git_are_named(tmp_path, change, argument, words):
    options = {"features": "src/features/*.py", "releases": "v*", **change}
    with pytest.raises(InputError, match=words) as caught:
        judged(past(tmp_path / "repo"), **options)
    assert caught.value.argument == argument


def test_a_folder_without_a_repository_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(InputError, match="is in no git repository"):
        judged(tmp_path, features="*.py")


ROWS = table([10, 20, 30, 40, 50])


@pytest.mark.parametrize(
    "rows, options, argument, words",
    [
        (ROWS, {"started": "begun"}, "history", "has no column 'begun'"),
        (ROWS, {"name": "feature"}, "history", "has no column 'feature'"),
        (ROWS[:0], {}, "history", "has no rows"),
        (ROWS[:3], {}, "features", "3 were released in the last 730 days, too few"),
        ([1], {}, "history", "is of type list"),
        (ROWS.assign(started=None), {}, "history", "5 values in 'started' are missing"),
        (ROWS.assign(released=ROWS["released"].astype(str)), {}, "history", "holds str; parse it"),
        (
            ROWS.assign(released=ROWS["released"].dt.tz_localize("UTC")),
            {},
            "history",
            "only one of 'started' and 'released' has a time zone",
        ),
        (table([10, 20, -1, -2, 30]), {}, "history", "2 features were released before"),
        (table([10, 20, 30, 40, 900]), {}, "history", "1 features have dates in the future"),
        (ROWS, {"max_days": float("nan")}, "max_days", "give more than 0"),
        (ROWS, {"quantile": 0}, "quantile", "give more than 0"),
        (ROWS, {"min_features": 0}, "min_features", "give 1 or more"),
        (ROWS, {"window_days": -1}, "window_days", "give more than 0"),
        (ROWS, {"now": NOW.replace(tzinfo=None)}, "now", "has no time zone"),
    ],
)
def test_bad_tables_are_named(rows, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        judged(rows, **options)
    assert caught.value.argument == argument
