"""infra-1: training twice on the same data gives the same model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import collected, read_frame
from .._parameters import first_difference
from ._training_runs import Trained, train_by_command, train_by_function

ITEM = "reproducible-training"

Level = Literal["artifact", "parameters", "predictions"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the strictest to the loosest."""


class _Compared(NamedTuple):
    level: Level
    same: bool | None
    """None where there was nothing to compare."""
    what: str
    largest: float


def reproducible_training(
    train: Callable[[], Any] | Sequence[str],
    rows: Any = None,
    *,
    level: Level = "parameters",
    tolerance: float = 1e-9,
    load_model: Callable[[Path], Any] | None = None,
    runs: int = 2,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 600.0,
    expect: Expect = "holds",
) -> CheckResult:
    """Train in separate processes, and check that they arrive at the same model.

    Each process has another hash seed, as two machines have, so that an order that comes from a set
    of words shows. Compared are the artifact byte by byte, then the parameters, then predictions.
    The check holds if all that was looked at is the same at `level` and at the looser levels.

    Parameters
    ----------
    train
        Function of a module, or `functools.partial` of one, that returns the trained model. Or a
        command as a list of words, which writes its artifact (a file or a folder) at `{output}`.
    rows
        Feature rows to predict: a data frame, or an array of shape (n_rows, n_features).
    level
        Strictest level that has to match: `"artifact"`, `"parameters"` or `"predictions"`.
    tolerance
        Of parameters and predictions, relative and absolute; 0 asks for equal numbers.
    load_model
        Function that reads the artifact of a command, such as `joblib.load`. Without it only the
        artifact can be compared: nothing that others wrote is unpickled by itself.
    runs
        How often to train; each is compared with the first. Rare races between threads need many.
    env
        Environment variables of training, added to those of this process. Give `PYTHONHASHSEED`
        here if real training fixes it too.
    timeout_s
        Seconds for one training, after which it is ended.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a level: `same`, `differs` or `not compared`, what differs first, by how much.

    Raises
    ------
    InputError
        If training raises, fails, takes too long or leaves nothing; if the rows are empty or
        cannot be predicted; if the level cannot be looked at.

    Notes
    -----
    Sees what differs between two processes on this machine: unseeded generators, clocks, order by
    hash. Cannot see what differs between machines, as the number of cores or versions of libraries,
    nor a training that reads a model which an earlier one left behind. A generator that is an
    argument of a `functools.partial` is copied with its state, which is a seed. Predictions that
    are not finite never match. Not every random part shows in two runs.

    Parameters are what pickling a model would store, without timings of searches; hyperparameters
    are among them. NaN equals NaN there, since a missing value can be a parameter. An artifact is
    the model's pickle, where a function returned it.

    Examples
    --------
    >>> from functools import partial
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> line = partial(np.polyfit, [1, 2, 3], [2, 4, 6], deg=1)
    >>> result = checks.infra.reproducible_training(line)
    >>> result.summary
    '2 processes trained the same model: same artifact and parameters'
    """
    _require_arguments(train, level, tolerance, load_model, runs)
    inputs = _inputs(rows)
    if level == "predictions" and inputs is None:
        raise InputError("rows", "is missing; predictions are compared on rows that you give")
    trained = list(_trainings(train, inputs, load_model, runs, env or {}, timeout_s))
    compared = [_compare(trained, name, tolerance) for name in LEVELS]
    asked = compared[LEVELS.index(level) :]
    if asked[0].same is None:
        raise InputError("level", f"{level}: {asked[0].what}; ask for another level")
    failed = [c for c in asked if c.same is False]
    return conclude(
        "reproducible_training",
        item=ITEM,
        holds=not failed,
        summary=_summary(compared, failed, runs),
        expect=expect,
        measurements=[
            measurement("strictest level that matched", _strictest(compared), limit=f">= {level}"),
            measurement("trainings", runs),
            measurement(
                "seconds of one training", max(t.seconds for t in trained), unit="s", volatile=True
            ),
        ],
        table=[_row(c) for c in compared],
        notes=_notes(trained, env or {}),
    )


