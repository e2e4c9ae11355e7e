"""HTTP clients whose responses are copies with something changed; servers notice nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ._hooks import Output
from ._models import Hooked, has_method, with_hook

_VERBS = ("get", "post", "put", "patch", "request")
_CACHED = ("_text",)
"""What httpx keeps of a body that was read."""


def is_client(value: Any) -> bool:
    """Whether a value is a client: an object with `get` and `post`."""
    if isinstance(value, Mapping | ModuleType):
        return False
    return has_method(value, "get") and has_method(value, "post")


def with_responses(client: Any, change: Any) -> Any:
    """Return what looks and behaves like a client, but for its responses.

    `change` gets what was asked for first, and the response.
    """
    return with_hook(client, Hooked(_VERBS, Output(change)))


def is_response(value: Any) -> bool:
    """Whether a value is a response that can be copied, with its body read."""
    kept = getattr(value, "__dict__", {})
    return "status_code" in kept and isinstance(kept.get("_content"), bytes)


def other_response(response: Any, **changes: Any) -> Any:
    """Return a copy of a response with other attributes."""
    copied = object.__new__(type(response))
    kept = {name: part for name, part in vars(response).items() if name not in _CACHED}
    vars(copied).update(kept, **changes)
    return copied
