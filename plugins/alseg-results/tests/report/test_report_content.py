"""What the page says: known numbers, synthetic data by its name, and bad input in a sentence."""

import itertools
import json
import re

import numpy as np
import pytest
from alseg_results.overview import look_at
from alseg_results.report.charts.chart import packed
from alseg_results.report.report import make_page, write_report
from alseg_results.report.subject import Subject
from alseg_results.report.theme import DARK, LIGHT

from alcore import AlsegError, Registry


def page_on(folder):
    return make_page(Subject(look_at(folder, Registry.installed())))


def section(page, key):
    return next((section for section in page.sections if section.key == key), None)


def table(page, key):
    return next(table for section in page.sections for table in section.tables if table.key == key)


def texts(made):
    return [[cell.text for cell in row.cells] for row in made.rows]


def contrast(one, other):
    """WCAG 2.2, contrast ratio of two colours."""

    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_asks_for(theme):
    for ground in (theme.ground, theme.raised):
        assert min(contrast(ground, text) for text in (theme.text, theme.quiet, theme.accent)) >= 4.5
    assert min(contrast(theme.ground, colour) for colour in theme.categories) >= 3
    assert contrast(theme.ramp[0], theme.on_ramp[0]) >= 4.5
    assert contrast(theme.ramp[-1], theme.on_ramp[1]) >= 4.5


# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency": what
# those see who lack one kind of cones, on linear RGB. And Ottosson's OKLab, in which 0.02 can just be told apart.
VISION = {
    "usual": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
TO_LAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
          [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_no_two_lines_are_alike_to_who_sees_fewer_colours(theme, vision):
    parts = np.array([[int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)] for colour in theme.categories])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(VISION[vision]), 0, 1)
    lab = np.cbrt(seen @ np.transpose(TO_CONES)) @ np.transpose(TO_LAB)
    apart = [np.linalg.norm(one - other) for one, other in itertools.combinations(lab, 2)]
    assert min(apart) >= 0.09


def test_the_tables_are_those_of_the_results(write_run):
    for seed, last in enumerate((0.70, 0.72, 0.74)):
        write_run([0.2, last], seed=seed)
    made = table(page_on(write_run.folder), "rounds-0")
    assert made.columns == ("strategy", "0 (8)", "1 (12)")
    assert texts(made) == [["random", "0.200 ± 0.000", "0.720 ± 0.020"]]
    assert made.title.endswith(" of hippocampus")
    assert made.about == {"dataset": "hippocampus"}


def test_packed_rows_lose_nothing_but_digits_and_turn_what_is_no_number_into_null():
    rows = [{"name": "a", "value": 0.123456789, "round": 3}, {"name": "b", "value": float("nan"), "round": 4}]
    assert json.loads(json.dumps(packed(rows), allow_nan=False))["columns"] == {
        "name": {"texts": ["a", "b"], "places": [0, 1]},
        "value": [0.12346, None],
        "round": [3, 4],
    }


def test_synthetic_data_is_called_synthetic_in_the_title_of_every_figure(benchmark_folder):
    page = page_on(benchmark_folder)
    drawings = [drawing for section in page.sections for drawing in section.charts]
    about_phantom = [drawing for drawing in drawings if drawing.dataset in (None, "phantom")]
    assert len(about_phantom) >= 7
    assert all("phantom (synthetic data)" in drawing.title for drawing in about_phantom)
    assert not any("synthetic" in drawing.title for drawing in drawings if drawing.dataset == "hippocampus")


def test_positions_and_foreground_of_queried_slices_are_counted(write_run):
    write_run([0.1, 0.2, 0.3])  # queries positions 2 and 4 of 20, with 10 and 20 foreground pixels of 100
    page = page_on(write_run.folder)
    positions = page.charts["positions"].data["cells"]
    assert {row["part"]: row["value"] for row in positions if row["value"]} == {"10–20 %": 0.5, "20–30 %": 0.5}
    assert [row["value"] for row in page.charts["foreground"].data["rounds"]] == [0.1, 0.2]


