"""What is asked of each system of a run: gates of its own beat those of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..config import ProjectConfig, SystemConfig, Systems
from ..domain.errors import ConfigError
from ..domain.record import Baseline, Record, Setting
from ..domain.rubric import Rubric
from ..scoring.system_gates import gates_of_system, place_of_gates


@dataclass(frozen=True, kw_only=True)
class SystemInputs:
    """What the project says of a system, and what the run asks of it."""

    project: SystemConfig
    settings: dict[str, Setting]
    baseline: Baseline | None
    before: Record | None
    """The record that the baseline was taken from."""


def inputs_of_systems(
    systems: Systems,
    project: ProjectConfig,
    rubric: Rubric,
    settings: dict[str, Setting],
    baseline_of: Callable[[str], tuple[Baseline | None, Record | None]],
) -> dict[str, SystemInputs]:
    """Return what is asked of each system that may be scored, by name.

    Raises
    ------
    ConfigError
        If a gate of a system is out of range.
    """
    found = {}
    for name in systems.scored:
        of_system = project.of(name)
        gates = _gates(of_system, project, rubric, settings)
        baseline, before = baseline_of(name)
        found[name] = SystemInputs(
            project=of_system,
            settings={**settings, **gates} if gates else settings,
            baseline=baseline,
            before=before,
        )
    return found


def _gates(
    system: SystemConfig, project: ProjectConfig, rubric: Rubric, settings: Mapping[str, Setting]
) -> dict[str, Setting]:
    if "fail_under_proof" in system.gates and not settings["prove"].value:
        place = f"{place_of_gates(system, project)}.fail_under_proof"
        raise ConfigError(f"{place}: nothing is proved; add --mlscore-prove")
    return gates_of_system(system, project, rubric)
