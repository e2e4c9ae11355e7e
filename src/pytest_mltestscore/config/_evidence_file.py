"""Files that attestations point at. They must be there, and in the project."""

from __future__ import annotations

import re
from pathlib import Path

from ..domain.text import clean_line

_FROM_HERE = "give a path below the folder of this configuration file"
_ABSOLUTE = re.compile(r"[/~]|[A-Za-z]:|file:", re.IGNORECASE)


def file_problem(text: str, folder: Path) -> str | None:
    """Say why `text` is no file that an attestation may name, and how to mend it; else None."""
    shape = _shape_problem(text)
    if shape:
        return shape
    try:
        inside = folder.resolve(strict=True)
        target = (inside / text).resolve(strict=True)
        if not target.is_relative_to(inside):
            return f"is a link that leads out of the project; {_FROM_HERE}"
        return None if target.is_file() else "is no regular file; name one"
    except (FileNotFoundError, NotADirectoryError):
        return "does not exist; add the file, or mend the path"
    except RuntimeError:  # how Python says "a loop of links" before 3.13
        return "is a loop of links; name a regular file"
    except OSError as error:
        return f"cannot be looked at: {clean_line(error.strerror or str(error))}; mend the path"


def _shape_problem(text: str) -> str | None:
    if clean_line(text) != text:
        return "holds blanks at an end, line breaks or control characters; remove them"
    if "\\" in text:
        return "holds a backslash; separate folders by '/', on Windows too"
    if "://" in text and not text.lower().startswith("file:"):
        return "is an address; write it as link"
    if _ABSOLUTE.match(text):
        return f"is not relative; {_FROM_HERE}"
    if ".." in text.split("/"):
        return f"goes up by '..'; {_FROM_HERE}"
    return None
