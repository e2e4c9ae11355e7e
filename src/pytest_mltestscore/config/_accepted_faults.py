"""Accepted faults: what tests may miss, and why."""

from __future__ import annotations

from ..domain.errors import nearest
from ..domain.evidence import AcceptedFault
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import MESSAGE_LIMIT, clean
from ._items import item_id
from ._problems import Problems
from ._systems import Addressed, Addressees
from ._tags import check_pattern

_TEXTS = ("fault", "reason", "test")


def read_accepted_faults(
    value: object,
    rubric: Rubric,
    problems: Problems,
    addressees: Addressees,
    *,
    all_known: bool,
) -> list[Addressed[AcceptedFault]]:
    """Read the array `accepted_faults`, noting every problem.

    Unless `all_known`, plugins may have faults that the rubric does not name.
    """
    first: dict[tuple[str, str, str, str], str] = {}
    found = []
    for key, table in problems.tables(value, "accepted_faults"):
        rest, systems = addressees.take(table, key)
        read = _read_one(rest, key, rubric, problems, all_known)
        if read is None:
            continue
        said = (read.fault, read.test, read.item)
        before = [first.setdefault((*said, system), key) for system in systems]
        if other := next((place for place in before if place != key), ""):
            problems.add(key, f"says the same as {other}; keep one of the two")
        found.append((read, systems))
    return found


def _read_one(
    table: dict[str, object], key: str, rubric: Rubric, problems: Problems, all_known: bool
) -> AcceptedFault | None:
    written = problems.read(AcceptedFault, table, key)
    item = _item(table, key, rubric, problems)
    problems.texts(table, key, _TEXTS)
    test = table.get("test")
    if isinstance(test, str) and test.strip():
        check_pattern(test, f"{key}.test", problems)
    if "test" not in table and "item" not in table:
        problems.add(key, "names no test; add test (a node id or pattern), item, or both")
    if written is None or item is None or not written.fault.strip():
        return None
    known = {name for of in rubric.items for name in of.faults}
    if all_known or written.fault in known:
        _check_fault(written.fault, item, f"{key}.fault", rubric, problems)
    reason = clean(written.reason.strip(), limit=MESSAGE_LIMIT)
    return AcceptedFault(fault=written.fault, reason=reason, test=written.test, item=item)


def _item(table: dict[str, object], key: str, rubric: Rubric, problems: Problems) -> str | None:
    """Return the id of the item, empty if none is named, None if it is unknown."""
    if "item" not in table:
        return ""
    word = table["item"]
    if not isinstance(word, str):
        return None  # which has been said
    return item_id(word, rubric, problems, f"{key}.item")


def _check_fault(fault: str, item: str, key: str, rubric: Rubric, problems: Problems) -> None:
    """Note a fault that no test can be tried with: it is unknown, or not one of the item."""
    known = dict.fromkeys(name for of in rubric.items for name in of.faults)
    if fault not in known:
        closest = nearest(fault, known)
        hint = f"; did you mean {closest!r}?" if closest else ""
        mend = "`mlscore explain ITEM` lists the faults of an item"
        problems.add(key, f"unknown fault {shown(fault)}{hint} ({mend})")
        return
    of_item = rubric.find(item).faults if item else known
    if fault not in of_item:
        mend = f"`mlscore explain {item}` lists those that do"
        problems.add(key, f"{shown(fault)} does not belong to {item} ({mend})")
