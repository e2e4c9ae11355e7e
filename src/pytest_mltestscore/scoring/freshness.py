"""Whether a dated statement still counts. Dates are UTC days; the last day counts in full."""

from __future__ import annotations

import datetime as dt

from ..domain.evidence import Attestation, Waiver
from ..domain.record import AttestationStatus, Freshness, WaiverStatus

WARN_DAYS = 14
"""How many days ahead of its end a statement is pointed out."""

# A statement signed in a zone ahead of UTC may bear tomorrow's date.
_FUTURE_TOLERANCE = dt.timedelta(days=1)


def freshness(expires: dt.date, today: dt.date, *, signed: dt.date | None = None) -> Freshness:
    """Judge a statement that counts through `expires`.

    >>> freshness(dt.date(2026, 3, 1), dt.date(2026, 3, 1))
    'expiring'
    >>> freshness(dt.date(2026, 3, 1), dt.date(2026, 3, 2))
    'expired'
    """
    if signed is not None and signed - today > _FUTURE_TOLERANCE:
        return "future"
    if today > expires:
        return "expired"
    return "expiring" if (expires - today).days <= WARN_DAYS else "fresh"


def attestation_status(attestation: Attestation, today: dt.date) -> AttestationStatus:
    """Say how an attestation stands today."""
    return AttestationStatus(
        statement=attestation,
        freshness=freshness(attestation.expires, today, signed=attestation.date),
        days_left=(attestation.expires - today).days,
    )


def waiver_status(waiver: Waiver, today: dt.date) -> WaiverStatus:
    """Say how a waiver stands today."""
    return WaiverStatus(
        decision=waiver,
        freshness=freshness(waiver.expires, today),
        days_left=(waiver.expires - today).days,
    )
