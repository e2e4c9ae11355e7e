"""Damaging copies of data frames of any library that narwhals reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import narwhals as nw
import numpy as np

from ._fault import NothingToDamageError

Frame = nw.DataFrame[Any]
_MASK = "__mlscore_mask__"


def is_frame(value: Any) -> bool:
    """Whether a value is a data frame in memory, or a lazy one of polars."""
    native = nw.from_native(value, pass_through=True)
    return isinstance(native, nw.DataFrame) or (
        isinstance(native, nw.LazyFrame) and native.implementation.is_polars()
    )


def on_frames(
    damage: Callable[[Frame, np.random.Generator], Frame],
) -> Callable[[Any, np.random.Generator], Any]:
    """Let a damage of narwhals frames work on frames of the libraries themselves."""

    def inject(value: Any, rng: np.random.Generator) -> Any:
        frame = nw.from_native(value)
        lazy = isinstance(frame, nw.LazyFrame)
        eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        if len(eager) == 0:
            raise NothingToDamageError("it has no rows")
        damaged = damage(eager, rng)
        return (damaged.lazy() if lazy else damaged).to_native()

    return inject


def a_column(
    frame: Frame,
    rng: np.random.Generator,
    fits: Callable[[Any], bool],
    holds: Callable[[nw.Series[Any]], bool] = lambda values: True,
) -> str:
    """Return the name of a column whose type and values fit, drawn at random."""
    fitting = [name for name, dtype in frame.schema.items() if fits(dtype)]
    for place in rng.permutation(len(fitting)):
        if holds(frame[fitting[place]]):
            return str(fitting[place])
    raise NothingToDamageError("it has no column of that kind")


def all_columns(frame: Frame, fits: Callable[[Any], bool]) -> list[str]:
    """Return the names of all columns whose type fits.

    Values are damaged in all of them, so that a test which looks at one of many can notice.
    """
    fitting = [str(name) for name, dtype in frame.schema.items() if fits(dtype)]
    if not fitting:
        raise NothingToDamageError("it has no column of that kind")
    return fitting


def varies(values: nw.Series[Any]) -> bool:
    """Whether a column has two different values or more."""
    return values.n_unique() > 1


def label_of(frame: Frame) -> str:
    """Return the last column of two values, as whole numbers or truth values: labels are such."""
    for column in reversed(frame.columns):
        dtype = frame.schema[column]
        if (dtype.is_integer() or dtype.is_boolean()) and frame[column].n_unique() == 2:
            return str(column)
    raise NothingToDamageError("it has no column of two values")


def with_rows_of(frame: Frame, columns: list[str], order: np.ndarray) -> Frame:
    """Return a frame in which some columns have their values in another order of rows."""
    moved = aligned(frame.select(columns)[order.tolist()], frame)
    return frame.with_columns(*(moved[column] for column in columns))


def some_rows(frame: Frame, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return a mask of rows drawn at random, at least one of them."""
    mask = rng.random(len(frame)) < share
    mask[rng.integers(len(frame))] = True
    return mask


def where(frame: Frame, column: str, mask: np.ndarray, instead: nw.Expr) -> Frame:
    """Return a frame with other values in the masked rows of one column."""
    marked = with_column(frame, _MASK, mask)
    chosen = nw.when(nw.col(_MASK)).then(instead).otherwise(nw.col(column))
    return marked.with_columns(chosen.alias(column)).drop(_MASK)


def with_words(word: str, share: float) -> Callable[[Frame, np.random.Generator], Frame]:
    """Return a damage that writes a word into a share of each column of words."""

    def write(frame: Frame, rng: np.random.Generator) -> Frame:
        for column in all_columns(frame, is_word):
            frame = frame.with_columns(nw.col(column).cast(nw.String))
            frame = where(frame, column, some_rows(frame, share, rng), nw.lit(word))
        return frame

    return write


def with_column(frame: Frame, column: str, values: Any) -> Frame:
    """Return a frame with a column of new values: an array, or a list."""
    series = nw.new_series(column, values, backend=frame.implementation)
    return frame.with_columns(aligned(series, frame))


def aligned(made: Any, like: Any) -> Any:
    """Give what pandas aligns by its index, a frame or series, that of what it stands for."""
    if not made.implementation.is_pandas_like():
        return made
    native = made.to_native().copy(deep=False)
    native.index = like.to_native().index
    return nw.from_native(native, allow_series=True)


def turned_round(frame: Frame, column: str, mask: np.ndarray) -> Frame:
    """Return a frame with the two values of a column exchanged in some rows."""
    values = frame[column].to_numpy().copy()
    low, high = np.unique(values)
    values[mask] = np.where(values[mask] == low, high, low)
    return with_column(frame, column, values)


def is_number(dtype: Any) -> bool:
    """Whether a column holds numbers."""
    return bool(dtype.is_numeric())


def is_word(dtype: Any) -> bool:
    """Whether a column holds words."""
    return dtype in (nw.String, nw.Categorical, nw.Enum)


def is_time(dtype: Any) -> bool:
    """Whether a column holds times or dates."""
    return dtype in (nw.Datetime, nw.Date)


def scaled(column: str, dtype: Any, factor: int) -> nw.Expr:
    """Return a column of numbers times a whole number; whole ones stay whole."""
    wide = nw.Int64 if dtype.is_integer() else nw.Float64
    kept = (
        nw.col(column) if dtype in (nw.Int64, nw.Float64, nw.Float32) else nw.col(column).cast(wide)
    )
    return kept * factor


def with_times_moved(frame: Frame, rng: np.random.Generator, by: dt.timedelta) -> Frame:
    """Return a frame with one column of times moved; missing ones stay missing."""
    column = a_column(frame, rng, is_time, lambda values: values.null_count() < len(values))
    dtype = frame.schema[column]
    moved = nw.col(column).cast(nw.Datetime("us")) if dtype == nw.Date else nw.col(column)
    return frame.with_columns((moved + nw.lit(by)).cast(dtype))
