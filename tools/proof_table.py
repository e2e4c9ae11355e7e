"""Have the proof tell sound tests from others, and write into the docs how often it can.

    python tools/proof_table.py             # runs both lists of tests, some 20 seconds
    python tools/proof_table.py --check     # runs nothing; exit 1 if docs and lists do not agree

The lists are in `tests/power/proof/`. What was found is `docs/explanation/proof.json`, and the
tables of `docs/explanation/proof.md` are made from it. `test_proof.py` beside the lists holds that
it is so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from power.proof import lists  # noqa: E402

TABLE = ROOT / "docs" / "explanation" / "proof.json"
PAGE = TABLE.with_suffix(".md")
BEGIN, END = "<!-- tables of tools/proof_table.py -->\n", "<!-- end of tables -->\n"
VERDICT = {True: "proven", False: "unproven"}


def measured() -> dict[str, Any]:
    """Return both lists with what the proof says of each test."""
    found = {}
    for name in lists.LISTS:
        with TemporaryDirectory() as folder:
            told = lists.told(name, Path(folder))
        tests = {test: facts._asdict() for test, facts in told.items()}
        found[name] = {"digest": lists.digest(name), "tests": tests}
    return found


def tables(found: Mapping[str, Any]) -> str:
    """Return both tables of the page."""
    forty, wild = found["suite.py"]["tests"].values(), found["wild.py"]["tests"].values()
    return "\n".join([*_by_kind(forty), "", *_one_by_one(wild), ""])


def _by_kind(tests: Any) -> Iterator[str]:
    yield "| forty tests | proven | unproven |\n| --- | ---: | ---: |"
    counts = Counter((test["style"], test["proven"]) for test in tests)
    for style in sorted({test["style"] for test in tests}):
        yield f"| {style or '**sound**'} | {counts[style, True]} | {counts[style, False]} |"


def _one_by_one(tests: Any) -> Iterator[str]:
    yield "| twenty more | the test is | the proof says |\n| --- | --- | --- |"
    for test in tests:
        verdict, kind = VERDICT[test["proven"]], "sound" if test["sound"] else "weak"
        shown = verdict if test["proven"] == test["sound"] else f"**{verdict}: wrong**"
        yield f"| {test['style']} | {kind} | {shown} |"


def with_tables(page: str, found: Mapping[str, Any]) -> str:
    """Return the page with these tables between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PAGE.name} lacks the marks of the tables")
    return f"{before}{begin}\n{tables(found)}\n{end}{after}"


def stale() -> Iterator[str]:
    """Yield what does not agree with what."""
    found = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.is_file() else {}
    changed = [n for n in lists.LISTS if found.get(n, {}).get("digest") != lists.digest(n)]
    yield from (f"{name} has changed" for name in changed)
    if not changed:
        page = PAGE.read_text(encoding="utf-8")
        if page != with_tables(page, found):
            yield f"{PAGE.name} has other tables than {TABLE.name}"


def main(arguments: list[str] | None = None) -> int:
    """Measure and write, or say what is stale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="run nothing; exit 1 if stale")
    if parser.parse_args(arguments).check:
        reasons = list(stale())
        for reason in reasons:
            print(f"{reason}: run `python tools/proof_table.py`", file=sys.stderr)
        return 1 if reasons else 0
    found = measured()
    TABLE.write_text(json.dumps(found, indent=1, sort_keys=False) + "\n", encoding="utf-8")
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
