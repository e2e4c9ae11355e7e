"""From facts to the files that are to be written, and the words about it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from ._account import found, guessed
from ._ci_jobs import JOBS, job_text, to_do
from ._data_choice import choose
from ._facts import Facts
from ._looking import MODULE
from ._parts import SCHEMA_FILE
from ._schema_draft import schema_text
from ._settings import settings
from ._test_module import module_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, and why."""

    files: dict[str, str]
    """Texts of new files by their paths."""
    appended: bytes
    """To `pyproject.toml`."""
    pyproject: bytes
    left: list[tuple[str, str]] = field(default_factory=list)
    """What stays as it is, and why."""
    found: list[tuple[str, str]]
    guessed: list[tuple[str, str]]
    to_do: list[str]


def decide(facts: Facts, *, name: str, services: Sequence[str] | None) -> Plan:
    """Decide what to write. `services` are those of CI; None means those that were found."""
    chosen = choose(facts)
    wanted = facts.ci if services is None else services
    module = f"{facts.test_folder}/{MODULE}"
    set_up = settings(facts, name)
    files = {module: module_text(facts, chosen, name)}
    drafted = schema_text(chosen.train) if chosen.train else ""
    if drafted and module not in facts.paths:
        files[f"{facts.test_folder}/{SCHEMA_FILE}"] = drafted
    files |= set_up.files
    files |= {JOBS[s].path: job_text(s, facts, chosen) for s in wanted}
    left = [(path, "exists") for path in files if os.path.lexists(facts.root / path)]
    if facts.settings_in:
        left.append((facts.settings_in, "mlscore is configured there"))
    taken = dict(left)
    # A job that an earlier run wrote waits for what a person does as well.
    before = [s for s in JOBS if services is None and JOBS[s].path in facts.paths]
    jobs = list(dict.fromkeys([*wanted, *before]))
    return Plan(
        files={path: text for path, text in files.items() if path not in taken},
        appended=set_up.appended,
        pyproject=facts.pyproject or b"",
        left=list(taken.items()),
        found=found(facts, chosen),
        guessed=[] if module in taken else guessed(chosen),
        to_do=to_do(facts, jobs, files.keys() - taken.keys()),
    )
