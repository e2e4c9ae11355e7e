from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import sample_records
from tests.sample_records import (
    attested,
    cut_short,
    empty,
    hostile,
    in_progress,
    large,
    mixed,
    partial,
    perfect,
)

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import Baseline, Gate, Record, Run
from pytest_mltestscore.reporters._cells import cells
from pytest_mltestscore.reporters.to_terminal import Line, Style, summary, verdict_line

replace = msgspec.structs.replace
SAMPLES = sample_records.SAMPLES
RERUN = "         re-run: "


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def rows(record: Record, **options) -> list[str]:
    return [text(line) for line in summary(record, **options)]


def labelled(record: Record, label: str, **options) -> list[str]:
    """Return the rows that stand under a label."""
    found, inside = [], False
    for row in rows(record, **options):
        if row[:9].strip():
            inside = row.startswith(label)
        if inside:
            found.append(row[9:])
    return found


def with_items(record: Record, **changes: dict[str, object]) -> Record:
    changed = (replace(i, **changes.get(i.id.replace("-", "_"), {})) for i in record.items)
    return replace(record, items=tuple(changed))


def gated(record: Record, status: str, verdict: str = "", checks: tuple = ()) -> Record:
    return replace(record, gate=Gate(status=status, verdict=verdict, checks=checks))


class TestEveryScreen:
    @pytest.mark.parametrize("sample", [*SAMPLES, "hostile"])
    @pytest.mark.parametrize("detail", ["summary", "items", "line"])
    @pytest.mark.parametrize(
        "width, encoding",
        [
            *((40, "ascii"), (44, "utf-8"), (60, "cp1252"), (79, "no-such")),
            *((80, "ascii"), (80, "latin-1"), (81, "utf-8"), (132, "ascii")),
        ],
    )
    def test_fits(self, sample, detail, encoding, width):
        record = getattr(sample_records, sample)()
        options = {"width": width, "encoding": encoding}
        lines = summary(record, detail=detail, reports=["build/mlscore.html"], **options)
        lines += [verdict_line(record, exit_code=c, **options) for c in (0, 1, 7, 10, 11)]
        for line in lines:
            row = text(line)
            row.encode("ascii" if encoding == "no-such" else encoding)
            assert row.isprintable()
            assert row == row.rstrip()
            assert not row.lstrip().startswith("::")
            # The verdict keeps its first words on the narrowest of screens.
            wide = row.startswith((RERUN, "mlscore: ")) and width < 79
            wide |= " --mlscore-prove-only=" in row  # to be copied, so it is never broken
            assert cells(row) <= width or wide, row
            assert {span.style for span in line} <= set(get_args(Style))

    def test_about_a_dozen_lines(self):
        assert len(summary(perfect(), reports=["a"])) == 7
        assert len(summary(empty(), reports=["a"])) <= 11
        assert len(summary(cut_short(), reports=["a"])) <= 12
        assert len(summary(large(50_000), reports=["a"])) <= 15

    def test_items(self):
        lines = rows(mixed(), detail="items")
        for item in mixed().items:
            (row,) = [r for r in lines if r.startswith(f"    {item.id} ")]
            assert item.name in row
        assert "    model-6    slice-quality          FAILING    tests/model" in "\n".join(lines)
        waived = next(r for r in lines if r.startswith("    data-5 "))
        assert waived.endswith("missing    waived until 2026-06-30")

    @pytest.mark.parametrize(
        "width, expected",
        [
            (50, "    data-1     feature-schema         automated"),
            (40, "    data-1     feature-schema  automated"),
        ],
    )
    def test_items_on_a_narrow_screen_have_no_reason(self, width, expected):
        assert expected in rows(mixed(), detail="items", width=width)

    @pytest.mark.parametrize(
        "sample, expected",
        [
            ("mixed", "ML Test Score 2.5 of 7 (lowest: Model); 1 failing"),
            ("perfect", "ML Test Score 7 of 7 (all sections are equal)"),
            ("in_progress", "ML Test Score not known yet"),
            ("partial", "ML Test Score 0 of 7, partial (lowest: Model, Infrastructure)"),
        ],
    )
    def test_one_line(self, sample, expected):
        assert rows(getattr(sample_records, sample)(), detail="line") == [expected]

    def test_one_line_says_the_level_where_it_fits(self):
        (row,) = rows(mixed(), detail="line", width=132)
        assert row.endswith("; 1 failing; reasonably tested; more could be automated")


