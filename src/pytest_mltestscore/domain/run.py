"""How a run came about, and what it does not show."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

ReasonKind = Literal[
    "deselected",  # partial: tagged tests left out by -k, -m, --deselect, --lf, --sw
    "arguments",  # partial: files or node ids on the command line, so more may exist
    "in-progress",  # the file was written at start; the run never came to its end
    "stopped",  # -x, --maxfail
    "interrupted",  # KeyboardInterrupt
    "exit",  # pytest.exit
    "collection-errors",
    "internal-error",
    "usage-error",
    "worker-lost",  # an xdist worker vanished with work that cannot be named
    "unfinished",  # selected tests without a final report
    "no-tests",
    "shard-missing",  # a part of a run that announced its parts never arrived
    "store",  # the store that was to add evidence could not be read, or not all of it
]
PARTIAL_KINDS: frozenset[ReasonKind] = frozenset({"deselected", "arguments"})
UNLISTED_KINDS: frozenset[ReasonKind] = frozenset(
    {
        "arguments",
        "in-progress",
        "collection-errors",
        "internal-error",
        "usage-error",
        "worker-lost",
        "shard-missing",
        "store",
    }
)
"""Reasons after which tests may exist that this run does not know of."""


class Reason(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Why a run does not show everything."""

    kind: ReasonKind
    detail: str


class CI(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The CI job of a run."""

    provider: str
    url: str = ""
    job: str = ""
    """What the job is called, the same from run to run; empty where the service does not say."""


class Shard(msgspec.Struct, frozen=True, order=True):
    """Which part of a run that is spread over several jobs, counted from 1."""

    number: Annotated[int, Meta(ge=1, le=9999)]
    of: Annotated[int, Meta(ge=1, le=9999)]

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of the run that do not bear on the score."""

    id: str
    started_at: str
    """RFC 3339, UTC."""
    duration_s: float
    commit: str | None
    """Full hash; None outside a git checkout."""
    dirty: bool | None
    branch: str | None
    ci: CI | None
    selected: int
    """Tests that pytest was going to run, tagged or not."""
    complete: bool
    incomplete_reasons: tuple[Reason, ...]
    versions: dict[str, str]
    """Python, pytest and platform."""
    folders: tuple[str, ...] = ()
    """Where it looked for tests, below pytest's root; `.` is all of it. Empty where less was named.
    """
    collected: tuple[str, ...] = ()
    """The same where every tagged test in them is listed here, else empty."""
    shard: Shard | None = None
    """None where the run is the whole."""
    merged_shards: tuple[Shard, ...] = ()
    """Parts that it was put together from."""

    @property
    def partial(self) -> bool:
        """Left something out by choice."""
        return any(r.kind in PARTIAL_KINDS for r in self.incomplete_reasons)

    @property
    def cut_short(self) -> bool:
        """Did not finish what it had set out to do."""
        return any(r.kind not in PARTIAL_KINDS for r in self.incomplete_reasons)
