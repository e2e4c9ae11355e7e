"""Reading data frames of any library by narwhals, without collecting more than was asked for.

Accepted are pandas, polars (eager and lazy), PyArrow, DuckDB, PySpark, Dask and Ibis. A question is
one `aggregate` call, so one pass over the data, run where the data is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import narwhals as nw
import numpy as np

from ..domain.errors import InputError, nearest
from ._arguments import listed

Frame: TypeAlias = "nw.DataFrame[Any] | nw.LazyFrame[Any]"

_EXAMPLES = "a pandas, polars, PyArrow, DuckDB, PySpark, Dask or Ibis data frame"


class Sample(NamedTuple):
    """Rows in memory, and how many there were to choose from."""

    frame: nw.DataFrame[Any]
    seen: int
    total: int
    seed: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Say that a sample was taken, if one was."""
        return sample_note(self.seen, self.total, self.seed)


def sample_note(seen: int, total: int, seed: int) -> tuple[str, ...]:
    """Return the note that says a sample was taken; nothing where all rows were seen."""
    if seen == total:
        return ()
    drawn = f"a random sample of {seen:,} of {total:,} rows ({seen / total:.2%})"
    return (f"{drawn}, seed {seed}",)


def read_frame(data: Any, argument: str = "data", *, numbered: bool = False) -> Frame:
    """Return a narwhals frame around `data`; nothing is copied and nothing is run.

    Columns may be `numbered`, as those that pandas makes of an array, where none is asked for.

    Raises
    ------
    InputError
        If `data` is no data frame, names two columns alike, or one by a number.
    """
    try:
        frame = nw.from_native(data)
    except TypeError:
        problem = f"is of type {type(data).__name__}; give {_EXAMPLES}"
        raise InputError(argument, problem) from None
    except Exception as error:  # narwhals refuses duplicate names with an error of its own
        raise InputError(argument, f"cannot be read as a data frame: {error}") from error
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
        raise InputError(argument, f"is of type {type(data).__name__}; give {_EXAMPLES}")
    if isinstance(frame, nw.DataFrame) and not numbered:
        _require_texts(frame.columns, argument)
    return frame


def _require_texts(names: Iterable[object], argument: str) -> None:
    """Refuse names that narwhals takes for something else; only pandas has such."""
    other = next((name for name in names if not isinstance(name, str)), None)
    if other is not None:
        mend = "name columns by texts, such as columns=[f'x{i}' for i in range(n)]"
        raise InputError(argument, f"has a column that is named {other!r}; {mend}")


def column_names(frame: Frame) -> list[str]:
    """Return the names of the columns, in order, without running anything."""
    return frame.collect_schema().names()


def require_columns(frame: Frame, columns: Iterable[str], argument: str = "data") -> None:
    """Raise an `InputError` that names the first missing column and the nearest there is."""
    known = column_names(frame)
    for column in columns:
        if column not in known:
            closest = nearest(str(column), known)
            hint = f"did you mean {closest!r}?" if closest else f"it has {', '.join(known[:10])}"
            raise InputError(argument, f"has no column {column!r}; {hint}")


def feature_columns(
    frame: Frame, features: Sequence[str] | None, *others: str, argument: str = "data"
) -> list[str]:
    """Return the columns that a model sees: those that were named, or all but `others`.

    Raises
    ------
    InputError
        If the list is a text or empty, names a column twice or one of `others`, no column is left,
        or one is not in the frame, which goes by the name `argument`.
    """
    if features is None:
        found = [column for column in column_names(frame) if column not in others]
    else:
        found = listed(features, "features")
    if not found:
        raise InputError("features", "are none; name the columns that the model sees")
    require_columns(frame, found, argument)
    alien = next((column for column in others if column in found), None)
    if alien is not None:
        raise InputError("features", f"have {alien!r}, which is no feature here; leave it out")
    return found


def aggregate(frame: Frame, expressions: Sequence[nw.Expr]) -> dict[str, Any]:
    """Evaluate expressions that give one value each, in one pass, as Python values."""
    result = frame.lazy().select(*expressions).collect()
    return {name: _plain(values[0]) for name, values in result.to_dict(as_series=False).items()}


