"""The score as JSON for the endpoint badge of Shields (https://shields.io/badges/endpoint-badge).

Shields fetches it from wherever it is published and draws the badge, in any of its styles.
"""

from __future__ import annotations

import json

from ..domain.record import Record
from ._badge import LABEL, badge


def render(record: Record) -> str:
    """Return what Shields is to draw: the score, or why there is none."""
    text, ink = badge(record)
    facts = {"schemaVersion": 1, "label": LABEL, "message": text, "color": ink}
    return json.dumps(facts) + "\n"
