"""Section sums, the final score and its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain.record import ItemScore, Score, SectionScore
from ..domain.rubric import Band, Credit, Rubric


def section_scores(
    rubric: Rubric, items: Sequence[ItemScore], implemented: Mapping[str, float]
) -> tuple[SectionScore, ...]:
    """Sum the points of each section; a section without evidence is 0."""
    return tuple(
        SectionScore(
            id=section.id,
            title=section.title,
            long_title=section.long_title,
            score=sum((i.points for i in items if i.section == section.id), 0.0),
            implemented=sum((implemented[i.id] for i in items if i.section == section.id), 0.0),
            max=_maximum(section.id, items, rubric.credit),
        )
        for section in rubric.sections
    )


def _maximum(section: str, items: Sequence[ItemScore], credit: Credit) -> float:
    return sum(i.section == section for i in items) * credit.automated


def final_score(rubric: Rubric, sections: Sequence[SectionScore]) -> Score:
    """Take the minimum over the sections, as the paper does, and name those that set it."""
    final = min(s.score for s in sections)
    return Score(
        final=final,
        implemented=min(s.implemented for s in sections),
        max=min(s.max for s in sections),
        band=band_of(final, rubric.bands),
        limiting_sections=tuple(s.id for s in sections if s.score == final),
    )


def band_of(final: float, bands: Sequence[Band]) -> Band:
    """Return the band of a score. Bands are ascending and closed on the right.

    Raises
    ------
    ValueError
        If the score lies above every band.
    """
    for band in bands:
        if final <= band.up_to:
            return band
    raise ValueError(f"score {final} lies above every band of the rubric")
