"""Commit, branch and state of the checkout, asked of git itself in two short calls."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..domain.text import clean_line
from ._ci import ci_branch

TIMEOUT_S = 10.0

# A git hook sets these for its own repository; what counts here is the one at `root`.
_LOCATING = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",  # leave the index alone: tests may be using it
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
}
# An empty core.fsmonitor starts no hook and no daemon, in old and new versions of git.
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=")
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class GitFacts:
    """What git says of a checkout. None is what it does not say, never a guess."""

    commit: str | None = None
    """Full hash."""
    branch: str | None = None
    dirty: bool | None = None
    """Whether tracked files differ from the commit."""
    shallow: bool | None = None
    """Whether history was cut off when cloning, so that ancestors cannot be known."""


def git_facts(root: Path, environ: Mapping[str, str] | None = None) -> GitFacts:
    """Ask git about the checkout that `root` lies in.

    Every fact is None outside a checkout, without git, and where git refuses to answer or takes
    too long. With a detached HEAD the branch is the one that CI names, if there is CI. Reports
    written into tracked files make a checkout dirty, so ask before writing any.
    """
    environ = os.environ if environ is None else environ
    answer = ask(root, environ, "rev-parse", "--is-shallow-repository", "HEAD",
                 "--symbolic-full-name", "HEAD")  # fmt: skip
    if answer is None:
        return GitFacts()
    shallow, commit, ref = [*answer.splitlines(), "", "", ""][:3]
    changes = ask(
        root, environ, "status", "--porcelain", "--untracked-files=no",
        "--ignore-submodules=untracked",
    )  # fmt: skip
    return GitFacts(
        commit=commit if _HASH.fullmatch(commit) else None,
        branch=_branch(ref, environ),
        dirty=None if changes is None else bool(changes),
        shallow={"true": True, "false": False}.get(shallow),
    )


def _branch(ref: str, environ: Mapping[str, str]) -> str | None:
    if ref == "HEAD":
        return ci_branch(environ)
    return clean_line(ref.removeprefix("refs/heads/")) or None


def ask(root: Path, environ: Mapping[str, str], *arguments: str, text: str = "") -> str | None:
    """Return what git prints; None where it refuses, takes too long, or is not there.

    Names that come from users belong after `--`, or are hashes that git gave before. What git is
    to read from its standard input is `text`.
    """
    env = {k: v for k, v in environ.items() if k not in _LOCATING} | _QUIET
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and no argument of a user's is taken for an option
            [*_GIT, *arguments],
            cwd=root,
            env=env,
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):  # no git, no folder, no answer
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
