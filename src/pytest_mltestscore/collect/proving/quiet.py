"""Keeping re-runs from being noticed: no output, no log, no warning, no recorded evidence."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from ...checks._conclude import unrecorded
from .judging import GAVE_UP


@contextlib.contextmanager
def unnoticed(item: pytest.Item) -> Iterator[None]:
    """Let nothing that happens inside reach terminal, reports, logs, or the record of the test."""
    with (
        unrecorded(),
        _no_streams(),
        _no_logging(item.config),
        _no_loose_ends(),
        warnings.catch_warnings(record=True),
    ):
        yield


@contextlib.contextmanager
def without_aftermath(config: pytest.Config) -> Iterator[None]:
    """Let what re-runs left behind go before anybody else hears of it.

    A damaged test fails half-way: files and sockets of its own stay open as long as its frames are
    there, and warn when they go. What pytest captured before is kept aside meanwhile, since a child
    process shares the file that it is in.
    """
    with _forgetful(config), _no_loose_ends(), warnings.catch_warnings(record=True):
        try:
            yield
        finally:
            gc.collect()


@contextlib.contextmanager
def _forgetful(config: pytest.Config) -> Iterator[None]:
    """Let pytest forget what it captures meanwhile: subtests switch its capture on again."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None or not capture.is_globally_capturing():
        yield
        return
    before = capture.read_global_capture()
    try:
        yield
    finally:
        capture.read_global_capture()
        for stream, text in zip((sys.stdout, sys.stderr), before, strict=True):
            if isinstance(stream, io.TextIOWrapper):  # not by a `write` that shows it again
                io.TextIOWrapper.write(stream, text)


@contextlib.contextmanager
def _no_streams() -> Iterator[None]:
    """Keep output from being seen, also that of other programs, whatever captures it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = [os.dup(1), os.dup(2)]
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    try:
        for fd in (1, 2):
            os.dup2(nowhere, fd)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        for fd, old in zip((1, 2), kept, strict=True):
            os.dup2(old, fd)
            os.close(old)
        os.close(nowhere)


@contextlib.contextmanager
def _no_logging(config: pytest.Config) -> Iterator[None]:
    """Keep log records from all handlers of pytest but the one that `caplog` reads."""
    plugin = config.pluginmanager.getplugin("logging-plugin")
    names = ("report_handler", "log_cli_handler", "log_file_handler")
    handlers = [handler for name in names if (handler := getattr(plugin, name, None))]
    caplog = getattr(plugin, "caplog_handler", None)
    before = list(caplog.records) if caplog is not None else []
    for handler in handlers:
        handler.addFilter(_nothing)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(_nothing)
        if caplog is not None:
            caplog.records[:] = before


def _nothing(_: logging.LogRecord) -> bool:
    return False


@contextlib.contextmanager
def _no_loose_ends() -> Iterator[None]:
    """Keep errors in destructors and threads of a re-run from being laid at the test's door."""
    unraisable, in_thread = sys.unraisablehook, threading.excepthook
    sys.unraisablehook = threading.excepthook = _ignore
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook = unraisable, in_thread


def _ignore(error: Any, /) -> None:
    """Take an error and let it go."""


@contextlib.contextmanager
def untimed(item: pytest.Item) -> Iterator[None]:
    """Stop the clock of pytest-timeout, which is the test's and not that of its re-runs."""
    hook = item.config.hook
    timer = getattr(hook, "pytest_timeout_cancel_timer", None)
    module = sys.modules.get("pytest_timeout")
    if timer is None or module is None:
        yield
        return
    settings = module._get_item_settings(item)
    running = bool(settings.timeout) and not settings.func_only
    if running:
        timer(item=item)
    try:
        yield
    finally:
        if running:
            hook.pytest_timeout_set_timer(item=item, settings=settings)


class _Deaf:
    """The hooks of a test, but for those that tell others of it."""

    def __init__(self, hooks: Any, errors: list[BaseException]) -> None:
        self._hooks = hooks
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hooks, name)

    def pytest_runtest_makereport(self, *, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Make a report for a subtest, and note its error."""
        error = None if call.excinfo is None else call.excinfo.value
        if error is not None and not isinstance(error, GAVE_UP):
            self._errors.append(error)
        return self._hooks.pytest_runtest_makereport(item=item, call=call)

    def pytest_runtest_logreport(self, **_: Any) -> list[None]:
        """Tell nobody."""
        return []

    def pytest_exception_interact(self, **_: Any) -> list[None]:
        """Ask nobody."""
        return []


@contextlib.contextmanager
def unreported(item: pytest.Item) -> Iterator[list[BaseException]]:
    """Let subtests tell nobody but the list that this gives: of each that fails, its error."""
    session = item.session
    hooks_of = session.gethookproxy
    errors: list[BaseException] = []
    vars(session)["gethookproxy"] = lambda path: _Deaf(hooks_of(path), errors)
    try:
        with _subtests_uncounted(item.config):
            yield errors
    finally:
        vars(session).pop("gethookproxy", None)


@contextlib.contextmanager
def _subtests_uncounted(config: pytest.Config) -> Iterator[None]:
    """Put back the count of failed subtests, by which pytest 9 fails the test they are part of."""
    key = getattr(sys.modules.get("_pytest.subtests"), "failed_subtests_key", None)
    counts: dict[Any, int] = {} if key is None else config.stash.get(key, {})
    before = dict(counts)
    try:
        yield
    finally:
        counts.clear()
        counts.update(before)
