"""Attestations and waivers: statements by people, each with an owner and a last day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias, TypeGuard, TypeVar

import msgspec

from ..domain.evidence import Attestation, Waiver
from ..domain.rubric import Rubric
from ..domain.tables import shown
from ..domain.text import LABEL_LIMIT, MESSAGE_LIMIT, clean, clean_line
from ._evidence_file import file_problem
from ._items import item_id
from ._problems import Problems
from ._systems import Addressed, Addressees

T = TypeVar("T")

_Claim: TypeAlias = Callable[[str], str]
"""Takes an item for a statement; returns the key of the one that has it already, else its own."""

_Reader: TypeAlias = Callable[[dict[str, object], str, _Claim], T | None]

DEFAULT_LIFE = dt.timedelta(days=90)

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WILDCARD = re.compile(r"[*?\[]")


class _AttestationTable(msgspec.Struct, kw_only=True):
    """An attestation as people write it."""

    item: str
    owner: str
    date: dt.date
    expires: dt.date | None = None
    summary: str
    distributed_to: str
    link: str | None = None
    file: str | None = None


class Statements:
    """Reads both kinds of statement of one file, noting every problem."""

    def __init__(
        self, rubric: Rubric, problems: Problems, folder: Path, addressees: Addressees
    ) -> None:
        self._rubric = rubric
        self._problems = problems
        self._folder = folder
        self._addressees = addressees

    def attestations(self, value: object) -> list[Addressed[Attestation]]:
        """Read the array `attestations`."""
        return self._read(value, "attestations", self._attestation)

    def waivers(self, value: object) -> list[Addressed[Waiver]]:
        """Read the array `waivers`."""
        return self._read(value, "waivers", self._waiver)

    def _read(self, value: object, name: str, read_one: _Reader[T]) -> list[Addressed[T]]:
        first: dict[tuple[str, str], str] = {}
        found = []
        for key, table in self._problems.tables(value, name):
            rest, systems = self._addressees.take(table, key)

            def claim(item: str, key: str = key, systems: tuple[str, ...] = systems) -> str:
                places = [first.setdefault((item, system), key) for system in systems]
                return next((place for place in places if place != key), key)

            statement = read_one(_with_dates(rest), key, claim)
            if statement is not None:
                found.append((statement, systems))
        return found

    def _attestation(self, table: dict[str, object], key: str, claim: _Claim) -> Attestation | None:
        if "automated" in table:
            problem = "no statement is automated; remove the key, and tag a test with the item"
            self._problems.add(f"{key}.automated", problem)
            del table["automated"]
        written = self._problems.read(_AttestationTable, table, key)
        item = self._item(table, key, claim)
        self._problems.texts(table, key, ("owner", "summary", "distributed_to", "link", "file"))
        self._check_order(table, key)
        self._check_evidence(table, key)
        if written is None or item is None:
            return None
        return Attestation(
            item=item,
            owner=clean_line(written.owner),
            date=written.date,
            expires=written.expires or _days_after(written.date),
            summary=clean(written.summary.strip(), limit=MESSAGE_LIMIT),
            distributed_to=clean_line(written.distributed_to),
            link=clean_line(written.link or ""),
            file=written.file or "",
        )

    def _waiver(self, table: dict[str, object], key: str, claim: _Claim) -> Waiver | None:
        written = self._problems.read(Waiver, table, key)
        item = self._item(table, key, claim)
        self._problems.texts(table, key, ("owner", "reason"))
        if written is None or item is None:
            return None
        return Waiver(
            item=item,
            reason=clean(written.reason.strip(), limit=MESSAGE_LIMIT),
            owner=clean_line(written.owner),
            expires=written.expires,
        )

    def _item(self, table: dict[str, object], key: str, claim: _Claim) -> str | None:
        """Return the id of the item, unless it is unknown or has a statement of this kind."""
        word = table.get("item")
        if not isinstance(word, str):
            return None  # missing, or of a wrong type, which has been said
        place = f"{key}.item"
        if _WILDCARD.search(word):
            problem = f"is {shown(word)}; a statement is about one item, so name just that one"
            self._problems.add(place, problem)
            return None
        item = item_id(word, self._rubric, self._problems, place)
        if item is not None and (other := claim(item)) != key:
            self._problems.add(place, f"{item} is in {other} already; keep one of the two")
        return item

    def _check_order(self, table: Mapping[str, object], key: str) -> None:
        date, expires = table.get("date"), table.get("expires")
        if _is_date(date) and _is_date(expires) and expires < date:
            problem = f"{shown(expires)} is before the date {shown(date)}; give a later day"
            self._problems.add(f"{key}.expires", problem)

    def _check_evidence(self, table: Mapping[str, object], key: str) -> None:
        link, file = table.get("link"), table.get("file")
        if link is None and file is None:
            self._problems.add(key, "shows nothing; give a link, or a file of the project")
        if link is not None and file is not None:
            self._problems.add(key, "has a link and a file; keep one of the two")
        if isinstance(link, str) and link.strip():
            self._check_link(link, f"{key}.link")
        if isinstance(file, str) and file.strip():
            problem = file_problem(file, self._folder)
            if problem:
                self._problems.add(f"{key}.file", f"{shown(file)} {problem}")

    def _check_link(self, link: str, place: str) -> None:
        if clean_line(link, limit=len(link) + 1) != link.strip():
            problem = "holds line breaks, double blanks or control characters; remove them"
            self._problems.add(place, problem)
        elif len(link) > LABEL_LIMIT:
            self._problems.add(place, f"is longer than {LABEL_LIMIT} characters; shorten it")


def _with_dates(table: Mapping[str, object]) -> dict[str, object]:
    return {k: _as_date(v) if k in ("date", "expires") else v for k, v in table.items()}


def _as_date(value: object) -> object:
    """Return the UTC date that is meant, or the value itself for `read_table` to refuse.

    A time without a zone is one of those: which day it falls on, nobody knows.
    """
    try:
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            return value.astimezone(dt.UTC).date()
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except (OverflowError, ValueError):  # outside the calendar
        pass
    return value


def _is_date(value: object) -> TypeGuard[dt.date]:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _days_after(date: dt.date) -> dt.date:
    return date + min(DEFAULT_LIFE, dt.date.max - date)
