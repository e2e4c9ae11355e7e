"""The call by which a test reads a table."""

from __future__ import annotations

from ._data_choice import LARGE, Chosen
from ._facts import Table
from ._python import text

FIRST_ROWS = 100_000


def read_call(table: Table | None, chosen: Chosen) -> str:
    """Return the call that reads a table; of none, that of one that might be there."""
    short = "pd" if chosen.library == "pandas" else "pl"
    if table is None:
        return f'{short}.read_csv(ROOT / "data.csv")'
    place = f"ROOT / {text(table.path)}"
    if not table.is_csv:
        return f"{short}.read_parquet({place})"
    options = []
    if table.separator != ",":
        options.append(f"{'sep' if short == 'pd' else 'separator'}={text(table.separator)}")
    if short == "pl" and table.columns:
        options.append("infer_schema_length=None")
    if table.size > LARGE:
        options.append(f"{'nrows' if short == 'pd' else 'n_rows'}={FIRST_ROWS:_}")
    return f"{short}.read_csv({', '.join([place, *options])})"
