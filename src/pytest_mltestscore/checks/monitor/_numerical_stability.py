"""monitor-5: weights, losses and outputs are finite and plausible, also for extreme inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.sink import measurement
from .._arguments import listed
from .._conclude import Expect, conclude
from .._frames import (
    column_names,
    feature_columns,
    read_frame,
    require_columns,
    sample_rows,
)
from .._optional import load
from ._extremes import Rows, extremes
from ._stable_answers import (
    Finding,
    Refused,
    ask,
    fault,
    judged_batches,
    judged_examples,
    judged_extremes,
    method_of,
)
from ._weights import weights_of

ITEM = "numerical-stability"

_MAX = 1e10


def numerical_stability(
    model: Any,
    X: Any = None,
    *,
    weights: Mapping[str, Any] | None = None,
    losses: Sequence[float] | None = None,
    features: Sequence[str] | None = None,
    max_weight: float = _MAX,
    max_output: float = _MAX,
    max_loss: float = _MAX,
    allow_missing: Sequence[str] = (),
    examples: int = 0,
    batch_rows: int = 20,
    batch_tolerance: float = 1e-5,
    max_rows: int = 10_000,
    seed: int = 0,
    expect: Expect = "holds",
) -> CheckResult:
    """Check that a model's numbers are finite and plausible, inside it and in what it answers.

    Looked at are the learned weights, the losses of training, the answers to rows, the answers to a
    fixed grid of extreme rows, and whether a row gets the same answer alone as among others.

    Parameters
    ----------
    model
        Anything with `predict`, or a function of rows. Asked by its `predict_proba`, else its
        `decision_function`, else `predict`. None if only `weights` or `losses` are looked at.
    X
        Rows that the model takes: a data frame of any library, or an array of shape
        (n_rows, n_features).
    weights
        Arrays by name, or a torch module; by default found in the model: of scikit-learn all that
        was learned, without scores and losses of training, of torch its `state_dict`, of keras its
        `get_weights`.
    losses
        Loss after each epoch or step, in order. The last may not be above the first.
    features
        Columns of a data frame that the model sees; by default all.
    max_weight, max_output, max_loss
        Largest magnitude. The default only finds what ran away: give bounds that fit the model.
        What scikit-learn's scalers learned counts as weights too, in units of the data.
    allow_missing
        Columns where a missing value is to be answered.
    examples
        Further rows, drawn by hypothesis between the smallest and largest values of each column;
        the simplest one that is not answered is in `details["example"]`.
    batch_rows
        How many rows are asked for one by one.
    batch_tolerance
        Difference allowed there, absolute and relative, as in `numpy.isclose`.
    max_rows
        Rows beyond that are sampled, and the result says so.
    seed
        Of samples and examples.
    expect
        `"fails"` where the test shows that the check finds something.

    Returns
    -------
    CheckResult
        One row a finding: part, where, what was found and the limit. No values of the data are
        shown.

    Raises
    ------
    InputError
        If there is nothing to look at, `X` has no rows or is neither a frame nor an array of two
        dimensions, or the model cannot be called.

    Notes
    -----
    The grid changes one column at a time in a row of usual values: its smallest and largest value,
    0, tiny and huge numbers (3.4e38; in float32 1.8e19), a missing value, an unseen word, empty
    text; then all columns at their ends. Within what was seen the model must answer by a finite
    number. Beyond, it may also refuse by an exception, but not answer NaN or infinity.

    Exact: finds a single number that is not finite. Cannot see activations within a network, so not
    how many of its units are dead, nor weights of models that are plain functions or boosters of
    other libraries: give those by `weights`. Fixed categories get no unseen one.

    Examples
    --------
    >>> import numpy as np
    >>> from pytest_mltestscore import checks
    >>> def log_model(rows):
    ...     if (rows < 0).any() or np.isnan(rows).any():
    ...         raise ValueError("no length")
    ...     return np.log(rows[:, 0])
    >>> checks.monitor.numerical_stability(log_model, np.array([[2.0], [0.5], [0.0]]))
    numerical_stability: DOES NOT HOLD - 4 unstable: outputs: model of all rows: 1 of 3 are not \
