"""From the files of a project to one checked value, or one error that lists all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..domain.errors import ConfigError
from ..domain.evidence import AcceptedFault, Attestation, Waiver
from ..domain.record import Policy
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import clean_line
from ._accepted_faults import read_accepted_faults
from ._policy import read_policy
from ._problems import Problems
from ._source import read_toml
from ._statements import Statements
from ._systems import (
    NAME_MEND,
    Addressed,
    Addressees,
    SystemConfig,
    Systems,
    is_name,
    read_systems,
)
from ._tags import TagPattern, read_tags

T = TypeVar("T")

DEFAULT_SYSTEM = "default"
SECTION = "tool.mlscore"
OWN_FILE = "mlscore.toml"

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectConfig:
    """What a project says about itself, its items resolved to ids."""

    path: Path | None = None
    """The file it comes from; None if the project says nothing."""
    system: str = DEFAULT_SYSTEM
    tags: tuple[TagPattern, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    accepted_faults: tuple[AcceptedFault, ...] = ()
    policy: Policy = field(default_factory=Policy)
    validation_errors: tuple[str, ...] = ()
    """Errors that say that data is not as it should be, as `package.module.Name`."""
    systems: tuple[SystemConfig, ...] = ()
    """Those that the project declares; what it states of its own is in the fields above, too."""

    def of(self, system: str) -> SystemConfig:
        """Return what the project says of a system that it declares, or of its own."""
        declared = next((s for s in self.systems if s.name == system), None)
        return declared or SystemConfig(
            name=self.system,
            attestations=self.attestations,
            waivers=self.waivers,
            accepted_faults=self.accepted_faults,
        )

    @property
    def _is_own_file(self) -> bool:
        return self.path is not None and self.path.name == OWN_FILE

    def key_of(self, system: str) -> str:
        """Return where a system is declared, such as `tool.mlscore.systems.churn`."""
        return f"systems.{system}" if self._is_own_file else f"{SECTION}.systems.{system}"

    def known_systems(self, only: Sequence[str] = ()) -> Systems:
        """Return the systems as tags know them; with `only`, the others are not scored.

        Raises
        ------
        ConfigError
            If `only` names one that is not known.
        """
        header = f"[{self.key_of('{}')}]"
        known = Systems(self.system, self.systems, only=only, header=header)
        for name in only:
            known.find(name)
        return known


class _Keys(msgspec.Struct):
    """The keys that there are, whatever they hold."""

    system: Any = None
    systems: Any = None
    tags: Any = None
    attestations: Any = None
    waivers: Any = None
    accepted_faults: Any = None
    policy: Any = None
    validation_errors: Any = None


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its name for messages, and its content if it could be read."""

    path: Path
    name: str
    content: dict[str, Any] | None


def load(
    root: Path, rubric: Rubric, *, pyproject: Path | None = None, all_faults_known: bool = True
) -> ProjectConfig:
    """Read `[tool.mlscore]` of `pyproject.toml`, or `mlscore.toml`, in the folder `root`.

    `pyproject` names a file to be read in place of `root/pyproject.toml`. A project with neither
    gets the defaults. Plugins bring their faults only where tests are proved; elsewhere an accepted
    fault may be one of theirs, unless `all_faults_known`.

    Raises
    ------
    ConfigError
        With every problem of every file, a line each; also if both files say something.
    """
    lines: list[str] = []
    project = _open(pyproject or root / "pyproject.toml", root, lines)
    if pyproject is not None and project.content is None and not lines:
        lines.append(f"{project.name}: does not exist; mend the path")
    own = _open(root / OWN_FILE, root, lines)
    section = _section(project, lines)
    if own.content and section:
        lines.append(
            f"{own.name} and [{SECTION}] in {project.name} both configure mlscore; "
            "move everything into one of them"
        )
    read = partial(_read, rubric=rubric, project=project, all_faults_known=all_faults_known)
    if own.content is not None and (own.content or section is None):
        config = read(own, own.content, Problems(own.name, lines))
    elif section is not None:
        config = read(project, section, Problems(project.name, lines, SECTION))
    else:
        config = ProjectConfig(system=_project_name(project, lines))
    if lines:
        raise ConfigError("\n".join(lines))
    return config


