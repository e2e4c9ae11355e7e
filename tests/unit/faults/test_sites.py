"""Where faults are looked for inside of what a test is given."""

from __future__ import annotations

import sys

import pytest

import needs

needs.module_at_import("pandas")

import pandas as pd  # noqa: E402 - needs what was just asked for

from pytest_mltestscore.domain.mlsystem import MLSystem  # noqa: E402
from pytest_mltestscore.faults import all_faults, sites_of, with_part  # noqa: E402


def names(value, root="value"):
    return [site.named(root) for site in sites_of(value)]


def test_texts_are_looked_at_only_if_they_are_paths_or_times(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text("a = 1")
    found = names({"word": "late", "path": str(path), "gone": "no/file", "day": "2026-01-31"})
    assert found == ["value", "value['path']", "value['day']"]


def test_the_parts_of_a_system_are_found(tmp_path):
    path = tmp_path / "schema.toml"
    path.write_text("a = 1")
    system = MLSystem(
        train_data=pd.DataFrame({"x": [1]}),
        schema=str(path),
        label="late",
        feature_functions={"double": lambda rows: rows},
        options={"rollback": {"roll_back": lambda: None}},
    )
    found = names(system, "system")
    assert found[:4] == ["system", "system.train_data", "system.schema", "system.feature_functions"]
    assert "system.feature_functions['double']" in found
    assert "system.options['rollback']['roll_back']" in found
    assert "system.label" not in found


def test_a_part_deep_inside_is_replaced_in_a_copy():
    system = MLSystem(options={"rollback": {"roll_back": len}})
    [site] = [s for s in sites_of(system) if s.value is len]
    changed = with_part(system, site.path, max)
    assert changed.options["rollback"]["roll_back"] is max
    assert system.options["rollback"]["roll_back"] is len
    assert isinstance(changed, MLSystem)


@pytest.mark.parametrize(
    "value, fits",
    [
        ([sys.executable, "-m", "serve"], True),
        ((sys.executable, "serve.py", "{port}"), True),
        ([sys.executable, "serve"], False),
        (["size", "age"], False),
        (["no-such-program", "-m"], False),
        ([sys.executable], False),
        ([sys.executable, 1], False),
        (f"{sys.executable} -m serve", False),
    ],
)
def test_a_command_is_no_list_of_names(value, fits):
    assert all_faults()["failing_command"].fits(value) is fits


def test_the_program_of_a_command_is_no_data(tmp_path):
    script = tmp_path / "train.py"
    script.touch()
    assert names([sys.executable, str(script), "--seed=1"]) == ["value", "value[1]"]
    assert names([sys.executable, "no argument"]) == ["value", "value[0]"]
