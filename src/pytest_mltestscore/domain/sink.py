"""Where measurements and check results of the running test go.

The collector opens a sink for each test; checks and the `mlscore` fixture push into it. Outside a
scored test there is no sink and pushing does nothing, so checks work in scripts and notebooks.

Texts are masked before they are cut, here and not where results come together: what is left of a
secret at a cut is not recognised any more.

The open sink is one per process, not a context variable: an event loop or thread that a wider
fixture started lives in the context of an earlier test and would push into that test's sink.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, Literal

from .checkresult import CheckResult
from .evidence import CheckEvidence, Measurement, Scalar
from .text import LABEL_LIMIT, clean_line

MAX_ENTRIES = 200
"""Measurements (and checks) kept for one test; a loop that records more keeps the first ones."""


MAX_ROWS = 50
"""Rows of a check's table that are kept; it comes worst first."""

MAX_COLUMNS = 12

MAX_NEEDS = 20


class Sink:
    """Measurements, check results and needs of one attempt at one test, in the order they came.

    `mask` hides secrets in their texts.
    """

    __slots__ = ("checks", "mask", "measurements", "needs")

    def __init__(self, mask: Callable[[str], str] = str) -> None:
        self.mask = mask
        self.measurements: list[Measurement] = []
        self.checks: list[CheckEvidence] = []
        self.needs: list[str] = []

    def add_measurement(self, measurement: Measurement) -> None:
        """Keep a measurement, unless there are too many already."""
        if len(self.measurements) < MAX_ENTRIES:
            self.measurements.append(measurement)

    def add_check(self, result: CheckResult, expect: Literal["holds", "fails"] = "holds") -> None:
        """Keep a check result. Among too many, one that is not as expected is never lost."""
        entry = CheckEvidence(
            name=clean_line(self.mask(result.name)),
            holds=bool(result.holds),
            summary=clean_line(self.mask(result.summary)),
            expect=expect,
            item=clean_line(self.mask(result.item)),
            measurements=result.measurements[:MAX_ENTRIES],
            table=tuple(_row(row, self.mask) for row in result.table[:MAX_ROWS]),
            rows_seen=result.rows_seen,
            rows_total=result.rows_total,
            notes=tuple(clean_line(self.mask(note)) for note in result.notes[:MAX_ROWS]),
            volatile=bool(result.volatile),
        )
        if len(self.checks) < MAX_ENTRIES:
            self.checks.append(entry)
        elif not entry.as_expected:
            self.checks[-1] = entry

    def add_needs(self, needs: Iterable[str]) -> None:
        """Keep what the test cannot do without."""
        self.needs += (clean_line(self.mask(need)) for need in islice(needs, MAX_NEEDS))


class _Slot:
    sink: Sink | None = None


_open = _Slot()


def open_sink(sink: Sink | None) -> None:
    """Let everything pushed from now on go into `sink`; None closes."""
    _open.sink = sink


def current_sink() -> Sink | None:
    """Return the sink of the running test, None outside a scored test."""
    return _open.sink


def push_check(result: CheckResult, *, expect: Literal["holds", "fails"] = "holds") -> CheckResult:
    """Record a check result as evidence of the running test, if there is one, and return it."""
    sink = current_sink()
    if sink is not None:
        sink.add_check(result, expect)
    return result


def push_needs(needs: Iterable[str]) -> None:
    """Record what the running test lacks, before it skips; each as it would be typed."""
    sink = current_sink()
    if sink is not None:
        sink.add_needs(needs)


def measurement(
    name: str,
    value: object,
    *,
    limit: object = "",
    unit: str = "",
    volatile: bool = False,
) -> Measurement:
    """Build a measurement, for a check result, from whatever is at hand. It never raises.

    Numbers of any library (NumPy scalars, Decimal, Fraction) become int or float; what is not
    finite becomes None with its name in `nonfinite`; anything else becomes text, cut short. In a
    scored test, secrets are masked before that.

    Parameters
    ----------
    name
        What was measured, such as `"rows"`.
    value
        The measured value.
    limit
        The bound that the check asks for, as a person would write it, such as `">= 10000"`.
    unit
        Such as `"ms"`.
    volatile
        The value differs from run to run, as timings do; it is left out when two records are
        compared.

    Examples
    --------
    >>> measurement("rows", 20_000, limit=">= 10000").value
    20000
    >>> measurement("auc", float("nan")).nonfinite
    'nan'
    """
    sink = current_sink()
    mask = str if sink is None else sink.mask
    scalar, nonfinite = _scalar(value, mask)
    return Measurement(
        name=clean_line(mask(_safe(str, name))),
        value=scalar,
        limit=clean_line(mask(_safe(str, limit))),
        unit=clean_line(mask(_safe(str, unit))),
        volatile=bool(volatile),
        nonfinite=nonfinite,
    )


def _row(row: Mapping[str, object], mask: Callable[[str], str]) -> dict[str, Scalar]:
    cells: dict[str, Scalar] = {}
    for name, value in islice(row.items(), MAX_COLUMNS):
        scalar, nonfinite = _scalar(value, mask)
        cells[clean_line(mask(_safe(str, name)))] = nonfinite or scalar
    return cells


def _scalar(value: Any, mask: Callable[[str], str]) -> tuple[Scalar, str]:
    value = _unboxed(value)
    if value is None or isinstance(value, bool):
        return value, ""
    if isinstance(value, int):
        # JSON readers hold integers exactly up to 2**53 only.
        return (int(value), "") if abs(value) <= 2**53 else (str(value), "")
    if isinstance(value, str):
        return clean_line(mask(value), limit=LABEL_LIMIT), ""
    try:
        number = float(value)
    except Exception:  # noqa: BLE001 - recording must not fail a test, whatever the value does
        return clean_line(mask(_safe(repr, value)), limit=200), ""
    if math.isfinite(number):
        return number, ""
    return None, str(number)


def _unboxed(value: Any) -> Any:
    """Return the Python number in a NumPy or torch scalar, and anything else as it is."""
    try:
        return value.item() if value.ndim == 0 else value
    except Exception:  # noqa: BLE001 - no scalar, then
        return value


def _safe(show: Callable[[object], str], value: object) -> str:
    try:
        return show(value)
    except Exception as error:  # noqa: BLE001 - a broken __repr__ must not fail the test
        return f"<{type(value).__name__}: {show.__name__} raised {type(error).__name__}>"
