"""What the end of a re-run says of a test: it caught the fault, missed it, or nobody knows."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import _pytest
import pluggy
import pytest

from ...domain.errors import InputError
from ...domain.proof import Verdict

VALIDATION_ERRORS = (
    "pandera.errors.SchemaError",
    "pandera.errors.SchemaErrors",
    "great_expectations.exceptions.exceptions.GreatExpectationsError",
    "pydantic_core._pydantic_core.ValidationError",
    "jsonschema.exceptions.ValidationError",
    "marshmallow.exceptions.ValidationError",
    "cerberus.validator.DocumentError",
    "voluptuous.error.Invalid",
)
"""Errors by which libraries say that data is not as it should be."""

GAVE_UP = (pytest.skip.Exception, pytest.xfail.Exception)
"""By these a test says that it has nothing to say."""
_OURS = Path(__file__).parents[2]
_NOBODYS = (
    str(_OURS),
    *(str(Path(str(module.__file__)).parent) for module in (_pytest, pytest, pluggy)),
)
"""Where code lives that only passes on what a test says."""


class Judgement(NamedTuple):
    """A verdict, and what it rests on."""

    verdict: Verdict
    error_type: str = ""
    origin: str = ""
    why: str = ""


def judge(error: BaseException | None, validation_errors: Sequence[str] = ()) -> Judgement:
    """Return what it says of a test that its call ended with an error, or with none.

    Only what says that something is wrong counts as caught. Another exception proves little: it
    may come of the damage itself, long before the test looks at anything. Of several errors at
    once, as Hypothesis and task groups raise them, one that counts is enough.
    """
    if error is None:
        return Judgement("missed")
    each = list(_single(error))
    telling = next((one for one in each if _says_so(one, validation_errors)), None)
    if telling is not None:
        return Judgement("caught", type(telling).__name__, _origin(telling))
    first = each[0]
    kind, origin = type(first).__name__, _origin(first)
    if isinstance(first, GAVE_UP):
        return Judgement("no-verdict", kind, origin, "the test gave up by itself")
    why = f"{kind} may come of the damage itself; let the test say what it expects"
    return Judgement("no-verdict", kind, origin, why)


def _single(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for inner in error.exceptions:
        yield from _single(inner)


def _says_so(error: BaseException, validation_errors: Sequence[str]) -> bool:
    if isinstance(error, pytest.xfail.Exception):  # is a `pytest.fail.Exception`, too
        return False
    if isinstance(error, AssertionError | pytest.fail.Exception | InputError):
        return True
    names = {f"{cls.__module__}.{cls.__qualname__}" for cls in type(error).__mro__}
    return bool(names & {*VALIDATION_ERRORS, *validation_errors})


def _origin(error: BaseException) -> str:
    """Return the last place in anybody's own code that an error came through, as `file:line`.

    A failed check or `pytest.fail` is raised by code that is the same for all: what is of
    interest is who called it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(_NOBODYS)]
    if not own:
        return ""
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}"
