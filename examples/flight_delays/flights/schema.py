"""What features must look like, read from `features.toml`, and whether given ones do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

MANIFEST = Path(__file__).parent.parent / "features.toml"


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What is believed of one feature; the file explains the keys."""

    kind: str
    source: str
    owner: str
    max_missing: float
    min_distinct: int
    values: tuple[str, ...] = ()
    pattern: str = ""
    min: float = -np.inf
    max: float = np.inf

    def __post_init__(self) -> None:
        if self.kind not in ("category", "number"):
            raise ValueError(f"kind is {self.kind!r}; it must be 'category' or 'number'")


class Manifest(NamedTuple):
    """The whole file: beliefs on features, allowed sources, banned columns with the reason."""

    features: dict[str, Expectation]
    sources: dict[str, str]
    banned: dict[str, str]


class Violation(NamedTuple):
    """One belief that does not hold."""

    feature: str
    rule: str
    found: str


def read_manifest(path: Path = MANIFEST) -> Manifest:
    """Read the manifest; an unknown or missing key is an error that names the feature."""
    content = tomllib.loads(path.read_text("utf-8"))
    beliefs = {}
    for name, keys in content["features"].items():
        try:
            beliefs[name] = Expectation(**{**keys, "values": tuple(keys.get("values", ()))})
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: features.{name}: {error}") from None
    return Manifest(beliefs, content["sources"], content["banned"])


def violations(columns: pd.DataFrame, beliefs: dict[str, Expectation]) -> list[Violation]:
    """Return every belief that the columns break; shares need a month or more of flights."""
    found = [Violation(name, "column", "missing") for name in beliefs if name not in columns]
    found += [Violation(name, "column", "unexpected") for name in columns if name not in beliefs]
    for name, belief in beliefs.items():
        if name in columns:
            broken = _broken(columns[name], belief)
            found += [Violation(name, rule, text) for rule, text in broken]
    return found


def _broken(values: pd.Series, belief: Expectation) -> Iterator[tuple[str, str]]:
    missing = float(values.isna().mean()) if len(values) else 1.0
    if missing > belief.max_missing:
        yield "max_missing", f"{missing:.2%} are missing, {belief.max_missing:.2%} are allowed"
    present = values.dropna()
    if present.nunique() < belief.min_distinct:
        yield "min_distinct", f"{present.nunique()} different values, {belief.min_distinct} wanted"
    check = _broken_category if belief.kind == "category" else _broken_number
    yield from check(present, belief)


def _broken_category(present: pd.Series, belief: Expectation) -> Iterator[tuple[str, str]]:
    names: list[Any] = sorted(set(present), key=str)
    if belief.values:
        strange = [name for name in names if name not in belief.values]
    else:
        strange = [n for n in names if not re.fullmatch(belief.pattern, str(n))]
    if strange:
        share = float(present.isin(strange).mean())
        yield "values", f"{share:.2%} are none of the allowed: {strange[:5]}"


def _broken_number(present: pd.Series, belief: Expectation) -> Iterator[tuple[str, str]]:
    if not pd.api.types.is_numeric_dtype(present):
        yield "kind", f"of type {present.dtype}, a number is wanted"
        return
    numbers = present.to_numpy(float)
    outside = numbers[~((numbers >= belief.min) & (numbers <= belief.max))]
    if len(outside):
        worst = outside[np.argmax(np.abs(outside))]
        yield "range", f"{len(outside)} outside {belief.min:g} to {belief.max:g}, such as {worst:g}"
