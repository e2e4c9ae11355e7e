"""What is asked of each system of a run: gates of its own beat those of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..config import ProjectConfig, SystemConfig, Systems
from ..domain.errors import ConfigError
from ..domain.record import Baseline, Record, Setting
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..scoring import rules


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
        gates = dict(_gates(of_system, project, rubric, settings))
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
) -> Iterator[tuple[str, Setting]]:
    file = project.path.name if project.path else ""
    for gate, written in system.gates.items():
        label = f"{file}: {project.key_of(system.name)}.{gate}"
        if gate == "fail_under_proof" and not settings["prove"].value:
            raise ConfigError(f"{label}: nothing is proved; add --mlscore-prove")
        yield gate, Setting(value=_READERS[gate](written, rubric, label), origin=file)


def _floor(written: Any, rubric: Rubric, label: str) -> float:
    return rules.fail_under(written, option=label, maximum=rubric.section_maximum)


def _share(written: Any, _: Rubric, label: str) -> float:
    return rules.fail_under(written, option=label, maximum=1)


def _floors(written: Any, rubric: Rubric, label: str) -> dict[str, float]:
    if isinstance(written, dict):
        for section, floor in written.items():
            if isinstance(floor, bool) or not isinstance(floor, int | float | str):
                raise ConfigError(f"{label}.{section}: is {shown(floor)}; give a number")
        written = [f"{section}={floor}" for section, floor in written.items()]
    return rules.section_floors(_listed(written), rubric, label)


def _requirements(written: Any, rubric: Rubric, label: str) -> list[str]:
    return list(rules.requirements(_listed(written), rubric, label))


def _listed(written: Any) -> list[str]:
    return [written] if isinstance(written, str) else list(written)


_READERS: dict[str, Callable[[Any, Rubric, str], Any]] = {
    "fail_under": _floor,
    "fail_under_section": _floors,
    "fail_under_proof": _share,
    "require": _requirements,
}
