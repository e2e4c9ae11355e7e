"""infra-2: the code that specifies a model is tested as code."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._conclude import Expect, conclude
from .._frames import (
    column_values,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._metrics import labels_of
from .._optional import load
from ._spec_findings import Finding
from ._spec_sklearn import Rows, sklearn_findings
from ._spec_torch import Loss, is_module, torch_findings

ITEM = "spec-unit-tests"


def spec_unit_tests(
    spec: Any,
    data: Any,
    *,
    label: str | None = None,
    features: Sequence[str] | None = None,
    loss: Loss | None = None,
    optimizer: Callable[[Any], Any] | None = None,
    steps: int = 200,
    tiny: int | None = None,
    least_fit: float = 0.9,
    overfit_params: Mapping[str, Any] | None = None,
    check_estimator: bool = False,
    max_rows: int = 500,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Test a model specification: shapes, learning, overfitting a few rows, saving and restoring.

    Parameters
    ----------
    spec
        An estimator of scikit-learn's interface, fitted or not (it is cloned), a module of torch
        (it is copied), or a function without arguments that makes one.
    data
        Data frame of rows to learn from, or a tuple of features, shape (n_rows, ...), and labels,
        shape (n_rows,): arrays, tensors or frames of pandas.
    label
        Column with the truth, for a data frame. No value may be missing.
    features
        Columns that the model sees; by default all but the label.
    loss
        For torch: function of output and labels, such as `torch.nn.functional.cross_entropy`.
    optimizer
        For torch: function of the parameters; by default Adam with a step of 0.01.
    steps
        For torch: steps in which the few rows have to be learned.
    tiny
        How many rows to overfit. By default one more than there are feature columns, from 2 to 8:
        so many a linear model can learn whatever their labels are.
    least_fit
        Share of the error of a constant (of the first loss, for torch) that has to be gone then.
    overfit_params
        For estimators: parameters set for overfitting only, since regularisation is meant to
        prevent it. By default those of the names in `RELAXED`, such as `min_samples_leaf` to 1.
    check_estimator
        Run scikit-learn's own checks of an estimator's interface too. They take seconds.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of the sample, of the few rows, and of torch.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a test, failed ones first: what was found, what was wanted.

    Raises
    ------
    InputError
        For missing columns or labels, one class only, too few different rows; or if the
        specification raises where it is fitted or asked.

    Notes
    -----
    For estimators: `predict` and `predict_proba` have the right shapes, for one row too;
    probabilities sum to 1; answers are finite; the loss on the learned rows (squared error of
    probabilities or values, else the error rate) is below that of a constant; it falls as
    `max_iter`, `n_estimators` or the like grows from 1 to at most 50; pickle restores equal
    answers, in this process. For torch: one step lowers the loss of the batch it was made on,
    gradients reach all parameters, and a state dict restores equal output. Cannot see whether the
    model is the right one for the problem. What could not be looked at is listed and counts
    neither way.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from pytest_mltestscore import checks
    >>> X = np.arange(40.0).reshape(20, 2)
    >>> result = checks.infra.spec_unit_tests(DummyClassifier(), (X, X[:, 0] > 19))
    >>> result.summary
    '2 of 6 tests failed: learns, overfits 3 rows'
    """
    _require_range(tiny, least_fit, steps)
    model = _made(spec)
    rows, seen, total, notes = _rows(data, label, features, max_rows, seed)
    tiny = tiny or _tiny(rows)
    if len(np.unique(rows.y)) < 2:
        raise InputError("label" if label else "data", "is of one class only; give rows of two")
    if is_module(model):
        if loss is None:
            raise InputError("loss", "is missing; give a function of output and labels")
        found = list(
            torch_findings(
                model, np.asarray(rows.X), rows.y, loss, optimizer=optimizer, steps=steps,
                tiny=tiny, least_fit=least_fit, seed=seed,
            )
        )  # fmt: skip
    else:
        found = list(
            sklearn_findings(
                model, rows, tiny=tiny, least_fit=least_fit, overfit=overfit_params, seed=seed
            )
        )
        if check_estimator:
            found += _estimator_checks(model)
    return _concluded(found, seen, total, notes, expect)


def _require_range(tiny: int | None, least_fit: float, steps: int) -> None:
    if tiny is not None and tiny < 2:
        raise InputError("tiny", f"is {tiny}; give 2 rows or more")
    if not 0 < least_fit <= 1:
        raise InputError("least_fit", f"is {least_fit}; give a share above 0, up to 1")
    if steps < 2:
        raise InputError("steps", f"is {steps}; give 2 or more")


