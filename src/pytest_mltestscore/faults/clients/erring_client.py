"""A server fails now and then: it is overloaded, or one of its machines is ill."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._clients import is_client, is_response, other_response, with_responses
from .._fault import Fault

EVERY = 3
STATUS = 500


class _Erring:
    """Counts responses, and changes some."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, first: Any, response: Any) -> Any:
        self.asked += 1
        if self.asked % EVERY != 1 or not is_response(response):
            return response
        return other_response(response, status_code=STATUS, _content=b"{}")


def _inject(client: Any, rng: np.random.Generator) -> Any:
    return with_responses(client, _Erring())


FAULT = Fault(
    name="erring_client",
    damage=f"answers every {EVERY}rd request by status {STATUS}, the first one among them",
    fits=is_client,
    inject=_inject,
)
