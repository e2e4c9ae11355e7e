"""What a lock file is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ._files import is_file

_NAME = re.compile(
    r"(requirements|constraints)[\w.-]*\.txt|pylock[\w.-]*\.toml|[\w.-]+\.lock|\w*lock\w*\.txt"
)


def is_lock(value: Any) -> bool:
    """Whether a value is the path of a file that pins versions, by its name."""
    named = isinstance(value, str | Path) and _NAME.fullmatch(Path(value).name)
    return bool(named) and is_file(value)
