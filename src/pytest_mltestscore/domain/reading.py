"""Run records from JSON that others may have written, cut off or changed.

What comes out is sound enough to be shown and judged: right types, finite numbers, ids that are
unique and lead somewhere. Unknown keys are ignored, so that records of a newer minor version are
read. The texts in a record stay as they are; whoever shows them escapes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from .errors import NewerRecordError, RecordError
from .record import SCHEMA_VERSION, Record
from .text import clean_line

SIZE_LIMIT = 256 * 2**20
"""Bytes. A record of 50,000 tests with all their measurements has about a tenth of it."""

_AT_ONCE = 2**20

T = TypeVar("T")

_NOT_JSON = re.compile(r"-?Infinity|NaN")
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.\d{1,9})?", re.ASCII)
_POSITION = re.compile(r"(.*) \(byte (\d+)\)")
_KEY = re.compile(r"(.*) - at `(.*)`")


class _Head(msgspec.Struct, frozen=True):
    """The keys that tell what a JSON object is, before its content is looked at."""

    report_format: Any = None
    schema_version: Any = None
    records: list[Raw] | UnsetType = UNSET


def content_of(file: BinaryIO) -> bytes:
    """Return what is in a file, and no more of it than shows that it is too large.

    Read piece by piece, since room is made for all that is asked for, however little there is.
    """
    pieces: list[bytes] = []
    left = SIZE_LIMIT + 1
    while left > 0 and (piece := file.read(min(left, _AT_ONCE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def parse(data: bytes | str, source: str) -> list[Record]:
    """Read one record, or all of `{"records": [...]}`.

    Parameters
    ----------
    data
        The content of the file. A byte order mark is skipped.
    source
        What messages call it, such as the path of the file.

    Raises
    ------
    RecordError
        If it is not a record, or one that cannot be read. The message names the place and the mend.
    NewerRecordError
        If it is of a newer version that cannot be read here.
    """
    source = clean_line(source)
    content = _checked_bytes(data, source)
    head = _decode(content, _Head, source, "")
    if head.records is UNSET:
        return [_parse_one(content, head, source, "")]
    if not head.records:
        raise RecordError(f"{source}: holds no records; give the file that a scored run wrote")
    found = []
    for number, raw in enumerate(head.records):
        where = f"records[{number}]"
        found.append(_parse_one(bytes(raw), _decode(raw, _Head, source, where), source, where))
    return found


def _checked_bytes(data: bytes | str, source: str) -> bytes:
    if len(data) > SIZE_LIMIT:
        raise RecordError(
            f"{source}: has {len(data):,} bytes, more than the {SIZE_LIMIT:,} that a run record"
            " may have; give the file that a scored run wrote"
        )
    if isinstance(data, str):
        try:
            return data.removeprefix("\ufeff").encode()
        except UnicodeEncodeError as error:
            problem = f"character {error.start} is half of a surrogate pair, not text"
            raise RecordError(f"{source}: {problem}; read the file as UTF-8") from None
    if not data.strip():
        raise RecordError(
            f"{source}: is empty; run `pytest --mlscore --mlscore-report=json:FILE` to write it"
        )
    try:
        data.decode()
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8"
        raise RecordError(f"{source}: {problem}; save the file as UTF-8") from None
    return data.removeprefix(b"\xef\xbb\xbf")


def _parse_one(content: bytes, head: _Head, source: str, where: str) -> Record:
    place = f"{source}: {where}" if where else source
    if head.report_format != "mlscore":
        raise RecordError(
            f"{place}: not a run record (`report_format` is not 'mlscore');"
            " give a file written by `--mlscore-report=json:FILE`"
        )
    newer = _newer_minor(head.schema_version, place)
    try:
        record = _decode(content, Record, source, where)
    except RecordError as error:
        if newer:
            raise NewerRecordError(f"{error}; {newer}") from None
        raise
    problem = next(_contradictions(record), None)
    if problem:
        raise RecordError(f"{place}: {problem}; the file was changed by hand, so score again")
    return record


def _newer_minor(version: object, place: str) -> str:
    """Return a hint if the record is of a newer minor version; refuse a newer major one."""
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise RecordError(
            f"{place}: `schema_version` is {clean_line(repr(version), limit=80)},"
            f" expected a version such as {SCHEMA_VERSION!r}"
        )
    major, minor = int(match[1]), int(match[2])
    our_major, our_minor = map(int, SCHEMA_VERSION.split("."))
    update = f"update pytest-mltestscore to a version that reads schema {major}.{minor}"
    if major != our_major:
        newer = major > our_major
        what, mend = ("newer", update) if newer else ("older", "score again")
        raise (NewerRecordError if newer else RecordError)(
            f"{place}: written in schema version {match[0]}, {what} than the {SCHEMA_VERSION}"
            f" that is read here; {mend}"
        )
    return f"it is of schema {match[0]}, so {update}" if minor > our_minor else ""


def _decode(content: bytes | Raw, kind: type[T], source: str, where: str) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        problem = f"{_typed_problem(str(error), where)}; mend it or score again"
    except msgspec.DecodeError as error:
        problem = f"{_syntax_problem(bytes(content), str(error))}; score again"
    except RecursionError:
        problem = "nested too deeply to be a run record; score again"
    raise RecordError(f"{source}: {problem}")


def _typed_problem(message: str, where: str) -> str:
    """Put the key first: `items[3].state: Expected ...`.

    >>> _typed_problem("Expected `str`, got `int` - at `$.run.id`", "")
    'run.id: expected `str`, got `int`'
    """
    match = _KEY.fullmatch(message)
    what, path = (match[1], match[2]) if match else (message, "$")
    place = f"{where}{path[1:]}".lstrip(".")
    what = clean_line(what[0].lower() + what[1:], limit=200)
    return f"{clean_line(place, limit=200)}: {what}" if place else f"not a run record: {what}"


def _syntax_problem(content: bytes, message: str) -> str:
    match = _POSITION.fullmatch(message)
    if match is None:  # msgspec gives no position where the input just ends
        return "not JSON: it ends too early, so the file was cut off"
    what, position = match[1].removeprefix("JSON is malformed: "), int(match[2])
    before = content[:position]
    line, column = before.count(b"\n") + 1, position - before.rfind(b"\n")
    place = f"line {line}, column {column} (byte {position})"
    token = _NOT_JSON.match(content[position : position + 9].decode("ascii", "replace"))
    if token:
        return f"not strict JSON: {place}: {token[0]} is not allowed"
    return f"not JSON: {place}: {what}"


def _contradictions(record: Record) -> Iterator[str]:
    """Say what would lead a reader of this record to a place that does not exist."""
    sections = [s.id for s in record.sections]
    items = [i.id for i in record.items]
    if not sections:
        yield "has no sections"
    if record.run.shard and record.run.shard.number > record.run.shard.of:
        yield f"run.shard: there is no shard {record.run.shard}"
    for name, ids in (("section", sections), ("item", items)):
        twice = [i for i, number in Counter(ids).items() if number > 1]
        yield from (f"{name} {_quoted(i)} is there twice" for i in twice)
    yield from _strays("items[].section", (i.section for i in record.items), sections)
    yield from _strays("score.limiting_sections[]", record.score.limiting_sections, sections)
    yield from _strays("next_steps[].item", (s.item for s in record.next_steps), items)
    yield from _strays("next_steps[].also[]", (i for s in record.next_steps for i in s.also), items)
    gaining = (section for step in record.next_steps for section in step.elsewhere)
    yield from _strays("next_steps[].elsewhere", gaining, sections)


def _strays(key: str, found: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    known = frozenset(known)
    return (f"{key}: {_quoted(i)} is not in the record" for i in found if i not in known)


def _quoted(text: str) -> str:
    return repr(clean_line(text, limit=80))
