"""Several ML systems in one repository: which there are, where their tests are, and their gates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import msgspec

from ..domain.errors import ConfigError, nearest
from ..domain.evidence import AcceptedFault, Attestation, Waiver
from ..domain.nodeids import compiled
from ..domain.tables import shown
from ..domain.tags import OWN
from ._problems import Problems
from ._tags import check_pattern

T = TypeVar("T")

Addressed: TypeAlias = tuple[T, tuple[str, ...]]
"""A statement, and the systems that it speaks of."""

# A name of dots only would be a folder, where names become paths.
_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,100}")
NAME_MEND = "use at most 100 letters, digits, '.', '_' and '-', and not only dots"

HEADER = "[tool.mlscore.systems.{}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemConfig:
    """What a project says of one of its systems."""

    name: str
    paths: tuple[str, ...] = ()
    """Node ids of the tests that serve it, as patterns."""
    gates: Mapping[str, Any] = field(default_factory=dict)
    """Options of the run that the system has values of its own for, as they were written."""
    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    accepted_faults: tuple[AcceptedFault, ...] = ()

    @property
    def states_something(self) -> bool:
        """Whether people have said anything of it."""
        return bool(self.attestations or self.waivers or self.accepted_faults)


class _SystemTable(msgspec.Struct, kw_only=True):
    """A system as people write it."""

    paths: list[str] | str = []
    fail_under: Any = None
    fail_under_section: Any = None
    fail_under_proof: Any = None
    require: Any = None


GATES = tuple(name for name in _SystemTable.__struct_fields__ if name != "paths")
"""The options of a run of which a system may have a value of its own."""

_ONE_VALUE = ("fail_under", "fail_under_proof")


def is_name(text: object) -> bool:
    """Whether a system may be called so.

    >>> is_name("churn-2"), is_name(".."), is_name("a/b")
    (True, False, False)
    """
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def read_systems(value: object, problems: Problems) -> tuple[SystemConfig, ...]:
    """Read the table `systems`, noting every problem."""
    if not isinstance(value, dict):
        header = f"[{problems.full('systems')}.NAME]"
        problems.add("systems", f"is {shown(value)}; write each system below a header {header}")
        return ()
    alike: dict[str, str] = {}
    found = []
    for name, table in value.items():
        key = f"systems.{name}"
        if not is_name(name):
            problems.add("systems", f"the name {shown(name)} cannot be used; {NAME_MEND}")
        elif (other := alike.setdefault(name.casefold(), name)) != name:
            mend = "differ only in case, as the names of their files would; rename one"
            problems.add(key, f"{other} and {name} {mend}")
        elif not isinstance(table, dict):
            problems.add(key, f"is {shown(table)}; give a table")
        else:
            found.append(_system(name, table, key, problems))
    return tuple(found)


def _system(name: str, table: dict[str, object], key: str, problems: Problems) -> SystemConfig:
    read = problems.read(_SystemTable, table, key) or _SystemTable()
    paths = [read.paths] if isinstance(read.paths, str) else read.paths
    for place, pattern in enumerate(paths):
        check_pattern(pattern, f"{key}.paths[{place}]", problems)
    gates = {gate: table[gate] for gate in GATES if gate in table}
    for gate, written in gates.items():
        _check_gate(gate, written, f"{key}.{gate}", problems)
    return SystemConfig(name=name, paths=tuple(paths), gates=gates)


def _check_gate(gate: str, written: object, key: str, problems: Problems) -> None:
    """Note a value of the wrong kind; whether it is in range is asked where the rubric is known."""
    if gate in _ONE_VALUE:
        if isinstance(written, bool) or not isinstance(written, int | float | str):
            problems.add(key, f"is {shown(written)}; give a number")
        return
    if gate == "fail_under_section" and isinstance(written, dict):
        return
    texts = written if isinstance(written, list) else [written]
    if not all(isinstance(text, str) for text in texts):
        wanted = "a table such as {data = 4}" if gate == "fail_under_section" else "a list of items"
        problems.add(key, f"is {shown(written)}; give {wanted}")


class Addressees:
    """Reads of which systems a statement speaks."""

    def __init__(self, own: str, configured: Sequence[SystemConfig], problems: Problems) -> None:
        self._own = own
        self._several = bool(configured)
        self._known = tuple(dict.fromkeys([*(system.name for system in configured), own]))
        self._problems = problems

    def take(self, table: dict[str, object], key: str) -> tuple[dict[str, object], tuple[str, ...]]:
        """Return a table without its key `system`, and the names that the key holds."""
        rest = {name: value for name, value in table.items() if name != "system"}
        if "system" in table:
            return rest, self._names(table["system"], f"{key}.system")
        if not self._several:
            return rest, (self._own,)
        listed = ", ".join(self._known)
        mend = f'add system = "{self._known[0]}", or a list of systems (there are {listed})'
        self._problems.add(key, f"does not say of which system it speaks; {mend}")
        return rest, ()

    def _names(self, value: object, key: str) -> tuple[str, ...]:
        words = value if isinstance(value, list) else [value]
        if not words:
            self._problems.add(key, "is an empty list; name a system")
        for word in words:
            if not isinstance(word, str):
                self._problems.add(key, f"is {shown(word)}; give the name of a system, in quotes")
            elif word not in self._known:
                header = f"[{self._problems.full('systems')}.{{}}]"
                self._problems.add(key, unknown_system(word, self._known, self._several, header))
        return tuple(dict.fromkeys(w for w in words if isinstance(w, str) and w in self._known))


def unknown_system(word: str, known: Iterable[str], several: bool, header: str = HEADER) -> str:
    """Say that there is no such system, and how to mend it.

    >>> unknown_system("chrun", ["churn", "shop"], True)
    "unknown system 'chrun'; did you mean 'churn'?"
    >>> unknown_system("churn", ["shop"], False)
    "unknown system 'churn'; declare it: [tool.mlscore.systems.churn]"
    """
    known = tuple(known)
    closest = nearest(word, known)
    if closest:
        return f"unknown system {shown(word)}; did you mean {closest!r}?"
    if not is_name(word):
        return f"unknown system {shown(word)}, which cannot be a name; {NAME_MEND}"
    mend = f"declare it: {header.format(word)}"
    if several:
        mend = f"there are {', '.join(known)}, or {mend}"
    return f"unknown system {shown(word)}; {mend}"


class Systems:
    """The systems of a project as tags know them: by name, and the own one as `OWN`.

    `only` names those that are to be scored, all of them if it is empty. What a pattern of a path
    matches is laid down in `domain.nodeids.compiled`; a test below the paths of two systems serves
    both.

    >>> churn = SystemConfig(name="churn", paths=("tests/churn",))
    >>> systems = Systems("shop", [churn])
    >>> systems.of_path("tests/churn/test_rows.py::test_nulls")
    ('churn',)
    >>> systems.of_path("tests/test_all.py::test")
    ('',)
    """

    def __init__(
        self,
        own: str,
        configured: Sequence[SystemConfig] = (),
        *,
        only: Iterable[str] = (),
        header: str = HEADER,
    ) -> None:
        self.own = own
        self.several = bool(configured)
        self.names = tuple(sorted({*(system.name for system in configured), own}))
        wanted = frozenset(only)
        self.scored = tuple(name for name in self.names if not wanted or name in wanted)
        declared = {system.name for system in configured}
        self.certain = frozenset(
            name for name in self.scored if not configured or name in wanted or name in declared
        )
        """Those that are scored whether or not a test or a statement speaks of them."""
        self.keys = tuple(self.key(name) for name in self.scored)
        """The scored ones, as tags know them."""
        self._header = header
        self._patterns = [
            (self.key(system.name), match)
            for system in configured
            for match in _matches(system.paths)
        ]

    def key(self, name: str) -> str:
        """Return what stands for a system in tags."""
        return OWN if name == self.own else name

    def find(self, word: str) -> str:
        """Return what stands for a system in tags.

        Raises
        ------
        ConfigError
            If there is no such system.
        """
        if word not in self.names:
            raise ConfigError(unknown_system(word, self.names, self.several, self._header))
        return self.key(word)

    def below_paths(self, nodeid: str) -> tuple[str, ...]:
        """Return the systems whose paths hold a test; none where the configuration names none."""
        if not self._patterns:
            return ()
        found = (system for system, match in self._patterns if match(nodeid))
        return tuple(dict.fromkeys(found))

    def of_path(self, nodeid: str) -> tuple[str, ...]:
        """Return the systems that a test serves if its marker names none."""
        return self.below_paths(nodeid) or (OWN,)


def _matches(patterns: Iterable[str]) -> list[Callable[[str], object]]:
    return [compiled(pattern).match for pattern in patterns]
