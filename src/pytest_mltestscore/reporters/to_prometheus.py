"""The score as metrics in Prometheus' text format, such as for the node exporter to pick up.

A run that does not show everything has no score here: a line in a chart would fall where nothing
got worse. `mlscore_run_complete` is then 0. The text is valid OpenMetrics, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..domain.moments import moment
from ..domain.record import ItemScore, Record
from ..domain.text import clean_line
from . import _wording as words

_Sample = tuple[Mapping[str, str], float]
"""The labels beside the system, and the value."""


class _Metric(NamedTuple):
    name: str
    help: str
    samples: Callable[[Record], Iterable[_Sample]]


def render(record: Record) -> str:
    """Return the metrics of one system."""
    return render_all((record,))


def render_all(records: Sequence[Record]) -> str:
    """Return the metrics of several systems: each metric once, with a sample a system or more."""
    lines = [line for metric in _METRICS for line in _lines(metric, records)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _lines(metric: _Metric, records: Sequence[Record]) -> Iterator[str]:
    samples = [
        f"{metric.name}{_labels({'system': record.system, **labels})} {value:.12g}"
        for record in records
        for labels, value in metric.samples(record)
    ]
    if samples:
        yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} gauge"
        yield from samples


def _labels(labels: Mapping[str, str]) -> str:
    listed = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{listed}}}"


def _escaped(text: str) -> str:
    return clean_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _is_known(record: Record) -> bool:
    return not words.unfinished(record)


def _score(record: Record) -> Iterator[_Sample]:
    if _is_known(record):
        yield {}, record.score.final


def _score_max(record: Record) -> Iterator[_Sample]:
    if _is_known(record):
        yield {}, record.score.max


def _implemented(record: Record) -> Iterator[_Sample]:
    if _is_known(record):
        yield {}, record.score.implemented


def _sections(record: Record) -> Iterator[_Sample]:
    if _is_known(record):
        for section in record.sections:
            yield {"section": section.id}, section.score


def _points(record: Record) -> Iterator[_Sample]:
    if _is_known(record):
        for item in record.items:
            yield _about(item), item.points


def _about(item: ItemScore) -> dict[str, str]:
    return {"section": item.section, "item": item.id, "name": item.name}


def _states(record: Record) -> Iterator[_Sample]:
    """Yield all states, so that a series does not vanish when the last item leaves a state."""
    if _is_known(record):
        for section, items in words.by_section(record):
            counts = words.state_counts(items)
            for state in words.STATES:
                yield {"section": section.id, "state": state}, counts.get(state, 0)


def _gate(record: Record) -> Iterator[_Sample]:
    """Yield all verdicts, the one that holds as 1; while a run is in progress, none does."""
    if words.unfinished(record) != "in progress":
        for status in words.GATES:
            yield {"status": status}, status == record.gate.status


def _complete(record: Record) -> Iterator[_Sample]:
    yield {}, _is_known(record)


def _started(record: Record) -> Iterator[_Sample]:
    started = moment(record.run.started_at)
    if started is not None and words.unfinished(record) != "in progress":
        yield {}, started.timestamp()


_METRICS = (
    _Metric("mlscore_score", "ML Test Score: the lowest section sum.", _score),
    _Metric("mlscore_score_max", "The highest score that there is.", _score_max),
    _Metric(
        "mlscore_implemented_score",
        "The score if every test that runs counted, whatever it finds.",
        _implemented,
    ),
    _Metric("mlscore_section_score", "Sum of a section's points.", _sections),
    _Metric("mlscore_item_points", "What an item earned.", _points),
    _Metric("mlscore_items", "Items of a section in a state.", _states),
    _Metric("mlscore_gate", "1 for the verdict of the gate, 0 for the others.", _gate),
    _Metric("mlscore_run_complete", "1 if the run shows everything, else 0.", _complete),
    _Metric("mlscore_last_run_timestamp_seconds", "When the run began.", _started),
)