finite; extremes: x0 = smallest seen: not finite; extremes: x0 = 0: not finite; and 1 more
      findings = 4  (limit 0)
      part      where                  found                  limit
      outputs   model of all rows      1 of 3 are not finite  <= 1e+10
      extremes  x0 = smallest seen     not finite             finite
      extremes  x0 = 0                 not finite             finite
      extremes  all at their smallest  not finite             finite
      note: no weights were found in the model: give them by weights
      note: 4 extreme rows were refused by an exception
    """
    rows, notes, total = _rows(X, features, max_rows, seed)
    if rows is not None:
        allow_missing = listed(allow_missing, "allow_missing")
        require_columns(rows.frame, allow_missing, "allow_missing")
    looked: list[str] = []
    findings: list[Finding] = []
    learned = weights_of(weights if weights is not None else model)
    if weights is not None and not learned:
        raise InputError("weights", "holds no numbers")
    if learned:
        looked.append(f"{sum(a.size for a in learned.values()):,} weights")
        findings += _judged_weights(learned, max_weight)
    elif model is not None:
        notes = (*notes, "no weights were found in the model: give them by weights")
    if losses is not None:
        looked.append(f"{len(losses)} losses")
        findings += _judged_losses(losses, max_loss)
    example = None
    if rows is not None:
        found, more, words, example = _judged_answers(
            model, rows, max_output, allow_missing, examples, batch_rows, batch_tolerance, seed
        )
        looked.append(words)
        findings += found
        notes = (*notes, *more)
    if not looked:
        raise InputError("X", "is missing, and there are no weights or losses to look at")
    return conclude(
        "numerical_stability",
        item=ITEM,
        holds=not findings,
        summary=_summary(findings, looked, asked=rows is not None),
        expect=expect,
        measurements=list(_measurements(findings, learned, losses, max_weight)),
        table=[f._asdict() for f in findings],
        rows_seen=None if rows is None else len(rows),
        rows_total=total,
        notes=notes,
        details={"findings": findings, "example": example},
    )


def _rows(
    X: Any, features: Sequence[str] | None, max_rows: int, seed: int
) -> tuple[Rows | None, tuple[str, ...], int | None]:
    if X is None:
        return None, (), None
    as_array = isinstance(X, np.ndarray)
    if as_array:
        if X.ndim != 2:
            raise InputError("X", f"has shape {X.shape}; give (n_rows, n_features)")
        X = load("pandas", extra="checks").DataFrame(
            X, columns=[f"x{i}" for i in range(X.shape[1])]
        )
    frame = read_frame(X, "X")
    if not column_names(frame):
        raise InputError("X", "has no columns")
    if features is not None:
        frame = frame.select(feature_columns(frame, features, argument="X"))
    sample = sample_rows(frame, max_rows, seed=seed, argument="X")
    return Rows(sample.frame, as_array=as_array), sample.notes, sample.total


def _judged_weights(learned: Mapping[str, np.ndarray], limit: float) -> Iterator[Finding]:
    for name, values in learned.items():
        bad = int((~np.isfinite(values)).sum())
        largest = float(np.abs(values).max())
        if bad:
            yield Finding("weights", name, f"{bad} of {values.size} are not finite", "finite")
        elif largest > limit:
            yield Finding("weights", name, f"a magnitude of {largest:.3g}", f"<= {limit:g}")


def _judged_losses(losses: Sequence[float], limit: float) -> Iterator[Finding]:
    values = np.asarray(losses)
    if values.ndim != 1 or not len(values) or values.dtype.kind not in "fiu":
        raise InputError("losses", "are no list of numbers; give one an epoch")
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        found = f"{len(bad)} of {len(values)} are not finite"
        yield Finding("losses", f"from number {bad[0] + 1} on", found, "finite")
        return
    largest = float(np.abs(values).max())
    if largest > limit:
        yield Finding("losses", "largest", f"a magnitude of {largest:.3g}", f"<= {limit:g}")
    if values[-1] > values[0]:
        found = f"{values[-1]:.4g} after {values[0]:.4g}"
        yield Finding("losses", "last", found, "not above the first")


def _judged_answers(
    model: Any,
    rows: Rows,
    max_output: float,
    allow_missing: Sequence[str],
    examples: int,
    batch_rows: int,
    batch_tolerance: float,
    seed: int,
) -> tuple[list[Finding], tuple[str, ...], str, dict[str, Any] | None]:
    """Return findings, notes, what was looked at in words, and a row of hypothesis."""
    name, method = method_of(model)
    findings = []
    try:
        wrong = fault(ask(method, rows.take(range(len(rows)))), len(rows), name, max_output)
    except Refused as error:
        wrong = f"raised {error}"
    if wrong:
        findings.append(Finding("outputs", f"{name} of all rows", wrong, f"<= {max_output:g}"))
    cases = list(extremes(rows, allow_missing))
    found, refused = judged_extremes(name, method, rows, cases)
    findings += found
    example = None
    if examples:
        found, example = judged_examples(name, method, rows, examples, seed)
        findings += found
    drawn = np.random.default_rng(seed).choice(len(rows), min(batch_rows, len(rows)), replace=False)
    findings += judged_batches(name, method, rows, sorted(drawn.tolist()), batch_tolerance)
    notes = [f"{refused} extreme rows were refused by an exception"] if refused else []
    notes += _skipped(rows.frame)
    words = f"{name} of {len(rows):,} rows and {len(cases) + examples} extreme ones"
    return findings, tuple(notes), words, example


def _skipped(frame: nw.DataFrame[Any]) -> list[str]:
    plain = [
        c for c, dtype in frame.schema.items() if not (dtype.is_numeric() or dtype == nw.String)
    ]
    return [f"not taken to extremes: {', '.join(plain[:10])}"] if plain else []


def _measurements(
    findings: Sequence[Finding],
    learned: Mapping[str, np.ndarray],
    losses: Sequence[float] | None,
    max_weight: float,
) -> Iterator[Any]:
    yield measurement("findings", len(findings), limit="0")
    if learned:
        largest = max(float(np.abs(values).max()) for values in learned.values())
        yield measurement("largest weight", largest, limit=f"<= {max_weight:g}")
    if losses is not None:
        yield measurement("last loss", np.asarray(losses)[-1])


def _summary(findings: Sequence[Finding], looked: Sequence[str], *, asked: bool) -> str:
    if not findings:
        batches = ", and the same in any batch" if asked else ""
        return f"{', '.join(looked)}: finite, within bounds{batches}"
    shown = "; ".join(f"{f.part}: {f.where}: {f.found}" for f in findings[:3])
    more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
    return f"{len(findings)} unstable: {shown}{more}"
