"""Words that start like ours and mean nothing: pytest passes over them, and so would a gate."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from ..collect.tags import MARKER
from ..domain.errors import nearest
from ..domain.rubric import Rubric
from ..domain.text import clean_line
from .option_list import OPTIONS

_PREFIX = f"{MARKER}_"

# Words and strings of a mark expression, as pytest reads it.
_WORD = re.compile(r"[\w:+\-.\[\]\\/]+")
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")


def refuse_unknown_keys(config: pytest.Config) -> None:
    """End the run for an ini key that nobody reads.

    Raises
    ------
    pytest.UsageError
        Names each such key, and the nearest one that there is.
    """
    content = getattr(config, "_inicfg", None)  # by its public name deprecated in newer versions
    typed = {word.partition("=")[0] for word in config.getoption("override_ini", None) or ()}
    found = {*(config.inicfg if content is None else content), *typed}
    known = {MARKER, *(option.key for option in OPTIONS)}
    names = [option.name for option in OPTIONS]
    file = config.inipath.name if config.inipath else "ini"
    _refuse(
        [
            f"{'-o' if key in typed else file}: unknown key {_shown(key)}; {_mend(key, names)}"
            for key in sorted(found - known)
            if key.startswith(MARKER) and not _is_key(config, key)
        ]
    )


def refuse_unknown_sections(expression: str, rubric: Rubric) -> None:
    """End the run for a section tag in `-m` that no test can have.

    Raises
    ------
    pytest.UsageError
        Names each such word, and the nearest tag that there is.
    """
    sections = [section.id for section in rubric.sections]
    words = set(_WORD.findall(_STRING.sub("", expression)))
    _refuse(
        [
            f"-m: {_shown(word)} is no section tag; {_mend(word, sections)}"
            for word in sorted(words - {_PREFIX + section for section in sections})
            if word.startswith(_PREFIX)
        ]
    )


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise pytest.UsageError(*(f"mlscore: {problem}" for problem in problems))


def _is_key(config: pytest.Config, key: str) -> bool:
    try:
        config.getini(key)
    except (KeyError, ValueError):
        return False
    except Exception:  # noqa: BLE001 - a key of another plugin, whose value is not our business
        return True
    return True


def _shown(word: str) -> str:
    return repr(clean_line(word, limit=80))


def _mend(word: str, names: Sequence[str]) -> str:
    closest = nearest(word.replace("-", "_").removeprefix(_PREFIX), names)
    if closest:
        return f"did you mean {_PREFIX + closest!r}?"
    return f"there are {', '.join(_PREFIX + name for name in names)}"
