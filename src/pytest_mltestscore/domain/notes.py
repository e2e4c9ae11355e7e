"""The one note of a record that scoring reads again: which modules skipped themselves.

It is written and read here, so that records that are scored again, as when they are merged, say
the same as the runs that they come from.
"""

from __future__ import annotations

from collections.abc import Iterable

_BEGIN, _END = "not collected: ", ": "


def not_collected(module: str, reason: str) -> str:
    """Return the note that a module skipped itself while it was imported.

    >>> not_collected("tests/test_gpu.py", "no GPU")
    'not collected: tests/test_gpu.py: no GPU'
    """
    return f"{_BEGIN}{module}{_END}{reason}"


def skipped_modules(notes: Iterable[str]) -> list[str]:
    """Return the modules that skipped themselves by these notes, each once, sorted.

    >>> skipped_modules(["not collected: tests/test_gpu.py: no GPU", "something else"])
    ['tests/test_gpu.py']
    """
    found = (note[len(_BEGIN) :].partition(_END) for note in notes if note.startswith(_BEGIN))
    return sorted({module for module, end, _ in found if end})
