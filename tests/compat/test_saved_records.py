"""Records that earlier versions wrote still load, and say today what they said then.

A file in `records/` is named for its schema version and never changes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_mltestscore.domain.reading import parse
from pytest_mltestscore.reporters import REPORTERS

SAVED = sorted((Path(__file__).parent / "records").glob("*.json"))
EXPECTED = {"1.0": (2.5, "failed", 28)}


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_saved_record(path):
    (record,) = parse(path.read_bytes(), path.name)
    assert record.schema_version == path.stem
    assert (record.score.final, record.gate.status, len(record.items)) == EXPECTED[path.stem]
    assert all(reporter.render(record) for reporter in REPORTERS)
