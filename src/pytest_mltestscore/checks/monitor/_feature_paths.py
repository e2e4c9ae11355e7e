"""The two paths of a feature: what they give, and which of it can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...domain.errors import InputError
from .._arguments import listed
from .._frames import Frame, column_names, read_frame, require_columns
from ._paired import comparable


def features_of(path: Any, inputs: Any, argument: str) -> Frame:
    """Return the features of a path, which may be a function of the inputs.

    Raises
    ------
    InputError
        If it is no data frame, or the function raises.
    """
    if not callable(path):
        return read_frame(path, argument)
    if inputs is None:
        raise InputError("inputs", f"is missing; give the rows that {argument} is called with")
    try:
        found = path(inputs)
    except Exception as error:  # whatever it is, it is the caller's
        raise InputError(argument, f"raised {type(error).__name__}: {error}") from error
    return read_frame(found, argument)


def columns_on_both(
    training: Frame, serving: Frame, keys: Sequence[str], given: Sequence[str] | None
) -> list[str]:
    """Return the columns to compare.

    Raises
    ------
    InputError
        If there are none, or one is on one path only, which must not be passed over.
    """
    wanted = listed(() if given is None else given, "features")
    for frame, argument in ((training, "training"), (serving, "serving")):
        require_columns(frame, [*keys, *wanted], argument)
    if given is not None:
        chosen = wanted
    else:
        names = {"training": column_names(training), "serving": column_names(serving)}
        for argument, other in (("training", "serving"), ("serving", "training")):
            for column in names[other]:
                if column not in names[argument]:
                    problem = f"has no column {column!r}, which {other} has"
                    raise InputError(argument, f"{problem}; give features=[...] to leave it out")
        chosen = [c for c in names["training"] if c not in keys]
    if not chosen:
        raise InputError("features", "there is none to compare beside the key")
    return chosen


def comparable_columns(
    training: Frame, serving: Frame, features: Sequence[str], *, explicit: bool
) -> tuple[list[str], tuple[str, ...]]:
    """Return the features that values can be compared of, and a note on the others."""
    left = [f for f in features if not comparable(training, serving, f)]
    chosen = [f for f in features if f not in left]
    if left and (explicit or not chosen):
        problem = f"{left[0]!r} holds neither numbers nor words nor times"
        raise InputError("features", f"{problem}; leave it out or convert it")
    notes = (f"not compared, of other types: {', '.join(left[:10])}",) if left else ()
    return chosen, notes


def tolerances(given: float | Mapping[str, float], features: Sequence[str]) -> dict[str, float]:
    """Return the tolerance of each feature; raise an `InputError` for one that is no number."""
    by_name = dict(given) if isinstance(given, Mapping) else dict.fromkeys(features, given)
    for name, tolerance in by_name.items():
        if name not in features:
            raise InputError("tolerance", f"there is no feature {name!r} to compare")
        if not 0 <= tolerance < float("inf"):
            raise InputError("tolerance", f"is {tolerance!r} for {name!r}; give a number from 0")
    return {f: by_name.get(f, 0.0) for f in features}
