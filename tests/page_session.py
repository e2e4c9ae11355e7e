"""A page that is followed from top to bottom, as a reader would: files, edits, commands, output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import inner_runs
from pages import Block, write_files

# What differs from run to run and from machine to machine.
_VOLATILE = [
    (re.compile(r"\bin \d+\.\d\ds(?: \(\d:\d\d:\d\d\))?"), "in 0.00s"),
    (re.compile(r"=+( .* )=+"), r"=\1="),
]

# The environment of the test is that of the reader.
_INSTALLS = ("python3 -m venv ", ". .venv/bin/activate", "pip install ")


@dataclass
class Session:
    """A folder in which the blocks of a page are carried out one by one."""

    folder: Path
    said: str = ""
    """What the commands of the last shell block printed."""
    codes: list[int] = field(default_factory=list)
    """With which codes they ended."""

    def follow(self, block: Block) -> None:
        """Do what a block says, or see that it is what was said."""
        if block.language == "sh":
            self._commands(block)
        elif block.language == "diff":
            self._edit(block)
        elif block.language == "text":
            assert steady(block.text) in steady(self.said), (
                f"{block.place} is not in what was printed:\n{self.said}"
            )
        else:
            assert block.file, f"{block.place} names no file in its first line"
            write_files([block], self.folder)

    def _commands(self, block: Block) -> None:
        self.said, self.codes = "", []
        for line in block.text.splitlines():
            if line.startswith(_INSTALLS):
                continue
            if line.startswith("cd "):
                self.folder /= line.removeprefix("cd ")
                continue
            done = subprocess.run(
                command(line),
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                check=False,
            )
            self.said += done.stdout
            self.codes.append(done.returncode)

    def _edit(self, block: Block) -> None:
        """Replace what has a minus by what has a plus; lines with neither say where."""
        first, _, body = block.text.partition("\n")
        path = self.folder / first.removeprefix("--- ")
        lines = body.splitlines()
        before, after = (
            "".join(f"{line[1:]}\n" for line in lines if not line.startswith(sign)) for sign in "+-"
        )
        text = path.read_text("utf-8")
        assert text.count(before) == 1, f"{block.place} fits {text.count(before)} times\n{text}"
        path.write_text(text.replace(before, after), encoding="utf-8")


def command(line: str) -> list[str]:
    """Return a line of a shell block as a command that starts this Python and this package."""
    program, *words = shlex.split(line, comments=True)
    if program == "pytest":
        return inner_runs.command(*words)
    if program == "mlscore":
        return [sys.executable, "-m", "pytest_mltestscore.cli", *words]
    return [sys.executable if program == "python" else program, *words]


def steady(text: str) -> str:
    """Put what differs between two runs to what it always can be."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _environment() -> dict[str, str]:
    """Return this environment, with a person at git whose settings are nobody's."""
    who = {"NAME": "Ada", "EMAIL": "ada@example.org"}
    git = {f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who}
    nobody = {f"GIT_CONFIG_{scope}": os.devnull for scope in ("GLOBAL", "SYSTEM")}
    # Pages have limits in milliseconds, and what they run is measured elsewhere.
    return inner_runs.environment(
        **git, **nobody, **inner_runs.UNMEASURED, PYTHONIOENCODING="utf-8"
    )
