import functools

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "polars", "pyarrow", "sklearn", "scipy", "hypothesis")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.model import metamorphic_relations  # noqa: E402

TEXTS = ["a great film", "great, and short", "too long"]


def sentiment(texts):
    return np.array(["good" if "great" in text else "bad" for text in texts])


def full_stop(text):
    return text + "."


def rows(n=200):
    return pd.DataFrame({"size": np.arange(n) + 1.0, "town": np.resize(["a", "b"], n)})


def price(seen):
    return np.asarray(seen["size"]) * 2.0


def price_by_town(seen):
    """Cost 5 more in one town, from row 190 on."""
    extra = (np.asarray(seen["town"]) == "b") & (np.arange(len(seen)) >= 190)
    return price(seen) + 5.0 * extra


def to_town(town, seen):
    return seen.assign(town=town)


def scaled(by):
    return lambda seen: seen.assign(size=seen["size"] * by)


def table(result):
    return {row["relation"]: row for row in result.table}


def test_a_relation_that_is_broken_is_named_with_its_rows():
    result = metamorphic_relations(
        sentiment, TEXTS, invariant={"upper": str.upper, "stop": full_stop}
    )
    assert not result
    assert result.summary == "1 of 2 relations broken: upper in 2 of 3 rows (66.7%)"
    assert [row["relation"] for row in result.table] == ["upper", "stop"]
    assert table(result)["stop"]["verdict"] == "ok"
    assert "upper is violated in rows 0, 1, counted from 0" in result.notes


def test_no_text_of_the_input_is_shown():
    result = metamorphic_relations(sentiment, TEXTS, invariant={"upper": str.upper})
    assert "film" not in repr(result)


def test_relations_that_hold():
    result = metamorphic_relations(
        price,
        rows(),
        invariant={"town": functools.partial(to_town, "c")},
        increasing={"larger": scaled(1.1)},
        decreasing={"smaller": scaled(0.9)},
        round_trip={"feet": (scaled(10.7639), scaled(1 / 10.7639))},
    )
    assert result
    assert result.summary == "none of 4 relations broken, each tried on 200 rows or more"
    assert (result.rows_seen, result.rows_total) == (200, 200)


@pytest.mark.parametrize("kind, by", [("increasing", 0.9), ("decreasing", 1.1)])
def test_a_direction_is_broken_by_answers_that_move_the_other_way(kind, by):
    result = metamorphic_relations(price, rows(), **{kind: {"scaled": scaled(by)}})
    assert not result
    assert result.table[0]["violated"] == 200
    assert result.table[0]["repaired"] is None


def test_an_answer_that_stays_breaks_a_direction_where_a_change_is_wanted():
    still = functools.partial(metamorphic_relations, lambda seen: np.ones(len(seen)), rows())
    assert still(increasing={"larger": scaled(2)})
    assert not still(increasing={"larger": scaled(2)}, min_change=0.1)


def test_an_answer_that_is_always_the_same_is_noted():
    result = metamorphic_relations(
        lambda seen: np.ones(len(seen)), rows(), invariant={"larger": scaled(2)}
    )
    assert "the model answers the same for all rows" in result.notes[-1]


def test_numbers_may_differ_by_the_tolerance():
    towns = {"town": functools.partial(to_town, "a")}
    assert not metamorphic_relations(price_by_town, rows(), invariant=towns, tolerance=4.9)
    assert metamorphic_relations(price_by_town, rows(), invariant=towns, tolerance=5.0)


def test_a_share_may_be_violated_and_chance_is_allowed_for():
    towns = {"town": functools.partial(to_town, "a")}  # changes 100 rows, violates 5
    judged = functools.partial(metamorphic_relations, price_by_town, rows(), invariant=towns)
    assert judged(max_share=0.05).table[0]["verdict"] == "ok"
    assert judged(max_share=0.04).table[0]["verdict"] == "unsure"
    assert judged(max_share=0.04)
    assert judged(max_share=0.01).table[0]["verdict"] == "broken"


def test_only_rows_that_were_changed_count():
    result = metamorphic_relations(
        price_by_town, rows(), invariant={"town": functools.partial(to_town, "a")}
    )
    assert (result.table[0]["rows"], result.table[0]["violated"]) == (100, 5)


def test_the_majority_of_labels_repairs_an_answer():
    def odd(texts):  # wrong on the original alone
        return np.array(["bad" if text == TEXTS[0] else "good" for text in texts])

    relations = {"stop": full_stop, "upper": str.upper, "blank": lambda text: text + " "}
    result = metamorphic_relations(odd, TEXTS, invariant=relations, label=["good"] * 3)
    values = {m.name: m.value for m in result.measurements}
    assert not result
    assert (values["rows that a vote can repair"], values["rows that the vote repairs"]) == (1, 1)
    assert values["of these rows right, by the model"] == 0
    assert values["of these rows right, by the vote"] == 1
    assert result.details["violations"]["stop"] == [
        {"row": 0, "answer": "bad", "mutants": ["good"], "vote": "good"}
    ]