class TestHead:
    def test_sections(self):
        lines = summary(mixed())
        assert [text(line) for line in lines[1:5]] == [
            "  Data            4.5  #########.....  4 auto  1 manual  1 expired  1 missing",
            "  Model           2.5  #####.........  2 auto  1 manual  1 FAILING  3 open",
            "  Infrastructure  3.0  ######........  3 auto            1 withheld  3 open",
            "  Monitoring      3.5  #######.......  3 auto  1 manual  3 missing",
        ]
        styles = {span.text.strip(): span.style for line in lines[1:5] for span in line}
        assert styles["Model"] == styles["2.5"] == "strong"
        assert styles["Data"] == "plain"
        assert styles["1 FAILING"] == "bad"

    def test_all_counts_where_they_fit(self):
        row = rows(mixed(), width=120)[2]
        assert row.endswith("  2 auto  1 manual  1 FAILING  1 skipped  2 missing")

    def test_bars_are_rounded_down_but_never_hide_a_point(self):
        def bar(score: float, maximum: float, items: int) -> str:
            record = perfect()
            one = replace(record.sections[0], score=score, max=maximum)
            members = tuple(i for i in record.items if i.section == one.id) * items
            record = replace(record, sections=(one,), items=members[:items])
            return next(s.text for s in summary(record)[1] if set(s.text) <= {"#", "."})

        assert bar(0.0, 7.0, 7) == "." * 14
        assert bar(0.5, 7.0, 7) == "#" + "." * 13
        assert bar(6.5, 7.0, 7) == "#" * 13 + "."
        assert bar(7.0, 7.0, 7) == "#" * 14
        assert bar(0.5, 40.0, 40) == "#" + "." * 19
        assert bar(39.5, 40.0, 40) == "#" * 19 + "."
        assert bar(0.0, 0.0, 1) == ".."

    def test_more_than_ascii_only_where_the_stream_holds_it(self):
        assert "\u2588\u2591" in rows(mixed(), encoding="utf-8")[1]
        assert "#." in rows(mixed(), encoding="latin-1")[1]

    def test_comparison_moves_down_where_it_does_not_fit(self):
        assert rows(mixed(), width=44)[:2] == [
            "Score 2.5 of 7  (lowest: Model)",
            "  was 2 in main.json, +0.5",
        ]

    @pytest.mark.parametrize("final, expected", [(2.5, "unchanged"), (3.0, "-0.5"), (0.0, "+2.5")])
    def test_difference(self, final, expected):
        record = mixed()
        record = replace(record, baseline=replace(record.baseline, final=final))
        assert rows(record)[0].endswith(f" in main.json, {expected}")

    def test_no_level_for_a_part_of_a_score(self):
        assert labelled(mixed(), "Level:") == ["reasonably tested; more could be automated"]
        assert labelled(partial(), "Level:") == labelled(cut_short(), "Level:") == []

    def test_incomplete_without_a_reason(self):
        record = perfect()
        run: Run = replace(record.run, complete=False)
        assert rows(replace(record, run=run))[:2] == [
            "Score 7 of 7, incomplete  (all sections are equal)",
            "  Incomplete: no reason is known",
        ]

    def test_no_next_step_but_to_run_it_all(self):
        steps = mixed().next_steps
        for record in (partial(), cut_short()):
            assert labelled(replace(record, next_steps=steps), "Next:") == []

    def test_a_step_that_serves_several_sections_says_what_each_gains(self):
        step = replace(
            mixed().next_steps[0],
            action="add model= to MLSystem for metric-correlation and canary",
            also=("infra-6",),
            elsewhere={"infra": 1.0},
            score_after=mixed().score.final,
        )
        assert labelled(replace(mixed(), next_steps=(step,)), "Next:") == [
            "add model= to MLSystem for metric-correlation and canary (low effort,",
            "Model +0.5, Infrastructure +1)",
            "how: mlscore explain metric-correlation",
        ]

    def test_next_step(self):
        assert labelled(mixed(), "Next:") == [
            "do metric-correlation by hand and attest it (low effort, lifts the",
            "score to 3)",
            "how: mlscore explain metric-correlation",
        ]
        assert len(labelled(mixed(), "Next:", width=120, detail="items")) == 4
        assert labelled(empty(), "Next:")[0].endswith("(low effort, Data +0.5)")

    def test_a_red_test_says_itself_what_it_is_about(self):
        step = replace(mixed().next_steps[0], item="model-6", action="fix the failing test")
        assert labelled(replace(mixed(), next_steps=(step,)), "Next:") == [
            "fix the failing test (low effort, lifts the score to 3)",
        ]


