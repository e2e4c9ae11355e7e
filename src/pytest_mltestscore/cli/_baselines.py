"""The baseline that a command was given: a file, or a run in a store, read for each system."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ..domain.errors import ConfigError
from ..domain.record import Baseline, Record
from ..domain.text import clean_line
from ..scoring.diff import baseline_from, missing_baseline, recompare, yardstick_of
from ..scoring.loosened import loosened
from ..store import newest_record, reference
from ._failure import CommandError
from ._records import STDIN, label, read_all
from ._store import opened


def baselines(args: argparse.Namespace) -> Callable[[Record], Baseline | None]:
    """Return what gives the baseline of a record. A file is read once for all systems."""
    if args.baseline is None:
        return lambda record: record.baseline
    try:
        wanted = reference(args.baseline)
    except ConfigError as error:
        raise CommandError(f"--baseline: {error}") from None
    if wanted is None:
        in_file = _from_file(args.baseline)
        return lambda record: _compared(in_file, record, label(args.baseline))

    def from_store(record: Record) -> Baseline:
        with opened(args) as store:
            found = newest_record(store, record.system, wanted)
        return _compared([found] if found else [], record, label(args.baseline))

    return from_store


def _compared(records: Sequence[Record], record: Record, source: str) -> Baseline:
    """Compare a record. A baseline that does not exist yet is no error, as on a first run."""
    if not records:
        return missing_baseline(source)
    old = next((r for r in records if r.system == record.system), None)
    if old is None and len(records) > 1:  # it is new among several
        return missing_baseline(f"{source} (system {clean_line(record.system)})")
    # Of another system it cannot be compared, which the verdict then says.
    old = old or records[0]
    baseline = baseline_from(old, source, yardstick_of(record))
    if baseline.status != "compared":
        return baseline
    compared = recompare(baseline, record.items)
    return msgspec.structs.replace(compared, loosened=loosened(old, record))


def _from_file(path: str) -> list[Record]:
    return read_all([path]) if path == STDIN or Path(path).exists() else []
