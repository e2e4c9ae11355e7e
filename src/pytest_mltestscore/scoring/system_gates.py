"""Reading the gates that a project gives to one of several systems, in its own configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..config import ProjectConfig, SystemConfig
from ..domain.errors import ConfigError
from ..domain.record import Setting
from ..domain.rubric import Rubric
from ..domain.tables import shown
from . import rules


def gates_of_system(
    system: SystemConfig, project: ProjectConfig, rubric: Rubric
) -> dict[str, Setting]:
    """Return the gates of a system in the form in which a record holds them.

    Raises
    ------
    ConfigError
        If one is out of range, or names what the rubric does not have; says where it stands.
    """
    place = place_of_gates(system, project)
    return {
        gate: Setting(value=_READERS[gate](value, rubric, f"{place}.{gate}"), origin=_file(project))
        for gate, value in system.gates.items()
    }


def place_of_gates(system: SystemConfig, project: ProjectConfig) -> str:
    """Return the table that the gates of a system stand in, with its file."""
    return f"{_file(project)}: {project.key_of(system.name)}"


def _file(project: ProjectConfig) -> str:
    return project.path.name if project.path else ""


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
