"""Count how often suggestions of `mlscore audit` are right, and write it into the docs.

    python tools/audit_table.py          # prints the table and writes it
    python tools/audit_table.py --check  # writes nothing; exit 1 if the docs say something else

The labelled tests are in `tests/audit/labelled.json`, and `tests/audit/README.md` says how they
were labelled. The table is in `docs/how-to/audit.md`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from audit.measure import table  # noqa: E402

PAGE = ROOT / "docs" / "how-to" / "audit.md"
BEGIN, END = "<!-- table of tools/audit_table.py -->\n", "<!-- end of table -->\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or say that it is stale."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="exit 1 when the table is stale")
    given = parser.parse_args(arguments)
    before = PAGE.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    after = f"{head}{BEGIN}{table()}{END}{tail}"
    if given.check:
        if after != before:
            print(f"{PAGE.name}: run `python tools/audit_table.py`", file=sys.stderr)
        return int(after != before)
    PAGE.write_text(after, encoding="utf-8")
    print(table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