class TestTrouble:
    def test_failing(self):
        assert labelled(mixed(), "FAILING", detail="items") == [
            "model-6 slice-quality (2 of 3 tests)",
            "failed: AssertionError: slice_quality: DOES NOT HOLD - recall 0.64 in..",
            "re-run: pytest tests/model/test_slices.py::test_recall_by_region",
        ]

    def test_more_failing_items_than_are_shown(self):
        record = large(30_000)
        assert labelled(record, "FAILING")[-1] == (
            "and 4 more: infra-2, infra-6, monitor-3, monitor-7"
        )
        assert sum(row.startswith("FAILING") for row in rows(record, detail="items")) == 7

    def failing_with(self, nodeid: str, **options) -> list[str]:
        test = TestEvidence(nodeid=nodeid, outcome="failed", phase="call")
        record = with_items(perfect(), data_1={"state": "failing", "tests": (test,)})
        return labelled(record, "FAILING", **options)[1:]

    @pytest.mark.parametrize(
        "nodeid, expected",
        [
            ("a.py::test_x[b c]", ["re-run: pytest 'a.py::test_x[b c]'"]),
            ("a.py::test_x[it's]", ["""re-run: pytest 'a.py::test_x[it'"'"'s]'"""]),
            (
                f"a.py::test_x[{'v' * 80}]",
                [f"re-run: pytest 'a.py::test_x[{'v' * 80}]'"],
            ),
            (
                f"a.py::test_x[{'v' * 140}]",
                [f"a.py::test_x[{'v' * 14}..{'v' * 41}]", "re-run: pytest a.py::test_x"],
            ),
            (
                f"a.py::{'T' * 80}::{'t' * 80}",
                [f"a.py::{'T' * 21}..{'t' * 42}", "re-run: pytest a.py"],
            ),
            ("a.py::test_x[\x1b[31m]", ["a.py::test_x[]", "re-run: pytest a.py::test_x"]),
            ("a\x07.py::t", ["a\\x07.py::t"]),
            ("docs/a.md", ["re-run: pytest docs/a.md"]),
        ],
    )
    def test_rerun(self, nodeid, expected):
        assert self.failing_with(nodeid) == expected

    def test_a_command_to_copy_is_never_cut(self):
        path = f"tests/{'long_folder/' * 10}test_a.py"
        assert self.failing_with(f"{path}::test_x")[1] == f"re-run: pytest {path}"

    def test_another_command(self):
        (row,) = self.failing_with("a.py::t", command="pytest --mlscore")
        assert row == "re-run: pytest --mlscore a.py::t"

    def test_a_failing_item_without_tests_is_shown_all_the_same(self):
        record = with_items(perfect(), data_1={"state": "failing", "tests": ()})
        assert labelled(record, "FAILING") == ["data-1 feature-schema"]

    def test_tests_that_earn_nothing(self):
        assert labelled(mixed(), "UNEARNED") == [
            "model-4 skipped; infra-4 withheld; infra-6 not run"
        ]
        assert labelled(mixed(), "UNEARNED", detail="items") == []

    def test_statements_that_run_out(self):
        assert labelled(mixed(), "LAPSED") == ["data-6 expired on 2026-02-01"]
        assert labelled(mixed(), "ENDING") == [
            "model-1 in 9 days (2026-03-11); monitor-6 after today (2026-03-02)"
        ]
        assert labelled(mixed(), "LAPSED", detail="items") == [
            "data-6 attestation expired on 2026-02-01, ana@example.org"
        ]

    def test_waivers_and_dates_in_the_future(self):
        record = mixed()
        waiver = replace(record.item("data-5").waiver, freshness="expiring", days_left=1)
        future = replace(attested("data-3", days_left=300), freshness="future")
        record = with_items(record, data_5={"waiver": waiver}, data_3={"attestation": future})
        assert labelled(record, "LAPSED") == [
            "data-3 dated 2026-09-28, in the future; data-6 expired on 2026-02-01"
        ]
        assert labelled(record, "ENDING")[0].startswith("data-5 waiver in 1 day (2026-06-30); ")

    def test_long_lists_are_counted(self):
        old = attested("data-1", days_left=-1)
        changes = {i.id.replace("-", "_"): {"attestation": old} for i in perfect().items}
        assert labelled(with_items(perfect(), **changes), "LAPSED")[-1].startswith("and 22 more")

    def test_flaky_tests_once_each(self):
        tests = tuple(
            TestEvidence(nodeid=f"a.py::t{n}", outcome="passed", flaky=True) for n in range(5)
        )
        record = with_items(perfect(), data_1={"tests": tests}, data_2={"tests": tests})
        assert rows(record)[-4:] == [
            "FLAKY    data-1 a.py::t0",
            "FLAKY    data-1 a.py::t1",
            "FLAKY    data-1 a.py::t2",
            "         and 2 more",
        ]


