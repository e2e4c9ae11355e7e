"""Structured configuration: tags from outside the code, statements of people, policy.

It lives in `[tool.mlscore]` of `pyproject.toml` or at the top of `mlscore.toml`. Options of a run
are pytest's business and not read here.
"""

from __future__ import annotations

from ._load import ProjectConfig, load
from ._systems import SystemConfig, Systems
from ._tags import TagMatcher, TagPattern, matching_items

__all__ = [
    "ProjectConfig",
    "SystemConfig",
    "Systems",
    "TagMatcher",
    "TagPattern",
    "load",
    "matching_items",
]
