import sys

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import pipeline_integration  # noqa: E402
from pytest_mltestscore.domain.checkresult import CheckResult  # noqa: E402
from pytest_mltestscore.domain.sink import Sink, open_sink  # noqa: E402

ROWS = pd.DataFrame({"distance": [1.0, 2.0, 3.0], "late": [0, 1, 1], "note": ["a", "b", "c"]})


def features(rows):
    rows["half"] = rows["distance"] / 2
    return rows[["half", "late"]]


def train(rows):
    return {"half": rows["half"].mean(), "late": rows["late"].mean()}


STAGES = {"features": features, "train": train}
CONTRACTS = {
    "features": {"columns": {"half": {"min": 0}, "late": {"allowed": [0, 1]}}},
    "train": lambda model: all(np.isfinite(list(model.values()))),
}


def run(**options):
    options = {"stages": STAGES, "sample": ROWS, "contracts": CONTRACTS, **options}
    return pipeline_integration(options.pop("stages"), options.pop("sample"), **options)


def verdicts(result):
    return {(row["input of"], row["broken by"]): row["verdict"] for row in result.table}


def test_a_pipeline_with_contracts_holds_and_its_sample_is_left_alone():
    result = run()
    assert result
    assert list(ROWS) == ["distance", "late", "note"]
    found = verdicts(result)
    assert found["features", "distance missing"] == "caught"
    assert found["features", "nulls in distance"] == "caught"
    assert found["features", "note missing"] == "no effect"


def test_a_null_that_runs_through_is_silent():
    result = run(contracts={"features": CONTRACTS["features"]})
    assert not result
    assert verdicts(result)["train", "nulls in late"] == "SILENT"
    assert "without a contract, so only asked for something: train" in result.notes


def test_a_stage_that_hides_errors_is_found():
    def hiding(rows):
        try:
            return features(rows)
        except KeyError:
            return pd.DataFrame({"half": [0.0], "late": [0]})

    result = run(stages={"features": hiding, "train": train})
    assert not result
    assert verdicts(result)["features", "distance missing"] == "SILENT"


def test_a_fault_may_have_to_be_noticed_at_once():
    late = {"train": CONTRACTS["train"]}
    assert verdicts(run(contracts=late))["features", "nulls in distance"] == "caught"
    result = run(contracts=late, within=0)
    assert not result
    assert verdicts(result)["features", "nulls in distance"] == "late"
    assert "noticed too late" in result.summary


def test_a_pipeline_that_does_not_run_fails():
    result = run(sample=ROWS.drop(columns="late"))
    assert not result
    assert result.summary.startswith("the pipeline failed at features: KeyError")


def test_a_contract_that_is_broken_without_a_fault_fails():
    result = run(sample=ROWS.assign(late=2))
    assert not result
    assert result.summary.startswith("the pipeline failed at features: contract: late: ")


def test_empty_samples_fail():
    assert not run(sample=ROWS[:0])
    assert not run(sample=ROWS[:0], stages={"features": features}, contracts={})


def test_columns_may_be_spared():
    def imputing(rows):
        return features(rows.fillna({"distance": 1.5}))

    stages = {"features": imputing, "train": train}
    assert not run(stages=stages)
    assert run(stages=stages, may_be_missing=["distance"])


def test_faults_can_be_given():
    def negative(value):
        return -value if isinstance(value, np.ndarray) else NotImplemented

    stages = {"root": np.sqrt, "mean": lambda values: float(values.mean())}
    finite = {"root": lambda values: bool((values >= 0).all())}
    options = {"stages": stages, "sample": np.array([1.0, 4.0]), "faults": {"negative": negative}}
    with np.errstate(invalid="ignore"):
        result = run(contracts=finite, **options)
        assert not result
        assert verdicts(result) == {("mean", "negative"): "SILENT", ("root", "negative"): "caught"}


