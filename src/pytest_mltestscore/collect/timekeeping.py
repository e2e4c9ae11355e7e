"""How long tests took in earlier runs, in pytest's own cache: by that a run foretells its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import msgspec
import pytest

from ..domain.text import clean

_KEY = "mlscore/seconds"
Seconds: TypeAlias = dict[str, float]
"""By node id."""


class Timekeeper:
    """Keeps at the end of a run what tagged tests took.

    `heard` are the kinds of seconds that this run tells of, such as of `call`: they fill meanwhile.
    """

    def __init__(self, config: pytest.Config, heard: Mapping[str, Seconds]) -> None:
        self._config = config
        self._heard = heard

    def pytest_sessionfinish(self) -> None:
        """Add the times of this run to those that are known."""
        cache = _cache(self._config)
        if cache is None or not any(self._heard.values()):
            return
        known = known_seconds(self._config)
        for kind, seconds in self._heard.items():
            of_kind = known.setdefault(kind, {})
            of_kind |= {clean(nodeid): round(value, 4) for nodeid, value in seconds.items()}
        cache.set(_KEY, known)


def known_seconds(config: pytest.Config) -> dict[str, Seconds]:
    """Return what earlier runs took, by kind; nothing for what is not of our making."""
    cache = _cache(config)
    if cache is None:
        return {}
    try:
        return msgspec.convert(cache.get(_KEY, {}), dict[str, Seconds])
    except (msgspec.ValidationError, ValueError, OSError, RecursionError):
        return {}


def _cache(config: pytest.Config) -> Any:
    """Return pytest's cache, None where its plugin is switched off or where nothing is kept."""
    workers = hasattr(config, "workerinput")
    return None if workers else getattr(config, "cache", None)