def _plain(value: Any) -> Any:
    """Return a number of Python for one of a database: DuckDB sums integers to Decimal."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.item() if isinstance(value, np.generic) else value


def row_count(frame: Frame) -> int:
    """Return the number of rows, counted where the data is."""
    if isinstance(frame, nw.DataFrame):
        return len(frame)
    return int(aggregate(frame, [nw.len().alias("n")])["n"])


def require_rows(frame: Frame, argument: str = "data") -> int:
    """Return the number of rows; raise an `InputError` if there are none."""
    rows = row_count(frame)
    if rows == 0:
        raise InputError(argument, "has no rows; give data to look at")
    return rows


def is_missing(column: str, dtype: Any) -> nw.Expr:
    """Return an expression that is true where a value is null or NaN.

    Only pandas calls both the same; polars, DuckDB and Spark tell them apart.
    """
    null = nw.col(column).is_null()
    return null | nw.col(column).is_nan() if dtype.is_float() else null


def count_where(condition: nw.Expr) -> nw.Expr:
    """Return an expression that counts true rows; Spark does not sum booleans without a cast."""
    return condition.cast(nw.Int64).sum()


def collected(
    frame: Frame, argument: str = "data", *, max_rows: int = 1_000_000
) -> nw.DataFrame[Any]:
    """Return all rows in memory.

    Raises
    ------
    InputError
        If there are more than `max_rows`: nobody is to wait for a collect that was not asked for.
    """
    if isinstance(frame, nw.DataFrame):
        return frame
    rows = row_count(frame)
    if rows > max_rows:
        problem = f"has {rows:,} rows, more than the {max_rows:,} that are brought into memory"
        raise InputError(argument, f"{problem}; aggregate or sample it first")
    return frame.collect()


def sample_rows(frame: Frame, max_rows: int, *, seed: int, argument: str = "data") -> Sample:
    """Return at most `max_rows` rows in memory, drawn without replacement, in their order.

    Raises
    ------
    InputError
        If there are no rows, or a lazy backend has no way to draw rows at random.
    """
    total = require_rows(frame, argument)
    if total <= max_rows:
        rows = frame if isinstance(frame, nw.DataFrame) else frame.collect()
        return Sample(rows, total, total, seed)
    if isinstance(frame, nw.LazyFrame):
        rows = _lazy_sample(frame, max_rows, total, seed, argument)
        return Sample(rows, len(rows), total, seed)
    places = np.sort(np.random.default_rng(seed).choice(total, max_rows, replace=False))
    return Sample(frame[places.tolist()], max_rows, total, seed)


def _lazy_sample(
    frame: nw.LazyFrame[Any], max_rows: int, total: int, seed: int, argument: str
) -> nw.DataFrame[Any]:
    implementation = frame.implementation
    native = frame.to_native()
    if implementation.is_polars():  # the one lazy backend whose rows have an order
        places = np.random.default_rng(seed).choice(total, max_rows, replace=False)
        row = "__mlscore_row__"
        numbered = frame.with_row_index(row, order_by=None)  # type: ignore[arg-type]
        chosen = numbered.filter(nw.col(row).is_in(places.tolist()))
        return chosen.drop(row).collect()
    if implementation.is_duckdb():
        # A reservoir draws exactly that many rows, each with the same chance.
        drawn = native.query(
            "mlscore_rows",
            f"SELECT * FROM mlscore_rows USING SAMPLE reservoir({max_rows:d} ROWS)"  # noqa: S608 - integers
            f" REPEATABLE ({seed:d})",
        )
        return nw.from_native(drawn).collect()
    if implementation.is_pyspark() or implementation.is_pyspark_connect():
        drawn = native.sample(fraction=min(1.0, 1.1 * max_rows / total), seed=seed).limit(max_rows)
        return nw.from_native(drawn).collect()
    problem = f"has {total:,} rows in {implementation}, from which no sample can be drawn"
    raise InputError(argument, f"{problem}; give at most {max_rows:,} rows")


def column_values(frame: nw.DataFrame[Any], column: str) -> np.ndarray:
    """Return a column in memory as an array of shape (n_rows,).

    Nulls of numbers become NaN, and all others None: libraries have nulls of their own, which
    neither equal anything nor are true or false.
    """
    series = frame[column]
    if not series.null_count():
        return series.to_numpy()
    if series.dtype.is_numeric():
        return series.cast(nw.Float64).to_numpy()
    values = series.to_numpy().astype(object)
    values[series.is_null().to_numpy()] = None
    return values