def _open(path: Path, root: Path, lines: list[str]) -> _File:
    name = clean_line(str(path.relative_to(root) if path.is_relative_to(root) else path))
    return _File(path, name, read_toml(path, name=name, lines=lines))


def _section(project: _File, lines: list[str]) -> dict[str, Any] | None:
    """Return `[tool.mlscore]`, or None if there is none."""
    tool = _table(project, project.content or {}, "tool", lines)
    return None if tool is None else _table(project, tool, SECTION, lines)


def _table(
    project: _File, parent: dict[str, Any], key: str, lines: list[str]
) -> dict[str, Any] | None:
    value = parent.get(key.rpartition(".")[2])
    if value is None or isinstance(value, dict):
        return value
    Problems(project.name, lines).add(key, f"is {shown(value)}; give a table")
    return None


def _read(
    source: _File,
    content: dict[str, Any],
    problems: Problems,
    *,
    rubric: Rubric,
    project: _File,
    all_faults_known: bool,
) -> ProjectConfig:
    problems.read(_Keys, content)  # for unknown keys only: each table is read whatever it says
    own = _system(content.get("system"), problems, project)
    systems = read_systems(content.get("systems", {}), problems)
    addressees = Addressees(own, systems, problems)
    statements = Statements(rubric, problems, source.path.parent, addressees)
    tags = read_tags(content.get("tags", {}), rubric, problems)
    attestations = statements.attestations(content.get("attestations", []))
    waivers = statements.waivers(content.get("waivers", []))
    accepted = read_accepted_faults(
        content.get("accepted_faults", []),
        rubric,
        problems,
        addressees,
        all_known=all_faults_known,
    )
    return ProjectConfig(
        path=source.path,
        system=own,
        tags=tags,
        attestations=_of(own, attestations),
        waivers=_of(own, waivers),
        accepted_faults=_of(own, accepted),
        policy=read_policy(content.get("policy", {}), rubric, problems),
        validation_errors=_errors(content.get("validation_errors", []), problems),
        systems=tuple(
            replace(
                system,
                attestations=_of(system.name, attestations),
                waivers=_of(system.name, waivers),
                accepted_faults=_of(system.name, accepted),
            )
            for system in systems
        ),
    )


def _of(system: str, statements: Sequence[Addressed[T]]) -> tuple[T, ...]:
    return tuple(statement for statement, systems in statements if system in systems)


def _system(value: object, problems: Problems, project: _File) -> str:
    if value is None:
        return _project_name(project, problems.lines)
    if isinstance(value, str) and is_name(value):
        return value
    problems.add("system", f"is {shown(value)}; {NAME_MEND}")
    return DEFAULT_SYSTEM


def _project_name(project: _File, lines: list[str]) -> str:
    table = (project.content or {}).get("project")
    name = table.get("name", DEFAULT_SYSTEM) if isinstance(table, dict) else DEFAULT_SYSTEM
    if isinstance(name, str) and is_name(name):
        return name
    problem = f"is {shown(name)}, which cannot name the system; set system in [{SECTION}]"
    Problems(project.name, lines).add("project.name", f"{problem}: {NAME_MEND}")
    return DEFAULT_SYSTEM


def _errors(value: object, problems: Problems) -> tuple[str, ...]:
    if not isinstance(value, list):
        problems.add("validation_errors", f"is {shown(value)}; give a list of names")
        return ()
    for place, name in enumerate(value):
        if not (isinstance(name, str) and _DOTTED.fullmatch(name)):
            mend = 'give module and name of a class, such as "mypackage.errors.BadFrame"'
            problems.add(f"validation_errors[{place}]", f"is {shown(name)}; {mend}")
    return tuple(name for name in value if isinstance(name, str))
