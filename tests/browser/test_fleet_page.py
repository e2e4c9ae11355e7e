"""The page over all systems in a real browser, with and without its script."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

import fleet_records as records
import sample_records as samples
from pytest_mltestscore.domain.fleet import LeftOut
from pytest_mltestscore.reporters.fleet_page import render
from pytest_mltestscore.scoring.fleet import fleet_of

STRICT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Of a host that lets no script run, whatever the page says."""

WIDTHS = {
    "desk": {"width": 1280, "height": 720},
    "tablet": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 844},
    "smallest": {"width": 320, "height": 568},
}


def page_of(count, *others, **changes):
    found = [*records.systems(count), *others]
    trends = {r.system: records.trend(r) for r in found}
    return render(replace(fleet_of(found, trends, now=records.NOW), **changes))


@pytest.fixture(scope="module")
def forty():
    """Forty systems, and one of everything else that a page can hold."""
    left = LeftOut(place="records/torn.json", reason="is cut off; send it again")
    others = (
        replace(samples.partial(), system="half-done"),
        replace(samples.edition_2016(), system="of-another-rubric"),
        hostile(),
        replace(samples.hostile(), system="of-a-hostile-rubric"),
    )
    return page_of(40, *others, left_out=(left,), notes=("churn is in 2 of the sources",))


def hostile():
    """Return a record whose every text is hostile, but that can be compared with the others."""
    evil = replace(samples.hostile(), system=samples.HOSTILE_TEXT)
    run = replace(samples.mixed().run, branch=samples.HOSTILE_TEXT)
    comparable = samples.mixed().rubric
    names = [f"{samples.HOSTILE_TEXT} {n}" for n in range(3)]
    return replace(evil, rubric=comparable, run=run, extra={"owners": names})


def rows(page, table="table.fleet"):
    """Return the texts of the rows that can be seen, by cells."""
    return page.locator(table).first.evaluate(
        "t => [...t.tBodies[0].rows].filter(r => r.checkVisibility())"
        ".map(r => [...r.cells].map(c => c.innerText))"
    )


def column(page, number, table="table.fleet"):
    return [cells[number] for cells in rows(page, table)]


def press(page, head, table="table.fleet"):
    page.locator(table).first.locator("thead button", has_text=re.compile(f"^{head}$")).click()


def scores(page):
    return [float(text.split()[0]) for text in column(page, 1)]


# Nothing but a page


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_fetched_and_nothing_goes_wrong(show, forty, theme, script):
    page = show(forty, color_scheme=theme, java_script_enabled=script)
    page.wait_for_load_state("networkidle")
    assert page.asked == ["/"]
    assert page.trouble == []
    assert page.locator("table.fleet").first.locator("tbody tr").count() == 41


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("forced", ["none", "active"])
def test_nothing_is_wider_than_the_screen(show, forty, width, forced):
    page = show(forty, viewport=width, forced_colors=forced)
    assert page.evaluate("document.documentElement.scrollWidth") <= width["width"]


def test_the_summary_fits_on_the_first_screen(show, forty):
    page = show(forty)
    box = page.locator(".summary").bounding_box()
    assert box["y"] + box["height"] <= 720


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desk", "phone"])
def test_axe_finds_nothing(show, axe, forty, theme, width):
    page = show(forty, color_scheme=theme, viewport=WIDTHS[width])
    found = axe.run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("count", [0, 1, 1_000])
def test_any_number_of_systems_makes_a_page(show, count):
    page = show(page_of(count))
    assert page.trouble == []
    assert page.locator("table.fleet tbody tr").count() == count
    assert page.locator("h1").inner_text().startswith(f"{count:,}" if count else "No system")


# Without the script


@pytest.mark.parametrize("how", [{"java_script_enabled": False}, {"policy": STRICT}])
def test_all_can_be_read_where_no_script_runs(show, forty, how):
    page = show(forty, **how)
    assert len(rows(page)) == 41
    assert scores(page) == sorted(scores(page))
    assert page.locator("thead button").count() == 0
    assert not page.locator("#_q").is_visible()
    assert page.get_by_text("half-done").is_visible()
    assert page.get_by_text("records/torn.json").is_visible()
    assert page.get_by_text("of-another-rubric").is_visible()


# Sorting


def test_a_press_on_a_head_sorts_and_another_one_turns_it_around(show, forty):
    page = show(forty)
    press(page, "System")
    names = column(page, 0)
    assert names[1:] == sorted(names[1:])
    assert names[0].startswith("</script>")
    head = page.locator("table.fleet thead th").first
    assert head.get_attribute("aria-sort") == "ascending"
    press(page, "System")
    assert column(page, 0) == names[::-1]
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("table.fleet").first.locator("th[aria-sort]").count() == 1


