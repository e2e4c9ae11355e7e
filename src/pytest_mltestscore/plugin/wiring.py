"""Put the parts of a scored run together: on the controller, on a worker, or for `-m` alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from ..collect.collection import CollectionReader
from ..collect.controller import ControllerPlugin, InProcessPlugin
from ..collect.shipping import Shipper
from ..collect.tags import MARKER, Tagger
from ..collect.timekeeping import Timekeeper
from ..collect.worker import WorkerPlugin
from ..config import ProjectConfig, TagMatcher
from ..domain.errors import MLTestScoreError
from ..domain.rubric import Rubric
from ..provenance import SecretMask
from . import SECTIONS, proving
from .inputs import read_inputs, read_project, read_rubric, read_systems
from .misspelt import refuse_unknown_keys, refuse_unknown_sections
from .outputs import read_outputs
from .scored_run import ScoredRun

T = TypeVar("T")

ENTRY_POINTS = "pytest_mltestscore"


def start(config: pytest.Config) -> None:
    """Set up a scored run.

    Raises
    ------
    pytest.UsageError
        For anything wrong with options, configuration, rubric, baseline or report files.
    """
    _load_extensions(config)
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        rubric, project = _checked(lambda: _rubric_and_project(config))
        reader = _read_tags(config, rubric, project, SecretMask(os.environ))
        config.pluginmanager.register(WorkerPlugin(reader, workerinput), "mlscore-worker")
        proving.register(config, reader, rubric, project.validation_errors)
        return
    refuse_unknown_keys(config)
    inputs = _checked(lambda: read_inputs(config))
    outputs = _checked(lambda: read_outputs(config, inputs.systems.scored))
    controller = ControllerPlugin(config, inputs.mask)
    run = ScoredRun(config, inputs, outputs, controller)
    reader = _read_tags(config, inputs.rubric, inputs.project, inputs.mask)
    config.pluginmanager.register(controller, "mlscore-controller")
    config.pluginmanager.register(InProcessPlugin(reader, controller), "mlscore-in-process")
    config.pluginmanager.register(run, "mlscore-run")
    errors = inputs.project.validation_errors
    proved = proving.register(config, reader, inputs.rubric, errors, controller.ledger)
    timekeeper = Timekeeper(config, {"call": controller.call_s, **proved})
    config.pluginmanager.register(timekeeper, "mlscore-timekeeper")


def start_selecting(config: pytest.Config) -> None:
    """Let `-m mlscore_data` and the like select in a run that is not scored.

    Raises
    ------
    pytest.UsageError
        For anything wrong with rubric or configuration.
    """
    _load_extensions(config)
    rubric, project = _checked(lambda: _rubric_and_project(config))
    reader = CollectionReader(*_tagging(config, rubric, project))
    config.pluginmanager.register(_Selecting(reader), "mlscore-selecting")


class _Selecting:
    """Reads tags for `-m`, and still refuses unknown items."""

    def __init__(self, reader: CollectionReader) -> None:
        self._reader = reader

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._reader.pytest_collection_modifyitems(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        errors = self._reader.finish(session).errors
        if errors:
            raise pytest.UsageError(*(f"mlscore: {error}" for error in errors))


def _read_tags(
    config: pytest.Config, rubric: Rubric, project: ProjectConfig, mask: SecretMask
) -> CollectionReader:
    """Register what reads tags at collection and ships evidence with the reports."""
    tagger, sections = _tagging(config, rubric, project)
    reader = CollectionReader(tagger, sections)
    config.pluginmanager.register(reader, "mlscore-reader")
    config.pluginmanager.register(Shipper(tagger, mask), "mlscore-shipper")
    return reader


def _tagging(
    config: pytest.Config, rubric: Rubric, project: ProjectConfig
) -> tuple[Tagger, dict[str, str] | None]:
    for section in rubric.sections:
        if section.id not in SECTIONS:  # those are registered in every run
            config.addinivalue_line("markers", f"mlscore_{section.id}: {section.long_title}.")
    systems = _checked(lambda: read_systems(config, project))
    tagger = Tagger(rubric, TagMatcher(project.tags), systems)
    expression = str(config.getoption("markexpr", ""))
    refuse_unknown_sections(expression, rubric)
    by_marker = MARKER in expression
    return tagger, {i.id: i.section for i in rubric.items} if by_marker else None


def _load_extensions(config: pytest.Config) -> None:
    try:
        config.pluginmanager.load_setuptools_entrypoints(ENTRY_POINTS)
    except (Exception, SystemExit) as error:  # their code may do anything
        cause = error.__cause__ or error
        raise pytest.UsageError(
            f"mlscore: an installed extension ({ENTRY_POINTS} entry point) cannot be loaded: "
            f"{type(cause).__name__}: {cause}; mend or uninstall it"
        ) from error


def _rubric_and_project(config: pytest.Config) -> tuple[Rubric, ProjectConfig]:
    rubric, _ = read_rubric(config)
    return rubric, read_project(config, rubric)


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except MLTestScoreError as error:
        raise pytest.UsageError(*(f"mlscore: {line}" for line in str(error).splitlines())) from None