class TestRest:
    def test_changes(self):
        assert labelled(mixed(), "DOWN") == [
            "data-6 manual -> expired; model-6 automated -> failing;",
            "model-3 no longer proven",
        ]
        assert labelled(mixed(), "UP") == []
        higher = " ".join(labelled(mixed(), "UP", detail="items"))
        assert higher == (
            "model-5 missing -> automated; monitor-1 missing -> automated; "
            "monitor-6 missing -> manual; infra-1 now proven"
        )

    @pytest.mark.parametrize("status", ["missing", "not-comparable"])
    def test_no_comparison(self, status):
        baseline = Baseline(source="main.json", status=status, reason="another rubric")
        record = replace(mixed(), baseline=baseline)
        expected = ["main.json could not be compared: another rubric"]
        assert labelled(record, "Against:") == expected
        assert rows(record)[0] == "Score 2.5 of 7  (lowest: Model)"

    def test_three_bounds_that_were_loosened(self):
        four = [
            "fail_under_section data 5 -> 4 (now 4.5)",
            "data-1 null share limit <= 0.001 -> <= 0.01 (now 0.0025)",
            "data-2 fault constant_predictions missed -> accepted (now in 1 test)",
            "model-3 test_at_an_edge failed -> gone (now automated)",
        ]
        assert labelled(mixed(), "LOOSENED") == [*four[:3], "and 1 more"]
        assert labelled(mixed(), "LOOSENED", detail="items") == four
        assert labelled(perfect(), "LOOSENED", detail="items") == []

    def test_floors_that_can_be_raised_take_one_line(self):
        for nudges, line in [
            ((), []),
            (("fail_under could be 3",), ["fail_under could be 3"]),
            (("fail_under could be 3", "b", "c"), ["fail_under could be 3 (and 2 more)"]),
        ]:
            record = replace(perfect(), gate=Gate(status="passed", verdict="", nudges=nudges))
            assert labelled(record, "Floor:") == line
            assert labelled(record, "Floor:", detail="items") == list(nudges)

    def test_every_condition_of_a_gate(self):
        assert labelled(mixed(), "Gate:", width=120) == [
            "FAILED   score 2.5, required 3",
            "ok       section data 4.5, required 4",
            "FAILED   model-6 is failing, required automated",
            "FAILED   regressed: data-6 manual -> expired, model-6 automated -> failing",
            "ok       1 waived items, at most 2 allowed",
        ]

    def test_a_single_condition_is_said_by_the_verdict(self):
        assert labelled(partial(), "Gate:") == []
        assert labelled(partial(), "Gate:", detail="items") == ["unknown  score 0, required 3"]

    def test_many_conditions_and_notes_are_counted(self):
        record = mixed()
        record = gated(record, "failed", checks=record.gate.checks * 3)
        notes = tuple(f"note {n}" for n in range(9))
        record = replace(record, notes=notes, accepted_faults=())
        assert labelled(record, "Gate:")[-1] == "and 7 more"
        lines = rows(record)
        assert lines[-6:] == [
            "Note:    2 tests serve no item",
            *(f"Note:    note {n}" for n in range(4)),
            "Note:    and 5 more notes, in the other reports",
        ]

    def test_long_notes_are_cut(self):
        record = replace(perfect(), notes=("word " * 200,))
        assert len(rows(record)) == 6 + 3
        assert rows(record)[-1].endswith("..")

    def test_without_any_evidence_the_way_to_start_is_said(self):
        assert "tag a test with @pytest.mark.mlscore(ITEM)" in " ".join(rows(empty()))
        assert "serve no item" not in " ".join(rows(empty()))

    def test_untagged_tests(self):
        record = replace(perfect(), untagged=("a",))
        assert rows(record)[-1] == "Note:    1 test serves no item"

    def test_reports(self):
        written = [f"build/report-{n}.html" for n in range(6)]
        assert labelled(perfect(), "Reports:", reports=written) == [
            "build/report-0.html  build/report-1.html  build/report-2.html",
            "build/report-3.html  build/report-4.html  build/report-5.html",
        ]

    def test_in_progress_says_nothing_else(self):
        assert rows(in_progress(), reports=["a.json"]) == [
            "Score not known yet",
            "  In progress: the run has not come to its end",
            "Reports: a.json",
        ]


