"""What holds for any evidence: bounds, order, and that nothing bad ever helps."""

from __future__ import annotations

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_mltestscore.domain.record import Policy, Record, Run
from pytest_mltestscore.scoring.card import rubric_of
from pytest_mltestscore.scoring.diff import baseline_from, yardstick
from pytest_mltestscore.scoring.gate import exit_code
from strategies import BLOCKING, Case, cases, row, run, runs, score, settings_of, steady, waiver


def figures(record: Record) -> list[float]:
    """List everything that must not rise when something gets worse."""
    return [
        record.score.final,
        *(s.score for s in record.sections),
        *(i.points for i in record.items),
    ]


def implemented(record: Record) -> list[float]:
    return [record.score.implemented, *(s.implemented for s in record.sections)]


def nowhere_higher(low: list[float], high: list[float]) -> bool:
    return all(a <= b for a, b in zip(low, high, strict=True))


@steady
@given(cases())
def test_every_figure_is_a_half_point_within_its_bounds(case: Case):
    record = case.score()
    bounds = [record.score.max, *(s.max for s in record.sections)]
    most = [*bounds, *[case.by.credit.automated] * len(record.items)]
    for figure, highest in zip(figures(record), most, strict=True):
        assert 0 <= figure <= highest
        assert (2 * figure).is_integer()
    for figure, highest in zip(implemented(record), bounds, strict=True):
        assert 0 <= figure <= highest
        assert (2 * figure).is_integer()


@steady
@given(cases())
def test_the_score_is_the_least_of_the_sums_and_says_whose_it_is(case: Case):
    record = case.score()
    sums = {
        s.id: sum(i.points for i in record.items if i.section == s.id) for s in case.by.sections
    }
    assert {s.id: s.score for s in record.sections} == sums
    assert record.score.final == min(sums.values())
    assert set(record.score.limiting_sections) == {
        s for s, points in sums.items() if points == record.score.final
    }
    lower = [b.up_to for b in case.by.bands if b.up_to < record.score.band.up_to]
    assert all(record.score.final > bound for bound in lower)
    assert record.score.final <= record.score.band.up_to


@steady
@given(cases())
def test_what_is_implemented_is_never_less_than_what_is_shown(case: Case):
    record = case.score()
    assert nowhere_higher(figures(record)[: 1 + len(record.sections)], implemented(record))


@steady
@given(cases(), st.randoms())
def test_the_order_of_evidence_changes_nothing(case: Case, random):
    def mixed(values):
        return random.sample(values, len(values))

    shuffled = case.score(
        tests={item: mixed(found) for item, found in mixed(list(case.tests.items()))},
        attestations=mixed(case.attestations),
        waivers=mixed(case.waivers),
        untagged=mixed(case.untagged),
        notes=mixed(case.notes),
        config=dict(mixed(list(case.config.items()))),
    )
    assert encoded(shuffled) == encoded(case.score())


def encoded(record: Record) -> bytes:
    return msgspec.json.encode(record, order="deterministic")


@steady
@given(cases(), st.data())
def test_one_more_passing_test_never_lowers_anything(case: Case, data):
    item = data.draw(st.sampled_from(case.by.items)).id
    more = {**case.tests, item: [*case.tests.get(item, ()), row("new.py::t")]}
    before, after = case.score(), case.score(tests=more)
    assert nowhere_higher(figures(before), figures(after))
    assert nowhere_higher(implemented(before), implemented(after))


@steady
@given(cases(), st.data())
def test_a_test_that_goes_from_worse_to_passed_never_lowers_anything(case: Case, data):
    mended = with_outcome(case, "passed", data)
    assert nowhere_higher(figures(case.score()), figures(case.score(tests=mended)))


@steady
@given(cases(), st.sampled_from(BLOCKING), st.data())
def test_a_test_that_goes_bad_never_raises_anything(case: Case, outcome, data):
    broken = with_outcome(case, outcome, data)
    after = case.score(tests=broken)
    assert nowhere_higher(figures(after), figures(case.score()))
    assert any(i.state == "failing" for i in after.items)


def with_outcome(case, outcome, data):
    """Give one of the tests another outcome, in every item that it serves."""
    nodeids = sorted({r.nodeid for found in case.tests.values() for r in found})
    assume(nodeids)
    nodeid = data.draw(st.sampled_from(nodeids))
    return {
        item: [row(nodeid, outcome) if r.nodeid == nodeid else r for r in found]
        for item, found in case.tests.items()
    }


@steady
@given(cases(), st.data())
def test_a_waiver_changes_no_figure(case: Case, data):
    item = data.draw(st.sampled_from(case.by.items)).id
    others = [w for w in case.waivers if w.item != item]
    waived = case.score(waivers=[*others, waiver(item)])
    assert figures(waived) == figures(case.score())
    assert [i.state for i in waived.items] == [i.state for i in case.score().items]