def test_pairs_of_features_and_labels_are_broken():
    def fit(pair):
        left, right = pair
        if len(left) == 0 or np.isnan(left).any():
            raise ValueError("no rows, or NaN")
        return np.linalg.lstsq(left, right, rcond=None)[0]

    pair = (np.arange(8.0).reshape(4, 2), np.arange(4.0))
    result = run(stages={"fit": fit}, sample=pair, contracts={"fit": lambda w: w.shape == (2,)})
    assert result
    assert {"nulls in 0", "1 missing", "no rows"} <= {fault for _, fault in verdicts(result)}


READ = "import sys; text = open(sys.argv[1]).read(); {}; open(sys.argv[2], 'w').write(text.upper())"


def command(check):
    return [sys.executable, "-c", READ.format(check), "{input}", "{output}"]


def test_commands_read_and_write_files(tmp_path):
    sample = tmp_path / "sample.txt"
    sample.write_text("one two three end")
    options = {"sample": sample, "contracts": {}}
    result = run(stages={"upper": command("assert text.endswith('end')")}, **options)
    assert result
    assert verdicts(result)["upper", "half of the file"] == "caught"
    assert sample.read_text() == "one two three end"
    assert not run(stages={"upper": command("pass")}, **options)


def test_contracts_can_be_schemas_of_pandera():
    needs.module("pandera")
    import pandera.pandas as pa

    late = pa.Column(checks=pa.Check.isin([0, 1]))
    schema = pa.DataFrameSchema({"half": pa.Column(float, pa.Check.ge(0)), "late": late})
    assert run(contracts={**CONTRACTS, "features": schema})


def test_contracts_can_be_checks_which_are_not_recorded():
    def few(rows):
        return CheckResult(name="few", holds=len(rows) > 0, summary="no rows")

    sink = Sink()
    open_sink(sink)
    try:
        run(contracts={**CONTRACTS, "features": few})
    finally:
        open_sink(None)
    assert [check.name for check in sink.checks] == ["pipeline_integration"]


def test_draws_without_a_seed_are_said():
    restless = {"draw": lambda rows: np.random.default_rng().normal(size=len(rows))}
    result = run(stages=restless, contracts={})
    assert "two clean runs differ" in result.notes[-1]


def failing(value):
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"stages": {}}, "stages", "is no mapping"),
        ({"stages": [features]}, "stages", "is no mapping"),
        ({"stages": {"features": "make"}}, "stages", "is no list of words"),
        ({"contracts": {"feature": len}}, "contracts", "'feature' is no stage"),
        ({"contracts": {"features": len}}, "contracts", "returned a int; return True"),
        ({"contracts": {"features": {"columns": {}}}}, "contracts", "is empty"),
        ({"faults": {"odd": failing}}, "faults", "odd raised ZeroDivisionError"),
        ({"faults": {"none": lambda value: NotImplemented}}, "faults", "none changes what comes"),
        ({"within": -1}, "within", "give 0 or more"),
        ({"may_be_missing": "km"}, "may_be_missing", "is the text 'km'; give a list of columns"),
    ],
)
def test_bad_arguments_are_named(options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        run(**options)
    assert caught.value.argument == argument


def test_a_pipeline_that_returns_nothing_cannot_be_judged():
    with pytest.raises(InputError, match="stages: end in a stage that returns nothing"):
        pipeline_integration(
            {"store": lambda rows: None}, [1, 2], contracts={"store": lambda made: True}
        )


def test_a_model_that_is_a_function_shows_silent_damage():
    def train(rows):
        mean = rows["x"].mean()
        return lambda seen: seen["x"] * 0 + mean

    rows = pd.DataFrame({"x": [1.0, 2.0, 6.0], "y": [1.0, 2.0, 3.0]})
    faults = {"halved": lambda value: value.assign(x=value["x"] / 2)}
    contracts = {"train": callable}
    result = pipeline_integration({"train": train}, rows, contracts=contracts, faults=faults)
    assert [row["verdict"] for row in result.table] == ["SILENT"]
