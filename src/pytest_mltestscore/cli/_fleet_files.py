"""What `mlscore fleet` wrote before and may write over; it leaves everything else as it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..reporters.destination import STDOUT, beginning, holds_a_file
from ._failure import CommandError
from ._records import label

_LOOKED_AT = 4096

_BEGINNINGS = {
    b"<!doctype html>": b'<meta name="generator" content="mlscore fleet">',
    b"{": b'"fleet_format":',
    b"system,status,score,": b"",
    b"PAR1": b"",
}
"""How a page or a table begins, and what stands somewhere near its beginning."""


def refuse_files_of_others(places: Iterable[str]) -> None:
    """Refuse to write over a file that is no page and no table of a fleet.

    An empty one holds nothing that could be lost.

    Raises
    ------
    CommandError
        Names it.
    """
    for place in places:
        if place != STDOUT and holds_a_file(place) and not _is_ours(Path(place)):
            raise CommandError(
                f"{label(place)}: is there, and mlscore fleet did not write it; name another file,"
                " or remove this one"
            )


def _is_ours(file: Path) -> bool:
    try:
        start = beginning(file, _LOOKED_AT)
    except FileNotFoundError:
        return True
    except OSError:  # it may be written and not read
        return False
    return not start or any(
        start.startswith(first) and then in start for first, then in _BEGINNINGS.items()
    )