def test_a_tie_leaves_the_answer_as_it_is():
    result = metamorphic_relations(sentiment, TEXTS[:1], invariant={"upper": str.upper})
    assert result.details["violations"]["upper"][0]["vote"] == "good"
    assert result.table[0]["repaired"] == 0


def test_the_median_of_numbers_repairs_an_answer():
    data = rows().assign(truth=price(rows()))
    result = metamorphic_relations(
        lambda seen: np.where(np.asarray(seen["town"]) == "b", 0.0, price(seen)),
        data,
        invariant={town: functools.partial(to_town, town) for town in "acd"},
        label="truth",
    )
    values = {m.name: m.value for m in result.measurements}
    assert values["rows that the vote repairs"] == 100
    assert values["mean error of these rows, by the model"] > 100
    assert values["mean error of these rows, by the vote"] == 0


def test_a_random_transform_makes_several_mutants_the_same_for_a_seed():
    def noisy(seen, rng):
        return seen.assign(size=seen["size"] + rng.normal(size=len(seen)))

    def judged(seed, mutants=7):
        return metamorphic_relations(
            price, rows(), invariant={"noise": noisy}, mutants=mutants, seed=seed
        )

    first = judged(1).details["violations"]["noise"]
    assert len(first[0]["mutants"]) == 7
    assert judged(1).details["violations"]["noise"] == first
    assert judged(2).details["violations"]["noise"] != first


def test_hypothesis_draws_transforms():
    drawn = st.floats(1.1, 9).map(scaled)
    result = metamorphic_relations(price, rows(), increasing={"by": drawn}, mutants=4)
    assert result
    result = metamorphic_relations(price, rows(), decreasing={"by": drawn}, mutants=4)
    assert len(result.details["violations"]["by"][0]["mutants"]) == 4


def test_directions_of_a_classifier_are_of_its_score():
    numbers = np.linspace(-1, 1, 60).reshape(-1, 1)
    model = LogisticRegression().fit(numbers, numbers[:, 0] > 0)
    assert metamorphic_relations(
        model, numbers, increasing={"up": lambda x: x + 0.01}, min_change=1e-6
    )
    assert not metamorphic_relations(model, numbers, decreasing={"up": lambda x: x + 0.01})


def test_invariance_of_scores_is_stricter_than_of_labels():
    numbers = np.array([[-3.0], [-2.5], [2.5], [3.0]])
    model = LogisticRegression().fit(numbers, [0, 0, 1, 1])
    nudge = {"nudge": lambda x: x + 0.1}
    assert metamorphic_relations(model, numbers, invariant=nudge)
    assert not metamorphic_relations(model, numbers, invariant=nudge, scores=True)
    assert metamorphic_relations(model, numbers, invariant=nudge, scores=True, tolerance=0.1)


def test_images_and_missing_values_are_compared():
    images = np.zeros((4, 8, 8))
    images[0, 0, 0] = np.nan
    images[1, 0, 0] = 1
    result = metamorphic_relations(
        lambda seen: np.nansum(seen, axis=(1, 2)), images, invariant={"flip": lambda x: x[:, ::-1]}
    )
    assert result
    assert result.table[0]["rows"] == 2  # black ones are their own mirror image


def test_a_transform_may_change_the_shape_of_a_row():
    result = metamorphic_relations(
        lambda seen: seen.max(axis=(1, 2)),
        np.ones((3, 8, 8)),
        invariant={"crop": lambda x: x[:, 1:]},
    )
    assert result.table[0]["rows"] == 3


def test_built_in_functions_are_transforms():
    assert metamorphic_relations(len_of, TEXTS, invariant={"title": str.title})
    same = {"type": str}  # a class, whose signature Python does not know
    with pytest.raises(InputError, match="changed no row"):
        metamorphic_relations(len_of, TEXTS, invariant=same)


def len_of(texts):
    return np.array([len(text) for text in texts])


def test_missing_values_of_frames_are_no_change():
    data = rows(4).assign(size=[1.0, np.nan, 3.0, np.nan], town=["a", None, "b", None])

    def same(seen):
        return seen.assign(size=seen["size"] + 0, town=seen["town"].astype(object))

    def filled(seen):
        return np.asarray(seen["size"].fillna(0))

    with pytest.raises(InputError, match="invariant: 'same' changed no row"):
        metamorphic_relations(filled, data, invariant={"same": same})


def test_a_transform_that_changes_in_place_leaves_the_data_alone():
    def in_place(seen):
        seen["town"] = "c"
        return seen

    data = rows()
    assert metamorphic_relations(price, data, invariant={"town": in_place})
    pd.testing.assert_frame_equal(data, rows())


