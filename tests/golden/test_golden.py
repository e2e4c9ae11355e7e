from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import sample_records

from pytest_mltestscore.domain.record import Record
from pytest_mltestscore.reporters import REPORTERS, find
from pytest_mltestscore.reporters.to_terminal import Line, summary, verdict_line

HERE = Path(__file__).parent
ACTUAL = HERE / "actual"
WRITTEN = ["build/mlscore.html", "build/mlscore.json"]

SAMPLES = (
    "mixed",
    "perfect",
    "empty",
    "in_progress",
    "partial",
    "cut_short",
    "edition_2016",
    "hostile",
    "pooled",
)
# The JSON of a sample is as long as all its other files together, and much alike in all of them.
ONLY = {"json": ("mixed", "in_progress"), "items.txt": ("mixed", "edition_2016", "hostile")}


def plain(lines: list[Line]) -> str:
    return "".join("".join(span.text for span in line) + "\n" for line in lines)


def in_terminal(record: Record) -> str:
    parts = [
        summary(record, reports=WRITTEN),
        summary(record, detail="line"),
        [
            verdict_line(record, exit_code=code, undone="report not written")
            for code in (0, 1, 10, 11)
        ],
    ]
    return "\n".join(map(plain, parts))


def items_in_terminal(record: Record) -> str:
    return plain(summary(record, detail="items", encoding="utf-8", reports=WRITTEN))


FORMATS: dict[str, Callable[[Record], str]] = {
    "json": find("json").render,
    "md": find("md").render,
    "comment.md": find("md-comment").render,
    "github.txt": find("github").render,
    "junit.xml": find("junit").render,
    "ctrf.json": find("ctrf").render,
    "svg": find("badge").render,
    "badge.json": find("badge-json").render,
    "prom": find("prometheus").render,
    "term.txt": in_terminal,
    "items.txt": items_in_terminal,
}
SUFFIXES = {f".{extension.rpartition('.')[2]}" for extension in FORMATS}


def cases() -> Iterator[tuple[str, str]]:
    for extension in FORMATS:
        for sample in ONLY.get(extension, SAMPLES):
            yield sample, extension


@pytest.mark.parametrize("sample, extension", list(cases()))
def test_golden(sample, extension):
    record = getattr(sample_records, sample)()
    made = FORMATS[extension](record).encode()
    name = f"{sample}.{extension}"
    golden = HERE / name
    if golden.exists() and golden.read_bytes() == made:
        (ACTUAL / name).unlink(missing_ok=True)
        return
    if os.environ.get("MLSCORE_ACCEPT") == "1":
        golden.write_bytes(made)
        pytest.fail(f"accepted {name}; look at it, then run again without MLSCORE_ACCEPT")
    ACTUAL.mkdir(exist_ok=True)
    (ACTUAL / name).write_bytes(made)
    state = "differs" if golden.exists() else "is new"
    pytest.fail(f"{name} {state}; see {ACTUAL / name} and tests/golden/README.md")


def test_every_file_is_compared_and_every_reporter_has_one():
    known = {f"{sample}.{extension}" for sample, extension in cases()}
    found = {p.name for p in HERE.iterdir() if p.suffix in SUFFIXES}
    assert found - {"README.md"} == known
    compared = {find(r.name).render for r in REPORTERS}
    # HTML changes too often to be worth comparing; its tests look at what is in it.
    assert compared - set(FORMATS.values()) == {find("html").render, find("html-dir").render}