@pytest.mark.parametrize(
    "head, number, ascending, value",
    [
        ("Score", 1, False, lambda text: float(text.split()[0])),
        ("Model", 5, True, lambda text: float(re.match(r"[\d.]+", text)[0])),
        ("Failing", 8, False, int),
        ("Last scored", 10, True, lambda text: text.split()[0]),
        ("Change", 2, True, lambda text: float(text.replace("−", "-").replace("same", "0"))),
    ],
)
def test_numbers_and_times_are_sorted_as_such(show, forty, head, number, ascending, value):
    page = show(forty)
    press(page, head)
    found = [value(text) for text in column(page, number)]
    assert found == sorted(found, reverse=not ascending)
    assert len(set(found)) > 1


def test_sorting_works_by_keyboard(show, forty):
    page = show(forty)
    page.locator("table.fleet thead button", has_text="Failing").first.focus()
    page.keyboard.press("Enter")
    found = [int(text) for text in column(page, 8)]
    assert found == sorted(found, reverse=True)


def test_items_can_be_sorted_too(show, forty):
    page = show(forty)
    press(page, "Failing", "table.items")
    heads = page.locator("table.items").first.locator("thead th").all_inner_texts()
    number = next(n for n, head in enumerate(heads) if head.startswith("Failing"))
    found = [int(text) for text in column(page, number, "table.items")]
    assert found == sorted(found, reverse=True)


def test_a_phone_has_a_list_of_what_to_sort_by(show, forty):
    page = show(forty, viewport=WIDTHS["phone"])
    page.locator("#_sort").select_option(label="Failing")
    found = [int(text.split()[-1]) for text in column(page, 8)]
    assert found == sorted(found, reverse=True)


# Searching


@pytest.mark.parametrize(
    "words, fits",
    [
        ("fraud", lambda cells: "fraud" in cells[0]),
        ("SERVING team", lambda cells: "Serving team" in cells[0]),
        ("master", lambda cells: "master" in cells[11]),
        ("strong", lambda cells: "strong" in cells[1]),
        ("stale", lambda cells: "stale" in cells[10]),
        ("band:holes", lambda cells: "holes" in cells[1]),
        ("is:stale", lambda cells: "stale" in cells[10]),
        (
            "gate:passed branch:main",
            lambda cells: (cells[9], "main" in cells[11]) == ("passed", True),
        ),
        ("failed main", lambda cells: cells[9] == "failed" and "main" in cells[11]),
    ],
)
def test_a_search_shows_what_has_all_its_words(show, words, fits):
    page = show(page_of(40))
    expected = [cells[0] for cells in rows(page) if fits(cells)]
    page.locator("#_q").fill(words)
    assert 0 < len(expected) < 40
    assert column(page, 0) == expected
    assert page.locator("#_found").inner_text() == f"{len(expected)} of 40 systems"


def test_a_search_without_a_hit_says_so_and_escape_ends_it(show, forty):
    page = show(forty)
    page.locator("#_q").fill("no such system")
    assert rows(page) == []
    assert page.locator("#_found").inner_text() == "No system is like that"
    page.keyboard.press("Escape")
    assert len(rows(page)) == 41


def test_owners_that_are_not_shown_are_found(show):
    record = records.system(3)
    many = replace(record, extra={"owners": ["a", "b", "c", "Zenobia"]})
    page = show(page_of(0, many, records.system(4)))
    page.locator("#_q").fill("zenobia")
    assert len(rows(page)) == 1


def test_a_band_in_the_summary_leads_to_its_systems(show, forty):
    page = show(forty)
    page.locator(".bands button", has_text="strong").click()
    assert {text.split()[1] for text in column(page, 1)} == {"strong"}
    page.locator(".bands button", has_text="strong").click()
    assert len(rows(page)) == 41


def test_what_is_stale_or_failed_leads_to_its_systems(show):
    page = show(page_of(40))
    for words, number, found in (("stale system", 10, "stale"), ("gates? failed", 9, "failed")):
        page.locator(".facts-line button", has_text=re.compile(words)).click()
        assert {found in text for text in column(page, number)} == {True}


def test_the_weakest_items_lead_to_their_rows(show, forty):
    page = show(forty)
    link = page.locator(".worst a").first
    link.click()
    assert page.locator("tr:target th").inner_text().startswith(link.inner_text())


# Hostile


def test_hostile_names_are_text_and_can_be_sorted_and_found(show):
    page = show(page_of(3, hostile()))
    for head in ("System", "Branch", "Gate"):
        press(page, head)
    page.locator("#_q").fill("</script>")
    assert len(rows(page)) == 1
    page.wait_for_load_state("networkidle")
    assert page.asked == ["/"]
    assert page.trouble == []
    assert page.locator("img, iframe, script[src]").count() == 0


def test_paper_has_every_row_and_no_search_box(show, forty):
    page = show(forty)
    page.emulate_media(media="print")
    assert len(rows(page)) == 41
    assert not page.locator("#_q").is_visible()
