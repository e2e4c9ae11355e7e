"""Versions of the model in a folder, and which of them serves.

python -m credit.registry FOLDER promote 2
python -m credit.registry FOLDER rollback
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import joblib


class Registry:
    """`<version>/model.joblib` with `<version>/about.json`; `serving.json` lists promotions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, version: str, model: Any, about: dict[str, Any]) -> None:
        """Store a version with what is to be known of it."""
        place = self.folder / version
        place.mkdir(parents=True)
        joblib.dump(model, place / "model.joblib")
        (place / "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")

    def load(self, version: str) -> Any:
        """Return the model of a version. It is our own file: joblib trusts what it reads."""
        return joblib.load(self.folder / version / "model.joblib")

    def about(self, version: str) -> dict[str, Any]:
        """Return what is known of a version."""
        found: dict[str, Any] = json.loads((self.folder / version / "about.json").read_text())
        return found

    @property
    def promotions(self) -> list[str]:
        """Versions in the order in which they began to serve."""
        log = self.folder / "serving.json"
        found: list[str] = json.loads(log.read_text()) if log.is_file() else []
        return found

    @property
    def serving(self) -> str:
        """The version that serves."""
        return self.promotions[-1]

    def promote(self, version: str) -> None:
        """Let a version serve; it must be there and load. One that serves already goes on."""
        self.load(version)
        if self.promotions[-1:] != [version]:  # or the way back would lead to itself
            self._write([*self.promotions, version])

    def rollback(self) -> str:
        """Let the version serve again that served before, and return it."""
        before = self.promotions[:-1]
        if not before:
            raise SystemExit("there is no earlier version to go back to")
        self.load(before[-1])
        self._write(before)
        return before[-1]

    def _write(self, promotions: list[str]) -> None:
        draft = self.folder / "serving.json.new"
        draft.write_text(json.dumps(promotions), encoding="utf-8")
        draft.replace(self.folder / "serving.json")


def main() -> None:
    """Promote a version, or go back."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("promote").add_argument("version")
    commands.add_parser("rollback")
    given = parser.parse_args()
    registry = Registry(given.folder)
    if given.command == "promote":
        registry.promote(given.version)
    else:
        registry.rollback()
    print(f"version {registry.serving} serves")


if __name__ == "__main__":
    main()
