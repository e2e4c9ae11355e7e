import pytest

import needs

needs.module_at_import("narwhals", "pandas", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import metric_correlation  # noqa: E402


def releases(n=20, noise=0.3, seed=0):
    rng = np.random.default_rng(seed)
    offline = rng.normal(size=n)
    online = offline + noise * rng.normal(size=n)
    return pd.DataFrame({"offline": offline, "online": online})


def figures(result):
    return {m.name: m.value for m in result.measurements}


def test_metrics_that_go_together_hold():
    result = metric_correlation(releases(), min_correlation=0.5)
    assert result
    assert figures(result)["spearman"] > 0.9
    assert figures(result)["lower end"] > 0.5


def test_metrics_without_connection_do_not_hold():
    data = releases().assign(online=np.random.default_rng(3).normal(size=20))
    result = metric_correlation(data)
    assert not result
    assert "not surely above 0" in repr(result)


def test_a_relation_of_the_wrong_sign_does_not_hold():
    data = releases()
    data["offline"] = -data["offline"]
    assert not metric_correlation(data)
    assert metric_correlation(data, direction="negative")


def test_too_few_releases_do_not_hold_whatever_they_say():
    perfect = {"offline": np.arange(9), "online": np.arange(9)}
    result = metric_correlation(perfect)
    assert not result
    assert "at least 10 are needed" in result.summary
    assert metric_correlation(perfect, min_releases=9)


def test_perfect_agreement_is_not_certain():
    result = metric_correlation({"offline": np.arange(10), "online": np.arange(10)})
    assert 0.8 < figures(result)["lower end"] < figures(result)["upper end"] < 1


def test_six_perfect_releases_are_the_fewest_that_can_hold():
    perfect = {"offline": np.arange(6), "online": np.arange(6)}
    result = metric_correlation(perfect, min_releases=6)
    assert 0 < figures(result)["lower end"] < 0.5


@pytest.mark.parametrize("method", ["spearman", "kendall"])
def test_both_coefficients_are_shown_and_one_is_judged(method):
    result = metric_correlation(releases(), method=method)
    assert result.summary.startswith(method)
    assert {"spearman", "kendall"} <= set(figures(result))


def test_a_common_trend_is_no_connection_when_times_are_given():
    rng = np.random.default_rng(0)
    day = np.arange(40)
    data = pd.DataFrame({"day": day, "offline": day + rng.normal(size=40)})
    data["online"] = day + rng.normal(size=40)
    assert metric_correlation(data)
    result = metric_correlation(data, time="day")
    assert not result
    assert figures(result)["changes between releases"] == 39


def test_releases_are_put_in_order_by_time():
    data = releases(30).assign(day=pd.date_range("2024-01-01", periods=30, tz="UTC"))
    shuffled = data.sample(frac=1, random_state=1)
    in_order, mixed = (metric_correlation(d, time="day") for d in (data, shuffled))
    assert figures(in_order) == figures(mixed)


def test_rows_without_a_metric_are_left_out_and_counted():
    data = releases(25)
    data.loc[[3, 7], "online"] = np.nan
    result = metric_correlation(data)
    assert (result.rows_seen, result.rows_total) == (23, 25)
    assert result.notes[0] == "2 rows without one of the metrics are left out"


def test_the_largest_disagreement_comes_first_by_its_name():
    data = releases(12, noise=0).assign(version=[f"v{n}" for n in range(12)])
    data.loc[data["offline"].idxmin(), "online"] = 9.0
    result = metric_correlation(data, release="version")
    assert result.table[0]["release"] == f"v{data['offline'].idxmin()}"
    assert result.table[0]["apart"] == 11


def test_a_csv_file_is_read(tmp_path):
    releases().to_csv(tmp_path / "ledger.csv")
    assert figures(metric_correlation(tmp_path / "ledger.csv")) == pytest.approx(
        figures(metric_correlation(releases()))
    )


@pytest.mark.parametrize(
    "data, options, argument, words",
    [
        (releases(), {"online": "onlin"}, "releases", "did you mean 'online'"),
        (releases()[:0], {}, "releases", "has no rows"),
        (releases()[:1], {}, "releases", "has 1 to compare"),
        (releases().assign(online=np.nan), {}, "releases", "has 0 to compare"),
        (releases().assign(online=1.0), {}, "releases", "'online' is constant"),
        (releases().assign(online="up"), {}, "releases", "give numbers"),
        (releases().assign(online=np.inf), {}, "releases", "infinite"),
        ([1, 2], {}, "releases", "is of type list"),
        ({"offline": [1, 2], "online": [1]}, {}, "releases", "equal length"),
        ("nowhere.csv", {}, "releases", "nowhere.csv cannot be read"),
        (releases(), {"method": "pearson"}, "method", "give 'spearman' or 'kendall'"),
        (releases(), {"direction": "down"}, "direction", "give 'positive' or 'negative'"),
        (releases(), {"min_correlation": -0.1}, "min_correlation", "from 0 to below 1"),
        (releases(), {"min_correlation": float("nan")}, "min_correlation", "from 0 to below 1"),
        (releases(), {"min_releases": 5}, "min_releases", "give at least 6"),
        (releases(), {"confidence": 95}, "confidence", "from 0.5 to below 1"),
        (releases().assign(day=1), {"time": "day"}, "time", "at the same time"),
        (releases().assign(day=None), {"time": "day"}, "time", "has missing values"),
    ],
)
def test_bad_input_is_named(data, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        metric_correlation(data, **options)
    assert caught.value.argument == argument


def test_a_mix_of_time_zones_is_an_error():
    times = [pd.Timestamp("2024-01-01") + pd.Timedelta(days=n) for n in range(20)]
    times[3] = times[3].tz_localize("Europe/Berlin")
    data = releases().assign(day=pd.Series(times, dtype=object))
    with pytest.raises(InputError, match=r"time: column 'day' cannot be ordered.*one time zone"):
        metric_correlation(data, time="day")


def test_a_file_that_is_no_csv_is_an_error(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="is no CSV file"):
        metric_correlation(tmp_path / "empty.csv")
