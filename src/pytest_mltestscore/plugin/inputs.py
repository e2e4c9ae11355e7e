"""Everything a scored run needs to know before it starts, read and checked at once.

Nothing is written before all of it has been read, so a typing error never costs a report.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from .. import catalog
from .. import config as project_config
from ..config import ProjectConfig, Systems
from ..domain.errors import ConfigError
from ..domain.evidence import Attestation
from ..domain.reading import parse
from ..domain.record import CI, Baseline, Record, Setting, Shard
from ..domain.rubric import Rubric
from ..provenance import GitFacts, SecretMask, ci_facts, git_facts, today, versions
from ..scoring import rules
from ..scoring.diff import baseline_among, yardstick
from ..store import Found, Reference, newest_record, reference
from .extensions import extra_rubrics
from .options import PROVING_NEEDS, Effective, effective, is_active, located, proving
from .pooling import StoreUse, read_shard, read_store, store_asked
from .systems import SystemInputs, inputs_of_systems

_BASELINE = "--mlscore-baseline"
_STORE = "--mlscore-store"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What was asked, and where and when."""

    rubric: Rubric
    project: ProjectConfig
    settings: dict[str, Setting]
    systems: Systems
    of: dict[str, SystemInputs]
    """What is asked of each system that may be scored, by name."""
    now: datetime
    """By which statements expire."""
    began: datetime
    """When the run began, and by which ages are judged: `SOURCE_DATE_EPOCH` does not move it."""
    git: GitFacts
    ci: CI | None
    versions: dict[str, str]
    mask: SecretMask
    store: StoreUse | None = None
    shard: Shard | None = None


def read_rubric(config: pytest.Config) -> tuple[Rubric, Effective]:
    """Load the rubric that the run asks for, with the faults of plugins where tests are proved."""
    extra = extra_rubrics(config)
    asked = effective(config, "rubric")
    source: str | Path | None = asked.value or None
    if source is not None and source not in catalog.available() | extra:
        path = located(config, asked)
        source = path if path.exists() else source
    rubric = catalog.load(source, extra=extra)
    if _knows_all_faults(config):
        from .own_faults import with_own_faults

        rubric = with_own_faults(config, rubric)
    return rubric, asked


def _knows_all_faults(config: pytest.Config) -> bool:
    """Whether plugins are asked for faults: where tests are proved, with what faults need.

    What is missing is said where proving begins.
    """
    return is_active(config) and proving(config) is not None and all(map(find_spec, PROVING_NEEDS))


def read_project(config: pytest.Config, rubric: Rubric) -> ProjectConfig:
    """Load tags, statements and policy of the project."""
    known = _knows_all_faults(config)
    return project_config.load(config.rootpath, rubric, all_faults_known=known)


def read_inputs(config: pytest.Config) -> Inputs:
    """Read and check everything. Raises an MLTestScoreError for whatever is wrong."""
    rubric, asked_rubric = read_rubric(config)
    mask = SecretMask(os.environ)
    project = _without_secrets(read_project(config, rubric), mask)
    asked_now = effective(config, "now").value
    now, began = today(asked_now, os.environ), today(asked_now, {})
    settings = _settings(config, rubric, asked_rubric)
    ci = ci_facts(os.environ)
    store = read_store(config, in_ci=ci is not None)
    if store is not None:
        origin = store_asked(config).origin
        settings["store"] = Setting(value=store.store.place, origin=origin)
    systems = read_systems(config, project)
    git = git_facts(config.rootpath)  # before a stub makes a tracked report differ
    baseline_of = _baselines(config, systems, rubric, store, now=began, commit=git.commit)
    return Inputs(
        rubric=rubric,
        project=project,
        settings=settings,
        systems=systems,
        of=inputs_of_systems(systems, project, rubric, settings, baseline_of),
        now=now,
        began=began,
        git=git,
        ci=ci,
        versions=versions(pytest.__version__),
        mask=mask,
        store=store,
        shard=read_shard(config),
    )


def read_systems(config: pytest.Config, project: ProjectConfig) -> Systems:
    """Return the systems of the project, of which `--mlscore-system` may choose some."""
    asked = effective(config, "system")
    try:
        return project.known_systems([name.strip() for name in asked.value or ()])
    except ConfigError as error:
        raise ConfigError(f"{asked.label}: {error}") from None


