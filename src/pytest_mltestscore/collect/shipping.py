"""What a test recorded, attached to its reports, so that it crosses process borders with them.

Only builtins travel: an object that the transport cannot serialise kills an xdist worker.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

import msgspec
import pytest

from ..domain.evidence import CheckEvidence, Measurement
from ..domain.proof import Proof
from ..domain.sink import Sink, current_sink, open_sink
from .tags import TAGS, Tagger

ATTRIBUTE = "mlscore"
"""Of a report: what it brings besides its outcome."""


class Shipment(NamedTuple):
    """What one report brings besides its outcome."""

    items: tuple[str, ...] | None
    """The tags of the test, if set-up changed them."""
    measurements: list[Measurement]
    checks: list[CheckEvidence]
    error: str
    """What went wrong in our own code, empty for nothing."""
    needs: Sequence[str] = ()
    proof: Proof | None = None
    proving_s: float = 0.0
    """Seconds that proving took."""


class Shipper:
    """Runs where the tests run: opens a sink for each attempt and attaches what it holds.

    `mask` hides secrets in what tests record, before any of it is cut.
    """

    def __init__(self, tagger: Tagger, mask: Callable[[str], str]) -> None:
        self._tagger = tagger
        self._mask = mask
        # A test may run pytest in its own process: its sink is to be open again afterwards.
        self._outer = current_sink()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Open a new sink, so that an attempt that is thrown away takes its records with it."""
        open_sink(Sink(self._mask))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach new tags after set-up, and everything recorded after tear-down."""
        report = yield
        if call.when == "call":
            return report
        try:
            load = self._load(item, call.when)
        except Exception as error:  # noqa: BLE001 - no fault of ours may cost a result
            load = {"error": f"{type(error).__name__}: {error}"}
        if load is not None:
            setattr(report, ATTRIBUTE, load)
        return report

    def _load(self, item: pytest.Item, when: str) -> dict[str, Any] | None:
        if when == "setup":
            mistakes = len(self._tagger.errors)
            items = self._tagger.tags_of(item)
            if len(self._tagger.errors) > mistakes:  # too late to end the run as a usage error
                return {"error": self._tagger.errors[-1]}
            return {"items": list(items)} if items != item.stash.get(TAGS, ()) else None
        sink = current_sink()
        open_sink(self._outer)
        if sink is None or not (sink.measurements or sink.checks or sink.needs):
            return None
        load = {"measurements": sink.measurements, "checks": sink.checks, "needs": sink.needs}
        return dict(msgspec.to_builtins(load))


def attach_proof(report: pytest.TestReport, found: Proof | str, spent_s: float) -> None:
    """Add to a report what came of proving its test; a text is what went wrong in our own code."""
    load = getattr(report, ATTRIBUTE, None) or {}
    added = {"error": found} if isinstance(found, str) else {"proof": msgspec.to_builtins(found)}
    setattr(report, ATTRIBUTE, {**added, "proving_s": spent_s, **load})


def unpack(report: pytest.TestReport) -> Shipment | None:
    """Return what was attached to a report, None for nothing."""
    load: dict[str, Any] | None = getattr(report, ATTRIBUTE, None)
    if load is None:
        return None
    return Shipment(
        items=tuple(load["items"]) if "items" in load else None,
        measurements=msgspec.convert(load.get("measurements", ()), list[Measurement]),
        checks=msgspec.convert(load.get("checks", ()), list[CheckEvidence]),
        error=str(load.get("error", "")),
        needs=msgspec.convert(load.get("needs", ()), list[str]),
        proof=msgspec.convert(load["proof"], Proof) if "proof" in load else None,
        proving_s=load.get("proving_s", 0.0),
    )
