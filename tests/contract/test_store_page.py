"""What the page on stores shows is what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import needs
from pytest_mltestscore.store import open_store
from store_records import content

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "store.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_records_are_kept_and_read_as_shown(tmp_path):
    (tmp_path / "run.json").write_bytes(content(1))
    keeping, reading = blocks("python")
    shown = []
    for text in (keeping, reading.replace("days=30", "days=10_000")):
        done = subprocess.run(
            [sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        shown += done.stdout.splitlines()
    assert shown[0] == "2026-03-02 08:16  feature/slices  2.5"
    assert shown[1:] == ["reasonably tested; more could be automated", "0 records could go"]


@pytest.fixture
def tables(tmp_path):
    """The tables, with two runs of a system and one of another in them."""
    needs.module("sqlalchemy")
    with open_store(f"sqlite:///{tmp_path}/scores.db") as store:
        store.append(content(1, branch="main"))
        store.append(content(2, branch="main"))
        store.append(content(3, system="fraud"))
        with store._backend._engine.connect() as connection:
            yield connection


def test_queries_answer(tables):
    scores, items = (tables.exec_driver_sql(text).all() for text in blocks("sql"))
    assert [(system, score) for _, system, score in scores] == [("churn", 2.5)] * 2
    assert {number for _, number in items} == {2}
    assert len({item for item, _ in items}) == len(items) > 1


def test_every_table_and_column_is_described_and_no_other(tables):
    from sqlalchemy import inspect

    found = inspect(tables)
    names = found.get_table_names()
    rows = dict(re.findall(r"^\| `(mlscore_\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert set(rows) == set(names)
    for name in set(names) - {"mlscore_run"}:
        described = set(re.findall(r"`(\w+)`", rows[name]))
        assert described == {c["name"] for c in found.get_columns(name)}
    _, _, listed = PAGE.partition("The columns of `mlscore_run`:")
    cells = re.findall(r"^\| (`.*?`) \| ", listed, re.MULTILINE)
    columns = {c for cell in cells for c in re.findall(r"`(\w+)`", cell)}
    assert columns == {c["name"] for c in found.get_columns("mlscore_run")}


def test_every_extra_is_named():
    shown = set(re.findall(r"pytest-mltestscore\[(\w+)\]", PAGE))
    assert shown == {"s3", "gcs", "azure", "sql", "postgresql"}
