"""Whether the upstream tables are still those that were looked at: content, columns, rows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from flights import data

ACCEPTED = Path(__file__).parent.parent / "upstream.toml"


def changes(files: dict[str, Path] | None = None, accepted: Path = ACCEPTED) -> list[str]:
    """Return what differs from the accepted state; `files` replaces the installed ones.

    Whoever has looked at a change writes the new state into `upstream.toml`.
    """
    found = []
    known: dict[str, dict[str, Any]] = tomllib.loads(accepted.read_text("utf-8"))
    for name, state in known.items():
        path = (files or {}).get(name) or data.source_path(name)
        if data.content_digest(path) == state["sha256"]:
            continue
        table = pd.read_csv(path)
        found.append(f"{name}: the content is not what was accepted")
        gone = [c for c in state["columns"] if c not in table]
        new = [c for c in table if c not in state["columns"]]
        found += [f"{name}: column {column} is gone" for column in gone]
        found += [f"{name}: column {column} is new" for column in new]
        if len(table) != state["rows"]:
            found.append(f"{name}: {len(table)} rows, {state['rows']} before")
    return found
