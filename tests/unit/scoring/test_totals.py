"""Section sums, the minimum over them, and the band in words."""

from __future__ import annotations

import pytest

from pytest_mltestscore.scoring.totals import band_of, final_score, section_scores
from strategies import BANDS_2017, EDITION_2016, PAPER, attestation, by_sums, row, rubric, score

HALF_POINTS = {
    0.0: "research",
    0.5: "holes",
    1.0: "holes",
    1.5: "first-pass",
    2.0: "first-pass",
    2.5: "reasonable",
    3.0: "reasonable",
    3.5: "strong",
    4.0: "strong",
    4.5: "strong",
    5.0: "strong",
    5.5: "exceptional",
    6.0: "exceptional",
    6.5: "exceptional",
    7.0: "exceptional",
}


@pytest.mark.parametrize("final,band", HALF_POINTS.items())
def test_the_band_of_every_half_point(final, band):
    assert band_of(final, BANDS_2017).key == band


@pytest.mark.parametrize("final,band", HALF_POINTS.items())
def test_every_half_point_can_be_reached(final, band):
    found = by_sums(final, 7, 7, 7).score
    assert (found.final, found.band.key) == (final, band)


@pytest.mark.parametrize("final,band", HALF_POINTS.items())
def test_the_edition_of_2016_gives_exactly_twice_the_score_in_the_same_band(final, band):
    evidence = by_sums(final, 7, 7, 7, rubric=EDITION_2016)
    assert (evidence.score.final, evidence.score.band.key) == (2 * final, band)
    assert evidence.score.max == 14


def test_a_score_above_every_band_is_an_error_and_not_the_highest_band():
    with pytest.raises(ValueError, match=r"^score 7\.5 lies above every band of the rubric$"):
        band_of(7.5, BANDS_2017)


@pytest.mark.parametrize(
    "sums,final,band,limiting",
    [
        ((7, 7, 7, 0), 0.0, "research", ("monitor",)),
        ((1, 3, 3, 3), 1.0, "holes", ("data",)),
        ((2, 7, 7, 7), 2.0, "first-pass", ("data",)),
        ((3, 3, 3, 3), 3.0, "reasonable", ("data", "model", "infra", "monitor")),
        ((7, 3.5, 4, 7), 3.5, "strong", ("model",)),
        ((5, 6, 5, 5.5), 5.0, "strong", ("data", "infra")),
        ((5.5, 5.5, 6, 7), 5.5, "exceptional", ("data", "model")),
        ((7, 7, 7, 7), 7.0, "exceptional", ("data", "model", "infra", "monitor")),
        ((4, 3, 5, 1.5), 1.5, "first-pass", ("monitor",)),
        ((0, 0, 0, 0), 0.0, "research", ("data", "model", "infra", "monitor")),
    ],
)
def test_golden_vectors(sums, final, band, limiting):
    record = by_sums(*sums)
    assert tuple(s.score for s in record.sections) == sums
    assert record.score.final == record.score.implemented == final
    assert record.score.band.key == band
    assert record.score.limiting_sections == limiting
    assert record.score.max == 7


def test_no_evidence_at_all_is_zero():
    record = score()
    assert record.score.final == record.score.implemented == 0.0
    assert [(s.score, s.max) for s in record.sections] == [(0.0, 7.0)] * 4
    assert isinstance(record.sections[0].score, float)


def test_implemented_takes_its_own_minimum():
    failing = {f"{s}-1": [row(f"{s}.py::t", "failed", phase="call")] for s in ("data", "model")}
    passing = {f"{s}-{n}": [row(f"{s}.py::t{n}")] for s in ("infra", "monitor") for n in (1, 2)}
    record = score(failing | passing, attestations=[attestation("data-2")])
    assert (record.score.final, record.score.implemented) == (0.0, 1.0)
    assert [s.score for s in record.sections] == [0.5, 0, 2, 2]
    assert [s.implemented for s in record.sections] == [1.5, 1, 2, 2]
    assert record.score.limiting_sections == ("model",)


def test_the_highest_score_is_that_of_the_smallest_section():
    small = rubric((3, 2))
    assert score(by=small).score.max == 2
    assert [s.max for s in score(by=small).sections] == [3, 2]


def test_sections_keep_their_titles_and_count_only_their_own_items():
    items = score({"data-1": [row()]}).items
    implemented = {item.id: 1.0 if item.id == "model-3" else 0.0 for item in PAPER.items}
    sections = section_scores(PAPER, items, implemented)
    assert [(s.id, s.title, s.long_title) for s in sections] == [
        (s.id, s.title, s.long_title) for s in PAPER.sections
    ]
    assert [s.score for s in sections] == [1, 0, 0, 0]
    assert [s.implemented for s in sections] == [0, 1, 0, 0]
    assert final_score(PAPER, sections[:1]).final == 1.0
