"""What git has under some names, asked in one call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from ._git import ask

K = TypeVar("K")


def objects(
    root: Path, environ: Mapping[str, str], kind: str, names: Mapping[K, str]
) -> dict[K, str]:
    """Return the hashes of those objects that there are, and are of a kind such as `commit`.

    `names` are what git knows them by, each on one line. There are none where git does not answer.
    """
    if not names:
        return {}
    answer = ask(
        root, environ, "cat-file", "--batch-check=%(objecttype) %(objectname)",
        text="".join(f"{name}\n" for name in names.values()),
    )  # fmt: skip
    lines = [line.split() for line in (answer or "").splitlines()]
    if len(lines) != len(names):
        return {}
    found = zip(names, lines, strict=True)
    return {key: words[1] for key, words in found if words[0] == kind and len(words) == 2}
