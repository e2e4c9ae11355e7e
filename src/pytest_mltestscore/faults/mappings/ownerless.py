"""Nobody is responsible: the owner has left, and the entry was emptied."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault
from .._files import is_text_file, rewritten

_WRITTEN = re.compile(r"""(["']?owner["']?\s*[:=]\s*)"[^"]+\"""")


def _fits(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _has_owner(value)
    return is_text_file(value, ".toml", ".json", ".yaml", ".yml")


def _has_owner(value: Mapping[Any, Any]) -> bool:
    return bool(value.get("owner")) or any(
        isinstance(part, Mapping) and _has_owner(part) for part in value.values()
    )


def _inject(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, Mapping):
        return _emptied(value)
    return rewritten(value, lambda text: _WRITTEN.sub(r"\1" + json.dumps(""), text))


def _emptied(value: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        key: _emptied(part) if isinstance(part, Mapping) else "" if key == "owner" else part
        for key, part in value.items()
    }


FAULT = Fault(
    name="ownerless",
    damage="empties the owner of every entry, in a mapping or in a copy of a file",
    fits=_fits,
    inject=_inject,
)
