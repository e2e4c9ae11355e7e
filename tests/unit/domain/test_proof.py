"""Which trial of a fault counts, and what proves a test."""

from __future__ import annotations

import pytest

from pytest_mltestscore.domain.evidence import TestEvidence
from pytest_mltestscore.domain.proof import Proof, Trial, best_trials
from pytest_mltestscore.domain.record import ItemProof
from pytest_mltestscore.scoring.fold import worst
from pytest_mltestscore.scoring.proof import item_proof


def trial(fault, verdict="caught"):
    return Trial(fault=fault, site="rows", verdict=verdict)


def row(*trials, why=""):
    return TestEvidence(nodeid="t", outcome="passed", proof=Proof(trials=trials, why=why))


@pytest.mark.parametrize(
    "proof, proven",
    [
        (Proof(), False),
        (Proof(trials=(trial("a", "missed"), trial("b", "no-verdict"))), False),
        (Proof(trials=(trial("a", "missed"), trial("b"))), True),
        (Proof(trials=(trial("a"),), why="fails without any fault"), False),
    ],
)
def test_one_caught_fault_proves_a_test_that_is_steady(proof, proven):
    assert proof.proven is proven


def test_of_several_tests_the_best_about_a_fault_counts():
    proofs = [
        Proof(trials=(trial("a", "no-verdict"), trial("b", "missed"))),
        Proof(trials=(trial("b"), trial("a", "missed"), trial("of another item"))),
        Proof(trials=(trial("a"),), why="fails without any fault"),
    ]
    assert best_trials(proofs, ["a", "b", "c"]) == [trial("a", "missed"), trial("b")]


@pytest.mark.parametrize(
    "tests, expected",
    [
        ([], None),
        ([TestEvidence(nodeid="t", outcome="passed")], None),
        ([row(why="given nothing")], (0, 0, 0)),
        ([row(trial("a")), row(trial("a", "missed"), trial("b", "missed"))], (1, 1, 0)),
        ([row(trial("b", "no-verdict"), trial("x"))], (0, 0, 1)),
    ],
)
def test_an_item_counts_its_own_faults_once_each(tests, expected):
    found = item_proof(tests, ["a", "b"])
    counts = found and (found.caught, found.missed, found.no_verdict)
    assert counts == expected


@pytest.mark.parametrize("caught, proven", [(0, False), (1, True)])
def test_an_item_is_proven_by_one_caught_fault(caught, proven):
    assert ItemProof(caught=caught, missed=5, no_verdict=0).proven is proven


def test_folded_rows_keep_a_proof_in_any_order():
    rows = [
        TestEvidence(nodeid="t", outcome="passed"),
        row(trial("a")),
        row(trial("b")),
        TestEvidence(nodeid="t", outcome="failed"),
    ]
    folds = [worst(order) for order in (rows, rows[::-1], [*rows[2:], *rows[:2]])]
    assert folds[0] == folds[1] == folds[2]
    assert folds[0].outcome == "failed"
    assert folds[0].proof == Proof(trials=(trial("a"),))
