"""Print one of the commands of the README, as it stands there.

`python readme_command.py NAME`: NAME is `example` or `tests`. Each stands in a fenced `sh` block
right below a comment `<!-- ci: NAME -->`. There are exactly these two, and each is one command: the
lines of a block are joined by a backslash or by what ends in `&&`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(
    r"^<!-- ci: (?P<name>\w+) -->\n+```sh\n(?P<command>.*?)\n```$", re.MULTILINE | re.DOTALL
)
NAMES = ["example", "tests"]


def commands(text: str) -> dict[str, str]:
    """Return the marked commands by name; exits with what is wrong if the README breaks a rule."""
    found = {match["name"]: match["command"] for match in BLOCK.finditer(text)}
    if sorted(found) != NAMES or text.count("<!-- ci: ") != len(NAMES):
        sys.exit(f"README.md must have one marked command each of {NAMES}, it has {list(found)}")
    for name, command in found.items():
        *inner, _last = command.splitlines()
        if any(not line.rstrip().endswith(("\\", "&&")) for line in inner):
            sys.exit(f"README.md: {name!r} is more than one command:\n{command}")
    return found


if __name__ == "__main__":
    print(commands(README.read_text("utf-8"))[sys.argv[1]])
