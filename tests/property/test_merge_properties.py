"""However a run is cut into parts, and however these are put together, the result is one."""

from __future__ import annotations

from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.record import CI, PARTIAL_KINDS, Record, Setting, Shard
from pytest_mltestscore.domain.runfacts import strip_run_facts
from pytest_mltestscore.scoring.diff import baseline_from, missing_baseline, yardstick
from pytest_mltestscore.scoring.gaps import missing_shards
from pytest_mltestscore.scoring.merge import merge
from strategies import (
    TODAY,
    Case,
    cases,
    days,
    half_points,
    reason,
    reasons,
    row,
    rows,
    run,
    steady,
)

SKIPPED = [f"not collected: {module}: no GPU" for module in ("u.py", "tests/test_0.py")]


def encoded(record: Record) -> bytes:
    return msgspec.json.encode(record, order="deterministic")


def essence(record: Record) -> tuple[object, ...]:
    """Return what must be equal between equal runs: notes, gaps, and all but run facts."""
    facts = record.run
    bare = strip_run_facts(record)
    reasons_ = facts.incomplete_reasons
    return encoded(bare), record.notes, facts.complete, reasons_, facts.selected, facts.commit


def baselines(case: Case) -> st.SearchStrategy:
    """Draw what a run of this case may be compared with."""
    first = dict(list(case.tests.items())[:1])
    now = yardstick("churn", case.by)
    olds = [case.score(of=run(), tests=tests, config={}) for tests in (first, {})]
    return st.sampled_from(
        [None, missing_baseline("main.json")] + [baseline_from(o, "main.json", now) for o in olds]
    )


# Shards of one run


@st.composite
def sharded(draw):
    """Draw a whole run, and the runs of its parts, some of which may be empty."""
    case = draw(cases(whole=True))
    baseline = draw(baselines(case))
    by = draw(st.sampled_from(["plugin", "files", "folders"]))
    number = draw(st.integers(1, 4))
    tagged = sorted({r.nodeid for found in case.tests.values() for r in found})
    owner = {n: draw(st.integers(0, number - 1)) for n in [*tagged, *case.untagged]}
    ci = draw(st.sampled_from([None, CI(provider="GitHub")]))
    facts = run(id="whole", ci=ci, selected=len(owner))
    announced = by == "plugin" and bool(tagged) and draw(st.booleans())
    parts = []
    for shard in range(number):
        mine = {n for n, place in owner.items() if place == shard}
        if mine or (by == "plugin" and tagged):  # a part that saw no test may have lost some
            told = Shard(shard + 1, number) if announced else None
            parts.append(_part(case, f"shard-{shard}", mine, by, ci, baseline, told))
    return case.score(of=facts, baseline=baseline), parts, by == "files"


def _part(case, id_, mine, by, ci, baseline, shard):
    others = {
        item: [row(r.nodeid, "not-run") for r in found if r.nodeid not in mine]
        for item, found in case.tests.items()
    }
    own = {item: [r for r in found if r.nodeid in mine] for item, found in case.tests.items()}
    found, why = own, []
    if by == "plugin":
        found = {item: own[item] + others[item] for item in own}
        left_out = len({r.nodeid for rows_ in others.values() for r in rows_})
        why += [reason("deselected", f"{left_out} left out by a plugin")] * bool(left_out)
    elif by == "files":
        why.append(reason("arguments", f"only {id_}.py was run"))
    if not mine:
        why.append(reason("no-tests"))
    if shard and shard.of > 1:  # as a run says of itself
        why += missing_shards([run(id=id_, shard=shard)])
    return case.score(
        tests=found,
        untagged=[n for n in case.untagged if n in mine],
        of=run(*why, id=id_, ci=ci, selected=len(mine), shard=shard),
        baseline=baseline,
    )


@steady
@given(sharded(), st.randoms())
def test_parts_of_a_run_in_any_order_make_the_whole_run(drawn, random):
    whole, parts, named_files = drawn
    if not whole.run.selected:  # nothing ran, so nothing was shown
        return
    merged = merge(random.sample(parts, len(parts)), whole=named_files)
    assert essence(merged) == essence(whole)


