"""Write `constraints.txt` from the environment that this runs in.

Run by `tox -e constraints`, which makes a new environment with the `dev` extra on the oldest
Python that is supported, so that every pin has a build for all of them. Names and versions only:
no hashes and no addresses, so that any package index serves.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HEADER = """\
# The versions that the tests are run with, on every Python that is supported.
# Made by `tox -e constraints`; do not edit. Use: pip install -c constraints.txt -e '.[dev]'
"""
PIN = re.compile(r"[A-Za-z0-9._-]+==[^\s@;]+")


def main() -> int:
    """Write the file and say how many pins it has."""
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--exclude-editable"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    pins = sorted((line for line in frozen if PIN.fullmatch(line)), key=str.casefold)
    if not pins:
        sys.exit("nothing is installed here: run `tox -e constraints`")
    target = Path(__file__).parent.parent / "constraints.txt"
    target.write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(pins)} versions")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
