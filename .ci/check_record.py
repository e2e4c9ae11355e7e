"""Check run records from outside, with nothing of the package.

`verify RECORD SCHEMA` validates a record and works its score out again from its tests.
`same ONE TWO` compares two records, leaving out what may differ between two runs of one system.
`same-but-gate ONE TWO` leaves out the gate too, for runs of which one was asked for a floor.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema

BLOCKING = {"crashed", "incomplete", "error", "failed"}
FRESH = {"fresh", "expiring"}
RUN_FACTS = {"run", "generator", "notes", "duration_s"}


def main() -> int:
    """Run the subcommand; the exit status is 1 if anything is not as it should be."""
    command, *paths = sys.argv[1:]
    one, two = (json.loads(Path(path).read_text("utf-8")) for path in paths)
    problems = list(COMMANDS[command](one, two))
    for problem in problems:
        print(f"{command}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{command}: {' and '.join(paths)}: score {one['score']['final']}, all is well")
    return 1 if problems else 0


def verify(record: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a record, by its schema and by the paper's arithmetic."""
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for error in validator(schema).iter_errors(record):
        yield f"{error.json_path}: {error.message[:300]}"

    sums = {section["id"]: 0.0 for section in record["sections"]}
    for item in record["items"]:
        expected = points(item, record)
        if item["points"] != expected:
            yield f"{item['id']}: {item['points']} points, its evidence is worth {expected}"
        sums[item["section"]] += expected
    for section in record["sections"]:
        total = sums[section["id"]]
        if section["score"] != total:
            yield f"section {section['id']}: {section['score']}, its items make {total}"

    score, final = record["score"], min(sums.values())
    if score["final"] != final:
        yield f"score {score['final']}, the lowest section has {final}"
    band = next(band for band in record["rubric"]["bands"] if final <= band["up_to"])
    if score["band"] != band:
        yield f"band {score['band']['key']}, {final} belongs to {band['key']}"
    lowest = [name for name, total in sums.items() if total == final]
    if score["limiting_sections"] != lowest:
        yield f"limiting sections {score['limiting_sections']}, the lowest are {lowest}"


def points(item: dict[str, Any], record: dict[str, Any]) -> float:
    """Work out what an item earns from its tests and its attestation alone."""
    credit = record["rubric"]["credit"]
    outcomes = {test["outcome"] for test in item.get("tests", [])}
    if outcomes & BLOCKING:
        return 0.0
    withheld = record["policy"]["require_ci"] and not record["run"]["ci"]
    if "passed" in outcomes and "not-run" not in outcomes and not withheld:
        return float(credit["automated"])
    attestation = item.get("attestation")
    return float(credit["manual"]) if attestation and attestation["freshness"] in FRESH else 0.0


def differences(one: Any, two: Any, path: str = "$") -> Iterator[str]:
    """Yield the places where two records differ, apart from facts of the run."""
    if type(one) is not type(two):
        yield f"{path}: {one!r} and {two!r}"
    elif isinstance(one, dict):
        for key in sorted((one.keys() | two.keys()) - RUN_FACTS):
            yield from differences(one.get(key), two.get(key), f"{path}.{key}")
    elif isinstance(one, list):
        left, right = without_volatile(one), without_volatile(two)
        if len(left) != len(right):
            yield f"{path}: {len(left)} and {len(right)} entries"
        for index, (a, b) in enumerate(zip(left, right, strict=False)):
            yield from differences(a, b, f"{path}[{index}]")
    elif one != two:
        yield f"{path}: {one!r} and {two!r}"


def differences_but_gate(one: dict[str, Any], two: dict[str, Any]) -> Iterator[str]:
    """Yield the places where two records differ, apart from facts of the run and its floor."""
    yield from differences(without_gate(one), without_gate(two))


def without_gate(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out the verdict on a floor, and the floor that was asked for."""
    config = {name: setting for name, setting in record["config"].items() if name != "fail_under"}
    return {**record, "gate": None, "config": config}


def without_volatile(entries: list[Any]) -> list[Any]:
    """Leave out measurements that are marked as different from run to run."""
    return [e for e in entries if not (isinstance(e, dict) and e.get("volatile"))]


COMMANDS = {"verify": verify, "same": differences, "same-but-gate": differences_but_gate}

if __name__ == "__main__":
    raise SystemExit(main())
