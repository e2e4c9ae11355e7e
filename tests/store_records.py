"""Run records for stores, as the JSON that a run writes."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from msgspec.structs import replace

import sample_records
from pytest_mltestscore.domain.record import Record
from pytest_mltestscore.reporters.to_json import render

START = dt.datetime(2026, 3, 2, 8, 15, 30, tzinfo=dt.UTC)


@cache
def _base() -> Record:
    return sample_records.mixed()


def record(number: int = 0, *, system: str = "churn", **run: Any) -> Record:
    """Return the record of a run; each number is another one, a minute after the one before."""
    base = _base()
    facts = {
        "id": f"{number:032x}",
        "started_at": (START + dt.timedelta(minutes=number)).isoformat(),
    }
    return replace(base, system=system, run=replace(base.run, **{**facts, **run}))


def content(number: int = 0, *, system: str = "churn", **run: Any) -> bytes:
    """Return the bytes of such a record."""
    return render(record(number, system=system, **run)).encode()