def _without_secrets(project: ProjectConfig, mask: SecretMask) -> ProjectConfig:
    def masked(statements: tuple[Attestation, ...]) -> tuple[Attestation, ...]:
        return tuple(msgspec.structs.replace(a, link=mask(a.link)) for a in statements)

    systems = tuple(replace(s, attestations=masked(s.attestations)) for s in project.systems)
    return replace(project, attestations=masked(project.attestations), systems=systems)


def _settings(config: pytest.Config, rubric: Rubric, asked_rubric: Effective) -> dict[str, Setting]:
    floor = effective(config, "fail_under")
    sections = effective(config, "fail_under_section")
    proof = effective(config, "fail_under_proof")
    require = effective(config, "require")
    values: dict[str, tuple[Any, Effective]] = {
        "rubric": (rubric.id, asked_rubric),
        "fail_under": (
            None
            if floor.value is None
            else rules.fail_under(floor.value, option=floor.label, maximum=rubric.section_maximum),
            floor,
        ),
        "fail_under_section": (
            rules.section_floors(sections.value or (), rubric, sections.label),
            sections,
        ),
        "fail_under_proof": (
            None
            if proof.value is None
            else rules.fail_under(proof.value, option=proof.label, maximum=1),
            proof,
        ),
        "require": (list(rules.requirements(require.value or (), rubric, require.label)), require),
    }
    for name in ("fail_on_regression", "strict", "prove"):
        asked = effective(config, name)
        values[name] = bool(asked.value), asked
    only = effective(config, "prove_only")
    if only.value:
        values["prove"], values["prove_only"] = (True, only), (only.value, only)
    limits = (effective(config, f"prove_{name}") for name in ("depth", "budget", "isolation"))
    for needing in (proof, *(limit for limit in limits if limit.typed)):
        if needing.value is not None and not values["prove"][0]:
            raise ConfigError(f"{needing.label}: nothing is proved; add --mlscore-prove")
    baseline = effective(config, "baseline")
    values["baseline"] = baseline.value or None, baseline
    regression, asked = values["fail_on_regression"]
    if regression and not baseline.value:
        raise ConfigError(f"{asked.label}: there is nothing to compare with; add {_BASELINE}=FILE")
    return {name: Setting(value=v, origin=asked.origin) for name, (v, asked) in values.items()}


def _baselines(
    config: pytest.Config,
    systems: Systems,
    rubric: Rubric,
    use: StoreUse | None,
    *,
    now: datetime,
    commit: str | None,
) -> Callable[[str], tuple[Baseline | None, Record | None]]:
    """Return what gives the baseline of a system, with the record that it was taken from.

    A file is read once for all of them.
    """
    asked = effective(config, "baseline")
    if not asked.value:
        return lambda _: (None, None)
    try:
        wanted = reference(asked.value, store_option=_STORE)
    except ConfigError as error:
        raise ConfigError(f"{asked.label}: {error}") from None
    in_file = _from_file(config, asked) if wanted is None else []

    def baseline_of(system: str) -> tuple[Baseline, Record | None]:
        records, instead = in_file, ""
        if wanted is not None:
            found = _from_store(asked, wanted, use, system, now=now, commit=commit)
            records, instead = [found.record] if found.record else [], found.instead
        new, several = yardstick(system, rubric), systems.several
        return baseline_among(records, asked.value, new, several=several, instead=instead)

    return baseline_of


def _from_store(
    asked: Effective,
    wanted: Reference,
    use: StoreUse | None,
    system: str,
    *,
    now: datetime,
    commit: str | None,
) -> Found:
    if use is None:
        raise ConfigError(f"{asked.label}: {wanted} is looked for in a store; add {_STORE}=URL")
    return newest_record(use.store, system, wanted, now=now, beside=commit)


def _from_file(config: pytest.Config, asked: Effective) -> list[Record]:
    path = located(config, asked)
    if not path.exists():
        return []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{asked.label}: {asked.value} cannot be read ({error.strerror}); "
            "name a record that --mlscore-report=json:FILE wrote"
        ) from None
    return parse(content, asked.value)
