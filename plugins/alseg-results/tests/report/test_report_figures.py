"""The figures for papers, and the command that writes them."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
import SimpleITK as sitk
from alseg_results.report.charts.strategies import dash, dashes, legend
from alseg_results.report.theme import LIGHT


@pytest.fixture(scope="module")
def written(benchmark_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    command = (sys.executable, "-m", "alseg", "report", benchmark_folder, "--out", folder / "page.html")
    done = subprocess.run((*command, "--figures", folder / "figures"), capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder, done


def test_the_command_prints_the_page_and_notes_what_is_missing(written):
    folder, done = written
    assert done.stdout.strip() == str(folder / "page.html")
    assert "note: runs/margin-seed0 failed: the disk is full." in done.stderr


def test_every_figure_is_there_as_png_and_svg_with_its_title_and_legend(written):
    figures = written[0] / "figures"
    names = {path.stem for path in figures.glob("*.svg")}
    assert names == {path.stem for path in figures.glob("*.png")}
    assert {"learning-curves-hippocampus", "learning-curves-phantom", "ranks", "penalties", "cost-phantom"} <= names
    text = "".join(ElementTree.parse(figures / "learning-curves-phantom.svg").getroot().itertext())
    assert "Learning curves: phantom (synthetic data)" in text
    assert "entropy" in text  # the legend
    picture = sitk.GetArrayFromImage(sitk.ReadImage(str(figures / "learning-curves-hippocampus.png")))
    assert picture.shape[1] > 1500  # 480 pixels of 1/96 inch at 300 dpi
    assert len({tuple(pixel) for pixel in picture[::7, ::7].reshape(-1, picture.shape[-1]).tolist()}) > 20


def test_forty_strategies_are_told_apart_by_colour_and_dashes_together():
    names = [f"strategy-{k}" for k in range(40)]
    looks = {(k % len(LIGHT.categories), tuple(dash(k))) for k in range(40)}
    assert len(looks) == 40
    assert len(dashes(names)["scale"]["range"]) == 40
    assert legend(names)["columns"] > 1


def test_a_long_name_stands_whole_in_a_legend_of_one_column():
    shown = legend(["random", "strided:block_size=5,interpolator=signed-distance"])
    assert (shown["columns"], shown["labelLimit"]) == (1, 0)
