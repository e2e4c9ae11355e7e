"""The call by which a test reads a table."""

from __future__ import annotations

import ast

from ._data_choice import LARGE, Chosen
from ._facts import Table
from ._python import laid_out, remark, text

FIRST_ROWS = 100_000
_ROOT = ast.Name("ROOT", ast.Load())


def read_call(table: Table | None, chosen: Chosen, indent: str = "", taken: int = 0) -> str:
    """Return the call that reads a table; of none, that of one that might be there.

    The arguments are those of the code. Our own are for what it leaves open.
    """
    pandas = chosen.library == "pandas"
    path = table.path if table else "data.csv"
    named = dict(table.reading.options) if table and table.reading else {}
    if table is not None and table.is_csv:
        if table.separator != "," and not named.keys() & {"sep", "delimiter", "separator"}:
            named = {"sep" if pandas else "separator": ast.Constant(table.separator), **named}
        if not pandas and table.columns:
            named.setdefault("infer_schema_length", ast.Constant(None))
        if table.size > LARGE:
            # A number with `_` in it is no literal that a tree could hold.
            named.setdefault("nrows" if pandas else "n_rows", ast.Name(f"{FIRST_ROWS:_}"))
    function = "read_csv" if table is None or table.is_csv else "read_parquet"
    call = ast.Call(
        ast.Attribute(ast.Name("pd" if pandas else "pl", ast.Load()), function, ast.Load()),
        [ast.BinOp(_ROOT, ast.Div(), ast.Constant(path))],
        [ast.keyword(name, value) for name, value in named.items()],
    )
    return laid_out(call, indent, taken)


def read_remark(table: Table, indent: str) -> list[str]:
    """Return the comment on arguments of the code that its call has and ours has not."""
    reading = table.reading
    if reading is None or not reading.left_out:
        return []
    where = f"{text(reading.path)}, line {reading.line}"
    told = f"As in {where}, but without these arguments: {', '.join(reading.left_out)}."
    if table.index:
        told += " The index stays a column, which is no feature."
    return remark(told, indent)
