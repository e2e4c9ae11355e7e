"""Words and figures of the HTML page, as plain text: what makes markup of them escapes them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from ..domain.counting import count
from ..domain.evidence import Measurement, Scalar
from ..domain.rubric import Band
from ..domain.text import clean, clean_line

LINK_LIMIT = 500
SNIPPET_LIMIT = 6_000
ANCHOR_SAFE = "!$&()*+,;=:@/?"
"""What a fragment may hold unescaped (RFC 3986), without the quote characters."""


def points(value: float, *, signed: bool = False) -> str:
    """Write points the way people do: no trailing zeros, a real minus sign.

    >>> points(3.0), points(0.5, signed=True), points(-1.0)
    ('3', '+0.5', '−1')
    """
    return f"{value:+g}".replace("-", "−") if signed else f"{value:g}".replace("-", "−")


def duration(seconds: float) -> str:
    """Write a time span with the precision that matters.

    >>> duration(0.0004), duration(0.0421), duration(3.14159), duration(754)
    ('< 1 ms', '42 ms', '3.14 s', '12 min 34 s')
    """
    if seconds < 0.001:
        return "< 1 ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def days(left: int) -> str:
    """Say how far away a last day is.

    >>> days(30), days(1), days(0), days(-2)
    ('30 days left', '1 day left', 'last day today', '2 days over')
    """
    if left == 0:
        return "last day today"
    return f"{count(left, 'day')} left" if left > 0 else f"{count(-left, 'day')} over"


def figure(measured: Measurement) -> str:
    """Write a measured value with its unit; the exact value is in the JSON record.

    >>> [figure(Measurement(name="m", value=value)) for value in (120000, 1 / 3, True, None)]
    ['120,000', '0.333333', 'true', 'none']
    """
    text = measured.nonfinite or scalar(measured.value)
    return f"{text} {measured.unit}" if measured.unit else text


def scalar(value: Scalar) -> str:
    """Write a value on its own, floats to six digits.

    >>> scalar(12000), scalar(0.1234567), scalar(None), scalar("x")
    ('12,000', '0.123457', 'none', 'x')
    """
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return f"{value:.6g}" if isinstance(value, float) else value


def setting(value: Any) -> str:
    """Write a configuration value on one line.

    >>> setting(None), setting(True), setting(["term", "html:a.html"]), setting({"data": 4.0})
    ('not set', 'true', 'term, html:a.html', 'data: 4')
    """
    if value is None or value in ("", [], {}):
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {setting(value[key])}" for key in sorted(value, key=str))
    if isinstance(value, list | tuple) and not any(isinstance(v, list | dict) for v in value):
        return ", ".join(setting(v) for v in value)
    if isinstance(value, str | int):
        return str(value)
    return msgspec.json.encode(value, enc_hook=str, order="sorted").decode()


def link(address: str) -> str:
    """Return an address that may become a link, else nothing: http and https only, nothing odd.

    >>> link("https://wiki.example/runbook"), link("javascript:alert(1)"), link("https:evil")
    ('https://wiki.example/runbook', '', '')
    """
    if len(address) > LINK_LIMIT or address != clean(address) or any(map(str.isspace, address)):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as an unclosed bracket in the host
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def snippet(source: str) -> str:
    r"""Return source code to paste, whole or not at all.

    >>> snippet("def test():\n    ..."), snippet("x" * 10_000)
    ('def test():\n    ...', '')
    """
    text = clean(source).strip("\n")
    return text if len(text) <= SNIPPET_LIMIT else ""


def anchor(item_id: str) -> str:
    """Return the fragment that leads to an item.

    >>> anchor("data-1"), anchor('a b"')
    ('#data-1', '#a%20b%22')
    """
    return "#" + quote(item_id, safe=ANCHOR_SAFE, errors="replace")


def command(nodeids: Iterable[str]) -> str:
    """Return the command that runs just these tests, quoted for a shell.

    >>> command(["tests/test_a.py::test_x[a b]"])
    "pytest 'tests/test_a.py::test_x[a b]'"
    """
    return shlex.join(["pytest", *(clean_line(nodeid) for nodeid in nodeids)])


def bands(ladder: Sequence[Band]) -> list[tuple[str, Band]]:
    """Write the range of each band in words; every band holds its upper end.

    >>> ladder = [Band(key=str(top), up_to=top, text="") for top in (0, 1)]
    >>> [words for words, _ in bands(ladder)]
    ['0', 'above 0, up to 1']
    """
    rows: list[tuple[str, Band]] = []
    lower = 0.0
    for band in ladder:
        above = f"above {points(lower)}, up to {points(band.up_to)}"
        rows.append((points(band.up_to) if not rows else above, band))
        lower = band.up_to
    return rows


def written_sum(values: Sequence[float]) -> str:
    """Write a sum out.

    >>> written_sum([1, 0.5, 0]), written_sum([])
    ('1 + 0.5 + 0', 'no items')
    """
    return " + ".join(map(points, values)) or "no items"
