"""Pages of the documentation that are made: written anew, or found to be stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def keep(page: Path, content: str, tool: str, about: str, arguments: Sequence[str] | None) -> int:
    """Write a page, or with `--check` say whether it is stale; return the exit code.

    `tool` is the file that makes the page, and `about` what it says of itself.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit 1 when the page is stale")
    check = parser.parse_args(arguments).check
    if page.is_file() and page.read_text(encoding="utf-8") == content:
        return 0
    if check:
        mend = f"run `python tools/{Path(tool).name}`"
        print(f"{page.name} is stale: {mend}", file=sys.stderr)
        return 1
    page.write_text(content, encoding="utf-8")
    print(f"wrote {page.name}")
    return 0
