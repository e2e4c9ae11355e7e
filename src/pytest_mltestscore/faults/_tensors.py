"""Tensors of torch as arrays, and back. It is not imported here: who has a tensor has done so."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_module(value: Any) -> bool:
    """Whether a value is a module of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def array_of(value: Any) -> np.ndarray:
    """Return an array with the numbers of a tensor, or of what NumPy reads."""
    if not is_tensor(value):
        return np.asarray(value)
    plain = value.detach().cpu()
    try:
        return np.array(plain.numpy())
    except TypeError:  # a type that NumPy has not, such as bfloat16
        return np.array(plain.float().numpy())


def tensor_of(array: np.ndarray, like: Any) -> Any:
    """Return a tensor of an array, on the device of another one; fractions are of its type, too."""
    made = sys.modules["torch"].as_tensor(array, device=like.device)
    both = made.is_floating_point() and like.is_floating_point()
    return made.to(like.dtype) if both else made
