"""Fingerprints of values, to tell whether a fault changed anything and the original nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np

from ._tensors import array_of, is_tensor


def fingerprint(value: Any) -> str | None:
    """Return a digest of data, the same for equal contents; None for what is no data.

    Known are frames and series of any library in memory, arrays, tensors, numbers, texts, bytes,
    and mappings and sequences of them. Nothing of a model, a function or a lazy frame is looked at.
    """
    digest = hashlib.sha256()
    return digest.hexdigest() if _feed(digest, value) else None


def _feed(digest: Any, value: Any) -> bool:
    """Add a value to a digest; False if it is of no known kind."""
    native = nw.from_native(value, pass_through=True, allow_series=True, eager_only=False)
    if isinstance(native, nw.DataFrame):
        digest.update(repr([*native.schema.items()]).encode())
        return all(_feed_series(digest, native[column]) for column in native.columns)
    if isinstance(native, nw.Series):
        return _feed_series(digest, native)
    if is_tensor(value):
        digest.update(f"{value.dtype}:".encode())
        return _feed_array(digest, array_of(value))
    if isinstance(value, np.ndarray | np.generic):
        return _feed_array(digest, np.asarray(value))
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        digest.update(f"{type(value).__name__}:{value!r};".encode())
        return True
    if isinstance(value, Mapping):
        return all(_feed(digest, key) and _feed(digest, part) for key, part in value.items())
    if isinstance(value, list | tuple):
        digest.update(f"{len(value)};".encode())
        return all(_feed(digest, part) for part in value)
    return False


def _feed_series(digest: Any, series: nw.Series[Any]) -> bool:
    digest.update(f"{series.name}:{series.dtype};".encode())
    digest.update(np.ascontiguousarray(series.is_null().to_numpy()).tobytes())
    return _feed_array(digest, series.to_numpy())


def _feed_array(digest: Any, values: np.ndarray) -> bool:
    digest.update(f"{values.dtype}:{values.shape};".encode())
    if values.dtype == object:
        digest.update("\0".join(map(repr, values.ravel().tolist())).encode("utf-8", "replace"))
    else:
        digest.update(np.ascontiguousarray(values).tobytes())
    return True
