"""The score of a system from a store alone: what its runs show together, as of now."""

from __future__ import annotations

import argparse
import hashlib
import os
from datetime import UTC, date, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from .. import config as project_config
from ..config import ProjectConfig
from ..domain.record import Generator, Pool, Reason, Record, Run, Source
from ..domain.text import clean_line
from ..provenance import GitFacts, ci_facts, contents, git_facts, precedes, today, versions
from ..scoring.card import Evidence, scorecard
from ..scoring.lineage import Lineage
from ..scoring.parts import of_the_whole
from ..scoring.pool import Pooled, places_of_tests, pool
from ..scoring.system_gates import gates_of_system
from ..store import Scope, Store, gather
from ._failure import CommandError
from ._records import read_each
from ._rubrics import add_rubric, chosen
from ._store import add_store, opened


def add_pooling(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a score from a store."""
    add_store(parser)
    parser.add_argument(
        "--root",
        metavar="DIR",
        help="without RECORD: the checkout that is judged, with its mlscore.toml or pyproject.toml"
        " (default: the current folder)",
    )
    parser.add_argument(
        "--now", metavar="DATE", help="without RECORD: judge ages as of this date (ISO 8601, UTC)"
    )
    add_rubric(parser)


def refuse_for_a_record(args: argparse.Namespace) -> None:
    """Refuse options that a record has no use for.

    Raises
    ------
    CommandError
        Names the first of them.
    """
    compares = str(getattr(args, "baseline", "") or "").startswith(("branch:", "commit:"))
    for name in ("root", "rubric", *(() if compares else ("now",))):
        if getattr(args, name) is not None:
            raise CommandError(f"--{name}: a record needs it not; leave out the record, or this")


def records_asked(args: argparse.Namespace) -> list[Record]:
    """Return the record of each system in RECORD, or without it what a store has of each.

    Raises as `read_each`, `refuse_for_a_record` and `records_from_store` do.
    """
    if args.record is None:
        return records_from_store(args)
    refuse_for_a_record(args)
    return read_each(args.record, args.system)


def records_from_store(args: argparse.Namespace) -> list[Record]:
    """Score what a store has of each system that is checked out, or of the one that is named.

    Raises
    ------
    CommandError
        If there is no such folder.
    ConfigError
        For anything wrong with the project's configuration, or the URL of the store.
    StoreError
        If the store cannot be read.
    """
    root = Path(args.root or ".")
    if not root.is_dir():
        raise CommandError(f"--root: {clean_line(str(root))}: no such folder")
    rubric = chosen(args)
    project = project_config.load(root, rubric, all_faults_known=False)
    git = git_facts(root)
    # Ages are those of the real clock: SOURCE_DATE_EPOCH moves the day of statements alone.
    now, day = today(args.now, {}), today(args.now, os.environ).date()
    known = project.known_systems([args.system] if args.system else [])
    with opened(args) as store:
        found = []
        for system in known.scored:
            scope = Scope(
                system=system, rubric=rubric, policy=project.policy, now=now, root=root, git=git
            )
            record = _scored(store, scope, project, day)
            if args.system or system in known.certain or _says_something(record):
                found.append(record)
    return found


def _says_something(record: Record) -> bool:
    """Whether runs or people speak of a system; of the project's own among others, none need to."""
    stated = any(item.attestation or item.waiver for item in record.items)
    stored = record.pool is not None and bool(record.pool.sources or record.pool.left_out)
    return stated or stored or bool(record.notes)


def _scored(store: Store, scope: Scope, project: ProjectConfig, day: date) -> Record:
    said = project.of(scope.system)
    gathered = gather(store, scope)
    sections = [section.id for section in scope.rubric.sections]
    head = scope.git.commit
    pooled = pool(
        gathered.records,
        None,
        policy=scope.policy,
        sections=sections,
        now=scope.now,
        lineage=Lineage(
            files=contents(scope.root, places_of_tests(gathered.records, None, head)),
            head=head,
            precedes=cache(partial(precedes, scope.root)),
        ),
        shards=gathered.shards,
    )
    reasons = [*pooled.reasons, *gathered.reasons]
    if not gathered.records:
        detail = f"{store.place} has no record of {scope.system} that counts"
        reasons.append(Reason(kind="no-tests", detail=detail))
    return scorecard(
        rubric=scope.rubric,
        evidence=Evidence(
            tests=pooled.tests,
            attestations=said.attestations,
            waivers=said.waivers,
            accepted_faults=said.accepted_faults,
        ),
        policy=scope.policy,
        # Those of all systems are options of a run, unknown here.
        config=gates_of_system(said, project, scope.rubric),
        run=of_the_whole(_run(scope.now, scope.git, pooled), reasons),
        system=scope.system,
        today=day,
        generator=Generator(name="pytest-mltestscore", version=version("pytest-mltestscore")),
        pool=Pool(store=store.place, sources=pooled.sources, left_out=gathered.left_out),
        trend=gathered.trend,
        notes=gathered.notes,
    )


def _run(now: datetime, git: GitFacts, pooled: Pooled) -> Run:
    """Return the facts of a run that ran nothing."""
    tests = {row.nodeid for rows in pooled.tests.values() for row in rows if row.seen}
    return Run(
        id=_id(now, pooled.sources),
        started_at=now.astimezone(UTC).isoformat(),
        duration_s=0.0,
        commit=git.commit,
        dirty=git.dirty,
        branch=git.branch,
        ci=ci_facts(os.environ),
        selected=len(tests),
        complete=True,
        incomplete_reasons=(),
        versions=versions(),
    )


def _id(now: datetime, sources: tuple[Source, ...]) -> str:
    said = "\n".join([now.isoformat(), *(source.run for source in sources)])
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32]
