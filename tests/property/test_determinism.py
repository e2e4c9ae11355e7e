"""Equal input gives equal bytes, whatever the order in which Python hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from pytest_mltestscore.scoring.merge import merge
from strategies import attestation, reason, row, run, score, settings_of, waiver

ROOT = Path(__file__).parents[2]


def merged_bytes() -> bytes:
    """Score and merge something with many names in it; sets and dicts on the way may reorder it."""
    parts = []
    for part in "abc":
        tests = {
            f"{section}-{n}": [row(f"{part}.py::t{k}", flaky=k % 2 == 0) for k in range(6)]
            + [row(f"{other}.py::t{k}", "not-run") for other in "abcd" for k in range(3)]
            for section in ("data", "model", "infra", "monitor")
            for n in (1, 2, 3)
        }
        record = score(
            tests,
            attestations=[attestation(i) for i in ("data-5", "infra-6", "monitor-7")],
            waivers=[waiver(i, expires=-1) for i in ("data-5", "infra-6", "monitor-7")],
            untagged=[f"{part}.py::u{k}" for k in range(5)],
            config=settings_of(
                fail_under=3,
                fail_under_section={"model": 1, "data": 1, "infra": 1},
                require=["data-1", "model-7"],
                strict=True,
            ),
            of=run(reason("deselected", f"left out of {part}"), reason("arguments"), id=part),
            notes=["three", "one", "two"],
        )
        parts.append(record)
    return msgspec.json.encode(merge(parts, whole=True), order="deterministic")


def test_the_record_does_not_depend_on_the_hash_seed():
    code = "import test_determinism as t, sys; sys.stdout.buffer.write(t.merged_bytes())"
    path = os.pathsep.join(str(ROOT / folder) for folder in ("src", "tests", "tests/property"))
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert found == {merged_bytes()}
