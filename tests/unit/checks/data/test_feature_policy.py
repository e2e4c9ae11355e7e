import datetime as dt
from types import SimpleNamespace

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "pandas", "sklearn")

import pandas as pd  # noqa: E402 - needs what was just asked for
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.linear_model import LinearRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import FeatureUnion, make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.data import feature_policy  # noqa: E402
from pytest_mltestscore.checks.data._model_features import features_of  # noqa: E402

DAY = dt.date(2030, 6, 1)
GOOD = {"owner": "team", "source": "legs"}
ROWS = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [3.0, 1, 2, 1], "c": [1.0, 1, 2, 2]})


def judged(features=("a", "b"), banned=(), today=DAY, options=None, **entries):
    manifest = {"features": {"a": GOOD, "b": GOOD, **entries}, "banned": banned}
    return feature_policy(list(features), manifest, today=today, **(options or {}))


def problems(result):
    return [(row["feature"], row["problem"], row["where"]) for row in result.table]


def test_features_that_are_all_allowed():
    result = judged()
    assert result
    assert result.summary == "2 features keep the policy"


@pytest.mark.parametrize(
    "entry, problem",
    [
        ({"status": "deprecated"}, "deprecated"),
        ({"status": "experimental"}, "experimental"),
        ({"expires": "2030-05-31"}, "expired on 2030-05-31"),
        ({"owner": " "}, "has no owner"),
        ({"source": ""}, "has no source"),
        ({"allowed_uses": ["ranking", "ads"]}, "not for eta, only for ranking, ads"),
    ],
)
def test_a_rule_that_a_feature_breaks(entry, problem):
    result = judged(b={**GOOD, **entry}, options={"use": "eta"})
    assert not result
    assert problems(result) == [("b", problem, "model")]


def test_what_is_allowed():
    assert judged(b={**GOOD, "expires": "2030-06-01"})
    assert judged(b={**GOOD, "allowed_uses": ["eta"]}, options={"use": "eta"})
    assert judged(b={**GOOD, "allowed_uses": ["ads"]})
    assert feature_policy(
        ["a"],
        {
            "features": {"a": {**GOOD, "status": "experimental"}},
            "allowed_statuses": ["active", "experimental"],
        },
    )


def test_unlisted_and_banned_features():
    result = judged(["a", "bb1", "Pilot_SSN"], banned=["*_ssn"], bb=GOOD)
    assert problems(result) == [
        ("bb1", "not in the manifest; is it 'bb'?", "model"),
        ("Pilot_SSN", "banned by '*_ssn'", "model"),
    ]


def test_a_banned_source():
    manifest = {"features": {"a": GOOD}, "banned_sources": ["leg*"]}
    result = feature_policy(["a"], manifest)
    assert problems(result) == [("a", "comes from legs, banned by 'leg*'", "model")]


def test_the_manifest_of_a_file(tmp_path):
    path = tmp_path / "features.toml"
    path.write_text('[features.a]\nowner = "x"\nsource = "y"\nexpires = 2030-01-01\n')
    assert not feature_policy(["a"], path, today=DAY)


CODE = '''"""About the ssn of pilots."""
# ssn
def f(rows):
    "ssn"
    rows["distance"] = 1
    rows.assign(ssn=rows.SSN)
    query("SELECT a, ssn FROM pilots")
    log("no ssn is used here")
    return rows["ssn"], rows["old[0]"]
'''


def test_code_that_names_what_it_may_not(tmp_path):
    (tmp_path / "code.py").write_text(CODE)
    entries = {"old[0]": {**GOOD, "status": "retired"}}
    result = judged(banned=["ssn"], options={"sources": tmp_path}, **entries)
    assert not result
    assert set(problems(result)) == {
        ("ssn", "banned by 'ssn'", "code.py:6"),
        ("SSN", "banned by 'ssn'", "code.py:6"),
        ("ssn", "banned by 'ssn'", "code.py:7"),
        ("ssn", "banned by 'ssn'", "code.py:9"),
        ("old[0]", "retired", "code.py:9"),
    }
    assert result.summary.startswith("0 of 2 features break the policy, and 5 places in code")


def dropping():
    return ColumnTransformer(
        [("s", StandardScaler(), ["a"]), ("d", "drop", ["b"])], remainder="drop"
    )


@pytest.mark.parametrize(
    "model, expected",
    [
        (LinearRegression(), ["a", "b", "c"]),
        (make_pipeline(StandardScaler(), LinearRegression()), ["a", "b", "c"]),
        (make_pipeline(dropping(), LinearRegression()), ["a"]),
        (make_pipeline("passthrough", dropping(), LinearRegression()), ["a"]),
        (GridSearchCV(make_pipeline(dropping(), LinearRegression()), {}, cv=2), ["a"]),
        (make_pipeline(FeatureUnion([("x", dropping())]), LinearRegression()), ["a"]),
        (ColumnTransformer([("s", StandardScaler(), [0, 2])]), ["a", "c"]),
        (ColumnTransformer([("s", StandardScaler(), slice(1, 3))]), ["b", "c"]),
        (ColumnTransformer([("s", StandardScaler(), slice("b", "c"))]), ["b", "c"]),
        (ColumnTransformer([("s", StandardScaler(), [True, False, True])]), ["a", "c"]),
        (
            ColumnTransformer([("s", StandardScaler(), ["c"])], remainder="passthrough"),
            ["c", "a", "b"],
        ),
        (ColumnTransformer([("s", StandardScaler(), lambda rows: ["b"])]), ["b"]),
    ],
)
def test_the_columns_that_a_model_uses(model, expected):
    assert features_of(model.fit(ROWS, [1.0, 2, 3, 5])) == expected


def test_models_of_other_libraries():
    assert features_of(SimpleNamespace(feature_names_=["a"])) == ["a"]
    session = SimpleNamespace(get_inputs=lambda: [SimpleNamespace(name="a")])
    assert features_of(session) == ["a"]
    schema = SimpleNamespace(input_names=lambda: ["a", "b"])
    logged = SimpleNamespace(metadata=SimpleNamespace(get_input_schema=lambda: schema))
    assert features_of(logged) == ["a", "b"]


@pytest.mark.parametrize(
    "features, manifest, options, argument, words",
    [
        ([], {"features": {"a": GOOD}}, {}, "features", "is empty"),
        ("a", {"features": {"a": GOOD}}, {}, "features", "is the text"),
        (
            LinearRegression(),
            {"features": {"a": GOOD}},
            {},
            "features",
            "does not know its features",
        ),
        (
            LinearRegression().fit(ROWS.to_numpy(), [1, 2, 3, 4]),
            {"features": {"a": GOOD}},
            {},
            "features",
            "does not know its features",
        ),
        (["a"], {"features": {}}, {}, "manifest", "lists no features"),
        (
            ["a"],
            {"features": {"a": {"ovner": "x", "status": "old"}}},
            {},
            "manifest",
            "ovner: unknown.*status: is 'old'",
        ),
        (
            ["a"],
            {"features": {"a": GOOD}},
            {"sources": ["no/such.py"]},
            "sources",
            "does not exist",
        ),
        (["a"], "no/such.toml", {}, "manifest", "cannot be read"),
    ],
)
def test_bad_arguments_are_named(features, manifest, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        feature_policy(features, manifest, **options)
    assert caught.value.argument == argument


def test_code_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match="has no Python files"):
        judged(options={"sources": [tmp_path]})
    (tmp_path / "code.py").write_text("def f(:")
    with pytest.raises(InputError, match=r"code\.py is no Python"):
        judged(options={"sources": [tmp_path]})
