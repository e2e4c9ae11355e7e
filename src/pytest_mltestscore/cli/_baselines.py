"""The baseline that a command was given: a file, or a run in a store, read for each system."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ..domain.errors import ConfigError
from ..domain.record import Baseline, Record
from ..provenance import today
from ..scoring.diff import baseline_among, recompare, yardstick_of
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
        wanted = reference(args.baseline, store_option="--store")
    except ConfigError as error:
        raise CommandError(f"--baseline: {error}") from None
    if wanted is None:
        in_file = _from_file(args.baseline)
        return lambda record: _compared(in_file, record, label(args.baseline), "")

    def from_store(record: Record) -> Baseline:
        with opened(args) as store:
            found = newest_record(
                store, record.system, wanted, now=today(args.now, {}), beside=record.run.commit
            )
        records = [found.record] if found.record else []
        return _compared(records, record, label(args.baseline), found.instead)

    return from_store


def _compared(records: Sequence[Record], record: Record, source: str, instead: str) -> Baseline:
    """Compare a record. A baseline that does not exist yet is no error, as on a first run."""
    new = yardstick_of(record)
    several = len(records) > 1
    baseline, old = baseline_among(records, source, new, several=several, instead=instead)
    if old is None or baseline.status != "compared":
        return baseline
    compared = recompare(baseline, record.items)
    return msgspec.structs.replace(compared, loosened=loosened(old, record))


def _from_file(path: str) -> list[Record]:
    return read_all([path]) if path == STDIN or Path(path).exists() else []
