from __future__ import annotations

import xml.etree.ElementTree as ET

import msgspec
import pytest
from tests import sample_records
from tests.sample_records import BANDS, hostile, mixed, perfect

from pytest_mltestscore.domain.record import Record
from pytest_mltestscore.domain.rubric import Band
from pytest_mltestscore.reporters._badge import BAND_INKS, UNKNOWN_INK
from pytest_mltestscore.reporters.to_badge import LABEL_INK, render

replace = msgspec.structs.replace
SVG = "{http://www.w3.org/2000/svg}"


def drawn(record: Record) -> ET.Element:
    return ET.fromstring(render(record).encode())


def texts(record: Record) -> list[str]:
    return [t.text for t in drawn(record).iter(f"{SVG}text")]


def ink(record: Record) -> str:
    return drawn(record).find(f"{SVG}path").get("fill")


def in_band(band: Band, bands: tuple[Band, ...] = BANDS) -> Record:
    record = perfect()
    return replace(
        record,
        score=replace(record.score, band=band),
        rubric=replace(record.rubric, bands=bands),
    )


@pytest.mark.parametrize(
    "sample, value",
    [
        ("mixed", "2.5 / 7"),
        ("perfect", "7 / 7"),
        ("empty", "0 / 7"),
        ("edition_2016", "1 / 14"),
        ("in_progress", "in progress"),
        ("partial", "0 / 7, partial"),
        ("cut_short", "at least 0 / 7"),
        ("hostile", "2.5 / 7"),
    ],
)
def test_value(sample, value):
    record = getattr(sample_records, sample)()
    assert texts(record) == ["ML Test Score", value]
    certain = record.run.complete
    assert (ink(record) == UNKNOWN_INK) == (not certain)


def test_an_undecided_gate_is_said():
    record = replace(mixed(), gate=replace(mixed().gate, status="undecided"))
    assert texts(record)[1] == "2.5 / 7, undecided"
    assert ink(record) == UNKNOWN_INK


@pytest.mark.parametrize("place", range(6))
def test_colour_follows_the_place_of_the_band(place):
    assert ink(in_band(BANDS[place])) == BAND_INKS[place]


def test_colour_of_other_ladders():
    ladder = tuple(Band(key=k, up_to=float(n), text="") for n, k in enumerate("xyz"))
    found = [ink(in_band(band, ladder)) for band in ladder]
    assert found == [BAND_INKS[0], BAND_INKS[2], BAND_INKS[5]]
    assert ink(in_band(ladder[0], ladder[:1])) == BAND_INKS[0]
    assert ink(in_band(BANDS[0], ladder)) == UNKNOWN_INK


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*BAND_INKS, UNKNOWN_INK, LABEL_INK])
def test_contrast_with_white(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_title_for_those_who_do_not_see_it():
    root = drawn(mixed())
    title = root.find(f"{SVG}title").text
    assert title == (
        "ML Test Score of churn: 2.5 of 7; reasonably tested; more could be automated; gate failed"
    )
    assert root.get("role") == "img"
    assert root.get("aria-label") == title


def test_text_stays_inside():
    root = drawn(sample_records.cut_short())
    width = float(root.get("width"))
    for text in root.iter(f"{SVG}text"):
        assert float(text.get("x")) + float(text.get("textLength")) < width


def test_hostile_text_and_nothing_to_load():
    root = drawn(hostile())
    assert {e.tag for e in root.iter()} == {
        SVG + tag for tag in ("svg", "title", "rect", "path", "g", "text")
    }
    names = {name for e in root.iter() for name in e.attrib}
    assert not any(n.startswith("on") or "href" in n or n in ("style", "class") for n in names)
    assert len(render(mixed())) < 1000