@steady
@given(sharded(), st.randoms())
def test_parts_may_be_put_together_step_by_step(drawn, random):
    whole, parts, named_files = drawn
    if not whole.run.selected:
        return
    heap = list(parts)
    while len(heap) > 1:
        one, other = (heap.pop(random.randrange(len(heap))) for _ in range(2))
        heap.append(merge([one, other]))
    merged = merge(heap, whole=named_files)
    assert essence(merged) == essence(whole)


# Records of any kind


@st.composite
def mergeable(draw, number=3):
    """Draw records that agree on what must agree, and differ in everything else."""
    case = draw(cases())
    ids = [item.id for item in case.by.items]
    baseline = baselines(case)
    commit = draw(st.sampled_from(["c" * 40, None]))
    records = []
    for place in range(number):
        found = draw(st.lists(rows(), max_size=4, unique_by=lambda r: r.nodeid))
        tests = {}
        for one in found:
            for item in draw(st.lists(st.sampled_from(ids), min_size=1, max_size=2, unique=True)):
                tests.setdefault(item, []).append(one)
        why = draw(st.lists(reasons, max_size=2, unique=True))
        if any(r.outcome == "not-run" for r in found) and not why:
            why = [reason("deselected")]
        facts = run(
            *why,
            id=draw(st.sampled_from([f"run-{place}", "run-0"])),
            started_at=draw(st.sampled_from(["2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z"])),
            duration_s=draw(half_points),
            branch=draw(st.sampled_from(["main", "other", None])),
            ci=draw(st.sampled_from([None, CI(provider="GitHub", url="a"), CI(provider="x")])),
            commit=commit,
            dirty=draw(st.sampled_from([None, False, True])),
        )
        origin = draw(st.sampled_from(["ini file", "command line"]))
        record = case.score(
            tests=tests,
            of=facts,
            config={n: Setting(value=s.value, origin=origin) for n, s in case.config.items()},
            today=draw(st.sampled_from([TODAY, days(1)])),
            baseline=draw(baseline),
            untagged=draw(st.lists(st.sampled_from(["u.py::a", "u.py::b"]), unique=True)),
            notes=draw(st.lists(st.sampled_from(["one", *SKIPPED]), unique=True)),
        )
        records.append(record)
    return records


@steady
@given(mergeable())
def test_merging_is_commutative_to_the_byte(records):
    assert len({encoded(merge(order)) for order in permutations(records)}) == 1


@steady
@given(mergeable())
def test_merging_is_associative(records):
    one, two, three = (
        msgspec.structs.replace(r, run=msgspec.structs.replace(r.run, id=f"run-{n}"))
        for n, r in enumerate(records)
    )
    at_once = merge([one, two, three])
    assert essence(merge([merge([one, two]), three])) == essence(at_once)
    assert essence(merge([one, merge([two, three])])) == essence(at_once)


@steady
@given(mergeable(number=2))
def test_merging_is_idempotent(records):
    one = records[0]
    assert essence(merge([one, one])) == essence(merge([one]))
    both = merge(records)
    assert essence(merge([both, both])) == essence(both)
    if len({r.run.id for r in records}) == 2:
        assert essence(merge([both, *records])) == essence(both)


@steady
@given(mergeable(number=1))
def test_one_record_merges_to_itself(records):
    (record,) = records
    merged = merge([record])
    assert encoded(strip_run_facts(merged)) == encoded(strip_run_facts(record))
    assert merged.run.incomplete_reasons == record.run.incomplete_reasons


@steady
@given(mergeable(number=2))
def test_a_merge_shows_no_more_than_its_parts_and_hides_no_failure(records):
    merged = merge(records)
    for item in merged.items:
        parts = [r.item(item.id) for r in records]
        if any(p.state == "failing" for p in parts):
            assert item.state == "failing"
        if item.state == "automated":
            assert any(t.outcome == "passed" for p in parts for t in p.tests)
    kinds = {r.kind for record in records for r in record.run.incomplete_reasons}
    assert merged.run.cut_short or not kinds - PARTIAL_KINDS - {"no-tests"}
