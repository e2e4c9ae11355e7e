"""What is asked of arguments in many checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ..domain.errors import InputError

T = TypeVar("T")


def listed(names: Iterable[T], argument: str, of: str = "columns") -> list[T]:
    """Return names as a list.

    Raises
    ------
    InputError
        If they are one text, whose letters would be taken for names.
    """
    if isinstance(names, str):
        raise InputError(argument, f"is the text {names!r}; give a list of {of}")
    return list(names)
