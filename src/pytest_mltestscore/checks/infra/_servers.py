"""A serving command that runs on the loopback device while a block does, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...domain.errors import InputError
from .._http import HOST, Reply, answers_at, ask, free_port, require_loopback
from .._processes import Program, words

Read = str | Callable[[Any], Any] | None
"""Where predictions are in an answer: a key, a function of the answer, or None for all of it."""


class ServerNotHealthyError(RuntimeError):
    """A serving command ended, or its health address gave no 2xx before the deadline."""


class Serving(NamedTuple):
    """How to start a server and talk to it."""

    path: str
    health: str
    start_s: float
    request_s: float
    read: Read = None
    cwd: str | Path | None = None
    env: Mapping[str, str] | None = None


@contextmanager
def running(server: Sequence[str] | str, how: Serving, argument: str) -> Iterator[str]:
    """Start a serving command, wait until it is healthy, and yield its address; stop it at the end.

    An address is yielded as it is: that server is somebody else's to start and stop.

    Raises
    ------
    ServerNotHealthyError
        If it does not become healthy in time.
    InputError
        If the command cannot be started, or the address is of another machine.
    """
    if isinstance(server, str):
        url = require_loopback(server, argument)
        _wait_until_healthy(url, how, None)
        yield url
        return
    port = str(free_port())
    command = [w.replace("{port}", port).replace("{host}", HOST) for w in words(server, argument)]
    env = {"PORT": port, "HOST": HOST, **(how.env or {})}
    with Program(command, argument=argument, cwd=how.cwd, env=env) as program:
        url = f"http://{HOST}:{port}"
        _wait_until_healthy(url, how, program)
        yield url


def _wait_until_healthy(url: str, how: Serving, program: Program | None) -> None:
    deadline, pause = time.perf_counter() + how.start_s, 0.01
    while True:
        if program is not None and program.ended:
            raise ServerNotHealthyError(program.stop().trouble or "it ended with status 0")
        if answers_at(url + how.health, timeout_s=how.request_s):
            return
        if time.perf_counter() > deadline:
            said = program.last_line() if program is not None else ""
            said = f": {said}" if said else ""
            raise ServerNotHealthyError(f"{how.health} not healthy in {how.start_s:g} s{said}")
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def predictions_of(reply: Reply, read: Read) -> tuple[np.ndarray | None, str]:
    """Return the predictions in an answer, shape (n,), or what is wrong with it."""
    if reply.problem:
        return None, reply.problem
    return predictions_in(reply.answer, read)


def predictions_in(answer: Any, read: Read) -> tuple[np.ndarray | None, str]:
    """Return the predictions in an answer, shape (n,), or what is wrong with it."""
    try:
        if callable(read):
            answer = read(answer)
        elif read is not None:
            answer = answer[read]
        found = np.asarray(answer).reshape(-1)
    except Exception as error:  # noqa: BLE001 - an answer of another form is the finding
        return None, f"predictions cannot be read: {type(error).__name__}"
    if len(found) == 0:
        return None, "no predictions"
    if found.dtype.kind not in "fiubUS":
        return None, "predictions are neither numbers nor words"
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        return None, "predictions that are not finite"
    return found, ""


def ask_server(url: str, body: Any, how: Serving) -> Reply:
    """Send one request to the address for predictions."""
    return ask(url + how.path, body, timeout_s=how.request_s)


def require_bodies(requests: Any) -> list[Any]:
    """Return bodies of requests; raise an `InputError` if there are none."""
    if isinstance(requests, str | bytes | Mapping) or not isinstance(requests, Sequence):
        problem = f"is of type {type(requests).__name__}; give a list of bodies"
        raise InputError("requests", problem)
    if not requests:
        raise InputError("requests", "is empty; give recorded requests")
    return list(requests)


def change(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean absolute difference of numbers, the share that differs of words.

    Infinite where there are more answers in one than in the other.
    """
    if one.shape != other.shape:
        return float("inf")
    if one.dtype.kind in "fiub" and other.dtype.kind in "fiub":
        return float(np.abs(one.astype(float) - other.astype(float)).mean())
    return float(np.mean(one.astype(str) != other.astype(str)))
