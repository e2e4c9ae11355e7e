"""Telling the people on duty: one line of JSON a message, in the file that their pager reads."""

from __future__ import annotations

import json
from pathlib import Path


class Alerts:
    """The pager's file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, text: str) -> None:
        """Add a message."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"text": text}) + "\n")

    def sent(self) -> list[str]:
        """Return the messages that the pager has."""
        if not self.path.is_file():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["text"] for line in lines]