def test_a_lazy_frame_is_sampled_and_said():
    result = metamorphic_relations(
        lambda seen: seen["size"].to_numpy(),
        pl.LazyFrame({"size": np.arange(100.0)}),
        increasing={"up": lambda seen: seen.with_columns(pl.col("size") + 1)},
        max_rows=60,
    )
    assert result
    assert (result.rows_seen, result.rows_total) == (60, 100)
    assert result.notes[0] == "a random sample of 60 of 100 rows (60.00%), seed 0"


def test_arrays_and_texts_are_sampled_with_their_labels():
    result = metamorphic_relations(
        lambda texts: np.array([len(text) for text in texts]),
        ["x" * n for n in range(50)],
        invariant={"stop": full_stop},
        label=np.arange(50),
        max_rows=20,
    )
    assert (result.rows_seen, result.rows_total) == (20, 50)
    [right] = [m.value for m in result.measurements if m.name.endswith("by the model")]
    assert right == 20


def broken(seen):
    raise ZeroDivisionError("division by zero")


TOWN = {"town": functools.partial(to_town, "c")}


@pytest.mark.parametrize(
    "change, argument, words",
    [
        ({"invariant": {}}, "invariant", "is empty"),
        ({"increasing": {"town": scaled(2)}}, "invariant", "'town' names two relations"),
        ({"invariant": {"x": (scaled(2), scaled(3))}}, "invariant", "give one"),
        ({"round_trip": {"x": scaled(2)}}, "round_trip", "give two transforms, there and back"),
        ({"invariant": {"x": 3}}, "invariant", "'x' is of type int; give a function"),
        ({"invariant": {"x": broken}}, "invariant", "'x' raised ZeroDivisionError"),
        ({"invariant": {"x": lambda seen: seen[:5]}}, "invariant", "returned 5 rows for 200"),
        ({"invariant": {"x": lambda seen: seen[["size"]]}}, "invariant", "'x' raised .*town"),
        ({"invariant": {"x": lambda seen: 3}}, "invariant", "'x' raised TypeError"),
        ({"invariant": {"x": lambda seen: seen}}, "invariant", "'x' changed no row"),
        ({"invariant": {"x": st.integers()}}, "invariant", "'x' draws values"),
        ({"tolerance": float("nan")}, "tolerance", "is nan"),
        ({"min_change": -1}, "min_change", "is -1"),
        ({"max_share": 1}, "max_share", "is 1"),
        ({"confidence": 0.4}, "confidence", "is 0.4"),
        ({"mutants": 0}, "mutants", "is 0"),
        ({"features": ["sise"]}, "data", "has no column 'sise'; did you mean 'size'?"),
        ({"label": "truth"}, "data", "has no column 'truth'"),
        ({"label": [1, 2]}, "label", "give the name of a column"),
    ],
)
def test_bad_arguments_are_named(change, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        metamorphic_relations(price, rows(), **{"invariant": TOWN, **change})
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "data, change, argument, words",
    [
        (rows()[:0], {}, "data", "has no rows"),
        ([], {}, "data", "has no rows"),
        (np.zeros((0, 3)), {}, "data", "has no rows"),
        (np.array(3.0), {}, "data", "has no rows"),
        ([1, 2], {}, "data", "is a list of other things than texts"),
        (3, {}, "data", "is of type int"),
        (TEXTS, {"label": "truth"}, "label", "names a column"),
        (TEXTS, {"label": [1, 2]}, "label", "has 2 labels for 3 rows"),
        (TEXTS, {"label": [1, None, 2]}, "label", "1 of 3 labels are missing"),
        (TEXTS, {"features": ["size"]}, "features", "names columns"),
        (TEXTS, {"invariant": {"x": len}}, "invariant", "'x' returned int for a text"),
        (np.zeros((3, 2)), {"invariant": {"x": np.sum}}, "invariant", "'x' returned one value"),
        (rows().assign(t=np.nan), {"label": "t"}, "label", "200 of 200 labels are missing"),
    ],
)
def test_bad_data_is_named(data, change, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        metamorphic_relations(sentiment, data, **{"invariant": TOWN, **change})
    assert caught.value.argument == argument


def test_a_model_that_fails_on_mutants_is_an_error_that_names_the_relation():
    def model(seen):
        return np.where(np.asarray(seen["town"]) == "c", np.nan, 1.0)

    with pytest.raises(InputError, match="model: on mutants of 'town', predict returned 200"):
        metamorphic_relations(model, rows(), invariant=TOWN)


def test_a_model_that_raises_is_an_error_and_no_pass():
    with pytest.raises(InputError, match="model: predict raised ZeroDivisionError"):
        metamorphic_relations(broken, rows(), invariant=TOWN)


def test_labels_have_no_direction():
    with pytest.raises(InputError, match=r"model: .*give a model that scores"):
        metamorphic_relations(sentiment, TEXTS, increasing={"stop": full_stop})
