"""What is asked of arguments in many checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from ..domain.errors import InputError

T = TypeVar("T")


def listed(names: Iterable[T], argument: str, of: str = "columns") -> list[T]:
    """Return names as a list, to be used in place of what was given: that may be used up now.

    Raises
    ------
    InputError
        If they are one text, whose letters would be taken for names, or one is there twice.
    """
    if isinstance(names, str):
        raise InputError(argument, f"is the text {names!r}; give a list of {of}")
    found = list(names)
    # By their repr, since a name may itself be a list: of columns that make a slice together.
    twice = next((name for name, times in Counter(map(repr, found)).items() if times > 1), None)
    if twice is not None:
        raise InputError(argument, f"has {twice} twice; name it once")
    return found
