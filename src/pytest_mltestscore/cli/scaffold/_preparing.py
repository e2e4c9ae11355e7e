"""A model behind what makes columns of text into numbers and fills gaps, where it lacks that."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ._facts import Column, Estimator

_PLAIN = ("integer", "number", "boolean")
_COMPOSE = ("sklearn.compose", "make_column_transformer")
_ENCODER = ("sklearn.preprocessing", "OneHotEncoder")
_IMPUTER = ("sklearn.impute", "SimpleImputer")
_PIPELINE = ("sklearn.pipeline", "make_pipeline")


COLUMNS_OF_TEXT = "columns_of_text"
"""Name of a function of rows. A plain list would fail where a check leaves a column out."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was put before a model."""

    text: tuple[str, ...] = ()
    """Columns that were made numbers; the test module has to define `COLUMNS_OF_TEXT`."""
    gaps: bool = False

    def __bool__(self) -> bool:
        """Whether anything was."""
        return bool(self.text or self.gaps)

    def __str__(self) -> str:
        """Say it in words."""
        told = [*(["text made numbers"] if self.text else []), *(["gaps filled"] * self.gaps)]
        return ", ".join(told)


def prepared(estimator: Estimator, features: Sequence[Column]) -> tuple[Estimator, Preparation]:
    """Return the model that can be fitted to the columns, and what was put before it.

    That is nothing where nothing is needed, and where it can't be known what is: free text.
    """
    words = tuple(c.name for c in features if c.kind == "category")
    gaps = any(c.missing for c in features if c.kind in _PLAIN)
    known = all(c.kind in (*_PLAIN, "category") for c in features)
    if not estimator.whole or prepares(estimator) or not known or not (words or gaps):
        return estimator, Preparation()
    rest = _called(_IMPUTER) if gaps else ast.Constant("passthrough")
    wanted = [_PIPELINE, *([_IMPUTER] if gaps else []), *([_COMPOSE, _ENCODER] if words else [])]
    first = _columns(rest) if words else rest
    call = _called(_PIPELINE, first, estimator.call)
    imports = {*estimator.imports, *((module, name, name) for module, name in wanted)}
    made = replace(estimator, call=call, imports=tuple(sorted(imports)))
    return made, Preparation(words, gaps)


def prepares(estimator: Estimator) -> bool:
    """Whether a model says itself what it makes of which columns."""
    return estimator.picks


def _columns(rest: ast.expr) -> ast.expr:
    encoder = _called(_ENCODER, handle_unknown=ast.Constant("ignore"), sparse_output=_FALSE)
    which = ast.Name(COLUMNS_OF_TEXT, ast.Load())
    return _called(_COMPOSE, ast.Tuple([encoder, which], ast.Load()), remainder=rest)


_FALSE = ast.Constant(False)


def _called(known: tuple[str, str], *arguments: ast.expr, **keywords: ast.expr) -> ast.expr:
    named = [ast.keyword(name, value) for name, value in keywords.items()]
    return ast.Call(ast.Name(known[1], ast.Load()), list(arguments), named)