@steady
@given(cases())
def test_gate_rules_change_no_figure(case: Case):
    assert figures(case.score(config={})) == figures(case.score())


@steady
@given(cases())
def test_a_failing_item_earns_nothing_and_an_attestation_at_most_its_half(case: Case):
    for item in case.score().items:
        outcomes = {t.outcome for t in item.tests}
        if outcomes & set(BLOCKING):
            assert (item.state, item.points) == ("failing", 0)
        if "passed" not in outcomes:
            assert item.points <= case.by.credit.manual
        if not item.tests and item.attestation is None:
            assert item.points == 0


@steady
@given(cases())
def test_twice_the_credit_gives_exactly_twice_the_score(case: Case):
    credit = msgspec.structs.replace(
        case.by.credit, manual=2 * case.by.credit.manual, automated=2 * case.by.credit.automated
    )
    bands = tuple(msgspec.structs.replace(b, up_to=2 * b.up_to) for b in case.by.bands)
    doubled = case.score(by=msgspec.structs.replace(case.by, credit=credit, bands=bands), config={})
    single = case.score(config={})
    assert figures(doubled) == [2 * figure for figure in figures(single)]
    assert implemented(doubled) == [2 * figure for figure in implemented(single)]
    assert doubled.score.band.key == single.score.band.key
    assert [s.item for s in doubled.next_steps] == [s.item for s in single.next_steps]


@steady
@given(cases(), runs())
def test_status_checks_and_words_of_the_gate_agree(case: Case, earlier: Run):
    old = case.score(tests=dict(list(case.tests.items())[:1]), of=earlier, attestations=[])
    record = case.score(baseline=baseline_from(old, "main.json", yardstick("churn", case.by)))
    gate, oks = record.gate, [c.ok for c in record.gate.checks]
    whole = not case.of.incomplete_reasons
    if gate.status == "not-asked":
        assert oks == []
        assert gate.verdict == "no gate was asked for"
        return
    word = gate.status.replace("-", " ")
    assert gate.verdict.startswith(f"gate {word}: ")
    assert oks
    if gate.status == "passed":
        assert whole
        assert all(oks)
        assert all(c.message in gate.verdict for c in gate.checks)
    elif gate.status == "failed":
        assert whole
        assert False in oks
        for check in gate.checks:
            assert check.ok is not False or check.message in gate.verdict
    elif whole:
        assert None in oks
        assert False not in oks
    else:
        assert set(oks) == {None}
        assert all(r.detail in gate.verdict for r in case.of.incomplete_reasons)
    strict = case.config["strict"].value
    assert (gate.status == "not-evaluated") == (
        case.of.partial and not case.of.cut_short and not strict
    )
    assert exit_code(gate.status) == {"failed": 10, "undecided": 11}.get(gate.status, 0)


@steady
@given(cases(whole=True), st.floats(0, 14))
def test_a_floor_is_compared_as_it_is_written(case: Case, floor):
    record = case.score(config=settings_of(fail_under=floor), policy=Policy(), of=run())
    (check,) = record.gate.checks
    final = record.score.final
    assert check.ok is (final >= floor)
    assert float(check.actual) == final
    assert float(check.expected.removeprefix(">= ")) == floor
    assert record.gate.status == ("passed" if final >= floor else "failed")


@steady
@given(cases())
def test_changes_add_up_to_the_difference(case: Case):
    old = case.score(of=run(), tests={})
    new = case.score(baseline=baseline_from(old, "main.json", yardstick("churn", case.by)))
    gains = [c.gain for c in new.baseline.changes]
    assert gains == sorted(gains)
    total = sum(i.points for i in new.items) - sum(i.points for i in old.items)
    assert sum(gains) == total
    for change in new.baseline.changes:
        assert (change.before, change.points_before) != (change.after, change.points_after)
        assert change.reason == new.item(change.item).reason


@steady
@given(cases())
def test_a_record_survives_json_and_can_be_scored_again_from_itself(case: Case):
    record = case.score()
    read = msgspec.json.decode(encoded(record), type=Record)
    assert read == record
    again = score(
        {i.id: i.tests for i in read.items},
        by=rubric_of(read),
        attestations=[i.attestation.statement for i in read.items if i.attestation],
        waivers=[i.waiver.decision for i in read.items if i.waiver],
        accepted_faults=[a.statement for a in read.accepted_faults],
        untagged=read.untagged,
        policy=read.policy,
        config=read.config,
        of=read.run,
        notes=read.notes,
    )
    assert encoded(again) == encoded(record)
