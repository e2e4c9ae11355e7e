"""The same rows in the frame of every library that checks are said to take."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

import pandas as pd

import needs

KINDS = ("pandas", "polars", "polars lazy", "pyarrow", "duckdb", "pyspark")


def to_kind(kind: str, rows: pd.DataFrame) -> Any:
    """Return rows as a frame of another library, missing values as nulls; skips what is missing."""
    if kind == "pandas":
        return rows
    needs.module("pyarrow")
    import pyarrow as pa

    table = pa.Table.from_pandas(rows, preserve_index=False)  # turns NaN into null
    if kind == "pyarrow":
        return table
    if kind == "duckdb":
        needs.module("duckdb")
        import duckdb

        return duckdb.connect().from_arrow(table)
    if kind == "pyspark":
        return _spark().createDataFrame(table)
    needs.module("polars")
    import polars as pl

    frame = pl.from_arrow(table)
    return frame.lazy() if kind == "polars lazy" else frame


@functools.cache
def _spark() -> Any:
    needs.optional("pyspark")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # else workers take whatever python3 is
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",  # times here have no zone
    }
    builder = SparkSession.builder.master("local[2]").config(map=settings)
    return builder.getOrCreate()
