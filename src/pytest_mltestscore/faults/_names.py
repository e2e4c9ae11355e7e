"""What a list of names is."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"[A-Za-z_][\w ]*")
_LOOKED_AT = 100


def are_names(value: Any) -> bool:
    """Whether a value is a list or tuple of names, such as of columns, and no command."""
    if type(value) not in (list, tuple) or not value:
        return False
    return all(isinstance(name, str) and _NAME.fullmatch(name) for name in value[:_LOOKED_AT])
