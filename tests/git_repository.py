"""Real git repositories of any past, made in one call: dates, authors, merges, messages."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

AVAILABLE = shutil.which("git") is not None
ADA, BOB, CAT = (f"{name} <{name.lower()}@example.org>" for name in ("Ada", "Bob", "Cat"))


@dataclass(frozen=True)
class Change:
    """A commit to be made. Files of None are deleted."""

    files: dict[str, str | None] = field(default_factory=dict)
    author: str = ADA
    committer: str | None = None
    day: float = 0
    message: str = "A change"
    branch: str = "main"
    merges: str | None = None
    """A branch that is merged into this one."""
    starts: str | None = None
    """A branch that this one starts from."""
    tag: str | None = None


START = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def make_repository(root: Path, changes: list[Change]) -> Path:
    """Make a repository with `main` checked out."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    stream = "".join(_commit(change) for change in changes) + "done\n"
    git(root, "fast-import", "--quiet", "--done", given=stream)
    git(root, "reset", "-q", "--hard", "main")
    return root


def git(root: Path, *arguments: str, given: str | None = None) -> str:
    """Run git apart from the settings of whoever runs the tests."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(root),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=environ,
        input=given,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def _commit(change: Change) -> str:
    when = f"{int((START + dt.timedelta(days=change.day)).timestamp())} +0000"
    lines = [
        f"commit refs/heads/{change.branch}",
        f"author {change.author} {when}",
        f"committer {change.committer or change.author} {when}",
        _data(change.message),
    ]
    if change.starts:
        lines.append(f"from refs/heads/{change.starts}")
    if change.merges:
        lines.append(f"merge refs/heads/{change.merges}")
    for path, text in change.files.items():
        lines.append(f"D {path}" if text is None else f"M 100644 inline {path}\n{_data(text)}")
    if change.tag:
        lines += [f"reset refs/tags/{change.tag}", f"from refs/heads/{change.branch}"]
    return "\n".join(lines) + "\n\n"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"
