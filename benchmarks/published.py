"""How benchmarks show and keep what they measure."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path


def made_by(script: str, *packages: str) -> str:
    """Say what made the figures, on what."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()}, {os.cpu_count()} cores"
    return f"Made by `benchmarks/{script}` on {python}, {machine}; {versions}."


def table(title: str, *head: str, rows: Iterable[str], text: str = "") -> Iterator[str]:
    """Yield a section with one table, row by row as they are measured."""
    yield from ("", f"## {title}", "")
    if text:
        yield from (text, "")
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from rows


def publish(lines: Iterable[str], output: Path | None) -> None:
    """Print line by line, and keep the lines in a file."""
    kept = []
    for line in lines:
        print(line, flush=True)
        kept.append(line)
    if output:
        output.write_text("\n".join(kept) + "\n", encoding="utf-8")
