"""Kinds of personal data, known by the name of a column or by the form of its values.

What is found is counted and never kept: a report that quotes a finding is a leak itself.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...domain.errors import InputError
from .._optional import load

LONGEST = 10_000
"""Characters of a value that are looked at."""


class Kind(NamedTuple):
    """What personal data of one kind looks like."""

    name: str
    form: re.Pattern[str]
    valid: Callable[[str], bool] = lambda _: True
    by_chance: bool = False
    """A tenth of random numbers of this form are valid, so one alone proves nothing."""


_NAMES = {
    "e-mail": r"e ?mail|mail address",
    "phone": r"(?:tele)?phone|mobile (?:number|no|nr)|cell ?phone",
    "name of a person": r"(?:first|last|sur|full|given|family|maiden|middle|user|customer|patient"
    r"|person|contact|employee|holder) ?name|name of (?:person|customer|patient)",
    "date of birth": r"birth ?(?:date|day)|date of birth|dob",
    "address": r"(?:home|street|postal|mailing|billing|shipping) ?address|street(?: name)?"
    r"|house number|address(?: line)?(?: \d)?",
    "number of a person": r"ssn|social security(?: number| no| nr)?|passport"
    r"|national (?:id|insurance)|tax ?id|(?:driver|driving).* licen[cs]e|licen[cs]e plate",
    "bank account": r"iban|bank account|account number|credit card|card number",
    "IP address": r"ip|ip ?addr(?:ess)?|client ip|remote addr(?:ess)?",
}
_BY_NAME = {kind: re.compile(rf"(?:^|.* )(?:{form})(?: .*)?$") for kind, form in _NAMES.items()}
# Short words mean it only where they are all there is.
_BY_NAME["address"] = re.compile(rf"^(?:{_NAMES['address']})$")
_BY_NAME["IP address"] = re.compile(rf"^(?:{_NAMES['IP address']})$")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def kind_by_name(column: str) -> str | None:
    """Return the kind of personal data that a column's name speaks of.

    >>> kind_by_name("customerEmail"), kind_by_name("birth_date"), kind_by_name("distance")
    ('e-mail', 'date of birth', None)
    """
    words = " ".join(_WORDS.findall(column)).casefold()
    return next((kind for kind, form in _BY_NAME.items() if form.match(words)), None)


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod_97(text: str) -> bool:
    compact = text.replace(" ", "")
    moved = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _is_ip(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def _is_phone(text: str) -> bool:
    return 8 <= sum(c.isdigit() for c in text) <= 15


KINDS = (
    Kind("e-mail", re.compile(r"\b[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")),
    Kind(
        "phone",
        re.compile(
            r"(?<![\w.+-])(?:\+\d{1,3}(?:[ .()/-]{0,2}\d{1,4}){2,6}"  # with a country
            r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}"  # North America
            r"|\(?0\d{2,4}\)?[ /-]\d{5,8})(?![\w-]|\.\d)"  # with a leading zero
        ),
        _is_phone,
    ),
    Kind(
        "IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"), _mod_97
    ),
    Kind(
        "card number",
        # The prefixes that card networks use.
        re.compile(
            r"(?<![\w.-])(?<!\d )(?:3[04-8]|4\d|5[1-5]|2[2-7]|6[05])"
            r"(?:[ -]?\d){11,17}(?![\w-]|\.\d)"
        ),
        _luhn,
        by_chance=True,
    ),
    Kind("US SSN", re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")),
    Kind("IP address", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"), _is_ip),
    Kind(
        "IP address",
        re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"),
        lambda text: sum(c in "0123456789abcdefABCDEF" for c in text) > 4 and _is_ip(text),
    ),
)


def own_kinds(patterns: Mapping[str, str]) -> list[Kind]:
    """Return the kinds that a project defines: a name and a regular expression each."""
    kinds = []
    for name, pattern in patterns.items():
        try:
            kinds.append(Kind(name, re.compile(pattern)))
        except re.error as error:
            raise InputError("patterns", f"{name!r} is no regular expression: {error}") from error
    return kinds


def count_by_pattern(values: Mapping[str, int], kinds: Iterable[Kind]) -> dict[str, int]:
    """Return in how many rows each kind is found, from distinct values and their counts."""
    found: Counter[str] = Counter()
    for kind in kinds:
        candidates = {text: n for text, n in values.items() if kind.form.search(text)}
        hits = {text: n for text, n in candidates.items() if any(_valid(kind, text))}
        if kind.by_chance and (sum(hits.values()) < 2 or len(hits) < 0.5 * len(candidates)):
            continue
        found[kind.name] += sum(hits.values())
    return {name: n for name, n in found.items() if n}


def _valid(kind: Kind, text: str) -> Iterator[bool]:
    return (kind.valid(match.group()) for match in kind.form.finditer(text))


ENTITIES = (
    "CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MEDICAL_LICENSE",
    "PERSON", "PHONE_NUMBER", "US_SSN",
)  # fmt: skip
_LEAST_SCORE = 0.4


def count_by_presidio(values: Mapping[str, int], analyzer: Any) -> dict[str, int]:
    """Return in how many rows presidio finds each kind of entity."""
    found: Counter[str] = Counter()
    for text, n in values.items():
        results = analyzer.analyze(
            text=text, language="en", entities=list(ENTITIES), score_threshold=_LEAST_SCORE
        )
        for entity in {r.entity_type for r in results}:
            found[entity] += n
    return dict(found)


def presidio_analyzer() -> Any:
    """Return an analyzer of patterns only: its language model would be a download.

    The list of domain endings that it looks up by network is replaced by the one that comes with
    it. Names of people are found only by an analyzer with a model, which a user can give.
    """
    presidio = load("presidio_analyzer", extra="pii")
    nlp = load("presidio_analyzer.nlp_engine", extra="pii")
    tldextract = load("tldextract", extra="pii")
    spacy = load("spacy", extra="pii")
    vars(tldextract)["extract"] = tldextract.TLDExtract(suffix_list_urls=())

    class PatternsOnly(nlp.SpacyNlpEngine):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

    return presidio.AnalyzerEngine(nlp_engine=PatternsOnly(), supported_languages=["en"])
