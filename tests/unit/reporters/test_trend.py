"""Earlier scores in the reports: drawn, in words and as numbers, or not at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests import sample_records
from tests.sample_records import HOSTILE_TEXT, mixed

from pytest_mltestscore.domain.record import TrendPoint
from pytest_mltestscore.reporters import find
from pytest_mltestscore.reporters._html_trend import DRAWN, ROWS
from pytest_mltestscore.reporters._svg import CURVE_HEIGHT, CURVE_WIDTH, curve
from pytest_mltestscore.reporters._trend import trend
from pytest_mltestscore.reporters.sparkline import BLOCKS, PLAIN, sparkline
from pytest_mltestscore.reporters.to_terminal import summary

SCORES = st.lists(st.integers(0, 14).map(lambda half: half / 2), min_size=1, max_size=200)


def point(started_at, final=1.0, commit="a" * 40):
    return TrendPoint(started_at=started_at, final=final, sections={}, commit=commit)


def having(*points):
    """Return a record of 2026-03-02T08:15:30Z with a score of 2.5 and these before it."""
    return replace(mixed(), trend=points)


def in_terminal(record, **options):
    rows = ("".join(span.text for span in line) for line in summary(record, **options))
    return [row for row in rows if row.startswith("Trend:")]


class TestWords:
    @pytest.mark.parametrize(
        "points,expected",
        [
            ([("2026-01-31T08:00:00+00:00", 1.0)], "1 -> 2.5 over 30 days, 2 runs"),
            ([("2026-03-01T08:15:30Z", 4.0)], "4 -> 2.5 over 1 day, 2 runs"),
            ([("2026-03-02T08:15:00+01:00", 2.5)], "unchanged at 2.5 within a day, 2 runs"),
            (
                [("2026-02-01T08:15:30Z", 2.5), ("2026-02-02T08:15:30Z", 3.0)],
                "2.5 -> 2.5 over 29 days, 3 runs",
            ),
            ([("yesterday", 1.0)], "1 -> 2.5, 2 runs"),
            ([("2026-01-31T08:00:00", 1.0)], "1 -> 2.5, 2 runs"),
            ([("9999-12-31T23:59:59-23:59", 1.0)], "1 -> 2.5, 2 runs"),
            ([("2026-04-01T08:15:30Z", 1.0)], "1 -> 2.5, 2 runs"),
        ],
    )
    def test_from_what_to_what_in_what_time(self, points, expected):
        assert trend(having(*(point(*p) for p in points))).in_words() == expected

    def test_the_run_itself_comes_last(self):
        found = trend(mixed())
        assert found.finals == [0.5, 1.0, 1.5, 2.0, 2.5, 1.0, 2.0, 2.5]
        assert found.points[-1].sections == {s.id: s.score for s in mixed().sections}

    def test_no_trend_where_there_is_nothing_to_show_or_it_would_mislead(self):
        assert trend(having()) is None
        for sample in ("partial", "cut_short", "in_progress"):
            record = replace(getattr(sample_records, sample)(), trend=mixed().trend)
            assert trend(record) is None


class TestEverywhere:
    def test_in_the_terminal(self):
        words = "0.5 -> 2.5 over 56 days, 8 runs"
        assert in_terminal(mixed()) == [f"Trend:   _-+*@-*@ {words}"]
        assert in_terminal(mixed(), encoding="utf-8") == [f"Trend:   ▁▃▅▆█▃▆█ {words}"]
        assert in_terminal(mixed(), width=44) == [f"Trend:   {words}"]
        assert in_terminal(having()) == []

    def test_a_long_one_takes_one_line(self):
        months = [point(f"2025-{m:02}-01T00:00:00Z", m / 2) for m in range(1, 13)] * 20
        (row,) = in_terminal(having(*months))
        assert row.endswith(" 0.5 -> 2.5, 241 runs")
        assert len(row) <= 80

    def test_in_markdown(self):
        expected = "**Trend:** ▁▃▅▆█▃▆█ 0.5 → 2.5 over 56 days, 8 runs\n"
        assert expected in find("md").render(mixed())
        assert "Trend" not in find("md").render(having())

    def test_on_the_page(self):
        html = find("html").render(mixed())
        assert "</svg>0.5 → 2.5 over 56 days, 8 runs</a>" in html
        _, _, table = html.partition("<caption>Complete runs, the newest first</caption>")
        rows = re.findall(r"<tr><th scope=row>(.*)<td><code>(.*)</code><td>(.*)", table)
        assert len(rows) == 8
        assert rows[0] == ("2026-03-02 08:15", "1a2b3c4", "2.5")
        assert rows[-1] == ("2026-01-05 06:30", "1111111", "0.5")
        page = find("html").render(having())
        assert "_trend" not in page
        assert "newest first" not in page

    def test_a_long_one_stays_small_on_the_page(self):
        months = [point(f"2025-{m:02}-01T00:00:00Z", m / 2) for m in range(1, 13)] * 1000
        html = find("html").render(having(*months))
        (drawn,) = re.findall(r'<path stroke-width=2 d="(.*?)"/>', html)
        assert drawn.count("L") == DRAWN - 1
        assert f"And {12_001 - ROWS:,} runs more, in the JSON record." in html
        assert len(html.encode()) < 100_000

    def test_hostile_texts_stay_texts(self):
        record = having(point(HOSTILE_TEXT, 1.0, commit=HOSTILE_TEXT))
        html = find("html").render(record)
        assert "<script" not in html
        assert "&lt;/script&gt;&lt;script&gt;alert(1)" in html
        assert in_terminal(record)


class TestLine:
    @given(SCORES, st.integers(1, 40), st.sampled_from(["utf-8", "ascii", "no-such"]))
    def test_a_line_fits_and_its_ends_are_right(self, values, width, encoding):
        drawn = sparkline(values, width, encoding)
        assert len(drawn) == min(len(values), width)
        ramp = BLOCKS if encoding == "utf-8" else PLAIN
        assert set(drawn) <= set(ramp)
        if len(values) <= width and len(set(values)) > 1:
            assert drawn[values.index(max(values))] == ramp[-1]
            assert drawn[values.index(min(values))] == ramp[0]

    @given(st.lists(st.integers(0, 14), min_size=2, max_size=30))
    def test_what_is_higher_is_never_drawn_lower(self, values):
        drawn = [BLOCKS.index(c) for c in sparkline(values, 30)]
        for value, level in zip(values, drawn, strict=True):
            for other, its_level in zip(values, drawn, strict=True):
                assert value <= other or level >= its_level

    def test_nothing(self):
        assert sparkline([], 10) == ""


class TestCurve:
    @given(SCORES)
    def test_it_stays_inside(self, values):
        places = [n / max(len(values) - 1, 1) for n in range(len(values))]
        drawn = curve(values, places, 7.0)
        numbers = [tuple(map(float, p.split())) for p in drawn.path[1:].split("L")]
        assert all(0 <= x <= CURVE_WIDTH and 0 <= y <= CURVE_HEIGHT for x, y in numbers)
        assert numbers[-1] == (drawn.x, drawn.y)

    def test_more_is_higher_up_and_later_is_further_right(self):
        assert curve([0.0, 3.5, 7.0], [0.0, 0.25, 1.0], 7.0).path == "M4 52L57 28L216 4"

    def test_a_rubric_without_points(self):
        assert curve([0.0], [1.0], 0.0).path == "M216 52"

    def test_runs_at_one_moment_are_drawn_side_by_side(self):
        record = having(point("2026-03-02T08:15:30Z"), point("2026-03-02T08:15:30Z"))
        assert 'd="M4 45.1L110 45.1L216 34.9"' in find("html").render(record)
