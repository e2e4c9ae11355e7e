"""What the end of a re-run says of a test: it caught the fault, missed it, or nobody knows."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

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


class Judgement(NamedTuple):
    """A verdict, and what it rests on."""

    verdict: Verdict
    error_type: str = ""
    origin: str = ""
    why: str = ""


def judge(error: BaseException | None, validation_errors: Sequence[str] = ()) -> Judgement:
    """Return what it says of a test that its call ended with an error, or with none.

    Only what says that something is wrong counts as caught. Another exception proves little: it
    may come of the damage itself, long before the test looks at anything.
    """
    if error is None:
        return Judgement("missed")
    kind, origin = type(error).__name__, _origin(error)
    if isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):  # the latter is a Failed
        return Judgement("no-verdict", kind, origin, "the test gave up by itself")
    if isinstance(error, AssertionError | pytest.fail.Exception | InputError):
        return Judgement("caught", kind, origin)
    names = {f"{cls.__module__}.{cls.__qualname__}" for cls in type(error).__mro__}
    if names & {*VALIDATION_ERRORS, *validation_errors}:
        return Judgement("caught", kind, origin)
    why = f"{kind} may come of the damage itself; let the test say what it expects"
    return Judgement("no-verdict", kind, origin, why)


def _origin(error: BaseException) -> str:
    """Return where an error was raised, as `file:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
