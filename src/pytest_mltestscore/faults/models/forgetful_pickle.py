"""What is loaded is not what was saved: a part is left out when the model is stored."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._effect import Effect
from .._fault import Fault
from .._models import Hooked, is_model, with_hook
from .constant_predictions import FAULT as CONSTANT


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_hook(model, Hooked((), _as_it_is, _restored))


def _as_it_is(effect: Effect, asked: Any, *args: Any, **kwargs: Any) -> Any:
    return asked(*args, **kwargs)


def _restored(model: Any) -> Any:
    return CONSTANT.inject(model, np.random.default_rng(0))


FAULT = Fault(
    name="forgetful_pickle",
    damage="answers every row as the first one once it was pickled or copied",
    fits=is_model,
    inject=_inject,
)
