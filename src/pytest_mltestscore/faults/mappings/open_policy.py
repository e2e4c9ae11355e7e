"""Everybody may read: a bucket was opened for a colleague, and stayed open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault

_EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def _fits(value: Any) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(value.get(key), list) for key in ("Statement", "bindings")
    )


def _inject(value: Any, rng: np.random.Generator) -> Any:
    if "Statement" in value:
        return {**value, "Statement": [*value["Statement"], dict(_EVERYBODY)]}
    reader = {"role": "roles/storage.objectViewer", "members": ["allUsers"]}
    return {**value, "bindings": [*value["bindings"], reader]}


FAULT = Fault(
    name="open_policy",
    damage="lets everybody read what an access policy guards",
    fits=_fits,
    inject=_inject,
    cost=0.5,
)
