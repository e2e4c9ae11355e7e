"""What faults did to the tests, as the terminal, Markdown and HTML say it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import ItemProof
from pytest_mltestscore.reporters import find
from pytest_mltestscore.reporters.to_terminal import summary
from sample_records import perfect

CAUGHT = Trial(
    fault="nulls",
    site="rows",
    verdict="caught",
    severity="blanks 30% of each column",
    error_type="AssertionError",
    origin="test_a.py:7",
)
MISSED = replace(CAUGHT, verdict="missed", error_type="", origin="")
UNKNOWN = replace(
    CAUGHT, verdict="no-verdict", error_type="KeyError", why="KeyError may come of the damage"
)


def proved(*proofs):
    """Return a perfect record whose first items have these proofs of their first tests."""
    record = perfect()
    items = list(record.items)
    for n, proof in enumerate(proofs):
        first, *others = items[n].tests
        counts = {v: proof.count(v) for v in ("caught", "missed", "no-verdict")}
        counts["no_verdict"] = counts.pop("no-verdict")
        items[n] = replace(
            items[n],
            tests=(replace(first, proof=proof), *others),
            texts=replace(items[n].texts, faults=("nulls", "shuffles")),
            proof=ItemProof(**(dict.fromkeys(counts, 0) if proof.why else counts)),
        )
    return replace(record, items=tuple(items))


def lines(record, detail="summary"):
    found = summary(record, detail=detail, width=80)
    return ["".join(span.text for span in line) for line in found]


def test_without_a_trial_nothing_is_said():
    assert not [line for line in lines(perfect()) if "Proof" in line]
    assert "Proof" not in find("md").render(perfect())
    assert "<dt>Proof" not in find("html").render(perfect())


@pytest.mark.parametrize(
    "proof, why",
    [
        (
            Proof(trials=(MISSED,)),
            "still passes with nulls in rows, which blanks 30% of each column",
        ),
        (Proof(trials=(UNKNOWN,)), "KeyError may come of the damage"),
        (Proof(why="it is given nothing"), "it is given nothing"),
        (Proof(), "none of its faults was tried"),
    ],
)
def test_who_is_not_proven_is_named_with_the_reason(proof, why):
    record = proved(Proof(trials=(CAUGHT, replace(MISSED, fault="shuffles"))), proof)
    shown = lines(record)
    place = next(n for n, line in enumerate(shown) if line.startswith("Proof:"))
    judged = 2 + proof.count("missed")
    assert shown[place] == (
        f"Proof:   1 of 28 automated items seen to fail; 1 of {judged} faults caught"
    )
    item = record.items[1]
    assert shown[place + 1].startswith(
        f"UNPROVEN {item.id} {item.name}: {item.tests[0].nodeid[:9]}"
    )
    assert " ".join(shown[place + 2 : place + 4]).split()[: len(why.split())] == why.split()
    text = find("md").render(record)
    assert "1 of 28 automated items seen to fail when damage was planted." in text
    assert f"| **{record.items[0].id}** {record.items[0].name} | 1 | 1 | shuffles |" in text
    assert why in text
    page = find("html").render(record)
    assert "1 of 2 faults caught" in page
    assert "AssertionError at test_a.py:7" in page
    assert ("no test of it was seen to fail" if proof.trials else why) in page


def test_many_are_counted_and_named_if_asked():
    record = proved(*[Proof(trials=(MISSED,))] * 6)
    assert sum(line.startswith("UNPROVEN") for line in lines(record)) == 4
    more = f"and 2 more: {record.items[4].id}, {record.items[5].id}"
    assert more in [line.strip() for line in lines(record)]
    assert sum(line.startswith("UNPROVEN") for line in lines(record, "items")) == 6
