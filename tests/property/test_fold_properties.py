"""What holds for the reports of any test, checked against the rules written down a second time."""

from __future__ import annotations

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_mltestscore.scoring.fold import WORST_FIRST, Attempts, evidence_of, worst
from pytest_mltestscore.scoring.items import BLOCKING, finished_its_call
from strategies import Report, fold, report_sequences, rows, steady


def state(attempt: list[Report]) -> str:  # noqa: PLR0911  one return a row of the table
    """Say what one attempt came to: the table of rules, row by row."""
    main = [r for r in attempt if not r.subtest]
    subtests = [r for r in attempt if r.subtest]
    failed = [r for r in attempt if r.outcome == "failed"]
    if any(r.when == "???" for r in failed):
        return "crashed"
    if any(r.when == "call" for r in failed):
        return "failed"
    if failed:
        return "error"
    if any(r.outcome == "rerun" for r in main):
        return "incomplete"
    if not any(r.when == "teardown" for r in main):
        return "incomplete"
    if any(r.expected_failure and r.outcome == "skipped" for r in attempt):
        return "xfailed"
    if any(r.expected_failure for r in attempt):
        return "xpassed"
    if any(r.outcome == "skipped" and r.when in ("setup", "call") for r in main):
        return "skipped"
    if subtests and all(r.outcome == "skipped" for r in subtests):
        return "skipped"
    passed = {r.when for r in main if r.outcome == "passed"}
    return "passed" if passed >= {"setup", "call"} else "incomplete"


def flat(attempts):
    return [report for attempt in attempts for report in attempt]


@steady
@given(report_sequences())
def test_the_last_attempt_counts_and_a_crash_is_never_forgiven(attempts):
    states = [state(attempt) for attempt in attempts]
    found = fold(flat(attempts))
    assert found.outcome == ("crashed" if "crashed" in states else states[-1])
    assert found.reruns == len(attempts) - 1


@steady
@given(report_sequences())
def test_subtests_are_counted_in_the_attempt_that_they_belong_to(attempts):
    subtests = [r for r in attempts[-1] if r.subtest]
    found = fold(flat(attempts)).subtests
    if subtests:
        assert found.total == len(subtests)
        assert found.failed == sum(r.outcome == "failed" for r in subtests)
    else:
        assert found is None


@steady
@given(report_sequences())
def test_a_test_is_finished_when_its_last_attempt_has_a_teardown_or_a_crash(attempts):
    found = fold(flat(attempts))
    ended = any(
        r.when == "???" or (r.when == "teardown" and r.outcome != "rerun" and not r.subtest)
        for r in attempts[-1]
    )
    assert found.finished == ended
    if not ended:
        assert found.outcome in BLOCKING


@steady
@given(report_sequences())
def test_a_phase_is_named_where_there_is_one_to_name(attempts):
    found = fold(flat(attempts))
    last = [r for r in attempts[-1] if not r.subtest]
    if found.outcome in ("passed", "crashed", "incomplete"):
        assert found.phase is None
    elif found.outcome == "error":
        broken = [r.when for r in last if r.outcome == "failed"]
        assert found.phase in (broken[0], None)
    else:
        assert found.phase in ("setup", "call")
    if finished_its_call(evidence_of("t", found)):
        assert any(r.when == "call" and r.outcome != "rerun" for r in attempts[-1])


def badness(reports):
    return WORST_FIRST.index(fold(reports).outcome)


def credit(reports):
    """Rank what an outcome does to an item: blocks, earns nothing, earns."""
    outcome = fold(reports).outcome
    return 0 if outcome in BLOCKING else 2 if outcome == "passed" else 1


@steady
@given(report_sequences(), st.data())
def test_turning_a_report_to_failed_never_helps(attempts, data):
    reports = flat(attempts)
    # A re-run ends its attempt, which no failed call does: without its tear-down, what comes next
    # would belong to it.
    results = [n for n, report in enumerate(reports) if report.outcome != "rerun"]
    assume(results)
    place = data.draw(st.sampled_from(results))
    worse = list(reports)
    worse[place] = worse[place]._replace(outcome="failed")
    assert credit(worse) <= credit(reports)


@steady
@given(report_sequences())
def test_a_test_never_passes_without_its_teardown(attempts):
    last = [r for r in attempts[-1] if r.when != "teardown" or r.subtest]
    without = flat([*attempts[:-1], last])
    assert credit(without) == 0
    assert not fold(without).finished or fold(without).outcome == "crashed"


@steady
@given(st.dictionaries(st.sampled_from("abc"), report_sequences(), min_size=1), st.randoms())
def test_reports_of_different_tests_may_interleave_in_any_way(tests, random):
    queues = {nodeid: flat(attempts) for nodeid, attempts in tests.items()}
    apart = {nodeid: evidence_of(nodeid, fold(reports)) for nodeid, reports in queues.items()}
    accounts = {nodeid: Attempts() for nodeid in queues}
    while queues:
        nodeid = random.choice(sorted(queues))
        queues[nodeid].pop(0).feed(accounts[nodeid])
        if not queues[nodeid]:
            del queues[nodeid]
    assert {n: evidence_of(n, a) for n, a in accounts.items()} == apart


def bytes_of(row):
    return msgspec.json.encode(row)


@steady
@given(st.lists(rows("t"), min_size=1, max_size=5), st.randoms())
def test_the_worst_of_rows_does_not_depend_on_their_order_or_grouping(found, random):
    shuffled = random.sample(found, len(found))
    assert bytes_of(worst(shuffled)) == bytes_of(worst(found))
    cut = random.randint(1, len(found))
    grouped = [worst(shuffled[:cut]), *shuffled[cut:]]
    assert bytes_of(worst(grouped)) == bytes_of(worst(found))
    assert bytes_of(worst([*found, *found])) == bytes_of(worst(found))


@steady
@given(st.lists(rows("t"), min_size=1, max_size=5))
def test_the_worst_of_rows_has_the_worst_outcome(found):
    outcome = min((r.outcome for r in found), key=WORST_FIRST.index)
    kept = worst(found)
    assert kept.outcome == outcome
    assert kept.flaky == any(r.flaky for r in found)
    assert kept.reruns == max(r.reruns for r in found)
