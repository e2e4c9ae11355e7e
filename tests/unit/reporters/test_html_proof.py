"""The fault matrix of the page: what its cells say, what is folded below, what it may weigh."""

from __future__ import annotations

import re
import shlex
from html import unescape

import pytest
from msgspec.structs import replace

import sample_records as samples
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import ItemProof
from pytest_mltestscore.reporters._html_detail import LIGHT
from pytest_mltestscore.reporters._html_proof import MEANINGS, VERDICTS, rows
from pytest_mltestscore.reporters.to_html import render

FAULTS = ("null_burst", "drop_column", "rescale_column", "constant_predictions", "flip_labels")


def trial(verdict, fault=FAULTS[0], **facts):
    return Trial(fault=fault, site="flights", verdict=verdict, severity="blanks some", **facts)


def with_tests(*proofs, faults=FAULTS, **counts):
    """Return a record whose first item has a test for each of these proofs."""
    record = samples.perfect()
    first, *others = record.items
    tests = [samples.passed(f"t.py::test_{n}", proof=proof) for n, proof in enumerate(proofs)]
    proof = ItemProof(**{"caught": 0, "missed": 0, "no_verdict": 0, **counts})
    texts = replace(first.texts, faults=tuple(faults))
    first = replace(first, tests=tuple(tests), texts=texts, proof=proof)
    return replace(record, items=(first, *others))


def section(record):
    (found,) = re.findall(
        r'<section aria-labelledby="_proof".*?</section>', render(record), re.DOTALL
    )
    return found


def test_without_trials_there_is_no_matrix_and_no_way_to_it():
    page = render(samples.perfect())
    assert '"_proof"' not in page
    assert "#_proof" not in page
    assert "seen to fail" not in page


def test_a_cell_holds_the_best_of_a_fault_in_the_order_of_the_item():
    record = with_tests(
        Proof(trials=(trial("missed"), trial("accepted", "drop_column"))),
        Proof(trials=(trial("no-verdict", "rescale_column"), trial("caught"))),
        Proof(trials=(trial("missed", "drop_column"), trial("missed", "of another item"))),
        caught=1,
        missed=1,
    )
    (row,) = rows(record)
    assert [(cell.fault, cell.verdict) for cell in row.cells] == [
        ("null_burst", "caught"),
        ("drop_column", "missed"),
        ("rescale_column", "no-verdict"),
        ("constant_predictions", "not-tried"),
        ("flip_labels", "not-tried"),
    ]
    page = section(record)
    for cell in row.cells:
        word = VERDICTS[cell.verdict]
        assert f"<li class={cell.verdict}>{cell.fault} <i>{word}</i>" in page
    assert "of another item" not in page


def test_the_key_explains_every_word():
    page = section(with_tests(Proof(trials=(trial("caught"),)), caught=1))
    for verdict, word in VERDICTS.items():
        assert f"<li class={verdict}><b>{word}</b> {MEANINGS[verdict]}" in page


def test_tests_that_caught_nothing_come_first_and_so_do_missed_faults():
    caught, missed = trial("caught"), trial("missed", "flip_labels")
    (row,) = rows(
        with_tests(Proof(trials=(caught, missed)), Proof(trials=(missed,)), Proof(why="flaky"))
    )
    assert [test.nodeid for test in row.tests] == ["t.py::test_1", "t.py::test_2", "t.py::test_0"]
    assert row.tests[-1].trials == (missed, caught)
    assert row.summary == "3 tests, 3 trials"


def test_a_trial_tells_all_that_is_known_of_it():
    known = trial(
        "no-verdict", seed=1234, error_type="KeyError", origin="test_a.py:7", why="it broke"
    )
    page = section(with_tests(Proof(trials=(known,), left_out=3)))
    assert (
        "<b>null_burst</b><i>no verdict</i><div>KeyError at test_a.py:7 <small>it broke</small>"
        " <small>flights: blanks some; seed 1234</small></div>" in page
    )
    assert "<small>not seen to fail</small><small>3 faults not tried</small>" in page


def test_what_a_fault_changed_is_shown_line_by_line():
    changed = trial("missed", difference="column 'km': 6 of 60 values\n[9]: 1 -> <b>")
    page = section(with_tests(Proof(trials=(changed,))))
    assert "<pre>column &#39;km&#39;: 6 of 60 values\n[9]: 1 -&gt; &lt;b&gt;</pre></div>" in page


