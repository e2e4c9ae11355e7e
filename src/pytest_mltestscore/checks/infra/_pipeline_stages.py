"""Running the stages of a pipeline one after the other, with a contract after each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...domain.checkresult import CheckResult
from ...domain.errors import InputError
from ...domain.text import clean_line
from .._conclude import unrecorded
from .._frames import row_count
from .._processes import run_program, words
from .._schema_gx import is_suite
from .._schema_pandera import is_pandera
from .._schema_sources import validate_by_any
from ._broken_inputs import as_table, own_copy


class Stage(NamedTuple):
    """A step of a pipeline: a function of what the step before it made, or a command."""

    name: str
    run: Callable[[Any], Any] | Sequence[str]
    contract: Any
    """None for the least: that there is something."""


class Ran(NamedTuple):
    """How far a run came."""

    inputs: tuple[Any, ...]
    """What each stage that ran was given."""
    output: Any
    failed_at: str
    """Name of the stage; empty if all ran and every contract held."""
    reason: str
    seconds: tuple[float, ...]
    error: BaseException | None = None


class CommandError(RuntimeError):
    """A stage that is a command ended with another status than 0, or left no output."""


class ContractError(ValueError):
    """What a stage made is not what was agreed."""


def run_stages(stages: Sequence[Stage], value: Any, folder: Path, timeout_s: float) -> Ran:
    """Run stages until one fails or breaks its contract. Each gets a copy of its own."""
    inputs: list[Any] = []
    seconds: list[float] = []
    for place, stage in enumerate(stages):
        inputs.append(value)
        began = time.perf_counter()
        try:
            with unrecorded():
                value = _run(stage, own_copy(value), folder / f"{place}-{stage.name}", timeout_s)
                _require_contract(stage, value)
        except InputError as error:
            if error.argument == "contracts":
                raise
            return _stopped(inputs, stage, error, seconds)
        except Exception as error:  # noqa: BLE001 - however a stage fails, it has failed
            return _stopped(inputs, stage, error, seconds)
        seconds.append(time.perf_counter() - began)
    return Ran(tuple(inputs), value, "", "", tuple(seconds))


def _stopped(
    inputs: Sequence[Any], stage: Stage, error: BaseException, seconds: Sequence[float]
) -> Ran:
    kind = type(error).__name__
    contract = isinstance(error, ContractError)
    reason = f"contract: {error}" if contract else f"{kind}: {error}"
    short = clean_line(reason, limit=200)
    return Ran(tuple(inputs), None, stage.name, short, tuple(seconds), error)


def _run(stage: Stage, value: Any, place: Path, timeout_s: float) -> Any:
    if callable(stage.run):
        return stage.run(value)
    place.mkdir(parents=True, exist_ok=True)
    output = place / "output"
    named = {"{input}": str(value), "{output}": str(output)}
    command = words(stage.run, "stages")
    for name, path in named.items():
        command = [word.replace(name, path) for word in command]
    finished = run_program(command, timeout_s=timeout_s, argument="stages")
    if finished.trouble:
        raise CommandError(finished.trouble)
    if not output.exists():
        raise CommandError("left nothing at {output}")
    return output


def _require_contract(stage: Stage, value: Any) -> None:
    contract = stage.contract
    if contract is None:
        _require_something(value)
    elif _is_schema(contract):
        _require_schema(contract, value)
    else:
        _require_predicate(contract, value)


def _is_schema(contract: Any) -> bool:
    # Schemas of pandera can be called too.
    return not callable(contract) or is_pandera(contract) or is_suite(contract)


def _require_schema(schema: Any, value: Any) -> None:
    try:
        found = validate_by_any(value, schema, "contracts")
    except InputError as error:
        if error.argument == "contracts":
            raise
        raise ContractError(str(error)) from error
    if found.violations:
        first = found.violations[0]
        where = f"{first.column}: " if first.column else ""
        raise ContractError(f"{where}{first.expectation}, found {first.found}")


def _require_predicate(contract: Callable[[Any], Any], value: Any) -> None:
    try:
        verdict = contract(value)
    except Exception as error:
        raise ContractError(f"{type(error).__name__}: {error}") from error
    if isinstance(verdict, CheckResult) and not verdict:
        raise ContractError(verdict.summary)
    if not (verdict is None or isinstance(verdict, bool | np.bool_ | CheckResult)):
        problem = f"returned a {type(verdict).__name__}; return True or False, or raise"
        raise InputError("contracts", problem)
    if verdict is not None and not verdict:
        raise ContractError("it said no")


def _require_something(value: Any) -> None:
    if value is None:
        raise ContractError("nothing came out")
    if isinstance(value, Path):
        if value.is_file() and value.stat().st_size == 0:
            raise ContractError("the file is empty")
        return
    for part in value if isinstance(value, tuple | list) else [value]:
        table = as_table(part)
        if table is not None and (len(table) if _is_array(table) else row_count(table)) == 0:
            raise ContractError("no rows came out")


def _is_array(table: Any) -> bool:
    return isinstance(table, np.ndarray)


def stages_of(stages: Mapping[str, Any], contracts: Mapping[str, Any]) -> list[Stage]:
    """Return stages with their contracts.

    Raises
    ------
    InputError
        If there are none, one is neither function nor command, or a contract is for none of them.
    """
    given: Any = stages  # whatever it is said to be
    if not isinstance(given, Mapping) or not given:
        raise InputError("stages", "is no mapping of names to functions; give {'clean': clean}")
    for name, run in given.items():
        if not callable(run):
            words(run, "stages")
        if not isinstance(name, str) or "/" in name:
            raise InputError("stages", f"{name!r} is no name; give a word without slashes")
    alien = [name for name in contracts if name not in stages]
    if alien:
        known = ", ".join(stages)
        raise InputError("contracts", f"{alien[0]!r} is no stage; there are {known}")
    return [Stage(name, run, contracts.get(name)) for name, run in stages.items()]
