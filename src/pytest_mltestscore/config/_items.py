"""From the words that people write to the ids of rubric items."""

from __future__ import annotations

from ..domain.errors import UnknownItemError
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import shorten
from ._problems import Problems


def item_id(word: object, rubric: Rubric, problems: Problems, key: str) -> str | None:
    """Return the id of the item that `word` means, or None and note why there is none."""
    if not isinstance(word, str) or not word.strip():
        problems.add(key, f"is {shown(word)}; give the id or name of an item, in quotes")
        return None
    try:
        return rubric.find(word).id
    except UnknownItemError as error:
        problems.add(key, shorten(str(error), 300))
        return None
