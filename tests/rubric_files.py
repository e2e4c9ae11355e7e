"""Rubrics in files, built for tests: a small sound one, to be damaged, and its writer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Files = dict[str, Any]
"""Content by path: a table, or text or bytes for what no table can hold."""


def small_rubric(sizes: Mapping[str, int] | None = None) -> Files:
    """Return the files of a rubric with as many items in each section as `sizes` says."""
    sizes = sizes or {"alpha": 2, "beta-2": 1}
    header = {
        "id": "ours",
        "version": "1",
        "title": "Our rubric",
        "source": "Made up.",
        "aggregate": "minimum",
        "credit": {"manual": 0.5, "automated": 1},
        "bands": [
            {"key": "none", "up_to": 0, "text": "Nothing."},
            {"key": "all", "up_to": min(sizes.values()), "text": "All."},
        ],
        "sections": [
            {"id": section, "title": section.title(), "long_title": f"The section {section}"}
            for section in sizes
        ],
    }
    files: Files = {"rubric.toml": header}
    for section, size in sizes.items():
        for number in range(1, size + 1):
            name = f"{section}-name-{number}"
            files[f"{section}/{section}-{number}-{name}.toml"] = {
                "id": f"{section}-{number}",
                "name": name,
                "title": "A title",
                "long_title": "A longer title",
                "holds": "It holds.",
                "fails": "It fails.",
                "why": "Because.",
                "manual": "By hand.",
                "automate": "By machine.",
                "remedy": "Mend it.",
                "effort": "low",
                "builds_on": [f"{section}-1"] if number > 1 else [],
                "sources": ["A book"],
            }
    return files


def write_rubric(folder: Path, files: Files) -> Path:
    """Write files into a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = toml(content) if isinstance(content, Mapping) else content
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML, nested tables inline."""
    return "".join(f"{_text(key)} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
