"""Results of several runs: which count, which are gone, and when they are the whole."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pools import IN_CI, NOW, ran, together
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import Policy, Shard
from pytest_mltestscore.scoring.ages import longest_age_days, max_age_days
from pytest_mltestscore.scoring.gaps import missing_shards
from pytest_mltestscore.scoring.lineage import Lineage
from pytest_mltestscore.scoring.parts import part_of, without_details_of_others
from pytest_mltestscore.scoring.pool import places_of_tests
from strategies import attestation, reason, row, score, settings_of

A, B = "tests/data/test_a.py::test_a", "tests/model/test_b.py::test_b"
DATA, MODEL = ("tests/data",), ("tests/model",)


def item(record, id_="data-1"):
    return record.item(id_)


def outcomes(record, id_="data-1"):
    return {test.nodeid: test.outcome for test in item(record, id_).tests}


# Which result counts


@pytest.mark.parametrize(
    "earlier, later, state",
    [
        ("passed", "passed", "automated"),
        ("failed", "passed", "automated"),
        ("passed", "failed", "failing"),
        ("passed", "skipped", "automated"),
        ("failed", "skipped", "failing"),
        ("passed", "xfailed", "skipped"),
        ("failed", "xfailed", "skipped"),
        ("skipped", "skipped", "skipped"),
        ("passed", "not-run", "automated"),
        ("failed", "not-run", "failing"),
        ("not-run", "not-run", "not-run"),
    ],
)
def test_of_each_test_the_newest_result_counts(earlier, later, state):
    parts = [ran(3, {"data-1": [row(A, earlier)]}), ran(1, {"data-1": [row(A, later)]})]
    for order in (parts, parts[::-1], [*parts, *parts]):
        assert item(together(order)).state == state
    assert item(together(parts[:1], parts[1])).state == state


def test_it_is_said_where_and_when_each_result_was_seen():
    parts = [
        ran(30, {"data-1": [row(A)]}, commit="a" * 40, branch="main", ci=IN_CI),
        ran(3, {"model-1": [row(B)]}, collected=MODEL),
    ]
    found = together(parts, ran(0, {"infra-1": [row("tests/infra/t.py::t")]}, collected=()))
    seen = item(found).tests[0].seen
    assert (seen.run, seen.age_s, seen.runs, seen.ci) == ("run-30", 30 * 3600, 1, True)
    assert item(found, "model-1").tests[0].seen.age_s == 3 * 3600
    own = item(found, "infra-1").tests[0].seen
    assert (own.run, own.age_s, own.ci) == ("run-0", 0, False)
    first, second = found.pool.sources
    assert (first.run, first.commit, first.branch, first.ci, first.tests) == (
        "run-30",
        "a" * 40,
        "main",
        IN_CI,
        1,
    )
    assert second.run == "run-3"


@pytest.mark.parametrize(
    "hours, ages, state",
    [
        (7 * 24, {}, "automated"),
        (7 * 24 + 1, {}, "withheld"),
        (25, {"data": 1}, "withheld"),
        (25, {"model": 1}, "automated"),
        (25, {"data": 1, "data-1": 2}, "automated"),
        (25, {"data-1": 1, "data": 2}, "withheld"),
        (25, {"default": 1}, "withheld"),
        (23, {"default": 1}, "automated"),
        (40 * 24, {"default": 60}, "automated"),
    ],
)
def test_a_pass_counts_up_to_an_age(hours, ages, state):
    found = item(together([ran(hours, {"data-1": [row(A)]})], policy=Policy(max_age_days=ages)))
    assert found.state == state
    if state == "withheld":
        assert A in found.reason
        assert "max_age_days" in found.reason


def test_a_failure_stays_until_the_test_is_seen_again():
    old = ran(80 * 24, {"data-1": [row(A, "failed")]})
    elsewhere = ran(1, {"model-1": [row(B)]}, collected=MODEL)
    assert item(together([old, elsewhere])).state == "failing"
    assert item(together([old], attestations=[attestation("data-1")])).state == "failing"
    again = ran(2, {"data-1": [row(A)]}, collected=DATA)
    assert item(together([old, again, elsewhere])).state == "automated"


def after(hours, *earlier, tests=None, **facts):
    """Return the record of a run that pooled others, as it is stored."""
    own = ran(hours, tests or {"model-1": [row(B)]}, **{"collected": MODEL, **facts})
    return without_details_of_others(together(earlier, own))


def test_a_failure_is_handed_on_by_runs_that_pooled_it():
    old = ran(150 * 24, {"data-1": [row(A, "failed", message="long")]}, commit="a" * 40)
    first = after(80 * 24, old)
    second = after(1, first)
    for found in (together([second]), together([second, first]), together([first, old])):
        assert item(found).state == "failing"
        assert item(found).tests[0].seen.run == "run-3600"
        assert item(found).tests[0].seen.age_s == 150 * 24 * 3600
        assert [s.commit for s in found.pool.sources if s.run == "run-3600"] == ["a" * 40]
    assert item(together([second, first, old])) == item(together([old]))


def test_what_is_handed_on_ends_with_a_newer_result():
    old = ran(150 * 24, {"data-1": [row(A, "failed")]})
    between = after(80 * 24, old)
    mended = ran(2, {"data-1": [row(A)]}, collected=DATA)
    assert item(together([between, mended])).state == "automated"
    later = after(1, between, mended)
    assert item(together([later, mended])).state == "automated"
    assert item(together([later, between, mended])).state == "automated"
    assert item(together([later])).state == "missing", "no pass is handed on"


def test_what_is_handed_on_ends_with_the_test_or_its_file():
    old = ran(150 * 24, {"data-1": [row(A, "failed")]}, commit="a" * 40, dirty=False)
    between = after(80 * 24, old)
    path = A.partition("::")[0]
    assert ("a" * 40, path) in places_of_tests([between], None, "b" * 40)
    gone = Lineage(files={("a" * 40, path): "1"}, head="b" * 40)
    assert item(together([between], lineage=gone)).state == "missing"
    listed = ran(2, {}, collected=DATA, commit="b" * 40, dirty=False)
    changed = Lineage(files={("a" * 40, path): "1", ("b" * 40, path): "2"}, head="b" * 40)
    assert item(together([between, listed], lineage=changed)).state == "missing"
    same = Lineage(files={("a" * 40, path): "1", ("b" * 40, path): "1"}, head="b" * 40)
    assert item(together([between, listed], lineage=same)).state == "failing"


@pytest.mark.parametrize("started_at", ["yesterday", "2026-03-01T12:00:00"])
def test_what_was_tampered_with_is_not_handed_on(started_at):
    between = after(80 * 24, ran(150 * 24, {"data-1": [row(A, "failed")]}))
    (source,) = between.pool.sources
    sources = (replace(source, started_at=started_at),)
    assert (
        item(together([replace(between, pool=replace(between.pool, sources=sources))])).state
        == "missing"
    )
    assert (
        item(together([replace(between, pool=replace(between.pool, sources=()))])).state
        == "missing"
    )


def test_one_aged_pass_is_enough_to_withhold_since_nobody_knows_what_it_would_say():
    parts = [
        ran(300, {"data-1": [row(A)]}, collected=DATA),
        ran(1, {"data-1": [row(B)]}, collected=MODEL),
    ]
    assert item(together(parts)).state == "withheld"
    assert item(together(parts[1:])).state == "automated"


def test_without_a_store_no_age_is_asked_for():
    found = score({"data-1": [row(A)]}, policy=Policy(max_age_days={"default": 0.001}))
    assert item(found).state == "automated"


def test_an_aged_pass_gives_way_to_an_attestation():
    parts = [ran(300, {"data-1": [row(A)]})]
    found = together(parts, attestations=[attestation("data-1")])
    assert (item(found).state, item(found).points) == ("manual", 0.5)


# Which tests are gone


@pytest.mark.parametrize(
    "collected, reasons, gone",
    [
        ((".",), [], True),
        (("tests",), [], True),
        (DATA, [], True),
        (("tests/data/test_a.py",), [], True),
        (MODEL, [], False),
        (("tests/dat",), [], False),
        ((), [reason("arguments")], False),
        (DATA, [reason("collection-errors")], False),
        (DATA, [reason("worker-lost")], False),
        (DATA, [reason("stopped")], True),
    ],
)
def test_a_test_that_a_newer_run_would_have_listed_is_gone(collected, reasons, gone):
    old = ran(20, {"data-1": [row(A, "failed")]}, commit=None)
    new = ran(1, {"model-1": [row(B)]}, *reasons, collected=collected, commit=None)
    assert (item(together([old, new])).state == "failing") == (not gone)
    assert (item(together([old], new)).state == "failing") == (not gone)
    if gone:
        assert item(together([old, new])).tests == ()


def test_a_test_that_lost_its_tag_serves_other_items_only():
    old = ran(20, {"data-1": [row(A)], "data-2": [row(A)]})
    new = ran(1, {"data-2": [row(A)]})
    found = together([old, new])
    assert (item(found).state, item(found, "data-2").state) == ("missing", "automated")


def test_a_test_that_was_left_out_by_choice_still_exists():
    old = ran(20, {"data-1": [row(A)]})
    new = ran(1, {"data-1": [row(A, "not-run")]}, reason("deselected"))
    assert item(together([old, new])).state == "automated"


def test_an_older_full_run_takes_nothing_away():
    new = ran(1, {"data-1": [row(A)]}, collected=DATA)
    old = ran(20, {})
    assert item(together([old, new])).state == "automated"


# What policy wants


def test_a_pass_at_home_takes_nothing_away_from_the_one_in_ci():
    policy = Policy(require_ci=True)
    in_ci = ran(20, {"data-1": [row(A)]}, ci=IN_CI)
    home = ran(0, {"data-1": [row(A)]})
    assert item(together([in_ci], home, policy=policy)).state == "automated"
    assert item(together([in_ci], home, policy=policy)).tests[0].seen.run == "run-20"
    found = item(together([], home, policy=policy))
    assert (found.state, "require_ci" in found.reason) == ("withheld", True)
    broken = ran(0, {"data-1": [row(A, "failed")]})
    assert item(together([in_ci], broken, policy=policy)).state == "failing"
    between = ran(10, {"data-1": [row(A, "failed")]}, ci=IN_CI)
    assert item(together([in_ci, between], home, policy=policy)).state == "withheld"


@pytest.mark.parametrize("wanted, state", [(1, "automated"), (3, "automated"), (4, "withheld")])
def test_repeated_means_so_many_runs(wanted, state):
    policy = Policy(min_runs=wanted)
    parts = [ran(hours, {"data-1": [row(A)]}) for hours in (50, 20)]
    failed = ran(30, {"data-1": [row(A, "failed")]})
    own = ran(0, {"data-1": [row(A)]})
    found = item(together([*parts, failed, *parts], own, policy=policy))
    assert (found.state, found.tests[0].seen.runs) == (state, 3)
    if state == "withheld":
        assert found.reason == "tests passed in 3 runs, 4 are wanted (policy min_runs)"


def test_a_new_test_does_not_take_the_credit_of_one_that_is_repeated():
    policy = Policy(min_runs=2)
    parts = [ran(hours, {"data-1": [row(A)]}) for hours in (50, 20)]
    own = ran(0, {"data-1": [row(A), row(B)]})
    assert item(together(parts, own, policy=policy)).state == "automated"


def test_one_run_alone_is_no_repetition():
    found = item(score({"data-1": [row(A)]}, policy=Policy(min_runs=2)))
    assert found.state == "withheld"
    assert found.reason == "tests passed in this run alone, 2 are wanted (policy min_runs)"


@pytest.mark.parametrize(
    "ages, limit, longest",
    [
        ({}, 7, 7),
        ({"data-1": 3}, 3, 7),
        ({"data": 30}, 30, 30),
        ({"default": 2}, 2, 2),
        ({"default": 2, "data": 1, "monitor": 9}, 1, 9),
    ],
)
def test_the_nearest_age_limit_counts(ages, limit, longest):
    policy = Policy(max_age_days=ages)
    assert max_age_days(policy, "data-1", "data") == limit
    assert longest_age_days(policy, ["data", "model", "infra", "monitor"]) == longest


# When it is the whole


def reasons(record):
    return [(r.kind, r.detail) for r in record.run.incomplete_reasons]


def test_what_was_left_out_by_choice_and_seen_elsewhere_leaves_nothing_out():
    own = ran(0, {"data-1": [row(A, "not-run")], "model-1": [row(B)]}, reason("deselected"))
    assert reasons(together([], own)) == [
        ("deselected", "1 tagged test has no result, in this run or the store")
    ]
    found = together([ran(5, {"data-1": [row(A)]}, collected=DATA)], own)
    assert found.run.complete
    assert item(found).state == "automated"


def test_files_that_were_named_are_part_of_a_whole_that_others_have_looked_at():
    own = ran(0, {"data-1": [row(A)]}, reason("arguments"), collected=())
    assert reasons(together([], own)) == [("arguments", "it is arguments")]
    assert together([ran(5, {"model-1": [row(B)]}, collected=MODEL)], own).run.complete


def test_a_run_that_was_cut_short_stays_so_whatever_others_saw():
    own = ran(0, {"data-1": [row(A, "not-run")]}, reason("stopped"))
    found = together([ran(5, {"data-1": [row(A)]})], own)
    assert reasons(found) == [("stopped", "it is stopped")]


@pytest.mark.parametrize(
    "later, mended",
    [
        (None, False),
        ({"collected": DATA}, True),
        ({"collected": (".",)}, True),
        ({"collected": MODEL}, False),
    ],
)
def test_a_broken_job_leaves_a_gap_until_it_is_repeated(later, mended):
    broken = ran(9, {"data-1": [row(A, "not-run")]}, reason("collection-errors"), collected=DATA)
    before = ran(30, {"data-1": [row(A)]}, collected=DATA)
    tests = {"data-1": [row(A)]} if later and later["collected"] != MODEL else {"model-1": [row(B)]}
    found = together([before, broken, *([ran(1, tests, **later)] if later else [])])
    assert found.run.complete == mended
    if not mended:
        assert reasons(found) == [
            ("collection-errors", "run of 2026-03-01 03:00 UTC: it is collection-errors")
        ]


def test_a_job_that_broke_longer_ago_than_results_count_leaves_none():
    broken = ran(9 * 24, {}, reason("collection-errors"), collected=DATA)
    assert together([broken, ran(1, {"model-1": [row(B)]}, collected=MODEL)]).run.complete


def test_tests_that_nobody_has_run_are_no_gap_of_a_store():
    part = ran(1, {"data-1": [row(A, "not-run")], "model-1": [row(B)]}, reason("deselected"))
    found = together([part])
    assert found.run.complete
    assert item(found).state == "not-run"


def shards(*numbers, of=3, commit="c" * 40, first=10):
    return [ran(first + n, {"data-1": [row(A)]}, shard=f"{n}/{of}", commit=commit) for n in numbers]


@pytest.mark.parametrize(
    "parts, missing",
    [
        (shards(1, 2, 3), ""),
        (shards(1, 3), "shard 2/3 of commit cccccccccccc did not come"),
        (shards(2), "shards 1/3, 3/3 of commit cccccccccccc did not come"),
        (shards(1, 2, 3, first=50) + shards(1, 3, commit="d" * 40),
         "shard 2/3 of commit dddddddddddd did not come"),
        (shards(1, 3, first=50) + shards(1, 2, 3, commit="d" * 40), ""),
        (shards(1, 3) + shards(2, of=4, first=50), "shard 2/3 of commit cccccccccccc did not come"),
        (shards(1, 3, commit=None), "shard 2/3 did not come"),
        ([ran(1, {})], ""),
        (shards(1, of=9),
         "shards 2/9, 3/9, 4/9, 5/9, 6/9 and 3 more of commit cccccccccccc did not come"),
    ],
)  # fmt: skip
def test_a_part_that_was_announced_and_never_came_is_missed(parts, missing):
    found = [detail for kind, detail in reasons(together(parts)) if kind == "shard-missing"]
    assert found == [missing] * bool(missing)


def test_a_part_alone_misses_the_others():
    (own,) = shards(2, of=2)
    (found,) = missing_shards([own.run])
    assert found.kind == "shard-missing"
    assert "shard 1/2" in found.detail
    assert together(shards(1, of=2), own).run.complete


# What is stored, and read again


def test_what_a_run_saw_by_itself_is_found_again_in_its_record():
    others = [ran(5, {"data-1": [row(A)]}, collected=DATA)]
    own = ran(0, {"data-1": [row(A, "not-run")], "model-1": [row(B)]}, reason("deselected"))
    found = together(others, own)
    assert found.run.complete
    part = part_of(found)
    assert not part.run.complete
    assert part.run.incomplete_reasons == own.run.incomplete_reasons
    assert part.tests == {"model-1": [row(B)]}
    assert part.moment == NOW
    later = ran(-1, {"infra-1": [row("tests/infra/t.py::t")]}, collected=("tests/infra",))
    assert item(together([*others, found], later)).state == "automated", "it knew of the test"
    assert part_of(own).tests["data-1"] == [row(A, "not-run")]


def test_evidence_does_not_live_on_by_being_passed_around():
    first = ran(24 * 6, {"data-1": [row(A)]}, collected=DATA)
    second = together([first], ran(24 * 3, {"model-1": [row(B)]}, collected=MODEL))
    assert item(together([second])).state == "missing"
    assert item(together([first, second])).tests[0].seen.run == "run-144"


def test_a_test_that_is_gone_does_not_live_on_in_the_records_of_others():
    first = ran(9, {"data-1": [row(A)]}, collected=DATA)
    beside = together([first], ran(5, {"model-1": [row(B)]}, collected=MODEL))
    without = ran(6, {"data-2": [row("tests/data/test_c.py::test_c")]}, collected=DATA)
    found = together([first, beside, without], ran(1, {"model-1": [row(B)]}, collected=MODEL))
    assert item(beside).tests[0].nodeid == A
    assert (item(found).state, item(found).tests) == ("missing", ())


def test_details_of_others_are_left_to_their_own_records():
    told = row(A, message="long", note="short")
    own = ran(0, {"model-1": [row(B, message="own")]}, collected=MODEL)
    found = together([ran(5, {"data-1": [told]})], own)
    short = without_details_of_others(found)
    assert (item(short).tests[0].message, item(short).tests[0].note) == ("", "short")
    assert item(short, "model-1").tests[0].message == "own"
    assert short.score == found.score


def test_the_gate_is_judged_on_run_and_store():
    gate = {"config": settings_of(fail_under=0.0, require=["data-1:automated"])}
    own = ran(0, {"model-1": [row(B)]}, reason("arguments"), collected=())
    fresh = [ran(5, {"data-1": [row(A)]}, collected=DATA)]
    assert together([], own, **gate).gate.status == "not-evaluated"
    assert together(fresh, own, **gate).gate.status == "passed"
    aged = [ran(500, {"data-1": [row(A)]}, collected=DATA)]
    found = together(aged, ran(0, {"model-1": [row(B)]}, collected=MODEL), **gate)
    assert found.gate.status == "failed"


# Proofs

CAUGHT = Proof(trials=(Trial(fault="nulls", site="rows", verdict="caught"),))
ONE, TWO = "1" * 40, "2" * 40
FILE = "tests/data/test_a.py"


@pytest.mark.parametrize(
    "commits, files, dirty, proven",
    [
        ((ONE, ONE), {}, False, True),
        ((ONE, TWO), {(ONE, FILE): "x", (TWO, FILE): "x"}, False, True),
        ((ONE, TWO), {(ONE, FILE): "x", (TWO, FILE): "y"}, False, False),
        ((ONE, TWO), {(ONE, FILE): "x"}, False, False),
        ((ONE, TWO), {}, False, False),
        ((None, None), {}, False, False),
        ((ONE, ONE), {}, True, False),
    ],
)
def test_a_proof_holds_while_the_file_of_the_test_stays_the_same(commits, files, dirty, proven):
    lineage = Lineage(files)
    policy = Policy(require_proof=True)
    proved = ran(20, {"data-1": [row(A, proof=CAUGHT)]}, commit=commits[0])
    own = ran(0, {"data-1": [row(A)]}, commit=commits[1], dirty=dirty)
    found = together([proved], own, policy=policy, lineage=lineage)
    assert item(found).state == ("automated" if proven else "withheld")
    assert item(found).tests[0].seen.proved_in == ("run-20" if proven else "")
    assert item(found).tests[0].seen.run == "run-0"
    assert places_of_tests([proved], part_of(own), None) == {(c, FILE) for c in commits if c}
    assert part_of(found).tests["data-1"][0].proof is None, "it is not this run that has proved it"


def test_a_newer_proof_says_more_than_an_older_one():
    missed = Proof(trials=(Trial(fault="nulls", site="rows", verdict="missed"),))
    older = ran(20, {"data-1": [row(A, proof=CAUGHT)]})
    newer = ran(10, {"data-1": [row(A, proof=missed)]})
    own = ran(0, {"data-1": [row(A)]})
    assert item(together([older, newer], own)).proof.missed == 1
    untried = ran(5, {"data-1": [row(A, proof=Proof(why="no time was left"))]})
    assert item(together([older, untried])).tests[0].proof.why == "no time was left"


# What git says of commits

KNOWN = {(ONE, FILE): "x", (TWO, FILE): "x"}
CHANGED = {(ONE, FILE): "x", (TWO, FILE): "y"}
IN_ORDER = {"precedes": lambda one, other: (one, other) == (ONE, TWO)}


@pytest.mark.parametrize(
    "commits, state",
    [((ONE, TWO), "failing"), ((TWO, TWO), "automated"), ((TWO, ONE), "automated")],
)
def test_a_pass_on_an_older_commit_takes_no_failure_away(commits, state):
    """As when the pipeline of an old commit is run again after the new one has failed."""
    passed_at, failed_at = commits
    failed = ran(20, {"data-1": [row(A, "failed")]}, commit=failed_at)
    passed = ran(1, {"data-1": [row(A)]}, commit=passed_at)
    assert item(together([failed, passed], lineage=Lineage(**IN_ORDER))).state == state


@pytest.mark.parametrize(
    "files, commits, state",
    [
        (KNOWN, (ONE, TWO), "failing"),
        ({}, (ONE, ONE), "failing"),
        ({}, (ONE, TWO), "failing"),
        (CHANGED, (ONE, TWO), "skipped"),
    ],
)
def test_a_skip_gives_way_to_a_result_unless_the_test_was_changed(files, commits, state):
    failed = ran(20, {"data-1": [row(A, "failed")]}, commit=commits[0])
    skipped = ran(1, {"data-1": [row(A, "skipped")]}, commit=commits[1])
    assert item(together([failed, skipped], lineage=Lineage(files))).state == state


@pytest.mark.parametrize(
    "files, commits, outcome, there",
    [
        (KNOWN, (ONE, TWO), "failed", True),
        ({}, (ONE, ONE), "failed", True),
        (CHANGED, (ONE, TWO), "failed", False),
        ({}, (ONE, TWO), "failed", False),
        (KNOWN, (ONE, TWO), "passed", False),
    ],
)
def test_a_failure_is_gone_only_if_its_file_was_changed(files, commits, outcome, there):
    """As when a job without GPU does not even collect the variant that fails on one."""
    old = ran(20, {"data-1": [row(A, outcome)]}, commit=commits[0])
    new = ran(1, {"model-1": [row(B)]}, commit=commits[1])
    found = item(together([old, new], lineage=Lineage(files)))
    assert bool(found.tests) == there


@pytest.mark.parametrize(
    "files, head, there",
    [
        ({(ONE, FILE): "x"}, TWO, False),
        (KNOWN, TWO, True),
        ({(ONE, FILE): "x"}, None, True),
        ({}, TWO, True),
    ],
)
def test_a_test_whose_file_was_deleted_is_gone_though_no_run_lists(files, head, there):
    old = ran(20, {"data-1": [row(A, "failed")]}, commit=ONE, collected=())
    new = ran(1, {"model-1": [row(B)]}, commit=TWO, collected=())
    found = item(together([old, new], lineage=Lineage(files, head)))
    assert bool(found.tests) == there


# Jobs that choose by -m, name files, or have nothing to do yet


def job(hours, outcome_a, outcome_b, *reasons, **facts):
    """A run over everything that left a part to others."""
    left_out = [reason("deselected")] if "not-run" in (outcome_a, outcome_b) else []
    tests = {"data-1": [row(A, outcome_a)], "model-1": [row(B, outcome_b)]}
    return ran(hours, tests, *left_out, *reasons, **facts)


def test_a_job_that_chooses_makes_good_what_it_was_cut_short_of():
    died = job(9, "not-run", "not-run", reason("stopped"), id="died")
    model = job(5, "not-run", "passed")
    assert not together([died, model]).run.complete
    data = job(3, "passed", "not-run")
    assert together([died, model, data]).run.complete
    assert together([job(30, "passed", "passed"), died, model]).run.incomplete_reasons


def test_a_broken_module_is_heard_of_where_configuration_leaves_tests_out():
    broken = ran(9, {}, reason("collection-errors"), collected=(), folders=(".",))
    passed = ran(30, {"data-1": [row(A)]}, collected=(), folders=(".",))
    assert not together([passed, broken]).run.complete
    again = ran(2, {"data-1": [row(A)]}, collected=(), folders=(".",))
    assert together([passed, broken, again]).run.complete


def test_a_broken_file_that_was_named_is_heard_of_until_it_is_seen_again():
    tests = {"data-1": [row(A, "not-run")]}
    why = (reason("arguments"), reason("internal-error"))
    broken = ran(9, tests, *why, collected=(), id="broken")
    assert not together([broken]).run.complete
    named = ran(2, {"data-1": [row(A)]}, reason("arguments"), collected=())
    assert together([broken, named]).run.complete


def test_a_job_that_has_no_test_yet_is_no_gap():
    empty = job(2, "not-run", "not-run", reason("no-tests"))
    others = ran(5, {"data-1": [row(A)], "model-1": [row(B)]})
    assert together([others, empty]).run.complete
    assert together([others], empty).run.complete


def test_a_later_run_of_everything_closes_the_parts_of_an_older_one():
    half = shards(1, of=2, first=50)
    assert not together(half).run.complete
    assert together([*half, ran(1, {"data-1": [row(A)]})]).run.complete


def test_parts_that_came_count_though_their_records_were_not_needed():
    half = shards(2, of=2)
    assert not together(half).run.complete
    assert together(half, shards=[("c" * 40, Shard(1, 2))]).run.complete
    assert not together(half, shards=[("d" * 40, Shard(1, 2))]).run.complete
