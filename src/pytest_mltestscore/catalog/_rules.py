"""What must hold in a rubric beyond the types of its keys.

The rules look at tables as they stand in the files, so that a rule is not skipped because some
other key of the same file is wrong. What has a wrong type is left alone: that is reported already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from ..domain.errors import nearest
from ..domain.rubric import EXAMPLE_LIMIT, Band, Credit, Item, Section
from ..domain.tables import read_table, shown
from ..domain.text import clean_line

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
"""Ids and names end up in anchors, file names, markers and option values."""

HEADER: Final = "rubric.toml"

_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


def text_at(table: object, key: str) -> str:
    """Return the text at a key, or an empty text if there is something else or nothing."""
    value = table.get(key) if isinstance(table, Mapping) else None
    return value if isinstance(value, str) else ""


def count_of(table: Mapping[str, Any], key: str) -> int:
    """Return how many entries the list at a key has, 0 if there is something else or nothing."""
    value = table.get(key)
    return len(value) if isinstance(value, list) else 0


def check_item(
    table: Mapping[str, Any], section: str, file_name: str, where: str, problems: list[str]
) -> None:
    """Check what an item file says about itself."""
    _check_texts(Item, table, where, problems)
    for key in ("id", "name"):
        _check_slug(table, key, where, problems)
    item_id, name = text_at(table, "id"), text_at(table, "name")
    prefix, _, number = item_id.rpartition("-")
    if SLUG.fullmatch(item_id) and (prefix != section or not _NUMBER.fullmatch(number)):
        folder = clean_line(section, limit=80)
        problems.append(
            f"{where}: id: is {shown(item_id)}; ids in the folder {folder} are "
            f"{folder}-1, {folder}-2 and so on"
        )
    length = len(text_at(table, "example"))
    if length > EXAMPLE_LIMIT:
        problems.append(
            f"{where}: example: has {length:,} characters; give at most {EXAMPLE_LIMIT:,}"
        )
    wanted = f"{item_id}-{name}.toml"
    if SLUG.fullmatch(item_id) and SLUG.fullmatch(name) and file_name != wanted:
        problems.append(
            f"{where}: file name does not match its id and name; rename the file to {wanted}"
        )


def check_items(files: Sequence[tuple[str, str, Mapping[str, Any]]], problems: list[str]) -> None:
    """Check what items say about each other, each given as file, id and table."""
    ids = {item_id for _, item_id, _ in files}
    owners: dict[str, str] = {}
    for where, item_id, table in files:
        for key, word in (("id", item_id), ("name", text_at(table, "name"))):
            if word and owners.setdefault(word, where) != where:
                problems.append(
                    f"{where}: {key}: {shown(word)} is taken by {owners[word]}; choose another"
                )
        links = table.get("builds_on")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, str) and link.strip():
                _check_link(link, item_id, ids, where, problems)


def check_header(
    table: Mapping[str, Any], sizes: Mapping[str, int | None], problems: list[str]
) -> None:
    """Check `rubric.toml`, given how many items each section has; None is not known."""
    _check_slug(table, "id", HEADER, problems)
    for key in ("id", "version", "title", "source"):
        _check_text(table, key, HEADER, problems)
    _check_entries(Section, table, "sections", "id", problems)
    _check_entries(Band, table, "bands", "key", problems)
    for section, size in sizes.items():
        if size == 0:
            problems.append(
                f"{HEADER}: sections: {section!r} has no items; put them into the folder "
                f"{section}, the first as {section}-1-<name>.toml"
            )
    credit = read_table(Credit, table.get("credit"), where="", problems=[])
    if credit is not None:
        _check_credit(credit, problems)
    known = [size for size in sizes.values() if size]
    complete = credit is not None and 0 < len(known) == count_of(table, "sections")
    highest = min(known) * credit.automated if complete and credit else None
    _check_bands(table.get("bands"), highest, problems)


def _check_entries(
    struct: type[Section | Band],
    table: Mapping[str, Any],
    list_key: str,
    key: str,
    problems: list[str],
) -> None:
    """Check a list of tables of which each has a key of its own."""
    entries = table.get(list_key)
    if entries == []:
        problems.append(f"{HEADER}: {list_key}: is empty; give at least one")
    taken: set[str] = set()
    for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        where = f"{HEADER}: {list_key} #{number}"
        if isinstance(entry, Mapping):
            _check_texts(struct, entry, where, problems)
            _check_slug(entry, key, where, problems)
            word = text_at(entry, key)
            if word in taken:
                problems.append(f"{where}: {key}: {shown(word)} is taken; choose another")
            taken |= {word} - {""}


def _check_credit(credit: Credit, problems: list[str]) -> None:
    for key in ("manual", "automated"):
        value = getattr(credit, key)
        if value <= 0 or value % 0.5:
            problems.append(f"{HEADER}: credit: {key}: is {value:g}; give 0.5, 1, 1.5 and so on")
    if credit.manual > credit.automated:
        problems.append(
            f"{HEADER}: credit: manual: is {credit.manual:g}, more than automated "
            f"({credit.automated:g}); give at most that"
        )


def _check_bands(entries: object, highest: float | None, problems: list[str]) -> None:
    """Check that bands ascend and reach the highest score, if that is known."""
    previous = last = None
    number = 0
    for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        last = read_table(Band, entry, where="", problems=[])
        if last is None:
            continue
        where = f"{HEADER}: bands #{number}: up_to"
        if last.up_to < 0:
            problems.append(f"{where}: is {last.up_to:g}; no score is below 0")
        if previous is not None and last.up_to <= previous:
            problems.append(
                f"{where}: is {last.up_to:g}, not above {previous:g} of the band before; "
                "put the bands in ascending order"
            )
        previous = last.up_to
    if last is not None and highest is not None and last.up_to < highest:
        problems.append(
            f"{HEADER}: bands #{number}: up_to: is {last.up_to:g}, but a score can reach "
            f"{highest:g}; let the last band end there"
        )


def _check_link(
    link: str, item_id: str, ids: Collection[str], where: str, problems: list[str]
) -> None:
    if link == item_id:
        problems.append(f"{where}: builds_on: {shown(link)} is the item itself; remove it")
    elif link not in ids:
        closest = nearest(link, ids)
        mend = f"did you mean {closest!r}?" if closest else "give ids of items of this rubric"
        problems.append(f"{where}: builds_on: no item {shown(link)}; {mend}")


def _check_texts(
    struct: type[Item | Section | Band], table: Mapping[str, Any], where: str, problems: list[str]
) -> None:
    for key in struct.__struct_fields__:
        _check_text(table, key, where, problems)


def _check_text(table: Mapping[str, Any], key: str, where: str, problems: list[str]) -> None:
    value = table.get(key)
    if isinstance(value, str) and not value.strip():
        problems.append(f"{where}: {key}: is empty; write a text")
    for number, entry in enumerate(value if isinstance(value, list) else (), start=1):
        if isinstance(entry, str) and not entry.strip():
            problems.append(f"{where}: {key} #{number}: is empty; write a text or remove it")


def _check_slug(table: Mapping[str, Any], key: str, where: str, problems: list[str]) -> None:
    word = text_at(table, key)
    if word.strip() and not SLUG.fullmatch(word):
        problems.append(
            f"{where}: {key}: is {shown(word)}; use small letters, digits and hyphens only"
        )
