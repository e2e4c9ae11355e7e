"""What faults did to the tests, as the terminal, Markdown and HTML say it."""

from __future__ import annotations

import shlex

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from pytest_mltestscore.domain.evidence import AcceptedFault
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import AcceptedFaultStatus, ItemProof
from pytest_mltestscore.reporters import find
from pytest_mltestscore.reporters.to_terminal import summary
from sample_records import HOSTILE_TEXT, perfect

CAUGHT = Trial(
    fault="nulls",
    site="rows",
    verdict="caught",
    severity="blanks 30% of each column",
    error_type="AssertionError",
    origin="test_a.py:7",
)
MISSED = replace(CAUGHT, verdict="missed", error_type="", origin="")
WHY = "nulls are dropped before"
ACCEPTED = replace(MISSED, verdict="accepted", why=WHY)
UNKNOWN = replace(
    CAUGHT, verdict="no-verdict", error_type="KeyError", why="KeyError may come of the damage"
)


def proved(*proofs):
    """Return a perfect record whose first items have these proofs of their first tests."""
    record = perfect()
    items = list(record.items)
    for n, proof in enumerate(proofs):
        first, *others = items[n].tests
        counts = {v: proof.count(v) for v in ("caught", "missed", "accepted", "no-verdict")}
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
        (
            Proof(trials=(ACCEPTED,)),
            f"still passes with nulls in rows, accepted: {WHY}",
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
    accepted = ", 1 accepted" if proof.count("accepted") else ""
    assert shown[place] == (
        f"Proof:   1 of 28 automated items seen to fail; 1 of {judged} faults caught{accepted}"
    )
    item = record.items[1]
    assert shown[place + 1].startswith(
        f"UNPROVEN {item.id} {item.name}: {item.tests[0].nodeid[:9]}"
    )
    assert " ".join(shown[place + 2 : place + 4]).split()[: len(why.split())] == why.split()
    text = find("md").render(record)
    assert "1 of 28 automated items seen to fail when damage was planted." in text
    assert f"| **{record.items[0].id}** {record.items[0].name} | 1 | 1 | 0 | shuffles |" in text
    assert why in text
    page = find("html").render(record)
    assert '<a href="#_p-data-1">1 of 2 faults caught</a>' in page
    assert "AssertionError at test_a.py:7" in page
    assert f"</a>: {why}" in page


def test_many_are_counted_and_named_if_asked():
    record = proved(*[Proof(trials=(MISSED,))] * 6)
    assert sum(line.startswith("UNPROVEN") for line in lines(record)) == 4
    more = f"and 2 more: {record.items[4].id}, {record.items[5].id}"
    assert more in [line.strip() for line in lines(record)]
    assert sum(line.startswith("UNPROVEN") for line in lines(record, "items")) == 6


def test_what_was_missed_first_is_said_of_the_test_that_missed_it():
    record = proved(Proof())
    item = record.items[0]
    other = replace(item.tests[0], nodeid="tests/test_z.py::test_z", proof=Proof(trials=(MISSED,)))
    items = (replace(item, tests=(*item.tests, other)), *record.items[1:])
    (place,) = (n for n, line in enumerate(lines(replace(record, items=items))) if "UNPR" in line)
    shown = lines(replace(record, items=items))
    assert shown[place].endswith("tests/test_z.py::test_z")
    assert shown[place + 2] == "         pytest tests/test_z.py::test_z --mlscore-prove-only=nulls"


COMMANDS = [
    ("t.py::test_a", "pytest t.py::test_a --mlscore-prove-only=nulls"),
    ("t.py::test_a[b c]", "pytest 't.py::test_a[b c]' --mlscore-prove-only=nulls"),
    ("t.py::test_a[$(id)]", "pytest 't.py::test_a[$(id)]' --mlscore-prove-only=nulls"),
    ("t.py::test_a[it's]", """pytest 't.py::test_a[it'"'"'s]' --mlscore-prove-only=nulls"""),
    ("t.py::test_a[``` `]", "pytest 't.py::test_a[``` `]' --mlscore-prove-only=nulls"),
    # What cannot be shown as it is could not be copied, so all variants are run, or the file.
    ("t.py::test_a[\x1b[31m]", "pytest t.py::test_a --mlscore-prove-only=nulls"),
    ("t.py::test_a[two  blanks]", "pytest t.py::test_a --mlscore-prove-only=nulls"),
    ("t.py::test_\u202e", "pytest t.py --mlscore-prove-only=nulls"),
    (f"t.py::test_{'a' * 150}", f"pytest t.py::test_{'a' * 150} --mlscore-prove-only=nulls"),
]


def of_test(nodeid, trial=MISSED):
    record = proved(Proof(trials=(trial,)))
    first, *others = record.items
    return replace(
        record, items=(replace(first, tests=(replace(first.tests[0], nodeid=nodeid),)), *others)
    )


@pytest.mark.parametrize("nodeid, command", COMMANDS)
def test_a_command_shows_what_was_missed_on_a_line_of_its_own(nodeid, command):
    record = of_test(nodeid)
    assert f"         {command}" in lines(record)
    fenced = MarkdownIt().parse(find("md").render(record))
    assert [f"{command}\n"] == [token.content for token in fenced if token.type == "fence"]
    assert shlex.split(command)[2] == "--mlscore-prove-only=nulls"


def test_where_no_name_can_be_typed_there_is_no_command():
    record = of_test("\u202e.py::test_a")
    assert not [line for line in lines(record) if "prove-only" in line]
    assert "# the name of the test cannot be typed" in find("md").render(record)


@pytest.mark.parametrize("trial", [CAUGHT, ACCEPTED, UNKNOWN])
def test_only_what_was_missed_has_a_command(trial):
    record = of_test("t.py::test_a", trial)
    assert not [line for line in lines(record, "items") if "prove-only" in line]
    assert "prove-only" not in find("md").render(record)


def accepting(**status):
    fault = AcceptedFault(fault="nulls", reason=WHY, test="tests/*", item="data-1")
    statuses = (AcceptedFaultStatus(statement=fault, **{"tests": 1, **status}),)
    trials = CAUGHT, replace(ACCEPTED, fault="shuffles")
    return replace(proved(Proof(trials=trials)), accepted_faults=statuses)


def test_what_is_accepted_is_shown_with_its_reason_and_counted_apart():
    record = accepting()
    assert "Proof:   1 of 28 automated items seen to fail; 1 of 1 fault caught, 1 accepted" in (
        lines(record)
    )
    said = f"nulls, missed by tests/* for data-1: {WHY}"
    assert f"ACCEPTED {said}" in lines(record, "items")
    text = find("md").render(record)
    assert "1 of 1 fault caught, 1 accepted." in text
    assert f"- {said.replace('*', chr(92) + '*')}\n" in text
    page = find("html").render(record)
    assert f"<i>accepted</i><div> <small>{WHY}</small>" in page
    assert f'<td>tests/* of <a href="#data-1">data-1</a><td>{WHY}' in page


def test_what_nobody_needs_to_accept_any_more_is_a_note():
    record = accepting(tests=0, stale="it is caught now")
    said = (
        "accepted fault nulls, missed by tests/* for data-1: it is caught now, so remove the entry"
    )
    assert said in " ".join(" ".join(lines(record)).replace("Note:", "").split())
    assert "ACCEPTED" not in " ".join(lines(record, "items"))
    assert f"- {said.replace('*', chr(92) + '*')}\n" in find("md").render(record)
    assert f"<li>{said}" in find("html").render(record)


def test_names_of_faults_are_as_hostile_as_any_text():
    evil = f"{HOSTILE_TEXT} | `x` </td><script>"
    record = of_test("t.py::test_a", replace(MISSED, fault=evil))
    item = record.items[0]
    item = replace(item, texts=replace(item.texts, faults=(evil,)))
    record = replace(record, items=(item, *record.items[1:]))
    assert all(line.isprintable() for line in lines(record, "items"))
    text = find("md").render(record)
    assert "# the name of the test cannot be typed" in text
    assert "<script" not in MarkdownIt().render(text)
    assert "<script" not in find("html").render(record)


@pytest.mark.parametrize("number, said", [(1, "1 trial"), (1_200, "1,200 trials")])
def test_what_was_not_tried_again_is_said(number, said):
    record = proved(Proof(trials=(CAUGHT,), remembered=number))
    text = f"1 of 1 fault caught ({said} remembered from an earlier run)"
    assert text in " ".join(" ".join(lines(record)).split())
    assert text in find("md").render(record)
    assert text in find("html").render(record)


def test_a_test_of_several_items_is_remembered_once():
    record = proved(*[Proof(trials=(CAUGHT,), remembered=3)] * 2)
    items = list(record.items)
    items[1] = replace(items[1], tests=items[0].tests)
    shown = " ".join(lines(replace(record, items=tuple(items))))
    assert "(3 trials remembered from" in " ".join(shown.split())
