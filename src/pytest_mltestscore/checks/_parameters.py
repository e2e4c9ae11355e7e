"""What a model has learned, as named arrays: of any object, without knowing its library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

TIMINGS = ("*fit_time*", "*score_time*", "*refit_time*")
"""Names of what searches of scikit-learn record about themselves; they differ in every run."""

_SCALARS = (bool, int, float, complex, str, np.generic)
_NAMED = (type, BuiltinFunctionType, ModuleType)


class Difference(NamedTuple):
    """The first array in which two models differ, and how much all of them do."""

    name: str
    """Empty if none differs."""
    what: str
    largest: float
    """Largest absolute difference of two numbers; NaN where numbers cannot be compared."""


def parameters_of(model: Any, *, ignore: Sequence[str] = TIMINGS) -> dict[str, np.ndarray]:
    """Return all numbers and words in an object by their place, such as `steps[1][1].coef_`.

    Walked are `state_dict()` (torch), attributes, what an extension type gives for pickling (trees
    of scikit-learn, boosters), mappings, sequences and arrays. Nothing is called that pickling
    would not call too. Each object is visited once.

    Parameters
    ----------
    ignore
        Patterns (`fnmatch`) of places that are left out.
    """
    found: dict[str, np.ndarray] = {}
    # Kept alive as long as the walk: what a `__reduce__` made must not give its id to the next.
    seen: dict[int, Any] = {}
    waiting: list[tuple[str, Any]] = [("", model)]
    while waiting:
        place, value = waiting.pop()
        if any(fnmatchcase(place, pattern) for pattern in ignore):
            continue
        array = _leaf(value)
        if array is not None:
            found[place or "value"] = array
        elif id(value) not in seen:
            seen[id(value)] = value
            waiting.extend(reversed([(place + step, part) for step, part in _parts(value)]))
    return {name.removeprefix("."): array for name, array in found.items()}


def _leaf(value: Any) -> np.ndarray | None:
    """Return a value that has no parts as an array that can be stored without pickle."""
    if value is None or isinstance(value, _NAMED):
        return np.array(getattr(value, "__qualname__", None) or repr(value))
    if isinstance(value, bytes | bytearray):
        return np.frombuffer(bytes(value), dtype=np.uint8)
    if isinstance(value, set | frozenset):
        return np.array(sorted(map(repr, value)))
    if callable(getattr(value, "detach", None)) and hasattr(value, "cpu"):
        return _tensor(value)
    if isinstance(value, _SCALARS):
        value = np.asarray(value)
        return value.astype(str) if value.dtype.hasobject else value
    if isinstance(value, list | tuple) and value and all(type(v) in (int, float) for v in value):
        value = np.asarray(value)
        return value.astype(str) if value.dtype.hasobject else value
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return value
    return None


def _tensor(value: Any) -> np.ndarray:
    try:
        return np.asarray(value.detach().cpu().numpy())
    except TypeError:  # bfloat16, which NumPy does not have
        return np.asarray(value.detach().cpu().float().numpy())


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a value with the step that leads to each."""
    if callable(getattr(value, "state_dict", None)):
        value = value.state_dict()
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield f".{key}" if isinstance(key, str) else f"[{key!r}]", part
    elif isinstance(value, np.ndarray):
        yield "", value.tolist()
    elif isinstance(value, list | tuple):
        yield from ((f"[{place}]", part) for place, part in enumerate(value))
    elif isinstance(value, FunctionType):
        yield from _of_function(value)
    elif isinstance(value, MethodType):
        yield ".__func__", value.__func__
        yield ".__self__", value.__self__
    else:
        yield from _state(value)


def _of_function(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what tells two functions apart: code, what they have closed over, defaults, attributes.

    A function made anew by each training holds its model there.
    """
    yield ".__qualname__", f"{function.__module__}.{function.__qualname__}"
    yield ".__code__", _spelled(function.__code__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        try:
            yield f".{name}", cell.cell_contents
        except ValueError:  # not bound yet, as a function that calls itself can be
            continue
    yield ".__defaults__", list(function.__defaults__ or ())
    yield ".__kwdefaults__", dict(function.__kwdefaults__ or {})
    yield ".__dict__", dict(vars(function))


def _spelled(code: CodeType) -> str:
    """Return code as a text that is the same in every process."""
    constants = (
        _spelled(c)
        if isinstance(c, CodeType)
        else repr(sorted(map(repr, c)) if isinstance(c, frozenset) else c)
        for c in code.co_consts
    )
    return f"{code.co_code.hex()} {code.co_names} ({', '.join(constants)})"


def _state(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what pickling would store of an object."""
    yield ".__class__", type(value)
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - not for pickling: then what it shows
        yield from ((f".{name}", part) for name, part in getattr(value, "__dict__", {}).items())
        return
    if isinstance(reduced, str):
        yield "", str(reduced)
        return
    _, made_of, state, listed, mapped = [*reduced, None, None, None][:5]
    yield from ((f".__args__[{n}]", p) for n, p in enumerate(made_of) if p is not type(value))
    if state is not None:
        yield ("", state) if isinstance(state, dict) else (".__state__", state)
    if listed is not None:
        yield "", list(listed)
    if mapped is not None:
        yield "", dict(mapped)


def first_difference(
    one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], *, tolerance: float
) -> Difference:
    """Compare arrays by name. NaN equals NaN here: a column's missing value may be a parameter.

    Parameters
    ----------
    tolerance
        Of numbers, relative and absolute; 0 for equal ones.
    """
    for name in [*one, *other]:
        if name not in one or name not in other:
            return Difference(name, "is in one of them only", np.nan)
    first, largest = ("", ""), 0.0
    for name, array in one.items():
        what, distance = _compared(array, other[name], tolerance)
        largest = np.fmax(largest, distance)
        if what and not first[0]:
            first = (name, what)
    return Difference(*first, float(largest))


def _compared(one: np.ndarray, other: np.ndarray, tolerance: float) -> tuple[str, float]:
    if one.shape != other.shape:
        return f"has shape {one.shape} and {other.shape}", np.nan
    if one.dtype.names and one.dtype.names == other.dtype.names:
        found = [_compared(one[name], other[name], tolerance) for name in one.dtype.names]
        return next((what for what, _ in found if what), ""), max(d for _, d in found)
    numeric = one.dtype.kind in "fciub" and other.dtype.kind in "fciub"
    if not numeric:
        return ("", 0.0) if np.array_equal(one, other) else ("is not the same", np.nan)
    one, other = (a.astype(complex if a.dtype.kind == "c" else float) for a in (one, other))
    close = np.isclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True)
    with np.errstate(invalid="ignore"):
        distances = np.abs(one - other)
    largest = float(np.fmax.reduce(distances, axis=None, initial=0.0))
    if close.all():
        return "", largest
    one_sided = not np.isfinite(distances[~close]).any()
    what = "is not finite in one of them" if one_sided else f"differs by up to {largest:.3g}"
    return what, largest
