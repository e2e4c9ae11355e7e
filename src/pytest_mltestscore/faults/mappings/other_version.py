"""Another version is installed: an image was built anew, and took what is newest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault

_VERSION = re.compile(r"v?\d+(\.\d+)+\S*")


def _fits(value: Any) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(part, str) and _VERSION.fullmatch(part) for part in value.values()
    )


def _inject(value: Any, rng: np.random.Generator) -> Any:
    versions = [
        k for k, part in value.items() if isinstance(part, str) and _VERSION.fullmatch(part)
    ]
    name = versions[int(rng.integers(len(versions)))]
    return {**value, name: f"{value[name]}.1"}


FAULT = Fault(
    name="other_version",
    damage="changes one version",
    fits=_fits,
    inject=_inject,
    cost=0.5,
)
