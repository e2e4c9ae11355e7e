"""However the tests of a system are spread over runs, and whenever these ran, the score is one."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pools import IN_CI, ran, together
from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.record import Policy, Record
from pytest_mltestscore.domain.runfacts import strip_run_facts
from strategies import Case, cases, reason, row, steady

HOURS = st.integers(1, 7 * 24)


def shown(record: Record) -> object:
    """Return all that must be the same: items, sums and gate, without where things were seen."""
    bare = strip_run_facts(record)
    return bare.items, bare.sections, bare.score, bare.next_steps, bare.gate, record.run.complete


@st.composite
def spread(draw):
    """Draw a whole run, and the same results in runs of a part each, at any times."""
    case = draw(cases(whole=True))
    number = draw(st.integers(1, 4))
    hours = draw(st.lists(HOURS, min_size=number, max_size=number, unique=True))
    by = draw(st.sampled_from(["plugin", "files", "folders", "shards"]))
    nodeids = sorted({r.nodeid for found in case.tests.values() for r in found})
    owner = {nodeid: draw(st.integers(0, number - 1)) for nodeid in nodeids}
    parts = []
    for place in range(number):
        mine = {nodeid for nodeid, at in owner.items() if at == place}
        parts.append(_part(case, mine, by, hours[place], f"{place + 1}/{number}"))
    if by == "files":  # somebody must have looked at a folder: a file may be one of many
        parts.append(ran(8, {}, by=case.by, id="a-folder", collected=("elsewhere",)))
    return case, parts


def _part(case: Case, mine: set[str], by: str, hours: int, shard: str) -> Record:
    own = {i: [r for r in found if r.nodeid in mine] for i, found in case.tests.items()}
    if by == "files":
        return ran(hours, own, reason("arguments"), by=case.by, collected=())
    if by == "folders":
        return ran(hours, own, by=case.by, collected=())
    left_out = {
        i: [row(r.nodeid, "not-run") for r in found if r.nodeid not in mine]
        for i, found in case.tests.items()
    }
    tests = {i: [*own[i], *left_out[i]] for i in own}
    why = [reason("deselected")] if any(left_out.values()) else []
    return ran(hours, tests, *why, by=case.by, shard=shard if by == "shards" else "")


def alone(case: Case) -> Record:
    return case.score(of=ran(0, {}).run)


def pool_of(case: Case, parts: list[Record], own: Record | None = None) -> Record:
    facts = {
        name: getattr(case, name)
        for name in ("attestations", "waivers", "accepted_faults", "untagged", "config")
    }
    return together(parts, own, by=case.by, policy=case.policy, **facts)


@steady
@given(spread(), st.randoms())
def test_any_spread_over_runs_at_any_times_shows_what_one_run_does(drawn, random):
    case, parts = drawn
    expected = shown(alone(case))
    order = random.sample(parts, len(parts))
    assert shown(pool_of(case, order)) == expected
    newest = max(parts, key=_moment)
    others = [part for part in order if part is not newest]
    assert shown(pool_of(case, others, newest)) == expected


def _moment(record: Record) -> float:
    return dt.datetime.fromisoformat(record.run.started_at).timestamp()


@steady
@given(spread(), st.randoms())
def test_records_that_hold_what_they_pooled_add_nothing(drawn, random):
    case, parts = drawn
    in_time = sorted(parts, key=_moment)
    stored: list[Record] = []
    for part in in_time:
        stored.append(pool_of(case, random.sample(stored, len(stored)), part))
    assert shown(pool_of(case, random.sample(stored, len(stored)))) == shown(alone(case))


@steady
@given(
    st.lists(st.tuples(HOURS, st.sampled_from(["passed", "failed", "skipped"])), min_size=1),
    HOURS,
    st.booleans(),
    st.integers(1, 3),
)
def test_one_more_pass_never_lowers_an_item(results, hours, in_ci, min_runs):
    policy = Policy(require_ci=in_ci, min_runs=min_runs)
    parts = [
        ran(at, {"data-1": [_result(outcome)]}, ci=IN_CI, id=f"run-{place}")
        for place, (at, outcome) in enumerate(results)
    ]
    before = together(parts, policy=policy).item("data-1").points
    for ci in (IN_CI, None):
        more = ran(hours, {"data-1": [_result("passed")]}, ci=ci, id="one-more")
        assert together([*parts, more], policy=policy).item("data-1").points >= before


def _result(outcome: str) -> TestEvidence:
    return row("tests/test_a.py::test_a", outcome)