def _require_arguments(
    train: Any, level: str, tolerance: float, load_model: Any, runs: int
) -> None:
    if level not in LEVELS:
        raise InputError("level", f"{level!r} is none of {', '.join(LEVELS)}")
    if runs < 2:
        raise InputError("runs", f"is {runs}; two models are needed to compare them")
    if not 0 <= tolerance < 1:
        raise InputError("tolerance", f"is {tolerance}; give a number from 0 to below 1")
    if callable(train):
        if load_model is not None:
            raise InputError("load_model", "is for commands; a function returns the model")
    elif level != "artifact" and load_model is None:
        problem = "is missing; give a function that reads the artifact, or level='artifact'"
        raise InputError("load_model", problem)


def _inputs(rows: Any) -> Any:
    """Return rows in memory, in the library that they came in where it holds rows in memory."""
    if rows is None:
        return None
    if isinstance(rows, np.ndarray | list):
        if len(rows) == 0:
            raise InputError("rows", "has no rows; give some to predict")
        return rows
    frame: nw.DataFrame[Any] = collected(read_frame(rows, "rows", numbered=True), "rows")
    if len(frame) == 0:
        raise InputError("rows", "has no rows; give some to predict")
    return frame.to_native()


def _trainings(
    train: Any,
    inputs: Any,
    load_model: Callable[[Path], Any] | None,
    runs: int,
    env: Mapping[str, str],
    timeout_s: float,
) -> Iterator[Trained]:
    for run in range(runs):
        seeded = {"PYTHONHASHSEED": str(run + 1), **env}
        with tempfile.TemporaryDirectory(prefix="mlscore-training-") as folder:
            place = Path(folder)
            if callable(train):
                yield train_by_function(train, inputs, place, seeded, timeout_s)
            else:
                yield train_by_command(train, inputs, place, seeded, timeout_s, load_model)


def _compare(trained: Sequence[Trained], level: Level, tolerance: float) -> _Compared:
    """Compare each training with the first, and return the first that differs."""
    pairs = [_pair(trained[0], other, level, tolerance) for other in trained[1:]]
    return next((c for c in pairs if c.same is False), pairs[0])


def _pair(one: Trained, other: Trained, level: Level, tolerance: float) -> _Compared:
    if level == "artifact":
        if not one.digest:
            return _Compared(level, None, "the model cannot be pickled", np.nan)
        same = one.digest == other.digest
        return _Compared(level, same, "" if same else "the bytes", np.nan)
    if level == "parameters":
        if not one.parameters or other.parameters is None:
            return _Compared(level, None, "the model was not loaded", np.nan)
        found = first_difference(one.parameters, other.parameters, tolerance=tolerance)
        what = f"{found.name} {found.what}".strip()
        return _Compared(level, not what, what, found.largest)
    if one.predictions is None or other.predictions is None:
        return _Compared(level, None, "no rows were given", np.nan)
    for answers in (one.predictions, other.predictions):
        if answers.dtype.kind in "fc" and not np.isfinite(answers).all():
            return _Compared(level, False, "some are not finite", np.nan)
    arrays = ({"": one.predictions}, {"": other.predictions})
    found = first_difference(*arrays, tolerance=tolerance)
    return _Compared(level, not found.what, found.what, found.largest)


def _strictest(compared: Sequence[_Compared]) -> str:
    return next((c.level for c in compared if c.same), "none")


def _row(compared: _Compared) -> Mapping[str, Any]:
    verdict = {True: "same", False: "differs", None: "not compared"}[compared.same]
    largest = "" if np.isnan(compared.largest) else compared.largest
    return {
        "level": compared.level,
        "verdict": verdict,
        "what": compared.what,
        "largest difference": largest,
    }


def _summary(compared: Sequence[_Compared], failed: Sequence[_Compared], runs: int) -> str:
    if not failed:
        same = " and ".join(c.level for c in compared if c.same)
        return f"{runs} processes trained the same model: same {same}"
    first = failed[0]
    strictest = _strictest(compared)
    other = f"; only {strictest} match" if strictest != "none" else ""
    return f"{runs} processes trained models that differ in {first.level}: {first.what}{other}"


def _notes(trained: Sequence[Trained], env: Mapping[str, str]) -> list[str]:
    notes = []
    if "PYTHONHASHSEED" in env:
        notes.append("the hash seed was fixed, so an order by hash cannot show")
    values = (trained[0].parameters or {}).items()
    holes = [n for n, a in values if a.dtype.kind == "f" and np.isnan(a).any()]
    if holes:
        notes.append(f"{len(holes)} parameters hold NaN, such as {holes[0]}")
    return notes
