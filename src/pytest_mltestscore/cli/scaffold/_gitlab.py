"""In which stage of a pipeline of GitLab a job can stand, by the text of `.gitlab-ci.yml`.

A job without `stage` is one of `test`; where that is not among the stages, GitLab refuses it all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_STAGES = re.compile(r"^stages:[ \t]*(?:&\w+[ \t]*)?", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_NAME = re.compile(r"[\w.][\w .:/+()-]{0,99}")
_CHECKING = ("test", "tests", "check", "checks", "verify")


def declared_stages(text: str) -> tuple[str, ...]:
    """Return the stages that a file declares, in a list of either form; empty if it has none."""
    bare = _COMMENT.sub("", text.replace("\r\n", "\n"))
    found = _STAGES.search(bare)
    if found is None:
        return ()
    rest = bare[found.end() :]
    items = rest[1 : rest.find("]")].split(",") if rest.startswith("[") else _block(rest)
    names = (item.strip().strip("'\"") for item in items)
    # What is an alias, a tag or a variable names no stage by itself.
    return tuple(name for name in names if _NAME.fullmatch(name))


def _block(rest: str) -> list[str]:
    items: list[str] = []
    for line in rest.split("\n")[1:]:
        item = _ITEM.fullmatch(line)
        if item:
            items.append(item[1])
        elif line.strip():
            break
    return items


def stage_for_tests(stages: Sequence[str]) -> str:
    """Return the stage that a job with tests is to be in; empty where none is declared."""
    checking = [name for name in _CHECKING if name in stages]
    return (checking or [*stages, ""])[0]
