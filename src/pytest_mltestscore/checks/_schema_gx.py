"""Holding data against an expectation suite of Great Expectations."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..domain.errors import InputError
from ..domain.text import clean_line
from ._frames import Frame, collected, read_frame, row_count
from ._optional import load
from ._schema_validation import Validation, Violation

_SUBJECTS = ("column", "column_A", "column_list", "column_set")
_FACTORY = "great_expectations.data_context.data_context.context_factory"


def is_suite(schema: Any) -> bool:
    """Whether a schema is a suite of Great Expectations, as an object or as its saved JSON."""
    if isinstance(schema, Mapping):
        return isinstance(schema.get("expectations"), list) and "columns" not in schema
    return any(b.__module__.startswith("great_expectations.") for b in type(schema).__mro__)


def validate_by_gx(data: Any, suite: Any) -> Validation:
    """Hold data against an expectation suite, in a context of its own that leaves nothing behind.

    pandas and Spark are given as they are; other frames are copied into pandas, up to a million
    rows of a lazy one.

    Raises
    ------
    InputError
        If the suite is empty or cannot be read, or a lazy frame is too large.
    """
    gx = load_gx()
    suite = _suite(gx, suite)
    if not suite.expectations:
        raise InputError("schema", "is a suite without expectations; give some")
    frame = read_frame(data)
    native, note = _native(frame)
    with _own_context(gx) as context:
        sources = context.data_sources
        source = sources.add_spark("data") if _is_spark(frame) else sources.add_pandas("data")
        asset = source.add_dataframe_asset("data")
        batch = asset.add_batch_definition_whole_dataframe("data").get_batch({"dataframe": native})
        report = batch.validate(suite, result_format="BASIC")
    rows = row_count(frame)
    found = [_violation(result, rows) for result in report.results if not result.success]
    found.sort(key=lambda v: (v.of_values, -v.share))
    return Validation(rows, len(report.results), tuple(found), (note,) if note else ())


def load_gx() -> Any:
    """Import Great Expectations, without telemetry, and without warnings that are its own."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return load("great_expectations", extra="gx")


def _suite(gx: Any, suite: Any) -> Any:
    if not isinstance(suite, Mapping):
        return suite
    try:
        # Files from before version 1 say `expectation_type`.
        wanted = [
            {"type": e.get("type") or e["expectation_type"], "kwargs": e.get("kwargs", {})}
            for e in suite["expectations"]
        ]
        name = str(suite.get("name") or suite.get("expectation_suite_name") or "suite")
        built = gx.ExpectationSuite(name=name, expectations=wanted)
    except Exception as error:  # whatever a saved suite makes it raise
        problem = clean_line(f"{type(error).__name__}: {error}", limit=500)
        raise InputError("schema", f"is no suite that can be read: {problem}") from error
    # What it does not know it logs and leaves out, and the rest would then pass.
    _require_all([e["type"] for e in wanted], [e.expectation_type for e in built.expectations])
    return built


def _require_all(wanted: list[str], built: list[str]) -> None:
    lost = Counter(wanted) - Counter(built)
    if lost:
        names = ", ".join(sorted(lost))
        problem = f"has expectations that Great Expectations cannot read: {names}"
        raise InputError("schema", f"{problem}; see its log for the reason")


def _native(frame: Frame) -> tuple[Any, str]:
    """Return a frame that Great Expectations takes, and a note if it is a copy."""
    if _is_spark(frame) or frame.implementation.is_pandas():
        return frame.to_native(), ""
    copied = collected(frame).to_pandas()
    return copied, f"copied into pandas for Great Expectations: {len(copied):,} rows"


def _is_spark(frame: Frame) -> bool:
    return frame.implementation.is_pyspark() or frame.implementation.is_pyspark_connect()


@contextmanager
def _own_context(gx: Any) -> Iterator[Any]:
    """Make a context in memory, and give the process back the one that it had."""
    manager = load(_FACTORY, extra="gx").project_manager
    try:
        before = manager._project
    except Exception:  # noqa: BLE001 - none is set; the type of error changed between versions
        before = None
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    try:
        yield context
    finally:
        manager.set_project(before)


def _violation(result: Any, rows: int) -> Violation:
    config, details = result.expectation_config, result.result or {}
    unexpected = details.get("unexpected_count")
    broken = rows if unexpected is None else int(unexpected)
    return Violation(
        column=_column(config.kwargs),
        expectation=_words(config),
        found=_found(result, details),
        rows=broken,
        share=broken / rows if rows else 0.0,
        of_values=unexpected is not None and "null" not in config.type,
    )


def _column(kwargs: Mapping[str, Any]) -> str:
    for key in _SUBJECTS:
        if key in kwargs:
            named = kwargs[key]
            return named if isinstance(named, str) else ", ".join(map(str, named))
    return ""


def _words(config: Any) -> str:
    """Return `values_to_be_between (min_value 0, max_value 3)` for an expectation."""
    name = config.type.removeprefix("expect_").removeprefix("column_")
    left_out = {*_SUBJECTS, "batch_id", "column_B"}
    limits = [f"{k} {v}" for k, v in config.kwargs.items() if k not in left_out and v is not None]
    return clean_line(f"{name} ({', '.join(limits)})" if limits else name, limit=120)


def _found(result: Any, details: Mapping[str, Any]) -> str:
    raised = _raised(result.exception_info or {})
    if raised:
        return clean_line(f"could not be judged: {raised}", limit=200)
    if "unexpected_count" in details:
        count = int(details["unexpected_count"])
        return "1 value" if count == 1 else f"{count:,} values"
    observed = details.get("observed_value")
    # Lists and text may hold values of the data.
    return f"{observed:.6g}" if isinstance(observed, int | float) else "not met"


def _raised(info: Mapping[str, Any]) -> str:
    """Return the first message of an expectation that failed by raising."""
    entries = [info, *(v for v in info.values() if isinstance(v, Mapping))]
    return next((str(e.get("exception_message")) for e in entries if e.get("raised_exception")), "")
