"""The answer stands among the features: rows were joined with what became of them."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np

from .._answers import rows_in
from .._fault import Fault, NothingToDamageError
from .._frames import a_column, is_number, with_column
from .._tensors import array_of, is_tensor, tensor_of
from .._together import Together, label_pairs


def _fits(value: Any) -> bool:
    return isinstance(value, Together) and next(label_pairs(value), None) is not None


def _inject(together: Any, rng: np.random.Generator) -> Any:
    leaked = together
    for table, labels in label_pairs(together):
        numbers = _numbers(together.parts[labels])
        leaked = leaked.instead(table, _with_labels(leaked.parts[table], numbers, rng))
    return leaked


def _numbers(labels: Any) -> np.ndarray:
    """Return labels as numbers; words by their place in the alphabet."""
    values = array_of(labels).reshape(rows_in(labels))
    if values.dtype.kind in "iufb":
        return values.astype(float)
    return np.unique(values.astype(str), return_inverse=True)[1].astype(float)


def _with_labels(features: Any, labels: np.ndarray, rng: np.random.Generator) -> Any:
    if isinstance(features, np.ndarray) or is_tensor(features):
        changed = np.array(array_of(features))
        if changed.dtype.kind not in "iuf":
            raise NothingToDamageError("its features are no numbers")
        changed[:, int(rng.integers(changed.shape[1]))] = labels
        return tensor_of(changed, features) if is_tensor(features) else changed
    frame = nw.from_native(features)
    column = a_column(frame, rng, is_number)
    whole = frame.schema[column].is_integer() and np.all(labels == np.round(labels))
    return with_column(frame, column, labels.astype(int) if whole else labels).to_native()


FAULT = Fault(
    name="leaked_target",
    damage="puts the labels in the place of a column of the features that come with them",
    fits=_fits,
    inject=_inject,
    draws=3,
)
