"""A fleet as JSON, as rows, and as Parquet."""

from __future__ import annotations

import io
import json

from msgspec.structs import replace

import fleet_records as records
import needs
import sample_records as samples
from pytest_mltestscore.reporters import fleet_parquet
from pytest_mltestscore.reporters.fleet_data import columns, item_rows, rows, to_json
from pytest_mltestscore.scoring.fleet import fleet_of

HALF = replace(samples.partial(), system="half")


def fleet(count=5, *others):
    found = [*records.systems(count), *others]
    return fleet_of(found, {r.system: records.trend(r, 3) for r in found}, now=records.NOW)


def test_json_holds_systems_their_items_and_the_counts_over_all():
    found = fleet(5, HALF)
    data = json.loads(to_json(found))
    assert (data["fleet_format"], data["fleet_version"]) == ("mlscore-fleet", "1.0")
    [group] = data["groups"]
    first, system = group["systems"][0], found.groups[0].systems[0]
    assert (first["system"], first["score"]) == (system.system, system.score)
    assert first["started_at"].endswith("Z")
    assert {item["id"]: item["state"] for item in first["items"]} == {
        item.id: item.state for item in system.items
    }
    assert group["items"][0]["states"] == found.groups[0].items[0].states
    assert [each["system"] for each in data["unscored"]] == ["half"]


def test_json_has_a_line_a_system_and_takes_hostile_text():
    evil = replace(samples.hostile(), system=samples.HOSTILE_TEXT)
    text = to_json(fleet(20, evil))
    assert len([line for line in text.splitlines() if '"age_days"' in line]) == 21
    assert json.loads(text)["groups"][0]["systems"]


def test_json_of_the_same_fleet_has_the_same_bytes():
    assert to_json(fleet()) == to_json(fleet())


def test_a_row_a_system_and_those_without_a_score_last():
    found = fleet(3, HALF)
    table = list(rows(found))
    assert [row["status"] for row in table] == ["scored"] * 3 + ["not scored"]
    assert {key for row in table for key in row} == set(columns(found))
    system, row = found.groups[0].systems[0], table[0]
    states = [item.state for item in system.items]
    assert (row["score"], row["section_model"]) == (system.score, system.sections["model"])
    assert row["items_missing"] == states.count("missing")
    assert sum(v for k, v in row.items() if k.startswith("items_")) == 28
    assert len(row["trend"].split()) == 3


def test_sections_of_all_rubrics_have_columns():
    other = samples.edition_2016()
    sections = tuple(replace(s, id=f"{s.id}-2016") for s in other.sections)
    items = tuple(replace(i, section=f"{i.section}-2016") for i in other.items)
    other = replace(other, sections=sections, items=items)
    names = columns(fleet(2, other))
    assert [n for n in names if n.startswith("section_")] == [
        *(f"section_{s}" for s in samples.SECTIONS),
        *(f"section_{s}-2016" for s in samples.SECTIONS),
    ]


def test_a_row_for_each_system_and_item():
    found = fleet(3)
    table = list(item_rows(found))
    assert len(table) == 3 * 28
    assert len({(row["system"], row["item"]) for row in table}) == len(table)


def test_parquet_holds_typed_columns():
    needs.module("pyarrow")
    from pyarrow import parquet

    found = fleet(3, HALF)
    items = parquet.read_table(io.BytesIO(fleet_parquet.items_table(found)))
    assert items.num_rows == 3 * 28
    assert str(items.schema.field("started_at").type) == "timestamp[us, tz=UTC]"
    assert str(items.schema.field("points").type) == "double"
    assert items.column("state").to_pylist() == [row["state"] for row in item_rows(found)]
    systems = parquet.read_table(io.BytesIO(fleet_parquet.systems_table(found)))
    assert systems.column_names == columns(found)
    assert systems.column("score").to_pylist()[-1] is None
    assert str(systems.schema.field("stale").type) == "bool"
    assert str(systems.schema.field("items_failing").type) == "int64"


def test_parquet_takes_hostile_text_and_nothing():
    needs.module("pyarrow")
    from pyarrow import parquet

    evil = replace(samples.hostile(), system=samples.HOSTILE_TEXT)
    systems = parquet.read_table(io.BytesIO(fleet_parquet.systems_table(fleet(0, evil))))
    assert "\\ud800" in systems.column("system")[0].as_py()
    empty = parquet.read_table(io.BytesIO(fleet_parquet.items_table(fleet(0))))
    assert (empty.num_rows, "state" in empty.column_names) == (0, True)
