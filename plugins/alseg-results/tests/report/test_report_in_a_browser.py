"""The page in a real browser, without a network: no complaint, charts drawn, controls at work, also on a phone.

``open_page`` fails a test where the page writes to the console or asks for anything beyond its own file.
"""

from itertools import pairwise

import pytest


def redrawn(page, act):
    """Do something that draws the charts anew and wait for it."""
    before = page.evaluate("document.documentElement.dataset.drawn")
    act()
    page.wait_for_function("before => document.documentElement.dataset.drawn !== before", arg=before)


def lines(page, dataset="hippocampus"):
    figure = page.locator(f"figure[data-chart='learning-curves'][data-dataset='{dataset}']")
    return figure.locator("svg .mark-line path[stroke-width='2']").count()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_chart_is_drawn_and_nothing_is_wider_than_the_screen(open_page, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    figures = page.locator("figure[data-chart]")
    assert figures.count() >= 12
    for place in range(figures.count()):
        figure = figures.nth(place)
        assert figure.locator(".drawing svg path").count() > 0, figure.locator("h3").inner_text()
        assert figure.locator(".empty").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width == 1280:
        boxes = "[...document.querySelectorAll('.table .scroll')]"
        wider = f"{boxes}.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"
        assert page.evaluate(wider) == []


def test_choosing_strategies_and_datasets_leaves_out_their_lines_rows_and_charts(open_page):
    page = open_page()
    rows = page.locator("table[id^=rounds-] tbody tr:visible")
    assert (lines(page), rows.count()) == (3, 6)
    redrawn(page, lambda: page.get_by_role("checkbox", name="entropy").uncheck())
    assert (lines(page), rows.count()) == (2, 4)
    redrawn(page, lambda: page.get_by_role("checkbox", name="phantom (synthetic data)").uncheck())
    assert rows.count() == 2
    assert page.locator("figure[data-dataset='phantom']:visible").count() == 0
    redrawn(page, lambda: page.get_by_role("button", name="None").click())
    assert page.locator("figure[data-dataset='hippocampus'] .empty:visible").count() > 0
    redrawn(page, lambda: page.get_by_role("button", name="All", exact=True).click())
    assert lines(page) == 3


def test_the_curves_follow_metric_class_axis_and_band(open_page):
    page = open_page()
    figure = page.locator("figure[data-chart='learning-curves'][data-dataset='hippocampus']")
    figure.locator("summary").click()
    last = figure.locator("tbody tr", has_text="random").last
    assert last.locator("td").all_inner_texts()[:2] == ["28", "0.833"]  # (0.82 + 0.833 + 0.846) / 3
    redrawn(page, lambda: page.get_by_role("combobox", name="Class").select_option("left"))
    redrawn(page, lambda: page.get_by_role("combobox", name="Horizontal axis").select_option("round"))
    redrawn(page, lambda: page.get_by_role("combobox", name="Spread").select_option("none"))
    redrawn(page, lambda: page.get_by_role("combobox", name="Metric").select_option("sensitivity"))
    assert figure.locator(".measured").inner_text() == "sensitivity, class left, validation"
    assert last.locator("td").all_inner_texts()[:4] == ["5", "0.733", "0.733", "0.733"]


def test_the_full_data_score_is_a_line_where_it_was_measured(open_page):
    page = open_page()
    curves = "figure[data-chart='learning-curves'][data-dataset='{}'] .drawing svg"
    assert "full data: 0.900" in page.locator(curves.format("hippocampus")).text_content()
    assert "full data" not in page.locator(curves.format("phantom")).text_content()


def test_tables_sort_by_number_and_by_name_and_say_so(open_page):
    page = open_page()
    header = page.locator("#whole-0 th", has_text="AUBC")
    names = page.locator("#whole-0 tbody th")
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert names.first.inner_text() == "strided:block_size=5"
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    assert names.first.inner_text() == "entropy"
    assert "sorted by AUBC" in page.get_by_role("status").inner_text()


def test_a_table_is_copied_as_latex_as_it_stands(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    redrawn(page, lambda: page.get_by_role("checkbox", name="phantom (synthetic data)").uncheck())
    page.locator(".table", has=page.locator("#rounds-0")).get_by_role("button", name="Copy as LaTeX").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == r"\begin{table}"
    assert r"strategy & 0 (8) & 1 (12) & 2 (16) & 3 (20) & 4 (24) & 5 (28) \\" in copied
    assert any(r"strided:block\_size=5 & " in line and r"\textbf{0.856 $\pm$ 0.016} \\" in line for line in copied)
    assert not any("phantom" in line for line in copied)
    assert copied[-1] == r"\end{table}"


def test_the_page_can_be_used_with_the_keyboard_alone(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the results"
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="random").focus()
    redrawn(page, lambda: page.keyboard.press("Space"))
    assert lines(page) == 2
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    unreachable = (
        "[...document.querySelectorAll('button, select, input, summary, .scroll')].filter((e) => e.tabIndex < 0)"
    )
    assert page.evaluate(f"{unreachable}.length") == 0


def test_a_screen_reader_finds_landmarks_names_and_table_heads(open_page):
    page = open_page()
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    levels = [int(tag[1]) for tag in page.locator("h1, h2, h3").evaluate_all("all => all.map((e) => e.tagName)")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    drawings = page.locator(".drawing")
    assert all(drawings.nth(k).get_attribute("role") == "img" for k in range(drawings.count()))
    assert all(len(drawings.nth(k).get_attribute("aria-label")) > 40 for k in range(drawings.count()))
    tables = page.locator("main table")
    for place in range(tables.count()):
        table = tables.nth(place)
        assert table.locator("caption").count() == 1
        assert table.locator("thead th[scope=col]").count() == table.locator("thead th").count()
        assert table.locator("tbody th[scope=row]").count() == table.locator("tbody tr").count()


def test_the_appearance_can_be_chosen_against_the_system(open_page):
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    redrawn(page, lambda: page.get_by_role("combobox", name="Appearance").select_option("light"))
    assert (dark, page.evaluate(ground)) == ("rgb(18, 23, 30)", "rgb(255, 255, 255)")


def test_on_a_phone_the_choices_are_folded_until_they_are_wanted(open_page):
    page = open_page(width=390, height=844)
    assert page.get_by_role("combobox", name="Metric").is_hidden()
    page.get_by_text("Choose what is shown").click()
    assert page.get_by_role("combobox", name="Metric").is_visible()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_each_chart_says_which_line_is_whose_so_that_a_picture_of_it_does_too(open_page, width):
    page = open_page(width=width)
    figure = page.locator("figure[data-chart='learning-curves'][data-dataset='hippocampus']")
    named = figure.locator(".key li:visible")
    assert len(set(named.all_inner_texts())) == lines(page) == 3
    if width < 960:
        page.locator("#choose > summary").click()
    redrawn(page, lambda: page.get_by_role("checkbox", name="entropy").uncheck())
    assert named.count() == lines(page) == 2


def test_without_javascript_the_tables_are_there(chromium, page_file):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("table[id^=rounds-] tbody tr:visible").count() == 6
    assert page.get_by_text("need JavaScript").is_visible()
    context.close()
