"""What a store knows of a run record without reading it: all of it stands in the name.

A listing of names is cheap everywhere, reading objects is not. So the name of an object holds what
is needed to choose the objects that must be read, and to draw a history without reading any:

    churn/2026-11/20261128T101500.000000Z_r<run>_c<commit>_b<branch>_f<flags>_k<shard>
        _s<scores>_y<yardstick>_t<tests>_d<digest>.json

Names sort by time. The digest is of the content, so what is sent twice has one name, what differs
has two, and half an object is known for what it is. Fields that a reader does not know are ignored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from functools import lru_cache
from typing import Literal

import msgspec

from ..domain.errors import RecordError
from ..domain.record import Record, RubricFacts, Shard
from ..domain.rubric import Rubric
from ..domain.text import clean_line
from ._own_part import flags, scope

Completeness = Literal["complete", "partial", "cut-short"]

NAME_BYTES = 200
"""Of a system. Most file systems take 255."""
RUN_CHARACTERS = 32
BRANCH_CHARACTERS = 32
COMMIT_CHARACTERS = 40
SECTIONS = 8
"""A rubric of more sections has the final score alone in the name."""

_WORD = "[!.0-9A-Za-z-]"
_KEY = re.compile(
    r"([^/]+)/(\d{4}-\d\d)/(\d{8}T\d{6}\.\d{6}Z)"
    rf"_r({_WORD}+)(?:_c({_WORD}+))?(?:_b({_WORD}+))?_f([a-z]+)(?:_k(\d{{1,4}}-\d{{1,4}}))?"
    rf"(?:_s(\d{{1,4}}(?:\.\d{{1,4}})*))?(?:_y({_WORD}+))?(?:_t({_WORD}+))?"
    rf"(?:_[a-z]{_WORD}*)*?"  # fields to come
    r"_d([0-9a-f]{32})\.json",
    re.ASCII,
)
_SAFE = re.compile(r"[^A-Za-z0-9.-]")
_ESCAPED = re.compile(r"(?:![0-9a-f]{2})+")
_COMPLETENESS: dict[str, Completeness] = {"w": "complete", "p": "partial", "x": "cut-short"}
_HIGHEST = 9999


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A stored run record, as a listing tells of it."""

    key: str
    """The name of the object, below the place of the store."""
    system: str
    started_at: dt.datetime
    """UTC."""
    run: str
    """The id of the run; a long one is shortened to a digest."""
    digest: str
    """The first half of the SHA-256 of the content, in hexadecimal digits."""
    completeness: Completeness
    failing: bool
    """Whether an item is failing."""
    commit: str | None = None
    """At most 40 digits of the hash."""
    dirty: bool | None = None
    """Whether there were uncommitted changes; None where that is unknown."""
    branch: str | None = None
    """As `short_branch` gives it."""
    ci: bool = False
    proved: bool = False
    """Whether a test of it was tried with faults."""
    shard: Shard | None = None
    final: float | None = None
    sections: tuple[float, ...] = ()
    """The section scores, in the order of the rubric; empty where there are more than eight."""
    yardstick: str = ""
    """The same for records of one rubric and scoring version, which can be compared."""
    scope: str = ""
    """The same for runs of the same tests that looked into the same folders: of these, the newest
    says all there is to know."""
    functions: str = ""
    """The same for runs whose tests differ in parameters alone; empty where none has any."""


def describe(content: bytes, record: Record) -> Entry:
    """Return the entry of a record that is to be stored.

    Raises
    ------
    RecordError
        If it does not say when its run was, or its system has too long a name.
    """
    run = record.run
    system = folder_of(record.system)
    if not 0 < len(system.encode()) <= NAME_BYTES:
        name = clean_line(repr(record.system), limit=80)
        raise RecordError(f"system {name} cannot name a place in a store; use a shorter name")
    started_at = _moment(run.started_at)
    sections = tuple(_points(s.score) for s in record.sections)
    facts = {
        "r": quoted(_short(run.id, RUN_CHARACTERS)),
        "c": quoted((run.commit or "")[:COMMIT_CHARACTERS]),
        "b": quoted(short_branch(run.branch)) if run.branch else "",
        "f": flags(record),
        "k": f"{run.shard.number}-{run.shard.of}" if run.shard else "",
        "s": ".".join(map(str, (_points(record.score.final), *_few(sections)))),
        "y": yardstick(record.rubric, record.scoring_version),
        "t": scope(record),
        "d": digest(content),
    }
    name = "_".join([_stamp(started_at), *(f"{k}{v}" for k, v in facts.items() if v)])
    entry = parse_key(f"{system}/{month(started_at)}/{name}.json")
    assert entry is not None, "what is written here is read here"
    return entry


