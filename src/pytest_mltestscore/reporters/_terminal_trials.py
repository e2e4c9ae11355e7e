"""What one fault did to each test, in the terminal: the verdicts, and what the fault changed."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.evidence import TestEvidence
from ..domain.proof import Trial, Verdict
from ..domain.record import Record
from ._terminal_screen import LABEL_WIDTH, Line, Screen, Span, Style

_WORDS: dict[Verdict, tuple[str, Style]] = {
    "caught": ("CAUGHT", "good"),
    "missed": ("MISSED", "bad"),
    "accepted": ("ACCEPTED", "warn"),
    "no-verdict": ("UNCLEAR", "warn"),
}
_MARGIN = "| "


def is_of_one_fault(record: Record) -> bool:
    """Whether a run tried one fault alone, to show what it does."""
    asked = record.config.get("prove_only")
    return asked is not None and bool(asked.value)


def trials(record: Record, screen: Screen) -> Iterator[Line]:
    """Yield each test that was tried, and each place where the fault was put."""
    for test in _tried(record):
        yield (
            Span(f"{'TRIED':<{LABEL_WIDTH}}"),
            Span(screen.cut_middle(test.nodeid, screen.width - LABEL_WIDTH)),
        )
        proof = test.proof
        if proof is None:
            continue
        if proof.why:
            yield from screen.paragraph(proof.why, indent=LABEL_WIDTH, style="warn")
        for trial in proof.trials:
            yield from _trial(trial, screen)


def _tried(record: Record) -> list[TestEvidence]:
    """Return the tests that were proved; a test of several items stands with each of them."""
    tests = {t.nodeid: t for item in record.items for t in item.tests if t.proof is not None}
    return [tests[nodeid] for nodeid in sorted(tests)]


def _trial(trial: Trial, screen: Screen) -> Iterator[Line]:
    word, style = _WORDS[trial.verdict]
    what = f"{trial.fault} in {trial.site}, which {trial.severity}"
    yield from screen.labelled(word, what, style)
    if trial.error_type:
        where = f"{trial.error_type} at {trial.origin}" if trial.origin else trial.error_type
        yield from screen.paragraph(where, indent=LABEL_WIDTH)
    if trial.why:
        yield from screen.paragraph(trial.why, indent=LABEL_WIDTH)
    for line in trial.difference.splitlines():
        text = screen.cut(line, screen.width - LABEL_WIDTH - len(_MARGIN))
        yield (Span(" " * LABEL_WIDTH + _MARGIN), Span(text, "dim"))