def _made(spec: Any) -> Any:
    """Return the model that is meant: the one given, or what a function makes."""
    if _is_model(spec):
        return spec
    if callable(spec):
        try:
            made = spec()
        except Exception as error:
            raise InputError("spec", f"raised {type(error).__name__}: {error}") from error
        if _is_model(made):
            return made
        spec = made
    problem = f"is of type {type(spec).__name__}; give an estimator, a torch module, or a function"
    raise InputError("spec", f"{problem} that makes one")


def _tiny(rows: Rows) -> int:
    shape = getattr(rows.X, "shape", (len(rows.y), 7))
    return min(max(shape[1] + 1 if len(shape) > 1 else 2, 2), 8)


def _is_model(spec: Any) -> bool:
    if isinstance(spec, type):
        return False
    return is_module(spec) or all(hasattr(spec, n) for n in ("fit", "predict", "get_params"))


def _rows(
    data: Any, label: str | None, features: Sequence[str] | None, max_rows: int, seed: int
) -> tuple[Rows, int, int, tuple[str, ...]]:
    if isinstance(data, tuple):
        return _pair(data, max_rows, seed)
    if label is None:
        raise InputError("label", "is missing; name the column, or give features and labels")
    frame = read_frame(data)
    require_columns(frame, [label])
    seen = feature_columns(frame, features, label)
    sample = sample_rows(frame, max_rows, seed=seed)
    truth = labels_of(column_values(sample.frame, label), "label")
    inputs = sample.frame.select(seen).to_native()
    return Rows(inputs, truth), sample.seen, sample.total, sample.notes


def _pair(data: Any, max_rows: int, seed: int) -> tuple[Rows, int, int, tuple[str, ...]]:
    if len(data) != 2:
        raise InputError("data", f"is a tuple of {len(data)}; give features and labels")
    X, y = (v.detach().cpu().numpy() if hasattr(v, "detach") else v for v in data)
    X, y = X if hasattr(X, "shape") else np.asarray(X), labels_of(y, "data")
    if X.shape[0] != len(y):
        raise InputError("data", f"has {X.shape[0]} rows of features and {len(y)} labels")
    total, notes = len(y), ()
    if total <= max_rows:
        return Rows(X, y), total, total, notes
    places = np.sort(np.random.default_rng(seed).choice(total, max_rows, replace=False))
    said = (f"a random sample of {max_rows:,} of {total:,} rows, seed {seed}",)
    return Rows(X, y).at(places), max_rows, total, said


def _estimator_checks(model: Any) -> Iterator[Finding]:
    """Run scikit-learn's own checks; a failure of one that it expects to fail is no failure."""
    checks = load("sklearn.utils.estimator_checks", extra="checks")
    clone = load("sklearn.base", extra="checks").clone
    failed: list[str] = []
    total = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for estimator, check in _generated(checks, clone(model)):
            total += 1
            try:
                check(estimator)
            except Exception as error:  # noqa: BLE001 - a check fails by whatever it raises
                if type(error).__name__ != "SkipTest":
                    failed.append(getattr(check, "func", check).__name__)
    shown = ", ".join(failed[:5])
    found = f"{len(failed)} of {total} failed{': ' if failed else ''}{shown}"
    yield Finding("interface of scikit-learn", not failed and total > 0, found, "0 failed")


def _generated(checks: Any, model: Any) -> Iterator[tuple[Any, Any]]:
    if hasattr(checks, "estimator_checks_generator"):
        yield from checks.estimator_checks_generator(model)
    else:  # before scikit-learn 1.6
        yield from checks.check_estimator(model, generate_only=True)


def _concluded(
    found: Sequence[Finding], seen: int, total: int, notes: Sequence[str], expect: Expect
) -> CheckResult:
    looked = [f for f in found if f.passed is not None]
    failed = [f for f in looked if not f.passed]
    names = ", ".join(f.test for f in failed)
    summary = f"{len(failed)} of {len(looked)} tests failed: {names}"
    verdicts = {True: "ok", False: "FAILED", None: "not looked at"}
    return conclude(
        "spec_unit_tests",
        item=ITEM,
        holds=not failed,
        summary=summary if failed else f"all {len(looked)} tests of the specification passed",
        expect=expect,
        measurements=[
            measurement("tests passed", len(looked) - len(failed), limit=f"= {len(looked)}")
        ],
        table=[
            {"test": f.test, "verdict": verdicts[f.passed], "found": f.found, "wanted": f.wanted}
            for f in sorted(found, key=lambda f: (f.passed is not False, f.passed is None))
        ],
        rows_seen=seen,
        rows_total=total,
        notes=notes,
    )