def test_cost_is_the_mean_of_a_round_by_phase(write_run):
    write_run([0.1, 0.2])
    assert texts(table(page_on(write_run.folder), "cost-0"))[0][2:] == [
        *("0.500", "0.100", "8.000", "1.000", "0.400", "10.000", "0.3")
    ]


def test_configuration_is_listed_once_where_it_is_shared(benchmark_folder):
    listings = section(page_on(benchmark_folder), "runs").listings
    assert "model.name = unet" in listings[0].text
    assert "strategy.name" not in listings[0].text
    own = next(listing for listing in listings if listing.title.startswith("Configuration: entropy on hippocampus"))
    assert "strategy.name = entropy" in own.text
    assert not any("gone.h5" in listing.text for listing in listings)


def test_the_page_holds_no_address_that_a_browser_would_fetch(page_file):
    text = page_file.read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    targets = re.findall(r"\s(?:src|href|action)=\"([^\"]*)\"", markup)
    assert len(targets) > 5
    assert [target for target in targets if not target.startswith(("#", "data:"))] == []
    assert "url(" not in markup
    assert "default-src 'none'" in markup
    assert len(text) < 6_000_000


def test_names_cannot_break_out_of_the_page(write_run, tmp_path):
    write_run([0.1, 0.2], "</script><b onclick=alert(1)>", name="hostile")
    write_report(write_run.folder, tmp_path / "report.html", Registry.installed())
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b onclick" not in text


def test_a_single_seed_one_strategy_and_one_round_are_said_to_be_so(write_run):
    write_run([0.4])
    page = page_on(write_run.folder)
    notices = " ".join(page.notices)
    assert "single seed" in notices
    assert "one strategy only" in notices
    assert "no bands" in " ".join(section(page, "curves").text)
    assert section(page, "comparison").tables == ()
    assert texts(table(page, "rounds-0")) == [["random", "0.400"]]


def test_scores_that_are_not_defined_are_dashes(write_run):
    write_run([None, 0.5])
    assert texts(table(page_on(write_run.folder), "rounds-0")) == [["random", "0.500"]]
    write_run([0.1, 0.5], "entropy")
    assert texts(table(page_on(write_run.folder), "rounds-0"))[1] == ["random", "–", "0.500"]


def test_failed_jobs_and_damaged_runs_are_named_and_the_rest_is_shown(benchmark_folder, write_run):
    assert any("the disk is full" in notice for notice in page_on(benchmark_folder).notices)
    write_run([0.1, 0.2, 0.3])
    damaged = write_run([0.1, 0.2], seed=1)
    (damaged / "rounds.jsonl").write_text("{", encoding="utf-8")
    page = page_on(write_run.folder)
    assert any("seed1" in notice for notice in page.notices)
    assert len(texts(table(page, "rounds-0"))) == 1


@pytest.mark.parametrize("metric", ["dice", "hausdorff"])
def test_bad_input_is_a_sentence_and_leaves_the_old_report_alone(write_run, tmp_path, metric):
    out = tmp_path / "report.html"
    out.write_text("the old one", encoding="utf-8")
    if metric == "hausdorff":
        write_run([0.1])
    else:
        write_run.folder.mkdir()
    with pytest.raises(AlsegError, match=r"no results|no run measured"):
        write_report(write_run.folder, out, Registry.installed(), metric=metric)
    assert out.read_text(encoding="utf-8") == "the old one"


def test_a_report_needs_a_place_to_be_written_to(write_run, tmp_path):
    write_run([0.1])
    with pytest.raises(AlsegError, match="is a folder"):
        write_report(write_run.folder, tmp_path, Registry.installed())
    with pytest.raises(AlsegError, match="there is no folder"):
        write_report(write_run.folder, tmp_path / "nowhere" / "report.html", Registry.installed())
