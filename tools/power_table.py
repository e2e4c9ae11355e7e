"""Measure how often checks find planted damage, and how often they cry wolf.

    python tools/power_table.py                      # rows that are missing, stale, or of few seeds
    python tools/power_table.py --only infra.canary  # one check
    python tools/power_table.py --jobs 2             # two checks at a time; some measure time,
                                                     # so leave cores to spare
    python tools/power_table.py --check              # measure nothing; exit 1 if it is stale

The table is `docs/reference/power.json`, written after every check, so a run that was stopped goes
on where it was. `docs/reference/power.md` is made from it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from power.case import Case, Damage, alarms, all_cases, detects  # noqa: E402
from pytest_mltestscore.checks._statistics import wilson_interval  # noqa: E402

TABLE = ROOT / "docs" / "reference" / "power.json"
PAGE = TABLE.with_suffix(".md")
EXACT_SEEDS = 20

HEAD = """# Power of the checks

How often each check finds planted damage, and how often it raises a false alarm in a clean world:
counts over seeds, with 95 % Wilson intervals. Made by `tools/power_table.py` from the cases in
`tests/power/cases/`, which say what the worlds and damages are. Sizes in bold are those from which
a check is said to find the damage. *Exact* checks leave nothing to chance and are run on fewer
seeds.
"""


def measured_side_by_side(
    checks: Sequence[str], seeds: int, jobs: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each check with its row, as soon as it is there."""
    # Spawned, since the libraries of some cases have threads that do not outlive a fork.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        waiting = {pool.submit(measured, check, seeds): check for check in checks}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:  # whoever stops this, or whatever fails, need not wait for what has not begun
        pool.shutdown(cancel_futures=True)


def measured(check: str, seeds: int) -> dict[str, Any]:
    """Run the case of a check on many seeds."""
    case = all_cases()[check]
    seeds = wanted(case, seeds)
    return {
        "digest": case.digest,
        "exact": case.exact,
        "seeds": seeds,
        "false_alarms": sum(alarms(case, seed) for seed in range(seeds)),
        "damages": [row(case, damage, seeds) for damage in case.damages],
    }


def wanted(case: Case, seeds: int) -> int:
    """Return on how many seeds a case is run: where nothing is left to chance, on few."""
    return min(seeds, EXACT_SEEDS) if case.exact else seeds


def row(case: Case, damage: Damage, seeds: int) -> dict[str, Any]:
    """Count detections of one damage by size."""
    found = {
        f"{size:g}": sum(detects(case, damage, size, seed) for seed in range(seeds))
        for size in damage.sizes
    }
    return {
        "name": damage.name,
        "unit": damage.unit,
        "documented": f"{damage.documented:g}",
        "found": found,
    }


def page(table: dict[str, Any]) -> str:
    """Return the table as a page of the documentation."""
    lines = [HEAD]
    for check, entry in sorted(table.items()):
        seeds = entry["seeds"]
        kind = "exact, " if entry["exact"] else ""
        lines.append(f"## {check}\n")
        lines.append(f"{kind}{seeds} seeds, false alarms {share(entry['false_alarms'], seeds)}\n")
        lines.append("| damage | size | found |\n| --- | --- | --- |")
        for damage in entry["damages"]:
            for size, found in sorted(damage["found"].items(), key=lambda entry: float(entry[0])):
                shown = f"**{size}**" if size == damage["documented"] else size
                unit = damage["unit"]
                lines.append(f"| {damage['name']} | {shown} {unit} | {share(found, seeds)} |")
        lines.append("")
    return "\n".join(lines)


def share(count: int, seeds: int) -> str:
    """Return a share with its interval, in per cent."""
    low, high = wilson_interval(count, seeds)
    return f"{count / seeds:.1%} ({low:.1%} to {high:.1%})"


def main(arguments: list[str] | None = None) -> int:
    """Measure what is missing, or say what is stale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--only", action="append", help="name of a check; repeatable")
    parser.add_argument("--jobs", type=int, default=1, help="checks at a time; fewer than cores")
    parser.add_argument("--check", action="store_true", help="exit 1 when the table is stale")
    given = parser.parse_args(arguments)
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}
    cases = all_cases()
    unknown = [check for check in given.only or () if check not in cases]
    if unknown:
        parser.error(f"no case of {', '.join(unknown)}; there are {', '.join(cases)}")
    table = {check: entry for check, entry in table.items() if check in cases}
    stale = [c for c in cases if table.get(c, {}).get("digest") != cases[c].digest]
    if given.check:
        for check in stale:
            print(f"{check}: run `python tools/power_table.py --only {check}`", file=sys.stderr)
        return 1 if stale else 0
    few = [c for c in cases if c in table and table[c]["seeds"] < wanted(cases[c], given.seeds)]
    chosen = given.only or [c for c in cases if c in stale or c in few]
    found = measured_side_by_side(chosen, given.seeds, given.jobs)
    for number, (check, entry) in enumerate(found, start=1):
        table[check] = entry
        print(f"{number} of {len(chosen)}: {check}", flush=True)
        TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        PAGE.write_text(page(table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
