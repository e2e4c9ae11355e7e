"""From reports to the one outcome of a test."""

from __future__ import annotations

import msgspec
import pytest

from pytest_mltestscore.domain.evidence import CheckEvidence, Measurement, Subtests
from pytest_mltestscore.domain.text import MESSAGE_LIMIT
from pytest_mltestscore.scoring.fold import WORST_FIRST, Attempts, evidence_of, worst
from strategies import Report, fold, row


def reports(text):
    """Read `setup passed, subtest failed, call skipped xfail`; a crash is `??? failed`."""
    return [_report(entry.split()) for entry in text.split(",") if entry.strip()]


def _report(words):
    when, outcome = words[:2]
    subtest = when == "subtest"
    return Report("call" if subtest else when, outcome, "xfail" in words, subtest)


SETUP, CALL, TEARDOWN = "setup passed", "call passed", "teardown passed"
PASS = f"{SETUP}, {CALL}, {TEARDOWN}"

ONE_ATTEMPT = {
    # a0 and R1-R3: failures, and where they happen
    "pass": (PASS, "passed", None, True),
    "call fails": (f"{SETUP}, call failed, {TEARDOWN}", "failed", "call", True),
    "set-up fails": (f"setup failed, {TEARDOWN}", "error", "setup", True),
    "tear-down fails": (f"{SETUP}, {CALL}, teardown failed", "error", "teardown", True),
    "call and tear-down fail": (f"{SETUP}, call failed, teardown failed", "failed", "call", True),
    "set-up and tear-down fail": ("setup failed, teardown failed", "error", "setup", True),
    # R4, R5: skips
    "skipped by mark or fixture": (f"setup skipped, {TEARDOWN}", "skipped", "setup", True),
    "skipped in call": (f"{SETUP}, call skipped, {TEARDOWN}", "skipped", "call", True),
    "skipped in tear-down": (f"{SETUP}, {CALL}, teardown skipped", "passed", None, True),
    "skipped in set-up, tear-down fails": ("setup skipped, teardown failed", "error", None, True),
    "skipped in call, tear-down fails": (
        f"{SETUP}, call skipped, teardown failed",
        "error",
        None,
        True,
    ),
    # R6-R9: expected failures
    "xfail": (f"{SETUP}, call skipped xfail, {TEARDOWN}", "xfailed", "call", True),
    "xfail without running": (f"setup skipped xfail, {TEARDOWN}", "xfailed", "setup", True),
    "xpass": (f"{SETUP}, call passed xfail, {TEARDOWN}", "xpassed", "call", True),
    "strict xpass": (f"{SETUP}, call failed, {TEARDOWN}", "failed", "call", True),
    "xpass, then xfail in tear-down": (
        f"{SETUP}, call passed xfail, teardown skipped xfail",
        "xfailed",
        "call",
        True,
    ),
    "xfail in tear-down after a pass": (
        f"{SETUP}, {CALL}, teardown skipped xfail",
        "xfailed",
        "call",
        True,
    ),
    "xfail, tear-down fails": (
        f"{SETUP}, call skipped xfail, teardown failed",
        "error",
        "teardown",
        True,
    ),
    "xfail in set-up, tear-down fails": (
        "setup skipped xfail, teardown failed",
        "error",
        None,
        True,
    ),
    "xpass, tear-down fails": (
        f"{SETUP}, call passed xfail, teardown failed",
        "error",
        "teardown",
        True,
    ),
    "call fails although a plugin left wasxfail": (
        f"{SETUP}, call failed xfail, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    "set-up fails although a plugin left wasxfail": (
        f"setup failed xfail, {TEARDOWN}",
        "error",
        "setup",
        True,
    ),
    # R10-R12: subtests
    "one subtest fails": (
        f"{SETUP}, subtest passed, subtest failed, call failed, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    "one unittest subtest fails, the parent passes": (
        f"{SETUP}, subtest failed, subtest passed, {CALL}, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    "all subtests skipped": (
        f"{SETUP}, subtest skipped, subtest skipped, {CALL}, {TEARDOWN}",
        "skipped",
        "call",
        True,
    ),
    "some subtests skipped": (
        f"{SETUP}, subtest skipped, subtest passed, {CALL}, {TEARDOWN}",
        "passed",
        None,
        True,
    ),
    "all subtests pass": (f"{SETUP}, subtest passed, {CALL}, {TEARDOWN}", "passed", None, True),
    "a subtest xfails": (
        f"{SETUP}, subtest skipped xfail, subtest passed, {CALL}, {TEARDOWN}",
        "xfailed",
        "call",
        True,
    ),
    "a subtest xpasses": (
        f"{SETUP}, subtest passed xfail, {CALL}, {TEARDOWN}",
        "xpassed",
        "call",
        True,
    ),
    "a subtest fails although a plugin left wasxfail": (
        f"{SETUP}, subtest failed xfail, {CALL}, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    "a subtest fails, then the test is skipped": (
        f"{SETUP}, subtest failed, call skipped, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    "a subtest of a fixture fails": (f"subtest failed, {PASS}", "failed", "call", True),
    "a subtest of a fixture xfails": (f"subtest skipped xfail, {PASS}", "xfailed", "call", True),
    "a subtest in tear-down fails": (
        f"{SETUP}, {CALL}, subtest failed, {TEARDOWN}",
        "failed",
        "call",
        True,
    ),
    # the process ended, or the plugin that owns a phase swallowed it
    "nothing heard": ("", "incomplete", None, False),
    "set-up only": (SETUP, "incomplete", None, False),
    "no tear-down": (f"{SETUP}, {CALL}", "incomplete", None, False),
    "no call": (f"{SETUP}, {TEARDOWN}", "incomplete", None, True),
    "no set-up": (f"{CALL}, {TEARDOWN}", "incomplete", None, True),
    "skipped, no tear-down": ("setup skipped", "incomplete", None, False),
    "xfailed, no tear-down": (f"{SETUP}, call skipped xfail", "incomplete", None, False),
    "failed, no tear-down": (f"{SETUP}, call failed", "failed", "call", False),
    "set-up fails, no tear-down": ("setup failed", "error", "setup", False),
    "subtest failed, no tear-down": (f"{SETUP}, subtest failed", "failed", "call", False),
    "subtests only": ("subtest passed, subtest skipped", "incomplete", None, False),
    "tear-down fails, no call": (f"{SETUP}, teardown failed", "error", None, True),
    "an outcome that a plugin made up": (
        f"{SETUP}, call retried, {TEARDOWN}",
        "incomplete",
        None,
        True,
    ),
    "a set-up whose outcome a plugin made up": (
        f"setup retried, {CALL}, {TEARDOWN}",
        "incomplete",
        None,
        True,
    ),
    "thrown away, and then torn down": (
        f"{SETUP}, subtest skipped xfail, call rerun, {TEARDOWN}",
        "incomplete",
        None,
        True,
    ),
    # crashes
    "crash": (f"{SETUP}, ??? failed", "crashed", None, True),
    "crash before any report": ("??? failed", "crashed", None, True),
    "crash after the tear-down": (f"{PASS}, ??? failed", "crashed", None, True),
    "fails, then crashes": (f"{SETUP}, call failed, ??? failed", "crashed", None, True),
}


@pytest.mark.parametrize(
    "text,outcome,phase,finished", ONE_ATTEMPT.values(), ids=ONE_ATTEMPT.keys()
)
def test_one_attempt(text, outcome, phase, finished):
    attempts = fold(reports(text))
    assert (attempts.outcome, attempts.phase, attempts.finished) == (outcome, phase, finished)
    assert attempts.reruns == 0


RERUN = f"{SETUP}, call rerun"

SEVERAL_ATTEMPTS = {
    # R14-R16
    "fails, then passes": (f"{RERUN}, {PASS}", "passed", None, True, 1),
    "fails twice, then passes": (f"{RERUN}, {RERUN}, {PASS}", "passed", None, True, 2),
    "fails in set-up, then passes": (f"setup rerun, {PASS}", "passed", None, True, 1),
    "fails in tear-down, then passes": (
        f"{SETUP}, {CALL}, teardown rerun, {PASS}",
        "passed",
        None,
        True,
        1,
    ),
    "fails in tear-down, and again": (
        f"{SETUP}, {CALL}, teardown rerun, {SETUP}, {CALL}, teardown failed",
        "error",
        "teardown",
        True,
        1,
    ),
    "fails for good": (f"{RERUN}, {SETUP}, call failed, {TEARDOWN}", "failed", "call", True, 1),
    "skips at last": (f"{RERUN}, setup skipped, {TEARDOWN}", "skipped", "setup", True, 1),
    "subtests of a lost attempt": (
        f"{SETUP}, subtest failed, call rerun, {PASS}",
        "passed",
        None,
        True,
        1,
    ),
    "subtests of a fixture of the last attempt": (
        f"{RERUN}, subtest failed, {PASS}",
        "failed",
        "call",
        True,
        1,
    ),
    "subtest of a fixture after a whole attempt": (
        f"{PASS}, subtest skipped xfail, {PASS}",
        "xfailed",
        "call",
        True,
        1,
    ),
    "the last attempt thrown away": (RERUN, "incomplete", None, False, 0),
    "thrown away in tear-down": (f"{SETUP}, {CALL}, teardown rerun", "incomplete", None, False, 0),
    "thrown away, then set-up only": (f"{RERUN}, {SETUP}", "incomplete", None, False, 1),
    "thrown away although the set-up of a fixture failed": (
        "setup failed, teardown rerun",
        "error",
        "setup",
        False,
        0,
    ),
    "cut off, then run again": (f"{SETUP}, {PASS}", "passed", None, True, 1),
    "run again after a set-up without a name": (f"setup retried, {PASS}", "passed", None, True, 1),
    # R31, R32
    "crash, then pass": (f"{SETUP}, ??? failed, {PASS}", "crashed", None, True, 1),
    "crash, fail, pass": (f"{SETUP}, ??? failed, {RERUN}, {PASS}", "crashed", None, True, 2),
    "crash again and again": (
        f"{SETUP}, ??? failed, {SETUP}, ??? failed",
        "crashed",
        None,
        True,
        1,
    ),
    "crash, then cut off": (f"{SETUP}, ??? failed, {SETUP}", "crashed", None, False, 1),
    "crash while waiting for the rerun": (f"{RERUN}, ??? failed", "crashed", None, True, 0),
}


@pytest.mark.parametrize(
    "text,outcome,phase,finished,reruns", SEVERAL_ATTEMPTS.values(), ids=SEVERAL_ATTEMPTS.keys()
)
def test_several_attempts(text, outcome, phase, finished, reruns):
    attempts = fold(reports(text))
    assert (attempts.outcome, attempts.phase, attempts.finished) == (outcome, phase, finished)
    assert attempts.reruns == reruns
    assert evidence_of("t", attempts).flaky == (reruns > 0)


@pytest.mark.parametrize(
    "text,counts",
    [
        (PASS, None),
        (f"{SETUP}, subtest passed, subtest failed, subtest skipped, call failed", (3, 1)),
        (f"{SETUP}, subtest failed xfail, subtest passed xfail", (2, 1)),
        (f"subtest failed, {SETUP}, subtest passed, {CALL}", (2, 1)),
        (f"{SETUP}, subtest failed, call rerun, {SETUP}, subtest passed, {CALL}", (1, 0)),
        (f"{SETUP}, subtest failed, call rerun, {PASS}", None),
    ],
)
def test_counts_of_subtests_are_those_of_the_last_attempt(text, counts):
    found = fold(reports(text)).subtests
    assert found == (counts and Subtests(total=counts[0], failed=counts[1]))


def test_duration_is_that_of_the_last_attempt_without_its_subtests():
    attempts = Attempts()
    attempts.add("setup", "passed", duration_s=64.0)
    attempts.add("call", "rerun", duration_s=64.0)
    attempts.add("setup", "passed", duration_s=0.5)
    attempts.add("call", "passed", subtest=True, duration_s=64.0)
    attempts.add("call", "passed", duration_s=1.25)
    attempts.add("teardown", "passed", duration_s=0.25 + 1e-7)
    evidence = evidence_of("t", attempts)
    assert (evidence.duration_s, evidence.outcome) == (2.0, "passed")


def test_the_texts_of_call_and_teardown_are_both_kept():
    attempts = fold(
        [
            Report("setup", "passed"),
            Report("call", "failed", message="assert 1 == 2"),
            Report("teardown", "failed", message="no such file"),
        ]
    )
    assert evidence_of("t", attempts).message == "assert 1 == 2\nno such file"


def test_a_thousand_failing_subtests_do_not_fill_the_record_and_the_teardown_still_speaks():
    long = "x" * (MESSAGE_LIMIT - 1)
    attempts = fold(
        [
            Report("setup", "passed"),
            *[Report("call", "failed", subtest=True, message=long)] * 1_000,
            Report("call", "failed", message="never shown"),
            Report("teardown", "failed", message="disk full"),
        ]
    )
    assert attempts.message == f"{long}\n{long}\ndisk full"


def test_a_message_of_exactly_the_limit_is_the_last():
    full = "x" * MESSAGE_LIMIT
    attempts = fold(
        [Report("setup", "failed", message=full), Report("call", "failed", message="y")]
    )
    assert attempts.message == full


def test_the_first_note_is_kept():
    attempts = Attempts()
    attempts.add("setup", "skipped", note="needs a GPU")
    attempts.add("teardown", "passed", note="later")
    assert evidence_of("t", attempts).note == "needs a GPU"


def test_texts_of_an_attempt_that_was_thrown_away_are_gone():
    attempts = Attempts()
    attempts.add("setup", "passed")
    attempts.add("call", "rerun", message="timed out", note="odd")
    attempts.add("setup", "passed")
    attempts.add("call", "failed", message="assert 0")
    found = evidence_of("t", attempts)
    assert (found.message, found.note) == ("assert 0", "")


def test_the_last_words_of_a_crash_outlive_a_pass():
    attempts = fold([CRASHED, *reports(PASS)])
    assert evidence_of("t", attempts).message == "worker gw0 crashed"


def test_the_last_words_of_a_crash_outlive_several_attempts():
    attempts = fold([CRASHED, *reports(RERUN), *reports(PASS)])
    assert evidence_of("t", attempts).message == "worker gw0 crashed"


CRASHED = Report("???", "failed", message="worker gw0 crashed")


def test_a_test_that_passed_has_no_message():
    attempts = fold([*reports(SETUP), Report("call", "passed", message="odd"), *reports(TEARDOWN)])
    assert evidence_of("t", attempts).message == ""


# Checks


def check(*, holds=True, expect="holds", name="schema"):
    return CheckEvidence(name=name, holds=holds, summary="", expect=expect)


@pytest.mark.parametrize(
    "found,said,expect",
    [
        (check(holds=False), "does not hold", "fails"),
        (check(holds=True, expect="fails"), "holds", "holds"),
    ],
)
def test_a_forgotten_assert_fails_the_test(found, said, expect):
    attempts = fold(reports(PASS))
    attempts.note = "from the test"
    evidence = evidence_of("t", attempts, (), [check(), found, check(holds=False, name="later")])
    assert (evidence.outcome, evidence.phase) == ("failed", "call")
    assert evidence.note == (
        f"check schema {said}, yet the test passed:"
        f" assert its result, or call it with expect='{expect}'"
    )


@pytest.mark.parametrize("expected", [check(), check(holds=False, expect="fails")])
def test_checks_that_come_out_as_expected_leave_the_test_alone(expected):
    evidence = evidence_of("t", fold(reports(PASS)), (), [expected])
    assert (evidence.outcome, evidence.phase, evidence.note) == ("passed", None, "")


@pytest.mark.parametrize(
    "text,outcome",
    [
        (f"{SETUP}, call skipped xfail, {TEARDOWN}", "xfailed"),
        (f"{SETUP}, call skipped, {TEARDOWN}", "skipped"),
        (f"{SETUP}, {CALL}", "incomplete"),
        (f"{SETUP}, {CALL}, teardown failed", "error"),
    ],
)
def test_a_check_that_does_not_hold_changes_nothing_else(text, outcome):
    assert evidence_of("t", fold(reports(text)), (), [check(holds=False)]).outcome == outcome


def test_a_row_carries_what_the_test_recorded():
    measured = [Measurement(name="auc", value=0.5), Measurement(name="rows", value=3)]
    evidence = evidence_of("a.py::t", fold(reports(PASS)), measured, [check()])
    assert evidence.nodeid == "a.py::t"
    assert evidence.measurements == tuple(measured)
    assert evidence.checks == (check(),)
    assert evidence.duration_s == 0.0


# Several workers


def test_outcomes_are_ordered_from_crashed_to_passed_with_not_run_giving_way():
    assert WORST_FIRST == (
        "crashed",
        "incomplete",
        "error",
        "failed",
        "xpassed",
        "xfailed",
        "skipped",
        "passed",
        "not-run",
    )


@pytest.mark.parametrize("worse", range(len(WORST_FIRST)))
def test_of_two_workers_the_worst_outcome_counts(worse):
    for better in range(worse, len(WORST_FIRST)):
        pair = [row(outcome=WORST_FIRST[worse]), row(outcome=WORST_FIRST[better])]
        assert worst(pair) == worst(pair[::-1]) == pair[0]


def test_flakiness_of_any_worker_is_kept():
    steady = row(outcome="failed", phase="call")
    flaky = row(outcome="passed", flaky=True, reruns=2)
    assert worst([steady, flaky]) == msgspec.structs.replace(steady, flaky=True, reruns=2)
    assert worst([row(reruns=3, flaky=True), flaky]).reruns == 3
    failed = row(outcome="failed", flaky=True, reruns=1)
    assert worst([failed, row()]) == failed


def test_the_kept_row_does_not_depend_on_who_was_flaky():
    one = row(duration_s=1.0, note="x")
    flaky = row(duration_s=2.0, flaky=True, reruns=1)
    three = row(duration_s=1.0, message="a")
    assert worst([worst([one, flaky]), three]) == worst([worst([one, three]), flaky])


def test_equal_values_of_different_types_do_not_make_the_order_matter():
    pair = [row(measurements=(Measurement(name="ok", value=v),)) for v in (True, 1)]
    assert msgspec.json.encode(worst(pair)) == msgspec.json.encode(worst(pair[::-1]))


def test_one_row_is_its_own_worst():
    assert worst([row()]) == row()


def test_no_rows_have_no_worst():
    with pytest.raises(TypeError, match="empty"):
        worst([])
