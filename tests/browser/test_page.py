"""The HTML report in a real browser."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

import check_tables
import sample_records as samples
from pytest_mltestscore.reporters import to_html_dir

JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"
"""What Jenkins sends with every report unless an administrator relaxes it."""

PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 360}
"""A window of 1280 by 720 at a zoom of 200 %."""
WIDTHS = {
    "desk": {"width": 1280, "height": 720},
    "zoomed": ZOOMED,
    "phone": PHONE,
    "smallest": {"width": 320, "height": 568},
}

THEMES = ["light", "dark"]
RECORDS = [
    samples.mixed,
    samples.perfect,
    samples.pooled,
    samples.in_progress,
    samples.cut_short,
    samples.hostile,
    check_tables.charted,
    check_tables.hostile_charted,
]


def shown(page):
    """Return ids of the items whose line can be seen."""
    return page.locator("details.item").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.querySelector('div').id)"
    )


def is_open(page, item_id):
    return page.locator(f"details:has(> #{item_id})").get_attribute("open") is not None


def choose(page, name):
    page.locator("label", has_text=name).first.click()


# Nothing but a page


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sample", RECORDS, ids=lambda sample: sample.__name__)
def test_nothing_is_fetched_and_nothing_goes_wrong(show, sample, theme):
    page = show(sample(), color_scheme=theme)
    page.wait_for_load_state("networkidle")
    assert page.asked == ["/"]
    assert page.trouble == []


def test_the_style_sheet_is_accepted_under_the_policy_of_the_page(show):
    page = show(samples.mixed())
    size = page.locator(".score").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size > 60


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_follows_the_reader(show, theme):
    page = show(samples.mixed(), color_scheme=theme)
    background = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[theme]


@pytest.mark.parametrize("sample", [samples.hostile, check_tables.hostile_charted])
def test_hostile_texts_stay_texts(show, sample):
    page = show(sample())
    assert page.locator("script, img, iframe, object, embed, form").count() == 0
    inline = "Array.from(document.querySelectorAll('*')).flatMap(e => e.getAttributeNames())"
    names = page.evaluate(inline)
    assert not [name for name in names if name.startswith("on") or name == "style"]
    assert "<img src=x onerror=alert(1)>" in page.inner_text("body")
    assert page.trouble == []
    assert page.asked == ["/"]


# Everyone can read it


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sample", RECORDS, ids=lambda sample: sample.__name__)
def test_axe_finds_nothing(show, axe, sample, theme):
    page = show(sample(), color_scheme=theme)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    report = axe.run(page, options={"resultTypes": ["violations"]})
    assert report.violations_count == 0, report.generate_report()


def test_axe_finds_nothing_on_a_phone(show, axe):
    page = show(samples.mixed(), viewport=PHONE)
    report = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa", "best-practice"]})
    assert report.violations_count == 0, report.generate_report()


@pytest.mark.parametrize(
    "how",
    [
        {"forced_colors": "active"},
        {"viewport": {"width": 360, "height": 740}},
        {"viewport": ZOOMED},
    ],
    ids=["forced-colours", "phone", "zoomed"],
)
def test_axe_finds_nothing_however_it_is_read(show, axe, how):
    page = show(check_tables.charted(), **how)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    report = axe.run(page, options={"resultTypes": ["violations"]})
    assert report.violations_count == 0, report.generate_report()


def test_the_first_screen_needs_no_scrolling(show):
    page = show(samples.mixed())
    box = page.locator(".summary").bounding_box()
    assert box["y"] + box["height"] <= 720
    for part in (".score", ".band", ".verdict", ".sections", ".steps"):
        assert page.locator(part).is_visible()


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("sample", RECORDS, ids=lambda sample: sample.__name__)
def test_no_width_makes_the_page_scroll_sideways(show, sample, size):
    page = show(sample(), viewport=size)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_what_can_be_pressed_is_large_enough(show, size):
    page = show(samples.mixed(), **({"viewport": size} if size else {}))
    small = page.locator("nav a, .steps a, .sections .name, summary, label").evaluate_all(
        """all => all.filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect().height])
            .filter(([_, height]) => height < 24)"""
    )
    assert small == []


def test_the_keyboard_reaches_everything(show):
    page = show(samples.mixed())
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the result"
    assert skip.bounding_box()["x"] >= 0
    page.locator("#f-all").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#f-failing").is_checked()
    outline = page.locator("#f-failing + span").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    page.locator("details.failing > summary").focus()
    page.keyboard.press("Enter")
    assert not is_open(page, "model-6")


def test_forced_colours_keep_bars_and_shapes_apart(show):
    page = show(samples.mixed(), forced_colors="active")
    fills = page.evaluate(
        """['.track', '.full'].map(
            name => getComputedStyle(document.querySelector(name)).fill)"""
    )
    assert fills[0] != fills[1]


def test_a_screen_reader_is_told_what_the_bars_say(show):
    page = show(samples.mixed())
    names = [page.get_by_role("img").nth(n).get_attribute("aria-label") for n in range(4)]
    assert names[1] == "Model: 2.5 of 7 points"
    assert page.get_by_role("heading", level=1).inner_text().endswith("2.5 of 7")


# Tables of checks


def test_a_check_that_is_not_as_expected_shows_its_table_at_once(show):
    page = show(check_tables.charted())
    assert page.locator("#model-6 .rows").is_visible()
    assert page.locator("#model-4 .rows").is_hidden()
    page.locator("#model-4 details", has=page.locator(".rows")).locator("summary").press("Enter")
    assert page.locator("#model-4 .rows").is_visible()


def test_drawings_stand_beside_their_numbers_and_have_the_colour_of_their_row(show):
    page = show(check_tables.charted())
    weak, sound = page.locator("#model-6 .rows tbody tr").all()[:2]
    assert weak.locator("td").all_inner_texts()[:4] == ["98", "0.61", "0.5293", "0.6483"]
    fills = [row.locator("path").evaluate("e => getComputedStyle(e).fill") for row in (weak, sound)]
    assert fills == ["rgb(176, 73, 10)", "rgb(31, 95, 174)"]
    box, row = weak.locator("svg").bounding_box(), weak.bounding_box()
    assert (box["width"], box["height"]) == (120, 16)
    assert row["y"] <= box["y"] < row["y"] + row["height"]


def test_numbers_are_aligned_to_the_right_and_words_to_the_left(show):
    page = show(check_tables.charted())
    row = page.locator("#model-6 .rows tbody tr").first
    aligned = row.locator("> *").evaluate_all("all => all.map(e => getComputedStyle(e).textAlign)")
    assert aligned == ["left", *["right"] * 4, "left", "left"]


@pytest.mark.parametrize("forced", ["none", "active"])
def test_charts_are_drawn_in_a_colour_that_stands_out(show, forced):
    page = show(check_tables.charted(), fragment="#monitor-7", forced_colors=forced)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    chart = page.locator("#monitor-7 .chart")
    assert chart.bounding_box()["height"] == 150
    inks = chart.locator("path").evaluate_all("all => all.map(e => getComputedStyle(e).stroke)")
    back = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert back not in inks


def test_a_screen_reader_hears_the_numbers_and_no_drawings(show):
    page = show(check_tables.charted())
    heard = page.locator("#model-6 .rows").aria_snapshot()
    assert 'caption: "Line: interval; mark: score; upright: limit;' in heard
    assert 'columnheader "score"' in heard
    assert 'rowheader "region=north"' in heard
    assert 'cell "0.5293"' in heard
    assert "img" not in heard


def test_a_wide_table_scrolls_by_itself_and_by_keyboard(show):
    page = show(check_tables.charted(), viewport={"width": 320, "height": 568})
    table = page.locator("#model-6 details", has=page.locator(".rows"))
    wide, seen = table.evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert wide > seen
    table.locator("summary").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=table.element_handle(), timeout=5_000)


def test_what_goes_on_to_the_right_has_a_shadow_there_until_its_end(show):
    page = show(check_tables.charted(), viewport={"width": 320, "height": 568})
    table = page.locator("#model-6 details", has=page.locator(".rows"))
    table.scroll_into_view_if_needed()

    def strip(from_the_edge):
        """A picture of a place on the line of the summary where nothing is written."""
        line = table.bounding_box()
        left = line["x"] + line["width"] - from_the_edge
        return page.screenshot(clip={"x": left, "y": line["y"] + 2, "width": 4, "height": 8})

    assert strip(6) != strip(60)
    table.evaluate("e => { e.scrollLeft = e.scrollWidth }")
    assert strip(6) == strip(60)


def test_a_test_to_paste_is_selected_whole(show):
    record = samples.mixed()
    source = "import pytest\n\n\ndef test_it():\n    assert 1 < 2"
    items = [
        replace(i, texts=replace(i.texts, example=source)) if i.id == "model-2" else i
        for i in record.items
    ]
    page = show(replace(record, items=tuple(items)), fragment="#model-2")
    page.locator("#model-2 summary").click()
    page.locator("#model-2 pre code").click(click_count=1)
    assert page.evaluate("getSelection().toString()") == source


# Finding one's way


def test_filters_by_state(show):
    page = show(samples.mixed())
    assert len(shown(page)) == 28
    choose(page, "failing")
    assert shown(page) == ["model-6"]
    choose(page, "all 28")
    assert len(shown(page)) == 28


def test_filters_by_section_and_both_together(show):
    page = show(samples.mixed())
    page.locator("label", has=page.locator("#c-1")).click()
    assert {item.rpartition("-")[0] for item in shown(page)} == {"model"}
    choose(page, "manual")
    assert shown(page) == ["model-1"]
    assert page.locator(".none").is_hidden()


def test_filters_that_leave_nothing_say_so(show):
    page = show(samples.mixed())
    choose(page, "failing")
    page.locator("label", has=page.locator("#c-0")).click()
    assert shown(page) == []
    assert page.locator(".none").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_deep_link_opens_its_item_only(show, scripts):
    page = show(samples.mixed(), fragment="#data-1", java_script_enabled=scripts)
    assert is_open(page, "data-1")
    assert not is_open(page, "data-2")
    top = page.locator("details:has(> #data-1) > summary").bounding_box()["y"]
    assert 0 <= top < 200


def test_a_next_step_leads_to_its_item_even_through_a_filter(show):
    page = show(samples.mixed())
    choose(page, "failing")
    page.locator(".steps a").first.click()
    assert is_open(page, "model-2")
    assert page.locator("#model-2").is_visible()
    assert page.locator("#model-2").bounding_box()["y"] < 720


# The fault matrix


def test_the_matrix_says_in_words_and_shapes_what_became_of_each_fault(show):
    page = show(samples.mixed(), fragment="#_proof")
    row = page.locator("#_p-infra-1")
    assert row.locator(".cells li").all_inner_texts() == [
        "unseeded_training\ncaught",
        "constant_predictions\nmissed",
    ]
    shapes = page.locator(".key li").evaluate_all(
        "all => all.map(e => getComputedStyle(e, '::before').clipPath)"
    )
    assert len({*shapes}) == len(shapes) == 5
    assert "none" not in shapes
    missed = page.locator(".cells .missed").first
    assert missed.evaluate("e => getComputedStyle(e, '::before').width") == "12px"


@pytest.mark.parametrize("theme", THEMES)
def test_missed_faults_stand_out(show, theme):
    page = show(samples.mixed(), color_scheme=theme)

    def border(verdict):
        cell = page.locator(f".cells .{verdict}").first
        return cell.evaluate("e => getComputedStyle(e).border")

    assert len({border(v) for v in ("caught", "missed", "accepted", "no-verdict")}) == 4


def test_trials_unfold_below_their_item(show):
    page = show(samples.mixed())
    row = page.locator("#_p-data-1")
    assert row.locator(".trials").is_hidden()
    row.locator("summary").press("Enter")
    trials = row.locator(".trials").inner_text()
    assert "KeyError at test_schema.py:12" in trials
    assert "rows: blanks 30 % of each column; seed 1234" in trials
    cells = row.locator(".cells").bounding_box()
    assert row.locator(".trials").bounding_box()["y"] > cells["y"] + cells["height"]


def test_the_first_screen_leads_to_the_matrix_and_the_matrix_to_its_items(show):
    page = show(samples.mixed())
    page.get_by_role("link", name="2 of 12 automated items seen to fail").click()
    assert page.locator(".proofs h2").bounding_box()["y"] < 720
    page.get_by_role("link", name="data-1 feature-schema", exact=True).click()
    assert is_open(page, "data-1")
    page.locator("#data-1 a", has_text="1 of 1 fault caught").click()
    assert page.locator("#_p-data-1").bounding_box()["y"] < 720


def test_a_screen_reader_hears_verdicts_and_no_shapes(show):
    page = show(samples.mixed())
    heard = page.locator("#_p-model-3").aria_snapshot()
    assert "listitem: constant_predictions missed" in heard
    assert "0 of 2 caught unproven" in re.sub(r"\s+", " ", heard).replace("strong: ", "")
    assert "img" not in heard


def test_a_command_is_selected_whole(show):
    page = show(samples.mixed())
    page.locator("#_p-model-3 summary").click()
    page.locator("#_p-model-3 .command").click(click_count=1)
    selected = page.evaluate("getSelection().toString()")
    assert selected.endswith("--mlscore-prove-only=constant_predictions")
    assert selected.startswith("pytest 'tests/model/test_tuning.py::test_not_at_an_edge[C, and")


def test_paper_shows_the_trials_too(show):
    page = show(samples.mixed())
    page.emulate_media(media="print")
    assert page.locator("#_p-data-1 .trials").is_visible()


# Hosts that forbid things


def test_everything_works_with_scripts_off(show):
    page = show(samples.mixed(), java_script_enabled=False)
    assert "2.5 of 7" in page.inner_text("h1")
    assert page.locator("details.item").count() == 28
    page.locator("details:has(> #data-1) > summary").click()
    assert page.locator("#data-1 table").is_visible()
    choose(page, "failing")
    assert page.locator("details:has(> #data-2)").is_hidden()
    assert page.locator("details:has(> #model-6)").is_visible()


def test_a_host_that_forbids_style_still_shows_everything(show):
    page = show(samples.mixed(), policy=JENKINS)
    assert page.locator(".score").evaluate("e => getComputedStyle(e).fontWeight") == "700"
    text = page.inner_text("main")
    for words in ("2.5 of 7", "Gate failed", "limits the score", "do metric-correlation by hand"):
        assert words in text
    assert text.index("2.5 of 7") < text.index("Gate failed") < text.index("limits the score")
    # Filters would do nothing here, so they are not offered.
    assert page.locator(".filters").is_hidden()
    assert page.locator("details.item:visible").count() == 28
    page.locator("details:has(> #data-1) > summary").click()
    assert page.locator("#data-1 table").is_visible()
    bar = page.get_by_role("img").first.bounding_box()
    assert (bar["width"], bar["height"]) == (420, 14)


def in_a_folder(*records):
    """Return the files of `html-dir`, as a server offers them."""
    files = {"/style.css": to_html_dir.render_sheet(records)}
    if len(records) == 1:
        return files | {"/": to_html_dir.render(records[0])}
    named = [(record, f"index-{number}.html") for number, record in enumerate(records)]
    pages = {f"/{name}": to_html_dir.render(record) for record, name in named}
    return files | pages | {"/": to_html_dir.render_index(named)}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sample", RECORDS, ids=lambda sample: sample.__name__)
def test_a_folder_keeps_its_looks_on_a_host_that_forbids_style(show, axe, sample, theme):
    page = show(in_a_folder(sample()), policy=JENKINS, color_scheme=theme)
    page.wait_for_load_state("networkidle")
    assert page.trouble == []
    assert page.asked == ["/", "/style.css"]
    background = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[theme]


def test_a_folder_looks_as_the_single_file_does(show):
    record = check_tables.charted()
    options = {"full_page": True, "animations": "disabled"}
    alone = show(record).screenshot(**options)
    assert show(in_a_folder(record), policy=JENKINS).screenshot(**options) == alone


def test_filters_and_links_work_in_a_folder(show):
    page = show(in_a_folder(samples.mixed()), policy=JENKINS, fragment="#data-3")
    assert is_open(page, "data-3")
    choose(page, "failing")
    assert shown(page) == ["data-3", "model-6"], "the target stays"
    page.locator("label", has=page.locator("#c-2")).click()
    assert page.locator(".none").is_visible()


def test_several_systems_share_the_sheet_of_their_folder(show):
    records = [samples.mixed(), samples.in_progress(), samples.perfect()]
    page = show(in_a_folder(*records), policy=JENKINS)
    assert page.trouble == []
    page.get_by_role("link", name="churn").first.click()
    page.wait_for_url("**/index-0.html")
    assert page.locator(".score").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 60
    assert page.trouble == []


# Paper


def test_print_opens_every_item_in_light_colours(show):
    page = show(samples.mixed(), color_scheme="dark")
    choose(page, "failing")
    page.emulate_media(media="print")
    assert page.locator("#data-1 table").is_visible()
    assert page.locator("#data-1 table").bounding_box()["height"] > 50
    assert page.locator("nav").is_hidden()
    assert page.locator(".filters").is_hidden()
    assert page.locator("details.item:visible").count() == 28, "no filter on paper"
    ink = page.locator("body").evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(26, 29, 33)"


def test_paper_shows_tables_and_snippets_in_full(show):
    page = show(check_tables.charted())
    page.emulate_media(media="print")
    for table in page.locator(".rows").all():
        assert table.is_visible()
        assert table.evaluate("e => e.parentElement.scrollWidth <= e.parentElement.clientWidth")


def test_it_prints_to_pdf(show):
    page = show(samples.mixed())
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") >= 3


def test_a_large_run_opens_too(show):
    page = show(replace(samples.large(3_000), system="large"))
    assert "large" in page.title()
    assert page.trouble == []
