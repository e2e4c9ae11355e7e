"""An audit as JSON, for programs: documented in `docs/how-to/audit.md`, stable within a format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from .auditing.changes import Change
from .auditing.judging import Suggestion
from .auditing.migrating import ByHand
from .auditing.survey import Audit, PassedOver

FORMAT = 1
"""Goes up when a key changes its meaning or goes away; new keys may come at any time."""


def to_json(
    audit: Audit,
    suggestions: Sequence[Suggestion],
    written: Sequence[Change],
    passed_over: Sequence[PassedOver],
    by_hand: Sequence[ByHand] = (),
) -> str:
    """Return the audit as one JSON object."""
    said = _object(audit, suggestions, written, passed_over, by_hand)
    encoded = msgspec.json.encode(said, order="sorted")
    return msgspec.json.format(encoded, indent=2).decode()


def _object(
    audit: Audit,
    suggestions: Sequence[Suggestion],
    written: Sequence[Change],
    passed_over: Sequence[PassedOver],
    by_hand: Sequence[ByHand],
) -> dict[str, Any]:
    rubric = audit.rubric
    return {
        "audit_format": FORMAT,
        "rubric": {"id": rubric.id, "version": rubric.version},
        "files_read": len(audit.files),
        "tests_read": audit.tests,
        "more_files": audit.cut,
        "passed_over": [{"path": _text(p.name), "why": _text(p.why)} for p in passed_over],
        "items": [
            {
                "id": item.id,
                "name": item.name,
                "section": item.section,
                "tests": [
                    _text(tagged.test.nodeid) for tagged in audit.tagged if item.id in tagged.items
                ],
            }
            for item in rubric.items
        ],
        "suites": [_text(suite) for suite in audit.suites],
        "suggestions": [
            {
                "nodeid": _text(s.test.nodeid),
                "line": s.test.line,
                "item": s.item,
                "name": rubric.find(s.item).name,
                "confidence": s.confidence,
                "why": [_text(why) for why in s.why],
                "homemade": s.homemade,
            }
            for s in suggestions
        ],
        "without_assertion": [
            {"nodeid": _text(t.test.nodeid), "line": t.test.line, "items": list(t.items)}
            for t in audit.toothless
        ],
        "unknown_tags": [
            {"nodeid": _text(u.test.nodeid), "message": _text(u.message)} for u in audit.unknown
        ],
        "homemade": [
            {
                "kind": h.kind,
                "text": _text(h.text),
                "path": _text(h.path),
                "nodeid": _text(h.nodeid),
                "item": h.item or None,
                "section": h.section or None,
                "line": h.line,
            }
            for h in audit.homemade
        ],
        "written": [
            {"path": _text(c.name), "tests": c.tests, "declarations": c.declarations}
            for c in written
        ],
        "by_hand": [
            {"path": _text(place.path), "line": place.line, "what": _text(place.what)}
            for place in by_hand
        ],
    }


def _text(text: str) -> str:
    # Names of files may hold what no UTF-8 can.
    return text.encode("utf-8", "backslashreplace").decode()
