import pytest

import needs

needs.module_at_import("narwhals", "pandas", "scipy")

import narwhals as nw  # noqa: E402 - needs what was just asked for
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks import _histograms as histograms  # noqa: E402
from pytest_mltestscore.checks._frames import read_frame  # noqa: E402


def rows(n=1_000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "count": rng.poisson(2, n),
            "flag": rng.random(n) < 0.3,
            "word": rng.choice(["a", "b", None], n),
        }
    )


def counted(data, reference=None):
    reference = read_frame(data if reference is None else reference)
    bins = histograms.draw_bins(reference, reference.collect_schema().names())
    return {b.column: b for b in bins}, histograms.count(read_frame(data), bins)


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_the_same_on_every_frame(kind):
    data = rows()
    _, expected = counted(data)
    _, found = counted(to_kind(kind, data))
    assert {c: v.tolist() for c, v in found.items()} == {c: v.tolist() for c, v in expected.items()}


def test_every_row_is_in_one_bin_and_labels_match():
    bins, found = counted(rows(seed=1), reference=rows())
    for column, counts in found.items():
        assert counts.sum() == 1_000
        assert len(counts) == len(bins[column].labels)
    assert found["size"][-1] == rows(seed=1)["size"].isna().sum()


def test_numbers_are_cut_at_quantiles_with_both_ends_apart():
    data = pd.DataFrame({"x": np.arange(101.0)})
    bins, found = counted(data)
    assert bins["x"].labels[:2] == ["< 0", "[0, 10)"]
    assert bins["x"].labels[-3:] == ["[90, 100]", "> 100", "missing"]
    assert found["x"].tolist() == [0, *[10] * 9, 11, 0, 0]
    _, beyond = counted(pd.DataFrame({"x": [-1, 100, 101, np.inf, -np.inf]}), reference=data)
    assert beyond["x"][[0, -3, -2]].tolist() == [2, 1, 2]


def test_constant_empty_and_boolean_columns():
    data = pd.DataFrame({"one": [5, 5], "none": [np.nan, np.nan], "flag": [True, False]})
    bins, found = counted(data)
    assert (bins["one"].labels, found["one"].tolist()) == (
        ["< 5", "5", "> 5", "missing"],
        [0, 2, 0, 0],
    )
    assert (bins["none"].labels, found["none"].tolist()) == (["any value", "missing"], [0, 2])
    assert found["flag"].sum() == 2


def test_numbers_that_fill_a_bin_have_one_of_their_own():
    rain = pd.DataFrame({"mm": [0.0] * 950 + list(np.linspace(0.1, 9, 50))})
    bins, found = counted(rain)
    assert bins["mm"].labels == ["< 0", "0", "(0, 9]", "> 9", "missing"]
    assert found["mm"].tolist() == [0, 950, 50, 0, 0]


def test_each_of_few_numbers_has_a_bin():
    few = pd.DataFrame({"n": [0] * 96 + [1] * 2 + [2] * 2})
    bins, found = counted(few)
    assert bins["n"].labels == ["< 0", "[0, 1)", "[1, 2)", "2", "> 2", "missing"]
    assert found["n"].tolist() == [0, 96, 2, 2, 0, 0]


def test_numbers_far_from_zero_are_told_apart():
    start = 1_700_000_000_000_000
    _, found = counted(pd.DataFrame({"at": np.arange(start, start + 1_000)}))
    assert found["at"].tolist() == [0, *[100] * 10, 0, 0]


def test_words_without_a_bin_are_other_values():
    many = pd.DataFrame({"word": [f"w{i:02}" for i in range(40)] + ["w39"]})
    bins, found = counted(many)
    assert bins["word"].words[:2] == ("w39", "w00")
    assert found["word"][-2:].tolist() == [10, 0]


def test_times_are_not_binnable():
    data = read_frame(pd.DataFrame({"at": pd.to_datetime(["2026-01-01"]), "x": [1]}))
    assert histograms.binnable(data, ["at", "x"]) == ["x"]


def test_another_type_is_an_error():
    bins = histograms.draw_bins(read_frame(rows()), ["size"])
    with pytest.raises(InputError, match="column 'size' is of type String, where the reference"):
        histograms.count(nw.from_native(pd.DataFrame({"size": ["a"]})), bins)


def test_distances_of_known_shares():
    found = histograms.shift(np.array([50_000, 50_000]), np.array([30_000, 70_000]))
    assert found.psi == pytest.approx(-0.2 * np.log(0.6) + 0.2 * np.log(1.4), abs=1e-3)
    assert found.tv == pytest.approx(0.2)
    assert found.js == pytest.approx(0.175, abs=0.005)
    apart = histograms.shift(np.array([10_000, 0]), np.array([0, 10_000]))
    assert apart.js == pytest.approx(1, abs=0.01)


def test_what_chance_gives_is_taken_off():
    rng = np.random.default_rng(0)
    draws = [
        histograms.shift(rng.multinomial(500, [0.1] * 10), rng.multinomial(300, [0.1] * 10))
        for _ in range(400)
    ]
    assert np.mean([d.raw["psi"] for d in draws]) == pytest.approx(9 * (1 / 500 + 1 / 300), rel=0.1)
    assert np.mean([histograms.p_within(d, "psi", 0) < 0.05 for d in draws]) < 0.09
    assert np.mean([histograms.p_within(d, "js", 0) < 0.05 for d in draws]) < 0.09
    assert np.mean([histograms.p_within(d, "psi", 0.1) < 0.05 for d in draws]) == 0


def test_a_shift_at_the_limit_is_rarely_called_beyond_it():
    rng = np.random.default_rng(0)
    shares = np.array([0.3, 0.7])
    limit = float(np.sum((shares - 0.5) * np.log(shares / 0.5)))
    draws = [
        histograms.shift(rng.multinomial(2_000, [0.5, 0.5]), rng.multinomial(2_000, shares))
        for _ in range(400)
    ]
    assert np.mean([histograms.p_within(d, "psi", limit) < 0.05 for d in draws]) < 0.1
    assert np.mean([histograms.p_within(d, "psi", limit / 3) < 0.05 for d in draws]) > 0.95


def test_one_bin_says_nothing():
    assert histograms.p_within(histograms.shift(np.array([5]), np.array([9])), "psi", 0) == 1