def test_a_test_that_could_not_be_judged_says_why_and_counts_as_unproven():
    page = section(with_tests(Proof(trials=(trial("caught"),), why="fails without any fault")))
    assert "t.py::test_0<small>fails without any fault</small>" in page
    assert "<p>none judged <b>unproven</b></p>" in page


def test_the_command_of_a_test_that_missed_a_fault_can_be_copied():
    record = with_tests(Proof(trials=(trial("missed"),)), missed=1)
    first = record.items[0]
    odd = replace(first.tests[0], nodeid="t.py::test_a[<b> & 'c']")
    record = replace(record, items=(replace(first, tests=(odd,)), *record.items[1:]))
    commands = re.findall("<code class=command>(.*?)</code>", section(record))
    assert [shlex.split(unescape(command)) for command in commands] == [
        ["pytest", "t.py::test_a[<b> & 'c']", "--mlscore-prove-only=null_burst"]
    ]
    item = re.search('<div id="data-1">.*?</div>', render(record), re.DOTALL)
    assert commands[0] in item.group()


@pytest.mark.parametrize("verdict", ["caught", "accepted", "no-verdict"])
def test_nothing_else_has_a_command(verdict):
    page = section(with_tests(Proof(trials=(trial(verdict),))))
    assert "prove-only" not in page


@pytest.mark.parametrize(
    "limit, quiet, shown, left",
    [
        (99, False, [("test_1", 1), ("test_0", 3)], 0),
        (99, True, [("test_1", 1)], 1),
        (5, False, [("test_1", 1), ("test_0", 2)], 1),
        (4, False, [("test_1", 1), ("test_0", 1)], 1),
        (3, False, [("test_1", 1)], 1),
        (1, False, [], 2),
        (0, False, [], 2),
    ],
)
def test_lines_are_limited_and_what_is_left_out_is_counted(limit, quiet, shown, left):
    three = tuple(trial("caught", fault) for fault in FAULTS[:3])
    (row,) = rows(with_tests(Proof(trials=three), Proof(trials=(trial("missed"),))))
    first = row.first(limit, quiet)
    assert [(t.nodeid.partition("::")[2], len(trials)) for t, trials in first.tests] == shown
    assert first.left == left


def test_the_changes_tell_of_proof():
    page = render(samples.mixed())
    assert "<td>automated → <b>automated, no longer proven</b>" in page
    assert "<td>automated → <b>automated, now proven</b>" in page


def proved(tests, *, unproven):
    """Return a record of 28 items in which every n-th test caught nothing."""
    record = samples.perfect()
    items = []
    for number, item in enumerate(record.items):
        rows_ = []
        for n in range(number, tests, len(record.items)):
            verdict = "missed" if n % unproven == 0 else "caught"
            trials = tuple(
                trial(verdict, fault, seed=2**32 - n, error_type="AssertionError", origin="t.py:31")
                for fault in FAULTS[: 1 + n % 3]
            )
            nodeid = f"tests/{item.section}/test_{item.name}.py::TestColumns::test_expectation_{n}"
            rows_.append(samples.passed(nodeid, proof=Proof(trials=trials, left_out=2)))
        why = "A sentence of the rubric about what goes wrong and why. " * 5
        texts = replace(item.texts, faults=FAULTS, why=why)
        counts = ItemProof(caught=3, missed=0, no_verdict=0)
        items.append(replace(item, tests=tuple(rows_), texts=texts, proof=counts))
    return replace(record, items=tuple(items))


@pytest.mark.parametrize("unproven", [5, 20, 1_000])
def test_a_page_of_three_hundred_proved_tests_is_light(unproven):
    page = render(proved(300, unproven=unproven))
    assert len(page.encode()) <= LIGHT
    assert page.count("<i>caught</i>") >= 28
    assert "This page was shortened" not in page


def test_a_small_suite_shows_every_trial_and_a_large_one_those_to_look_at():
    small, large = proved(28, unproven=5), proved(1_000, unproven=5)
    assert section(small).count("; seed ") == sum(
        len(test.proof.trials) for item in small.items for test in item.tests
    )
    shown = section(large)
    assert 28 <= shown.count("; seed ") <= 28 * 4
    assert "<b>null_burst</b><i>caught</i>" not in shown
    assert "more, in the JSON record" in shown
