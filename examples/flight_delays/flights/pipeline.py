"""The whole system, end to end: a release a month, the promoted one serving the next.

    python -m flights.pipeline FOLDER

Each release learns from January up to a month, is judged on the month after, and serves in the one
after that: the year of data makes three months of serving, October to December.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from flights import data, nightly, replay
from flights.client import RunningServer
from flights.gate import Decision
from flights.model import LateClassifier
from flights.registry import Registry
from flights.train import Table, in_months, make_table, release


class Release(NamedTuple):
    """A step of the release train; `serve` is the month to be replayed after it, if any."""

    through: int
    serve: int | None = None

    @property
    def version(self) -> str:
        """Name of the version: the last month that it learned from."""
        return f"2013-{self.through:02}"


RELEASES = (Release(7), Release(8, serve=10), Release(9, serve=11), Release(10, serve=12))


class Workspace(NamedTuple):
    """Where one run of the pipeline has put everything."""

    root: Path

    @property
    def registry(self) -> Registry:
        """The model store."""
        return Registry(self.root / "models")

    @property
    def store(self) -> Path:
        """Folder of the nightly tables."""
        return self.root / "store"

    @property
    def log(self) -> Path:
        """The log of served predictions."""
        return self.root / "served.jsonl"

    def serving(self, version: str | None = None, log: Path | None = None) -> RunningServer:
        """Return the serving command, to be started by `with`."""
        return RunningServer(self.registry.root, self.store, log or self.log, version)


def run(
    root: Path,
    sources: data.Sources,
    *,
    table: Table | None = None,
    releases: Sequence[Release] = RELEASES,
    per_day: int = replay.PER_DAY,
    model: LateClassifier | None = None,
) -> tuple[Workspace, list[Decision]]:
    """Train, judge and promote each release, and replay the months that they serve."""
    table = table or make_table(sources)
    workspace = Workspace(root)
    nightly.write_store(workspace.store, sources)
    decisions = []
    with ExitStack() as stack:
        server = None
        for step in releases:
            decision = release(
                workspace.registry,
                table,
                version=step.version,
                through=step.through,
                gate_month=step.through + 1,
                model=model,
            )
            decisions.append(decision)
            if step.serve is None:
                continue
            # One server throughout: it follows the registry from one version to the next.
            if server is None:
                server = stack.enter_context(workspace.serving())
            rows = in_months(table, step.serve, step.serve).rows
            replay.replay(server, replay.draw(rows, per_day))
    return workspace, decisions


def main() -> None:
    """Run everything into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    workspace, decisions = run(folder, data.read_sources())
    for step, decision in zip(RELEASES, decisions, strict=True):
        verdict = "blessed" if decision.blessed else f"vetoed: {'; '.join(decision.reasons)}"
        print(f"{step.version}: {verdict} {decision.metrics}")
    print(f"serving {workspace.registry.serving()}, log in {workspace.log}")


if __name__ == "__main__":
    main()
