"""What the page on fleets shows is what the code does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import fleet_records as records
import needs
from pytest_mltestscore.reporters import fleet_parquet
from pytest_mltestscore.reporters._fleet_views import MAX_SYSTEMS
from pytest_mltestscore.reporters.to_json import render
from pytest_mltestscore.scoring.fleet import fleet_of
from pytest_mltestscore.store import open_store

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "fleet.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def answers(tmp_path):
    """What the queries answer, with ten systems and an older run of each in the tables."""
    needs.module("sqlalchemy")
    with open_store(f"sqlite:///{tmp_path}/scores.db") as store:
        for number in range(10):
            old = records.system(number + 10, id=f"old {number}", started_at="2026-01-01T00:00:00Z")
            for record in (records.system(number), old):
                named = render(record).replace(record.system, records.name(number))
                store.append(named.encode())
        with store._backend._engine.connect() as connection:
            yield [connection.exec_driver_sql(text).all() for text in blocks("sql")]


def test_queries_answer_as_the_page_does(answers):
    [group] = fleet_of(records.systems(10), now=records.NOW).groups
    systems, sections, items, last = answers
    assert [(row.system, row.score) for row in systems] == [
        (system.system, system.score) for system in group.systems
    ]
    assert {(row.system, row.section, row.score) for row in sections} == {
        (system.system, section, score)
        for system in group.systems
        for section, score in system.sections.items()
    }
    assert {(row.item, row.state): row.systems for row in items} == Counter(
        {(item.id, state): n for item in group.items for state, n in item.states.items()}
    )
    assert [row.system for row in last] == [
        system.system for system in sorted(group.systems, key=lambda s: (s.started_at, s.system))
    ]


def test_owners_are_added_as_shown(tmp_path):
    path = tmp_path / "mlscore.json"
    path.write_text(render(records.system(1)), "utf-8")
    [text] = blocks("python")
    subprocess.run([sys.executable, "-c", text], cwd=tmp_path, check=True)
    assert json.loads(path.read_text("utf-8"))["extra"] == {"owners": ["Serving team"]}


def test_numbers_and_columns_are_those_of_the_code():
    assert f"A page shows {MAX_SYSTEMS:,} systems at most" in PAGE
    _, _, listed = PAGE.partition("The columns of `fleet.parquet` are ")
    named = re.findall(r"`(\w+)`", listed.partition(".\n")[0])
    assert tuple(named) == fleet_parquet.ITEM_COLUMNS
