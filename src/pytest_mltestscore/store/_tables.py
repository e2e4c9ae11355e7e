"""The tables as they are today, and what of a record goes into them.

The record itself is in `mlscore_record`, packed, and is all that this package reads. The other
columns and tables are for finding it and for people who ask the database themselves.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from ..domain.reading import SIZE_LIMIT
from ..domain.text import clean_line
from ._backend import Sent

METADATA = MetaData()

RUN = Table(
    "mlscore_run",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("system", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("run", Text, nullable=False),
    Column("commit_hash", Text),
    Column("dirty", Boolean),
    Column("branch", Text),
    Column("ci_provider", Text),
    Column("ci_url", Text),
    Column("shard_number", Integer),
    Column("shard_count", Integer),
    Column("completeness", Text, nullable=False),
    Column("gate", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("implemented", Float, nullable=False),
    Column("max_score", Float, nullable=False),
    Column("band", Text, nullable=False),
    Column("rubric", Text, nullable=False),
    Column("rubric_version", Text, nullable=False),
    Column("scoring_version", Text, nullable=False),
)
SECTION = Table(
    "mlscore_section",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("section", Text, primary_key=True),
    Column("score", Float, nullable=False),
    Column("max_score", Float, nullable=False),
)
ITEM = Table(
    "mlscore_item",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("section", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("points", Float, nullable=False),
)
RECORD = Table(
    "mlscore_record",
    METADATA,
    Column("run_id", BigInteger, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

ID_LIMIT = 200
"""Characters of a section's or an item's id. Keys of an index have a limit too."""

Row = dict[str, Any]


def run_row(sent: Sent) -> Row:
    """Return what goes into `mlscore_run`."""
    entry, record, run = sent.entry, sent.record, sent.record.run
    return {
        "key": entry.key,
        "system": entry.key.partition("/")[0],
        "started_at": entry.started_at,
        "duration_s": run.duration_s,
        "run": clean_line(run.id),
        "commit_hash": _shown(run.commit),
        "dirty": run.dirty,
        "branch": _shown(run.branch),
        "ci_provider": _shown(run.ci.provider if run.ci else None),
        "ci_url": _shown(run.ci.url if run.ci else None),
        "shard_number": entry.shard and entry.shard.number,
        "shard_count": entry.shard and entry.shard.of,
        "completeness": entry.completeness,
        "gate": record.gate.status,
        "score": record.score.final,
        "implemented": record.score.implemented,
        "max_score": record.score.max,
        "band": clean_line(record.score.band.key),
        "rubric": clean_line(record.rubric.id),
        "rubric_version": clean_line(record.rubric.version),
        "scoring_version": clean_line(record.scoring_version),
    }


def section_rows(sent: Sent, run_id: int) -> list[Row]:
    """Return what goes into `mlscore_section`."""
    return _unique(
        "section",
        (
            {
                "run_id": run_id,
                "section": clean_line(section.id, limit=ID_LIMIT),
                "score": section.score,
                "max_score": section.max,
            }
            for section in sent.record.sections
        ),
    )


def item_rows(sent: Sent, run_id: int) -> list[Row]:
    """Return what goes into `mlscore_item`."""
    return _unique(
        "item",
        (
            {
                "run_id": run_id,
                "item": clean_line(item.id, limit=ID_LIMIT),
                "section": clean_line(item.section, limit=ID_LIMIT),
                "state": item.state,
                "points": item.points,
            }
            for item in sent.record.items
        ),
    )


def packed(content: bytes) -> bytes:
    """Return content as it is kept: most records shrink to a sixth."""
    return zlib.compress(content)


def unpacked(data: object) -> bytes:
    """Return the content; nothing if it is damaged, and no more than a record may have.

    SQLite holds whatever was put there, a number or a text as well.
    """
    try:
        return zlib.decompressobj().decompress(data, SIZE_LIMIT + 1)  # type: ignore[arg-type]
    except (zlib.error, TypeError):
        return b""


def _shown(text: str | None) -> str | None:
    # PostgreSQL takes no NUL in a text, and people no control characters in a table.
    return None if text is None else clean_line(text)


def _unique(name: str, rows: Iterator[Row]) -> list[Row]:
    """Ids of other people's records may differ only in what cleaning takes away."""
    return list({row[name]: row for row in rows}.values())
