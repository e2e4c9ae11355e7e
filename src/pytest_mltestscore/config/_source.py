"""Reading a TOML file that may be anything: absent, a folder, a pipe, binary, or far too large."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from ..domain.tables import parse_toml
from ..domain.text import clean_line

SIZE_LIMIT = 1_000_000
_AT_END = "(at end of document)"


def read_toml(path: Path, *, name: str, lines: list[str]) -> dict[str, Any] | None:
    """Return what is in a TOML file, or None if there is no file, or one that cannot be read.

    In the second case the reason is added to `lines`.
    """
    content = _content(path, name, lines)
    if content is None:
        return None
    content = content.removeprefix(b"\xef\xbb\xbf")  # some editors on Windows put it there
    found: list[str] = []
    table = parse_toml(content, where=name, problems=found)
    lines += [p.replace(_AT_END, f"(at the end, {_end_of(content)})") for p in found]
    return table


def _content(path: Path, name: str, lines: list[str]) -> bytes | None:
    if not os.path.lexists(path):
        return None
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):  # asked before opening: opening a pipe would wait for ever
            kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            lines.append(f"{name}: is {kind}; put a TOML file there, or remove it")
            return None
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        reason = clean_line(error.strerror or str(error))
        lines.append(f"{name}: cannot be read ({reason}); mend that, or remove it")
        return None
    if len(content) > SIZE_LIMIT:
        lines.append(f"{name}: is larger than 1 MB; shorten it")
        return None
    return content


def _end_of(content: bytes) -> str:
    *before, last = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return f"line {len(before) + 1}, column {len(last) + 1}"
