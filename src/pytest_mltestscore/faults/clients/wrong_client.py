"""A server answers otherwise: it loaded another version, or was given other features."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._clients import is_client, is_response, other_response, with_responses
from .._fault import Fault
from .._proxy import wrong_content


def _wrong(first: Any, response: Any) -> Any:
    if not is_response(response):
        return response
    content = wrong_content(response._content)
    return response if content == response._content else other_response(response, _content=content)


def _inject(client: Any, rng: np.random.Generator) -> Any:
    return with_responses(client, _wrong)


FAULT = Fault(
    name="wrong_client",
    damage="changes every number and word that comes as JSON",
    fits=is_client,
    inject=_inject,
)
