"""Turning tables that people write by hand into value types, with every problem named at once.

msgspec stops at the first thing that it does not like. A person who mends a file wants the whole
list, so tables are read field by field here, and only single values are left to msgspec.
"""

from __future__ import annotations

import datetime as dt
import math
import reprlib
import tomllib
from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo

from .errors import nearest
from .text import clean_line

S = TypeVar("S", bound=Struct)

_BAD: Final = object()

_WANTED: Final[dict[Any, str]] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dt.date: "a date such as 2030-12-31, without a time of day",
    dt.datetime: "a date with a time of day",
}

_REPR: Final = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 60


def parse_toml(content: bytes, *, where: str, problems: list[str]) -> dict[str, Any] | None:
    """Return the content of a TOML file as a dict, or None with the reason in `problems`.

    >>> problems = []
    >>> parse_toml(b"answer = ", where="a.toml", problems=problems)
    >>> problems
    ['a.toml: not valid TOML: Invalid value (at the end, line 1, column 10)']
    """
    content = content.removeprefix(b"\xef\xbb\xbf")  # some editors on Windows put it there
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start} (line {line}) is not UTF-8; save the file as UTF-8"
    except RecursionError:
        problem = "not valid TOML: nested too deeply"
    except tomllib.TOMLDecodeError as error:
        place = str(error).replace("at end of document", f"at the end, {_end_of(content)}")
        problem = f"not valid TOML: {place}"
    except ValueError:  # Python's own limit on the length of integers
        problem = "not valid TOML: an integer has thousands of digits"
    problems.append(f"{where}: {clean_line(problem)}")
    return None


def read_table(
    struct_type: type[S],
    table: object,
    *,
    where: str,
    problems: list[str],
    given: Mapping[str, Any] | None = None,
) -> S | None:
    """Build a struct from a mapping, or return None and add every reason why not to `problems`.

    Unknown and missing keys, wrong types, values off a list and numbers that are not finite are
    reported, in nested structs, lists and dicts too. `where` begins each problem: a file, or a file
    and the key of the table. `given` holds fields that the table must not hold, such as those
    that follow from a file's place.

    >>> class Limit(Struct):
    ...     metric: str
    ...     bound: float
    >>> problems = []
    >>> read_table(Limit, {"metrik": "auc", "bound": "0.7"}, where="a.toml", problems=problems)
    >>> for problem in problems:
    ...     print(problem)
    a.toml: metrik: unknown key; did you mean 'metric'?
    a.toml: metric: missing; give text in quotes
    a.toml: bound: is '0.7'; give a number
    """
    if not isinstance(table, Mapping):
        problems.append(f"{where}: is {shown(table)}; give a table")
        return None
    before = len(problems)
    given = given or {}
    fields = [f for f in msgspec.structs.fields(struct_type) if f.name not in given]
    _report_unknown(table, [f.encode_name for f in fields], given, where, problems)
    values = dict(given)
    for field in fields:
        value = _read_field(field, table, where, problems)
        if value is not _BAD:
            values[field.name] = value
    if len(problems) > before:
        return None
    try:
        return struct_type(**values)
    except (TypeError, ValueError) as error:  # raised by the struct's own __post_init__
        problems.append(f"{where}: {clean_line(str(error))}")
        return None


def shown(value: object) -> str:
    """Return a short, printable form of a value from a file, however long or deep it is.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaa...aaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    try:
        return clean_line(_REPR.repr(value))
    except ValueError:  # Python refuses to print integers of thousands of digits
        return "a very long number"


def _end_of(content: bytes) -> str:
    *before, last = content.decode("utf-8").replace("\r\n", "\n").split("\n")
    return f"line {len(before) + 1}, column {len(last) + 1}"


def _report_unknown(
    table: Mapping[str, Any],
    known: Sequence[str],
    given: Mapping[str, Any],
    where: str,
    problems: list[str],
) -> None:
    for key in table:
        if key in given:
            problems.append(f"{where}: {key}: follows from elsewhere; remove it")
        elif key not in known:
            closest = nearest(key, known)
            mend = f"did you mean {closest!r}?" if closest else f"known keys: {', '.join(known)}"
            problems.append(f"{where}: {clean_line(key, limit=80)}: unknown key; {mend}")


def _read_field(field: FieldInfo, table: Mapping[str, Any], where: str, problems: list[str]) -> Any:
    key = field.encode_name
    if key in table:
        return _read_value(field.type, table[key], f"{where}: {key}", problems)
    if field.required:
        problems.append(f"{where}: {key}: missing; give {_wanted(field.type)}")
        return _BAD
    return field.default if field.default is not NODEFAULT else field.default_factory()


def _read_value(kind: Any, value: Any, where: str, problems: list[str]) -> Any:
    kind = _without_none(kind, value)
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        built = read_table(kind, value, where=where, problems=problems)
        return _BAD if built is None else built
    if origin is list or (origin is tuple and arguments[1:] == (...,)):
        if not isinstance(value, list | tuple):
            problems.append(f"{where}: is {shown(value)}; give a list of {_wanted(arguments[0])}")
            return _BAD
        entries = [
            _read_value(arguments[0], entry, f"{where} #{number}", problems)
            for number, entry in enumerate(value, start=1)
        ]
        return _BAD if any(e is _BAD for e in entries) else origin(entries)
    if origin is dict:
        if not isinstance(value, Mapping):
            problems.append(f"{where}: is {shown(value)}; give a table")
            return _BAD
        read = {
            key: _read_value(arguments[1], entry, f"{where}: {clean_line(key, limit=80)}", problems)
            for key, entry in value.items()
        }
        return _BAD if any(e is _BAD for e in read.values()) else read
    return _read_scalar(kind, value, where, problems)


def _read_scalar(kind: Any, value: Any, where: str, problems: list[str]) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        problems.append(f"{where}: is {value}; give a finite number")
        return _BAD
    if kind is dt.date and isinstance(value, dt.datetime):  # a date by inheritance only
        problems.append(f"{where}: is {shown(value)}; give {_WANTED[dt.date]}")
        return _BAD
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        problems.append(f"{where}: is {shown(value)}; {_mend(kind, value, error)}")
        return _BAD


def _without_none(kind: Any, value: Any) -> Any:
    """Return `X` for `X | None`, unless the value is None."""
    if value is None or get_origin(kind) not in (Union, UnionType):
        return kind
    others = [a for a in get_args(kind) if a is not NoneType]
    return others[0] if len(others) == 1 else kind


def _mend(kind: Any, value: Any, error: msgspec.ValidationError) -> str:
    if get_origin(kind) is Literal and isinstance(value, str):
        closest = nearest(value, [str(a) for a in get_args(kind)])
        hint = f"; did you mean {closest!r}?" if closest else ""
        return f"give {_wanted(kind)}{hint}"
    # With constraints, or a union, msgspec knows better what it missed.
    exact = get_origin(kind) in (Annotated, Union, UnionType)
    return clean_line(str(error)) if exact else f"give {_wanted(kind)}"


def _wanted(kind: Any) -> str:
    """Say in words what may stand for a type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _wanted(arguments[0])
    if origin is Literal:
        return f"one of {', '.join(repr(a) for a in arguments)}"
    if origin in (Union, UnionType):
        return " or ".join(_wanted(a) for a in arguments if a is not NoneType)
    if origin in (list, tuple):
        return f"a list of {_wanted(arguments[0])}"
    if origin is dict or (isinstance(kind, type) and issubclass(kind, Struct)):
        return "a table"
    return _WANTED.get(kind, getattr(kind, "__name__", str(kind)))
