import importlib.util
import sys
import types
from functools import partial
from pathlib import Path

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for

from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import reproducible_training  # noqa: E402


class Line:
    """A model whose predictions can differ where its parameters do not."""

    def __init__(self, slope, shift=0.0, restless=False):
        self.slope, self.shift, self.restless = slope, shift, restless

    def predict(self, rows):
        noise = np.random.default_rng().normal(size=len(rows)) if self.restless else 0
        return np.asarray(rows)[:, 0] * self.slope + noise


def line(**options):
    return Line(2.0, **options)


def unseeded():
    return Line(np.random.default_rng().normal())


def unseeded_aside():
    return line(shift=np.random.default_rng().normal())


def ordered_by_hash():
    return list({f"word{n}" for n in range(20)})


def not_a_number():
    return Line(np.nan)


def failing():
    raise ValueError("no rows of February")


def sleeping():
    import time

    time.sleep(60)


def killed():
    import os

    os.kill(os.getpid(), 9)


ROWS = np.arange(6.0).reshape(3, 2)


def verdicts(result):
    return [row["verdict"] for row in result.table]


def test_the_same_model_matches_at_every_level():
    result = reproducible_training(line, ROWS, level="artifact")
    assert result
    assert verdicts(result) == ["same", "same", "same"]


def test_a_different_model_is_named_by_the_parameter():
    result = reproducible_training(unseeded, ROWS, level="predictions")
    assert not result
    assert verdicts(result) == ["differs", "differs", "differs"]
    assert result.table[1]["what"].startswith("slope differs by up to")
    assert "differ in predictions" in result.summary


def test_a_looser_level_may_be_enough():
    result = reproducible_training(unseeded_aside, ROWS, level="predictions")
    assert result
    assert verdicts(result) == ["differs", "differs", "same"]
    assert result.measurements[0].value == "predictions"


def test_predictions_count_also_where_parameters_match():
    result = reproducible_training(partial(line, restless=True), ROWS, level="parameters")
    assert not result
    assert verdicts(result) == ["same", "same", "differs"]


def test_an_order_by_hash_is_found_unless_training_fixes_the_hash_seed():
    assert not reproducible_training(ordered_by_hash)
    result = reproducible_training(ordered_by_hash, env={"PYTHONHASHSEED": "0"})
    assert result
    assert "the hash seed was fixed" in result.notes[0]


def test_a_function_of_a_test_file_whose_folders_are_no_packages(tmp_path, monkeypatch):
    """As pytest names test files with `--import-mode=importlib`."""
    file = tmp_path / "test_it.py"
    file.write_text("def train():\n    return [1.0]\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("nowhere.deeper.test_it", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for folder in ("nowhere", "nowhere.deeper"):
        monkeypatch.setitem(sys.modules, folder, types.ModuleType(folder))
    spec.loader.exec_module(module)
    assert reproducible_training(module.train, level="artifact")


def test_predictions_that_are_not_finite_never_match():
    result = reproducible_training(not_a_number, ROWS, level="predictions")
    assert not result
    assert result.table[2]["what"] == "some are not finite"
    assert result.notes == ("1 parameters hold NaN, such as slope",)


def test_rows_may_be_a_frame():
    import pandas as pd

    assert reproducible_training(line, pd.DataFrame(ROWS), level="predictions")


WRITE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text({})"


def command(text):
    return [sys.executable, "-c", WRITE.format(text), "{output}"]


def read_line(path):
    return Line(float(Path(path).read_text()))


def test_a_command_is_compared_by_its_artifact():
    assert reproducible_training(command("'2.0'"), level="artifact")
    clock = reproducible_training(command("str(__import__('time').time())"), level="artifact")
    assert not clock
    assert verdicts(clock) == ["differs", "not compared", "not compared"]


def test_a_command_is_compared_by_its_model_where_one_can_be_read():
    result = reproducible_training(command("'2.0'"), ROWS, load_model=read_line)
    assert verdicts(result) == ["same", "same", "same"]
    spaces = command("'2.0' + ' ' * __import__('os').getpid()")
    assert reproducible_training(spaces, ROWS, load_model=read_line)


def test_a_folder_is_an_artifact(tmp_path):
    make = "import os, sys; os.mkdir(sys.argv[1]); open(sys.argv[1] + '/a', 'w').write({})"
    same = [sys.executable, "-c", make.format("'1'"), "{output}"]
    assert reproducible_training(same, level="artifact")
    other = [sys.executable, "-c", make.format("str(os.getpid())"), "{output}"]
    assert not reproducible_training(other, level="artifact")


@pytest.mark.parametrize(
    "train, options, argument, words",
    [
        (failing, {}, "train", "raised ValueError: no rows of February"),
        (sleeping, {"timeout_s": 0.5}, "train", "deadline passed"),
        (killed, {}, "train", "exit status -9"),
        (lambda: 1, {}, "train", "cannot be sent to a new process"),
        (line, {"rows": ROWS[:0]}, "rows", "has no rows"),
        (line, {"rows": np.array(["a", "b"])}, "rows", "cannot be predicted by the model"),
        (line, {"rows": 3}, "rows", "is of type int"),
        (line, {"level": "predictions"}, "rows", "is missing"),
        (line, {"level": "weights"}, "level", "is none of artifact, parameters, predictions"),
        (line, {"runs": 1}, "runs", "two models are needed"),
        (line, {"tolerance": float("nan")}, "tolerance", "give a number"),
        (line, {"load_model": read_line}, "load_model", "is for commands"),
        (["true"], {}, "load_model", "is missing"),
        (["true"], {"level": "artifact"}, "train", "left nothing at {output}"),
        (["false"], {"level": "artifact"}, "train", "exit status 1"),
        (["no-such-program"], {"level": "artifact"}, "train", "cannot be started"),
        ("make model", {"level": "artifact"}, "train", "is no list of words"),
    ],
)
def test_what_cannot_be_compared_is_an_error(train, options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        reproducible_training(train, **options)
    assert caught.value.argument == argument
