"""Clones of git repositories to be damaged. They share objects with the original, and no files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ._fault import NothingToDamageError
from ._files import a_folder, as_given, is_path

_SETTINGS = {
    "user.name": "Mallory",
    "user.email": "mallory@example.org",
    "commit.gpgsign": "false",
    "tag.gpgsign": "false",
    "core.hooksPath": os.devnull,
    "advice.detachedHead": "false",
}
TIMEOUT_S = 60


def is_repository(value: Any) -> bool:
    """Whether a value is the path of a folder in a work tree of git."""
    return is_path(value) and Path(value).is_dir() and _top(Path(value)) is not None


def _top(folder: Path) -> Path | None:
    folder = folder.absolute()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)


class Clone:
    """A clone of a repository, and the folder in it that stands for the one that was given."""

    def __init__(self, value: Any, *options: str) -> None:
        if shutil.which("git") is None:
            raise NothingToDamageError("git is not installed")
        folder = Path(value).absolute()
        top = _top(folder)
        assert top is not None  # it fits
        self.root = a_folder() / (top.name or "repository")
        self._value = value
        self._folder = self.root / folder.relative_to(top)
        source = top.as_uri() if options else str(top)
        _git(self.root.parent, "clone", "-q", *(options or ("--shared",)), source, str(self.root))
        if not self._folder.is_dir():
            raise NothingToDamageError("the folder is not committed")

    def git(self, *arguments: str, **env: str) -> str:
        """Run git in the clone."""
        return _git(self.root, *arguments, **env)

    def tracked(self, limit: int = 1_000) -> list[Path]:
        """Return the text files that are tracked in the folder that was given."""
        names = _git(self._folder, "grep", "-I", "--name-only", "-z", "-e", "").split("\0")
        files = [self._folder / name for name in names if name]
        if not files:
            raise NothingToDamageError("it has no text files")
        if len(files) > limit:
            raise NothingToDamageError(f"it has more than {limit:,} text files")
        return [file for file in files if file.is_file() and not file.is_symlink()]

    def edit(self) -> None:
        """Add an empty line to every text file."""
        for file in self.tracked():
            file.write_bytes(file.read_bytes() + b"\n")

    def commit(self, message: str) -> None:
        """Commit what is staged and what is changed, a minute after the last commit."""
        date = f"@{int(self.git('log', '-1', '--format=%ct')) + 60} +0000"
        self.git("commit", "-aqm", message, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)

    @property
    def path(self) -> Any:
        """The folder, as the kind of value that was given."""
        return as_given(self._folder, self._value)


def _git(folder: Path, *arguments: str, **env: str) -> str:
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    # Variables of a hook that runs the tests would lead to the original.
    environ = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environ |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **env}
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *settings, *arguments],  # noqa: S607 - the one that is first on the path
            cwd=folder,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or error
        raise NothingToDamageError(f"git {arguments[0]} failed: {said}") from error
    return done.stdout.strip()