def parse_key(key: str) -> Entry | None:
    """Return the entry that has this name, or None if nothing of ours has it."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    system, folder, stamp, run, commit, branch, marks, *rest = match.groups()
    shard, scores, terms, tests, digest_of_content = rest
    try:
        started_at = dt.datetime.fromisoformat(stamp)
        if folder != f"{stamp[:4]}-{stamp[4:6]}":
            return None
        final, sections = _scores(scores) if scores else (None, ())
        ids, _, functions = (tests or "").partition("-")
        return Entry(
            key=key,
            system=unquoted(system),
            started_at=started_at,
            run=unquoted(run),
            digest=digest_of_content,
            completeness=_COMPLETENESS[marks[0]],
            failing="f" in marks,
            commit=unquoted(commit) if commit else None,
            dirty=None if "n" in marks else "d" in marks,
            branch=unquoted(branch) if branch else None,
            ci="i" in marks,
            proved="v" in marks,
            shard=_shard(shard) if shard else None,
            final=final,
            sections=sections,
            yardstick=terms or "",
            scope=ids,
            functions=functions,
        )
    except (ValueError, KeyError):  # no such day; a flag of a later version; bytes that are no text
        return None


def folder_of(system: str) -> str:
    """Return the first part of the keys of a system."""
    return quoted(system, keep="_")


def digest(content: bytes) -> str:
    """Return what a name says of the content."""
    return hashlib.sha256(content).hexdigest()[:32]


def month(moment: dt.datetime) -> str:
    """Return the folder for what began at this time, such as `2026-11`."""
    return moment.date().isoformat()[:7]


def short_branch(name: str) -> str:
    """Return a branch as entries show it: a long one is cut, with a digest of the whole.

    Git allows no `~` in names, so a cut one is known for what it is.

    >>> short_branch("main")
    'main'
    >>> short_branch("feature/that-took-somewhat-longer-to-name")
    'feature/that-took-s~2cedaba9'
    """
    if len(name) <= BRANCH_CHARACTERS and len(quoted(name)) <= BRANCH_CHARACTERS:
        return name
    kept = name[:BRANCH_CHARACTERS]
    while len(quoted(kept)) > BRANCH_CHARACTERS - 11:  # the tilde takes three, and the digest eight
        kept = kept[:-1]
    return f"{kept}~{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"


def yardstick(rubric: Rubric | RubricFacts, scoring_version: str) -> str:
    """Return what records must share to be compared, as a digest."""
    terms = f"{rubric.id}\n{rubric.version}\n{scoring_version}"
    return hashlib.sha256(terms.encode(errors="replace")).hexdigest()[:8]


def quoted(text: str, *, keep: str = "") -> str:
    """Return text as a part of a name that every file system and bucket takes.

    >>> quoted("feature/über_all")
    'feature!2f!c3!bcber!5fall'
    """
    kept = re.compile(f"[^A-Za-z0-9.{keep}-]") if keep else _SAFE
    plain = kept.sub(lambda m: _hex(m.group()), text)
    return f"!2e{plain[1:]}" if plain.startswith(".") else plain


@lru_cache(maxsize=4096)
def unquoted(text: str) -> str:
    """Undo `quoted`.

    Raises
    ------
    ValueError
        If nothing quoted looks like this.
    """
    if "!" not in text:
        return text
    return _ESCAPED.sub(lambda m: bytes.fromhex(m.group().replace("!", "")).decode(), text)


def _hex(character: str) -> str:
    return "".join(f"!{byte:02x}" for byte in character.encode(errors="replace"))


def _short(text: str, most: int) -> str:
    return text if 0 < len(quoted(text)) <= most else digest(text.encode(errors="replace"))


def _stamp(moment: dt.datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds").translate(_BASIC) + "Z"


_BASIC = str.maketrans("", "", "-:")


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    shown = clean_line(repr(text), limit=80)
    raise RecordError(f"run.started_at is {shown}, not a time with its zone; score again")


def _points(score: float) -> int:
    return min(round(score * 2), _HIGHEST)


def _few(sections: tuple[int, ...]) -> tuple[int, ...]:
    return sections if len(sections) <= SECTIONS else ()


@lru_cache(maxsize=1024)
def _scores(text: str) -> tuple[float, tuple[float, ...]]:
    final, *sections = (int(half) / 2 for half in text.split("."))
    return final, tuple(sections)


@lru_cache(maxsize=1024)
def _shard(text: str) -> Shard:
    number, _, of = text.partition("-")
    return Shard(int(number), int(of))
