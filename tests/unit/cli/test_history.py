"""`mlscore history` on a folder and on SQLite: what each form says, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

import needs
from pytest_mltestscore import catalog, reporters
from pytest_mltestscore.cli import _prune
from pytest_mltestscore.cli import history as module
from pytest_mltestscore.domain.record import CI, Reason
from pytest_mltestscore.store import Store, open_store

START = dt.datetime(2026, 3, 2, 8, 15, tzinfo=dt.UTC)
NOW = START + dt.timedelta(days=10)
STOPPED = (Reason(kind="stopped", detail="stopping after 1 failure"),)
PARTIAL = (Reason(kind="deselected", detail="2 deselected by -k"),)
SECTIONS = ["data", "model", "infra", "monitor"]


@pytest.fixture(autouse=True)
def _on_a_certain_day(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("MLSCORE_STORE", raising=False)


@pytest.fixture(params=["folder", "sqlite"])
def place(request) -> str:
    """The URL of an empty store."""
    if request.param == "folder":
        return ".mlscore"
    needs.module("sqlalchemy")
    return "sqlite:///scores.db"


@pytest.fixture
def stored(place, make):
    """Score a run on some day from the start, and store it."""

    def store(day=0, outcomes=None, *, ci=True, store=place, **parts):
        facts = {
            "id": f"run-{day}",
            "started_at": (START + dt.timedelta(days=day)).isoformat(),
            "ci": CI(provider="GitLab") if ci else None,
            **parts.pop("run", {}),
        }
        record = make(outcomes, run=facts, **parts)
        with open_store(store) as opened:
            return opened.append(reporters.find("json").render(record).encode())

    return store


@pytest.fixture
def shown(mlscore, place):
    """Show the history of the store, and return its lines."""

    def run(*arguments: str) -> list[str]:
        done = mlscore("history", "--store", place, *arguments)
        assert (done.code, done.err) == (0, "")
        return done.out.splitlines()

    return run


def improving(stored, days=4):
    """Store runs in which one more item of each section passes every day."""
    for day in range(days):
        numbers = range(1, day + 2)
        stored(day, {f"{section}-{n}": "passed" for section in SECTIONS for n in numbers})


class TestTable:
    def test_a_line_of_scores_and_the_newest_run_first(self, stored, shown):
        improving(stored)
        assert shown() == [
            "churn, branch main, 2026-03-02 to 2026-03-05, 4 complete runs",
            "score  ▁▃▆█  1 -> 4",
            "",
            "time (UTC)        commit   score  +/-  data  model  infra  monitor",
            "2026-03-05 08:15  1a2b3c4      4   +1     4      4      4        4",
            "2026-03-04 08:15  1a2b3c4      3   +1     3      3      3        3",
            "2026-03-03 08:15  1a2b3c4      2   +1     2      2      2        2",
            "2026-03-02 08:15  1a2b3c4      1          1      1      1        1",
        ]

    def test_a_single_run(self, stored, shown):
        stored()
        assert shown() == [
            "churn, branch main, 2026-03-02, 1 complete run",
            "score  ▄  0",
            "",
            "time (UTC)        commit   score  data  model  infra  monitor",
            "2026-03-02 08:15  1a2b3c4      0     0      0      0        0",
        ]

    def test_an_ascii_stream(self, stored, shown, monkeypatch):
        improving(stored)
        monkeypatch.setattr(module, "stdout_encoding", lambda: "ascii")
        assert shown()[1] == "score  _-*@  1 -> 4"

    def test_a_way_that_was_not_straight(self, stored, shown):
        for day, points in enumerate([2, 5, 1, 3]):
            numbers = range(1, points + 1)
            stored(day, {f"{section}-{n}": "passed" for section in SECTIONS for n in numbers})
        assert shown()[1] == "score  ▃█▁▅  2 -> 3  (lowest 1, highest 5)"

    def test_runs_that_have_not_begun_are_no_part_of_it_and_are_counted(self, stored, shown):
        improving(stored)
        before = shown()
        year = 366 * 100
        stored(year, {"data-1": "failed"})
        stored(year + 1, reasons=PARTIAL)
        said = "Passed over: 2 runs begun after the moment of judging"
        assert shown() == [*before, said]
        assert shown("--flaky")[-1] == said
        assert len(json.loads("\n".join(shown("--format=json")))) == len(before) - 4

    def test_incomplete_runs_are_no_part_of_it_and_are_counted(self, stored, shown, place):
        improving(stored)
        stored(4, reasons=STOPPED)
        stored(5, reasons=PARTIAL)
        stored(6, reasons=PARTIAL)
        expected = "Passed over: 1 cut-short run, 2 partial runs"
        if place == ".mlscore":
            (Path(place) / "churn" / "2026-03" / "notes.txt").write_text("", "utf-8")
            expected += ", 1 object that cannot be used"
        lines = shown()
        assert lines[0].endswith("2026-03-02 to 2026-03-05, 4 complete runs")
        assert lines[-1] == expected

    def test_branches_and_flags_have_columns_where_they_differ(self, stored, shown):
        stored(0, ci=False)
        stored(1, run={"branch": "feature/漢字", "dirty": True})
        stored(2, run={"branch": None, "commit": None})
        stored(3, ci=False, run={"dirty": True, "branch": "feature/that-took-somewhat-longer"})
        first, _, _, *rows = shown()
        assert first == "churn, 4 branches, 2026-03-02 to 2026-03-05, 4 complete runs"
        assert rows == [
            "time (UTC)  commit  branch           score data model infra monitor",
            "03-05 08:15 1a2b3c4 feature/that-t..     0    0     0     0       0 dirty no-CI",
            "03-04 08:15                              0    0     0     0       0",
            "03-03 08:15 1a2b3c4 feature/漢字         0    0     0     0       0 dirty",
            "03-02 08:15 1a2b3c4 main                 0    0     0     0       0 no-CI",
        ]

    @pytest.mark.parametrize(
        "width,head",
        [
            ("50", "time (UTC)  commit  branch     score"),
            ("64", "time (UTC)  commit  branch     score data model infra monitor"),
        ],
    )
    def test_a_narrow_terminal(self, stored, shown, monkeypatch, width, head):
        monkeypatch.setenv("COLUMNS", width)
        stored(0)
        stored(1, run={"branch": "feature/that-took-somewhat-longer"})
        lines = shown()
        assert head in lines
        assert max(map(len, lines[1:])) <= int(width)

    def test_a_file_is_as_wide_as_ever_and_no_terminal(self, stored, shown, monkeypatch):
        improving(stored)
        expected = shown()
        monkeypatch.setenv("COLUMNS", "40")
        monkeypatch.setattr(module, "stdout_encoding", lambda: "ascii")
        assert shown("-o", "h.txt") == []
        assert Path("h.txt").read_text("utf-8").splitlines() == expected

    def test_only_the_newest(self, stored, shown):
        improving(stored, 7)
        lines = shown("--last", "2")
        assert [line[:10] for line in lines[4:]] == ["2026-03-08", "2026-03-07", "and 5 earl"]
        assert lines[1] == "score  ▁▂▃▅▆▇█  1 -> 7"

    def test_twenty_unless_asked(self, stored, shown):
        for day in range(23):
            stored(day)
        assert len([line for line in shown() if line.startswith("2026-")]) == 20
        assert shown()[-1] == "and 3 earlier runs; --last N shows more"

    def test_another_rubric_breaks_it(self, stored, shown):
        old = catalog.load("ml-test-score-2016")
        passed = {f"{section}-1": "passed" for section in SECTIONS}
        stored(0, passed, rubric=old)
        stored(1, passed, rubric=old)
        improving(lambda day, outcomes: stored(day + 2, outcomes), 2)
        lines = shown()
        assert lines[1] == "score  ▄▄|▁█  1 -> 2"
        assert lines[3:] == [
            "time (UTC)        commit   score  +/-  data  model  infra  monitor",
            "2026-03-05 08:15  1a2b3c4      2   +1     2      2      2        2",
            "2026-03-04 08:15  1a2b3c4      1          1      1      1        1",
            "-- not comparable before this: another rubric or scoring version",
            "2026-03-03 08:15  1a2b3c4      2          2      2      2        2",
            "2026-03-02 08:15  1a2b3c4      2          2      2      2        2",
        ]

    def test_a_record_that_cannot_be_read_leaves_sections_without_names(self, stored, shown):
        entry = stored(0, store=".mlscore")
        (Path(".mlscore") / entry.key).write_bytes(b"{}")
        shown("--store", ".mlscore")  # the last one counts
        assert shown("--store", ".mlscore")[3].split()[-5:] == ["score", "1", "2", "3", "4"]

    def test_hostile_names_stay_on_their_line(self, stored, shown):
        hostile = "\x1b[31m::error::\n=1\u202e"
        stored(0, system=hostile, run={"branch": hostile, "commit": hostile})
        stored(1, system=hostile, run={"branch": "main"})
        lines = shown()
        assert len(lines) == 6
        assert all(line.isprintable() and not line.lstrip().startswith("::") for line in lines)


class TestChoice:
    def test_by_branch(self, stored, shown):
        stored(0, run={"branch": "release/1"})
        stored(1)
        stored(2, run={"branch": "release/2"})
        lines = shown("--branch", "release/*")
        assert lines[0] == "churn, branch release/*, 2026-03-02 to 2026-03-04, 2 complete runs"
        assert shown("--branch", "none") == ["churn, branch none, 0 complete runs"]

    @pytest.mark.parametrize(
        "since,expected",
        [
            ("2026-03-04", 2),
            ("2026-03-04T08:15:00+00:00", 2),
            ("2026-03-04T08:15:01", 1),
            ("8d", 2),
            ("7.5d", 1),
            ("9999999d", 4),
        ],
    )
    def test_by_time(self, stored, shown, since, expected):
        improving(stored)
        assert shown("--since", since)[0].endswith(
            f", {expected} complete run{'s'[: expected > 1]}"
        )

    def test_one_system_of_several(self, stored, shown, refused, place):
        stored(0, system="fraud")
        stored(1)
        assert shown("--system", "fraud")[0].startswith("fraud, branch main, 2026-03-02")
        message = refused("history", "--store", place)
        assert message == f"{place}: holds records of churn, fraud; choose one with --system"
        message = refused("history", "--store", place, "--system", "frued")
        assert message == f"{place}: no records of system 'frued'; it has churn, fraud"

    def test_many_systems_are_counted(self, stored, refused, place):
        for number in range(12):
            stored(0, system=f"s{number:02}")
        assert "s09 and 2 more; choose one" in refused("history", "--store", place)

    def test_the_store_may_be_named_by_the_environment(self, stored, mlscore, place, monkeypatch):
        stored()
        monkeypatch.setenv("MLSCORE_STORE", place)
        assert mlscore("history").code == 0
        assert mlscore("history", "--store", "elsewhere").code == 2


class TestItems:
    def test_what_changed_is_said_item_by_item(self, stored, shown):
        stored(0, {"data-1": "passed", "data-2": "passed"}, attested=["infra-7"])
        stored(1, {"data-1": "failed", "data-2": "passed"}, attested=["infra-7"])
        stored(2, {"data-1": "passed", "data-2": "passed"})
        assert [line for line in shown("--items") if line.startswith("    ")] == [
            "    infra-7 manual -> missing: no test and no attestation",
            "    data-1 failing -> automated: 1 test passed",
            "    data-1 automated -> failing: tests/test_data-1.py::test_it failed",
        ]

    def test_long_lists_are_counted(self, stored, shown):
        stored(0)
        stored(1, full=["data", "model"])
        lines = [line for line in shown("--items") if line.startswith("    ")]
        assert len(lines) == 9
        assert lines[-1] == "    and 6 more items"

    def test_the_run_before_those_shown_is_read_too(self, stored, shown):
        stored(0)
        stored(1, {"data-1": "passed"})
        assert "    data-1 missing -> automated: 1 test passed" in shown("--items", "--last=1")

    def test_a_record_that_cannot_be_read_is_no_end(self, stored, shown):
        entries = [stored(day, store=".mlscore") for day in range(4)]
        (Path(".mlscore") / entries[1].key).write_bytes(b"{}")
        lines = shown("--store", ".mlscore", "--items")
        assert [line for line in lines if line.startswith("    ")] == [
            "    the record before it cannot be read",
            "    the record of this run cannot be read",
        ]

    def test_without_it_one_record_is_read(self, stored, shown, monkeypatch):
        improving(stored)
        read: list[str] = []
        really = Store.read

        def counting(self, entries):
            wanted = list(entries)
            read.extend(entry.run for entry in wanted)
            return really(self, wanted)

        monkeypatch.setattr(Store, "read", counting)
        shown()
        assert read == ["run-3"]


class TestForPrograms:
    def test_csv_has_a_row_a_run_the_oldest_first(self, stored, mlscore, place):
        improving(stored)
        out = mlscore("history", "--store", place, "--format=csv").out
        rows = list(csv.DictReader(io.StringIO(out)))
        assert len(rows) == 4
        assert rows[0] == {
            "started_at": "2026-03-02T08:15:00+00:00",
            "run": "run-0",
            "commit": "1a2b3c4d" * 5,
            "branch": "main",
            "ci": "true",
            "dirty": "false",
            "completeness": "complete",
            "yardstick": rows[3]["yardstick"],
            "final": "1",
            **{f"section_{section}": "1" for section in SECTIONS},
        }
        assert [row["final"] for row in rows] == ["1", "2", "3", "4"]

    def test_csv_is_safe_for_spreadsheets(self, stored, mlscore, place):
        stored(run={"branch": "=HYPERLINK(1)", "id": "+1+1"})
        out = mlscore("history", "--store", place, "--format=csv").out
        (row,) = csv.DictReader(io.StringIO(out))
        assert (row["branch"], row["run"]) == ("'=HYPERLINK(1)", "'+1+1")

    def test_csv_of_several_rubrics_has_the_sections_of_all(self, stored, mlscore, place):
        rubric = catalog.load()
        one = rubric.sections[:1]
        items = tuple(i for i in rubric.items if i.section == "data")
        small = replace(rubric, id="small", sections=one, items=items)
        stored(0)
        stored(1, rubric=small)
        out = mlscore("history", "--store", place, "--format=csv").out
        old, new = csv.DictReader(io.StringIO(out))
        assert list(old)[-4:] == [f"section_{s}" for s in SECTIONS]
        assert (old["section_model"], new["section_model"]) == ("0", "")
        assert old["yardstick"] != new["yardstick"]

    def test_json_holds_the_same_and_what_changed(self, stored, mlscore, place):
        stored(0, run={"branch": "flüge"})
        stored(1, {"data-1": "passed"})
        arguments = ["history", "--store", place, "--format=json"]
        first, second = json.loads(mlscore(*arguments).out)
        assert list(first) == sorted(first)
        assert (first["branch"], first["final"], first["ci"]) == ("flüge", 0.0, True)
        assert second["sections"] == {"data": 1.0, "infra": 0.0, "model": 0.0, "monitor": 0.0}
        assert "changes" not in first
        first, second = json.loads(mlscore(*arguments, "--items").out)
        assert first["changes"] is None
        assert [(c["item"], c["after"], c["gain"]) for c in second["changes"]] == [
            ("data-1", "automated", 1.0)
        ]

    @pytest.mark.parametrize("form,expected", [("json", []), ("csv", None)])
    def test_nothing_is_a_table_without_rows(self, stored, mlscore, place, form, expected):
        stored(reasons=STOPPED)
        out = mlscore("history", "--store", place, f"--format={form}").out
        assert json.loads(out) == expected if form == "json" else out.count("\n") == 1

    def test_into_a_file(self, stored, shown):
        improving(stored)
        assert shown("--format=json", "--output", "out/h.json", "--last", "3") == []
        assert len(json.loads(Path("out/h.json").read_text("utf-8"))) == 3


class TestFlaky:
    def test_each_test_with_what_it_did(self, stored, shown):
        outcomes = ["passed", "failed", "failed", "passed"]
        for day, outcome in enumerate(outcomes):
            stored(day, {"data-1": outcome, "data-2": "passed"})
        stored(4, {"data-1": "failed", "data-2": "passed"}, run={"commit": "9f8e7d6c" * 5})
        stored(5, {"data-1": "passed"}, reasons=STOPPED)
        assert shown("--flaky") == [
            "churn, 2026-03-02 to 2026-03-07, 6 runs",
            "",
            "data-1 feature-schema",
            "  tests/test_data-1.py::test_it",
            "    failed 3 of 6 runs, 2 times on a commit on which it also passed",
            "",
            "1 flaky test",
        ]

    def test_none(self, stored, shown):
        stored(0, {"data-1": "passed"})
        assert shown("--flaky") == [
            "churn, 2026-03-02, 1 run",
            "",
            "No flaky test was found.",
        ]
        assert shown("--flaky", "--branch=none")[0] == "churn, 0 runs"

    def test_only_the_last_runs_count(self, stored, shown):
        for day, outcome in enumerate(["failed", "passed", "passed"]):
            stored(day, {"data-1": outcome})
        assert shown("--flaky")[-1] == "1 flaky test"
        assert shown("--flaky", "--last=2")[-1] == "No flaky test was found."

    def test_for_programs(self, stored, mlscore, place):
        stored(0, {"data-1": "passed"})
        stored(1, {"data-1": "failed"})
        arguments = ["history", "--store", place, "--flaky"]
        (row,) = json.loads(mlscore(*arguments, "--format=json").out)
        assert row == {
            "item": "data-1",
            "nodeid": "tests/test_data-1.py::test_it",
            "runs": 2,
            "failed": 1,
            "reruns": 0,
            "both": 1,
        }
        assert mlscore(*arguments, "--format=csv").out.splitlines() == [
            "item,nodeid,runs,failed,reruns,both",
            "data-1,tests/test_data-1.py::test_it,2,1,0,1",
        ]


class TestPruning:
    @pytest.fixture
    def two_systems(self, stored):
        for day in range(4):
            stored(day)
        stored(0, system="fraud")
        stored(1, system="fraud")

    def left(self, place):
        with open_store(place) as store:
            return [(e.system, e.started_at.day) for e in store.entries().entries]

    def test_nothing_is_removed_without_a_yes(self, two_systems, shown, place):
        before = self.left(place)
        assert shown("--prune", "--older-than", "7") == [
            f"{place}: 4 records of runs that began before 2026-03-05 08:15 UTC",
            "        3  2026-03-02 to 2026-03-04  churn",
            "        1  2026-03-02 to 2026-03-02  fraud",
            "The newest record of each system stays, however old.",
            "nothing was removed; add --yes",
        ]
        assert self.left(place) == before

    def test_what_was_listed_is_removed_with_one(self, two_systems, shown, place):
        assert shown("--prune", "--older-than", "7", "--yes")[-1] == "removed 4 records"
        assert self.left(place) == [("fraud", 3), ("churn", 5)]
        assert shown("--prune", "--older-than", "7d", "--yes")[-1] == "There is nothing to remove."

    def test_of_one_system_and_with_some_kept(self, two_systems, shown, place):
        lines = shown("--prune", "--older-than=0", "--system=churn", "--keep=2", "--yes")
        assert lines[-2:] == [
            "The 2 newest records of each system stay, however old.",
            "removed 2 records",
        ]
        assert self.left(place) == [("fraud", 2), ("fraud", 3), ("churn", 4), ("churn", 5)]

    def test_all_of_it_if_that_is_what_was_said(self, two_systems, shown, place):
        lines = shown("--prune", "--older-than=0", "--keep=0", "--yes")
        assert lines[-2] == "Not even the newest record of a system stays."
        assert self.left(place) == []

    def test_many_systems_are_counted(self, stored, shown, monkeypatch):
        monkeypatch.setattr(_prune, "LISTED", 2)
        for number in range(4):
            stored(0, system=f"s{number}")
        lines = shown("--prune", "--older-than=1", "--keep=0")
        assert [line.split()[-1] for line in lines[1:3]] == ["s0", "s1"]
        assert lines[3] == "  and 2 more systems"

    def test_what_is_not_ours_stays_and_is_counted(self, stored, shown):
        stored(0, store=".mlscore")
        stored(1, store=".mlscore")
        alien = Path(".mlscore/churn/2026-03/notes.txt")
        alien.write_text("", "utf-8")
        lines = shown("--store=.mlscore", "--prune", "--older-than=1", "--yes")
        assert lines[-2] == "1 object is not ours to remove."
        assert alien.exists()


@pytest.mark.parametrize(
    "arguments,message",
    [
        ([], "--store: name the store, such as --store .mlscore, or set MLSCORE_STORE"),
        (["--store", ""], "--store: name the store"),
        (["--store", "nowhere"], "nowhere: no records are stored there; check the URL"),
        (["--store", "nowhere", "--prune", "--older-than=9"], "nowhere: no records are stored"),
        (["--store", "s5://x"], "store 's5://x': unknown scheme 's5'"),
        (["--since", "yesterday"], "--since: 'yesterday' is neither a date such as 2026-03-02"),
        (["--since", "2026-02-30"], "--since: '2026-02-30' is neither a date"),
        (["--since", "30"], "--since: '30' is neither a date such as 2026-03-02 nor days such as"),
        (["--last", "0"], "--last: is 0; give a number from 1 up"),
        (["--last", "x"], "argument --last: invalid int value: 'x'"),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["--items", "--flaky"], "--items: does not go with --flaky; leave one of them out"),
        (["--items", "--format=csv"], "--items: does not go with --format csv"),
        (["--prune"], "--prune: say what is too old, such as --older-than 365"),
        (["--prune", "--older-than", "old"], "--older-than: 'old' is no number of days"),
        (["--prune", "--older-than", "-3"], "--older-than: '-3' is no number of days"),
        (["--prune", "--older-than=9", "--keep=-1"], "--keep: is -1; give a number from 0 up"),
        (["--older-than=9"], "--older-than: goes with --prune only; add that, or leave it out"),
        (["--yes"], "--yes: goes with --prune only"),
        (["--keep=0"], "--keep: goes with --prune only"),
        (["-o", ".", "--store", "x"], "cannot write '.': it is a folder; name a file in it"),
    ],
)
def test_refusals_name_place_and_mend(refused, arguments, message):
    assert refused("history", *arguments).startswith(message)


@pytest.mark.parametrize(
    "option",
    ["--branch=main", "--since=9d", "--last=9", "--items", "--flaky", "--format=csv", "-o=x.csv"],
)
def test_what_narrows_a_history_does_not_narrow_pruning_so_it_is_refused(refused, option):
    message = refused("history", "--store=.", "--prune", "--older-than=9", "--yes", option)
    assert "does not go with --prune; leave one of them out" in message


def test_no_password_is_shown(refused):
    needs.module("sqlalchemy", "psycopg")
    message = refused("history", "--store", "postgresql://me:pa55word@127.0.0.1:1/x")
    assert "pa55word" not in message
    assert message.startswith("postgresql://me:***@127.0.0.1:1/x: cannot be read")
