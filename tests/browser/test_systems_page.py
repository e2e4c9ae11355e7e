"""The page that leads to several systems, in a real browser."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import sample_records as samples
from pytest_mltestscore.reporters.to_html import render_index

WIDTHS = [1280, 640, 390, 320]


def index(*makers):
    """Return the page of these samples, each under a name of its own."""
    records = [replace(make(), system=make.__name__) for make in makers]
    return render_index([(record, f"score-{record.system}.html") for record in records])


EVERY = (
    samples.mixed,
    samples.perfect,
    samples.empty,
    samples.partial,
    samples.cut_short,
    samples.in_progress,
)
HOSTILE = render_index([(samples.hostile(), "score-x.html"), (samples.mixed(), "score-y.html")])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", [index(*EVERY), HOSTILE], ids=["every", "hostile"])
def test_nothing_is_fetched_nothing_goes_wrong_and_axe_finds_nothing(show, axe, page, theme):
    page = show(page, color_scheme=theme)
    assert page.trouble == []
    assert page.asked == ["/"]
    found = axe.run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", [index(*EVERY), HOSTILE], ids=["every", "hostile"])
def test_it_fits_every_width(show, page, width):
    page = show(page, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_says_how_the_systems_stand(show):
    page = show(index(samples.mixed, samples.perfect))
    assert page.locator("h1").inner_text() == "2 systems: 1 failed, 1 without a gate"
    first = page.locator(".systems > li").first
    assert first.bounding_box()["y"] + first.bounding_box()["height"] < 720
    for words in ("mixed", "2.5", "of 7", "Gate failed", "Monitoring"):
        assert words in first.inner_text()
    assert page.get_by_role("link", name="perfect").get_attribute("href") == "./score-perfect.html"


def test_a_host_that_forbids_style_still_shows_everything(show):
    page = show(index(samples.mixed, samples.perfect), policy="sandbox; style-src 'self'")
    text = page.inner_text("main")
    for words in ("mixed", "2.5 of 7", "Gate failed", "lowest", "perfect", "No gate was asked for"):
        assert words in text