class TestVerdict:
    def verdict(self, record: Record, code: int, width: int = 80) -> str:
        undone = "report not written"
        return text(verdict_line(record, exit_code=code, width=width, undone=undone))

    @pytest.mark.parametrize(
        "status, code, expected",
        [
            ("failed", 10, "GATE FAILED  why"),
            ("failed", 1, "GATE FAILED  why  (tests failed: exit 1, not 10)"),
            ("failed", 2, "GATE FAILED  why  (interrupted: exit 2, not 10)"),
            ("failed", 3, "GATE FAILED  why  (internal error: exit 3, not 10)"),
            ("failed", 5, "GATE FAILED  why  (no tests ran: exit 5, not 10)"),
            ("failed", 6, "GATE FAILED  why  (too many warnings: exit 6, not 10)"),
            ("failed", 42, "GATE FAILED  why  (exit 42, not 10)"),
            ("failed", 0, "GATE FAILED  why  (exit 0, not 10)"),
            ("undecided", 11, "GATE UNDECIDED  why"),
            ("undecided", 1, "GATE UNDECIDED  why  (tests failed: exit 1, not 11)"),
            ("passed", 0, "gate passed  why"),
            ("passed", 1, "gate passed  why  (tests failed: exit 1)"),
            ("passed", 11, "gate passed  why  (report not written: exit 11)"),
            ("not-evaluated", 0, "gate not evaluated  why"),
            ("not-evaluated", 1, "gate not evaluated  why  (tests failed: exit 1)"),
            ("not-asked", 0, "score 7 of 7  (no gate was asked for)"),
            ("not-asked", 1, "score 7 of 7  (no gate was asked for)"),
            (
                "not-asked",
                11,
                "score 7 of 7  (no gate was asked for)  (report not written: exit 11)",
            ),
        ],
    )
    def test_every_status(self, status, code, expected):
        opening = {"failed": "gate failed: ", "undecided": "gate undecided: "}.get(status, "")
        record = gated(perfect(), status, f"{opening}why")
        assert self.verdict(record, code) == f"mlscore: {expected}"

    def test_example_of_the_documentation(self):
        check = mixed().gate.checks[0]
        record = gated(mixed(), "failed", "gate failed: score 2.5, required 3", (check,))
        assert self.verdict(record, 10) == "mlscore: GATE FAILED  score 2.5, required 3"

    @pytest.mark.parametrize(
        "width, expected",
        [
            (200, mixed().gate.verdict.replace("gate failed: ", "GATE FAILED  ")),
            (80, "GATE FAILED  score 2.5, required 3 (and 2 more)"),
            (50, "GATE FAILED  score 2.5, required 3 (+2)"),
            (40, "GATE FAILED  score 2.5, requi.."),
            (20, "GATE FAILED  score 2.5, requi.."),
        ],
    )
    def test_many_conditions(self, width, expected):
        assert self.verdict(mixed(), 10, width) == f"mlscore: {expected}"

    def test_the_reason_of_the_exit_code_is_shortened_before_the_verdict(self):
        assert self.verdict(mixed(), 1, 60) == (
            "mlscore: GATE FAILED  score 2.5, required 3 (+2)  (exit 1)"
        )

    def test_styles(self):
        styles = {
            status: verdict_line(gated(perfect(), status), exit_code=0)[1].style
            for status in ("passed", "failed", "undecided", "not-evaluated", "not-asked")
        }
        assert styles == {
            "passed": "good",
            "failed": "bad",
            "undecided": "warn",
            "not-evaluated": "plain",
            "not-asked": "plain",
        }


class TestCommandsOfServers:
    """What is printed in a CI job must not be taken for a command to the server."""

    @pytest.mark.parametrize(
        "attack", ["::error file=a::x", "##[error]x", "##vso[task.complete]", "##teamcity[x]"]
    )
    def test_they_are_broken(self, attack):
        record = replace(perfect(), notes=(attack, f"{'word ' * 13}{attack}"))
        for row in rows(record):
            assert not row.lstrip().startswith("::")
            assert "##[" not in row
            assert "##vso[" not in row
            assert "##teamcity[" not in row

    def test_node_ids_are_not(self):
        record = replace(perfect(), notes=("tests/a.py::test_x",))
        assert rows(record)[-1] == "Note:    tests/a.py::test_x"

    @given(attack=st.text(st.sampled_from(list(":#[ae v")), max_size=80), width=st.integers(40, 60))
    def test_wherever_lines_are_broken(self, attack, width):
        record = replace(perfect(), notes=(attack, f"x{attack}"))
        for row in rows(record, width=width):
            assert not row.removeprefix("Note:").lstrip().startswith("::error")
            assert "##[" not in row


def test_hostile_text_moves_nothing():
    heads = [row[:9] for row in rows(hostile()) if row[:1].isupper()]
    assert heads == [row[:9] for row in rows(mixed()) if row[:1].isupper()]
